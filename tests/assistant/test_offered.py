"""Candidates that an assistant hands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfopt_cli.assistant.offered import Offer, OfferedProposer, check_named
from perfopt_cli.core import PerfoptError, Target

SOURCE = "def f():\n    return 1\n"


def test_a_candidate_keeps_its_place_in_the_list() -> None:
    offers = [Offer("m.py", "g", SOURCE), Offer("m.py", "f", SOURCE, ("import re",))]
    (found,) = OfferedProposer(offers).propose(Target("m.py", "f", 1, SOURCE), "", n=1)
    assert (found.number, found.imports, found.origin) == (1, ("import re",), "assistant")


def test_all_candidates_are_handed_on_however_few_are_asked_for() -> None:
    offers = [Offer("m.py", "f", SOURCE)] * 3
    assert len(OfferedProposer(offers).propose(Target("m.py", "f", 1, SOURCE), "", n=1)) == 3


def test_a_function_that_is_not_there_is_named_beside_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(SOURCE)
    with pytest.raises(PerfoptError, match=r"m\.py has no function g; the functions there: f"):
        check_named(tmp_path, [Offer("m.py", "g", SOURCE)])


def test_a_file_that_does_not_parse_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("x = 1\ndef f(:\n")
    with pytest.raises(PerfoptError, match=r"m\.py does not parse"):
        check_named(tmp_path, [Offer("m.py", "f", SOURCE)])
