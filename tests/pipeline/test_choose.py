"""Which targets and candidates are worth judging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfopt_cli.config import Settings
from perfopt_cli.core import Known, Reason, Rewrite, Target
from perfopt_cli.pipeline.choose import Distinct, choose_targets


def target(name: str, share: float, skip: str | None = None) -> Target:
    source = f"def {name}(x):\n    '''Doc.'''\n    return x\n"
    return Target("m.py", name, 1, source, share=share, skip=skip)


class Rules:
    """Two candidates for every target."""

    name = "rules"

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        return [Rewrite(target, target.source, (), self.name, 7)] * 2


class Replay(Rules):
    """One listed candidate, on line 5 of a file."""

    name = "replay:file"

    def targets(self) -> set[tuple[str, str]]:
        return {("m.py", "cold")}

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
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


def test_a_candidate_that_was_passed_over_is_judged_if_it_comes_again() -> None:
    distinct = Distinct(HOT)
    rewrite = Rewrite(HOT, "def hot(x):\n    return x + 0\n")
    distinct.duplicate(rewrite)
    distinct.forget(rewrite)
    assert distinct.duplicate(rewrite) is None
