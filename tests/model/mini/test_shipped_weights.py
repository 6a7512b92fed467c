"""The weights in the wheel: whole, small, and able to do what they were trained for."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy")
pytest.importorskip("onnxruntime")

from perfopt_cli.core import Target
from perfopt_cli.model.mini.proposer import MiniProposer
from perfopt_cli.model.mini.vocabulary import VOCABULARY
from perfopt_cli.model.mini.weights import SHIPPED, check_weights

SLOW = """def f(xs):
    seen = []
    for x in xs:
        if x not in seen:
            seen.append(x)
    return len(seen)
"""
QUICK = "def f(xs):\n    return [x + 1 for x in xs]\n"


def found(source: str) -> list[str]:
    proposer = MiniProposer(SHIPPED)
    return [one.source for one in proposer.propose(Target("m.py", "f", 1, source), source, n=8)]


def test_the_weights_are_whole_and_of_this_vocabulary() -> None:
    assert check_weights(SHIPPED, VOCABULARY).folder == SHIPPED


def test_they_take_at_most_twelve_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 12 * 10**6


def test_a_list_that_is_searched_becomes_a_set() -> None:
    assert any("set(" in one for one in found(SLOW))


def test_what_is_quick_is_left_alone() -> None:
    assert found(QUICK) == []


def test_the_card_names_packages_and_licences() -> None:
    card = (SHIPPED / "card.md").read_text(encoding="utf-8")
    assert "BSD" in card
    assert "networkx" in card
