"""Which targets and candidates are worth judging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfopt_cli.config import Settings
from perfopt_cli.core import Known, Reason, Rewrite, Status, Target, Verdict
from perfopt_cli.pipeline.choose import Distinct, by_worth, choose_targets
from perfopt_cli.pipeline.rounds import Question


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


class Valued(Rules):
    """A source whose candidates are worth the number that their code returns."""

    def worth(self, rewrite: Rewrite) -> float:
        return float(rewrite.source.split()[-1])


def guesses(source: Rules, *worths: float) -> tuple[Question, list[Rewrite]]:
    codes = (f"def hot(x):\n    return {one}\n" for one in worths)
    return Question(source, 8), [Rewrite(HOT, code, (), source.name) for code in codes]


def order(*asked: tuple[Question, list[Rewrite]]) -> list[float]:
    return [float(one.source.split()[-1]) for _, one in by_worth(asked)]


def test_candidates_of_two_sources_go_by_their_worth() -> None:
    assert order(guesses(Valued(), 5, 3, 1), guesses(Valued(), 4, 3.5)) == [5, 4, 3.5, 3, 1]


def test_of_equal_worth_the_first_source_goes_first() -> None:
    rules, mini = Valued(), Valued()
    found = by_worth([guesses(rules, 2, 2), guesses(mini, 2)])
    assert [question.source for question, _ in found] == [rules, rules, mini]


def test_a_source_keeps_its_own_order() -> None:
    assert order(guesses(Valued(), 1, 5), guesses(Valued(), 4)) == [4, 1, 5]


def test_sources_that_say_no_worth_keep_their_place() -> None:
    found = order(guesses(Valued(), 1), guesses(Valued(), 2), guesses(Rules(), 9, 8))
    assert found == [2, 1, 9, 8]
    assert order(guesses(Rules(), 7), guesses(Valued(), 1), guesses(Valued(), 2)) == [7, 2, 1]


def test_what_goes_on_from_the_faster_start_goes_first() -> None:
    start = Verdict(Rewrite(HOT, "def hot(x): 1\n"), Status.ACCEPTED, Reason.FASTER)
    _, better = guesses(Valued(), 9)
    assert order(guesses(Valued(), 1), (Question(Valued(), 8, 1, start), better)) == [1, 9]
