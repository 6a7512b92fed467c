"""Which targets and candidates are worth judging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from perfopt_cli.config import Settings
from perfopt_cli.core import PerfoptError, Proposer, Reason, Rewrite, Target
from perfopt_cli.pipeline.choose import Distinct, candidates, choose_targets


def target(name: str, share: float, skip: str | None = None) -> Target:
    source = f"def {name}(x):\n    '''Doc.'''\n    return x\n"
    return Target("m.py", name, 1, source, share=share, skip=skip)


class Rules:
    """Two candidates for every target."""

    name = "rules"

    def propose(self, target: Target, module_source: str, *, n: int) -> Sequence[Rewrite]:
        return [Rewrite(target, target.source, (), self.name, 7)] * 2


class Replay(Rules):
    """One listed candidate, on line 5 of a file."""

    name = "replay:file"

    def targets(self) -> set[tuple[str, str]]:
        return {("m.py", "cold")}

    def propose(self, target: Target, module_source: str, *, n: int) -> Sequence[Rewrite]:
        return [Rewrite(target, target.source, (), self.name, 5)]


HOT, WARM, COLD = target("hot", 0.5), target("warm", 0.2), target("cold", 0.001)
SKIPPED = target("skipped", 0.3, "defined twice")
ALL = [HOT, SKIPPED, WARM, COLD]


def test_the_hottest_are_chosen_up_to_top() -> None:
    assert choose_targets(ALL, Settings(top=1), [Rules()]) == [HOT]


def test_functions_below_the_least_share_are_left_out() -> None:
    assert choose_targets(ALL, Settings(), [Rules()]) == [HOT, WARM]


def test_a_replay_file_alone_chooses_what_it_names() -> None:
    assert choose_targets(ALL, Settings(), [Replay()]) == [COLD]


def test_a_replay_file_adds_what_it_names() -> None:
    assert choose_targets(ALL, Settings(), [Rules(), Replay()]) == [HOT, WARM, COLD]


def test_candidates_are_numbered_by_arrival_but_for_listed_ones() -> None:
    found = candidates(COLD, "", [Rules(), Replay(), Rules()], 8, [].append)
    assert [rewrite.number for rewrite in found] == [0, 1, 5, 2, 3]


class Failing(Rules):
    """A model that fails, for good or at this target; ``answered`` is how often it worked."""

    name = "model"

    def __init__(self, *, for_good: bool = True, answered: int = 0) -> None:
        self.failure: PerfoptError | None = None
        self.for_good = for_good
        self.answered = answered

    def propose(self, target: Target, module_source: str, *, n: int) -> Sequence[Rewrite]:
        error = PerfoptError("nothing listens; start it")
        self.failure = error if self.for_good else None
        raise error


def asked(*sources: Proposer) -> tuple[list[Rewrite], list[str]]:
    notes: list[str] = []
    return list(candidates(COLD, "", sources, 8, notes.append)), notes


def test_the_other_sources_go_on_where_one_fails() -> None:
    found, notes = asked(Failing(), Rules())
    assert [rewrite.number for rewrite in found] == [0, 1]
    assert notes == ["model is not asked any more: nothing listens; start it"]


def test_a_failure_at_one_target_names_it() -> None:
    _, notes = asked(Failing(for_good=False), Rules())
    assert notes == ["model gave nothing for m.py::cold: nothing listens; start it"]


def test_the_error_is_raised_where_no_source_ever_worked() -> None:
    with pytest.raises(PerfoptError, match="nothing listens"):
        asked(Failing(), Failing())


@pytest.mark.parametrize("source", [Failing(answered=1), Failing(for_good=False)])
def test_a_source_that_worked_before_does_not_end_the_run(source: Failing) -> None:
    assert asked(source)[0] == []


def test_the_originals_own_code_is_a_duplicate() -> None:
    source = "def hot(x):\n    # a remark\n    return (x)\n"
    verdict = Distinct(HOT).duplicate(Rewrite(HOT, source))
    assert verdict is not None
    assert verdict.reason is Reason.DUPLICATE


def test_a_second_copy_is_a_duplicate_of_the_first() -> None:
    distinct = Distinct(HOT)
    rewrite = Rewrite(HOT, "def hot(x):\n    return x + 0\n", (), "rules", 3)
    assert distinct.duplicate(rewrite) is None
    again = distinct.duplicate(replace(rewrite, number=4))
    assert again is not None
    assert "candidate 3 of rules" in again.detail


def test_the_same_code_with_another_import_is_judged_by_itself() -> None:
    distinct = Distinct(HOT)
    lacking = Rewrite(HOT, "def hot(x):\n    return sqrt(x)\n")
    assert distinct.duplicate(lacking) is None
    assert distinct.duplicate(replace(lacking, imports=("from math import sqrt",))) is None


def test_what_does_not_parse_is_told_by_its_text() -> None:
    distinct = Distinct(HOT)
    assert distinct.duplicate(Rewrite(HOT, "def hot(x:\n")) is None
    assert distinct.duplicate(Rewrite(HOT, "def hot(y:\n")) is None
