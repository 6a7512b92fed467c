"""A source is shown a verified candidate as the function, and what it finds is the original's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from perfopt_cli.core import (
    Known,
    Proposer,
    Reason,
    Rewrite,
    Speedup,
    Status,
    Target,
    Timing,
    Verdict,
)
from perfopt_cli.model.rules import Rules
from perfopt_cli.pipeline.ask import proposals, used_imports
from perfopt_cli.pipeline.cache.kept import not_kept
from perfopt_cli.pipeline.rounds import Question

MODULE = "import os\n\n\ndef f(x):\n    return x + 0\n\n\ndef g(x):\n    return x\n"
TARGET = Target("m.py", "f", 4, "def f(x):\n    return x + 0\n", share=0.5)
IMPORTS = ("from math import sqrt", "from math import pi")
STARTED = Rewrite(TARGET, "def f(x):\n    return sqrt(x) + pi\n", IMPORTS, "rules", 3)
START = Verdict(STARTED, Status.ACCEPTED, Reason.FASTER, timing=Timing((), Speedup(5.0, 4.0, 6.0)))


class Source:
    """Notes what it was shown, and proposes a fixed rewrite of it."""

    name = "source"

    def __init__(self, code: str = "def f(x):\n    return e + sqrt(x)\n") -> None:
        self.code = code
        self.shown: list[tuple[Target, str]] = []

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        self.shown.append((target, module_source))
        return [Rewrite(target, self.code, ("from math import e",), self.name)]


def ask(source: Proposer, start: Verdict | None) -> list[Rewrite]:
    return proposals(Question(source, 8, 2, start), TARGET, MODULE, None, not_kept())


def test_the_original_is_shown_as_it_is() -> None:
    source = Source()
    [found] = ask(source, None)
    assert source.shown == [(TARGET, MODULE)]
    assert (found.target, found.round, found.after) == (TARGET, 2, None)


def test_a_verified_candidate_is_shown_in_its_place_with_what_is_left_of_its_share() -> None:
    source = Source()
    ask(source, START)
    [(shown, text)] = source.shown
    assert shown.source == STARTED.source
    assert text.splitlines()[shown.line - 1] == "def f(x):"
    assert "from math import sqrt\n" in text
    assert shown.share == pytest.approx(0.1 / 0.6)


def test_what_comes_of_it_is_the_originals_with_all_imports_that_it_uses() -> None:
    [found] = ask(Source(), START)
    assert found.target == TARGET
    assert found.imports == ("from math import sqrt", "from math import e")
    assert (found.round, found.after) == (2, 3)


def test_a_candidate_that_does_not_fit_its_module_is_no_start() -> None:
    odd = replace(START, rewrite=replace(STARTED, imports=("from os import pi",) * 2))
    broken = replace(START, rewrite=replace(STARTED, source="def h(x):\n    return x\n"))
    source = Source()
    assert ask(source, broken) == []
    assert source.shown == []
    assert len(ask(source, odd)) == 1


def test_rules_find_more_in_what_a_rule_has_made() -> None:
    head = "def f(a: list[str], b: list[str]) -> int:\n"
    slow = (
        f"{head}    n = 0\n    for x in a:\n        if x in b:\n            n += 1\n    return n\n"
    )
    target = Target("m.py", "f", 1, slow)
    rules = Rules()
    first = proposals(Question(rules, 8), target, slow, None, not_kept())
    alone = next(one for one in first if one.origin == "rules:set-membership")
    start = Verdict(alone, Status.ACCEPTED, Reason.FASTER)
    second = proposals(Question(rules, 8, 1, start), target, slow, None, not_kept())
    assert second
    assert all(one.target == target and one.source != alone.source for one in second)
    assert not any("set-membership" in one.origin for one in second)


@pytest.mark.parametrize(
    ("statement", "used"),
    [
        ("import os.path", True),
        ("import numpy as np", True),
        ("from math import sqrt as root", True),
        ("from math import sqrt", False),
        ("import path", False),
    ],
)
def test_an_import_is_used_where_its_name_is(statement: str, *, used: bool) -> None:
    source = "def f(x):\n    return os.path.join(root(np.array(x)), 'sqrt')\n"
    assert used_imports(source, [statement]) == ((statement,) if used else ())
