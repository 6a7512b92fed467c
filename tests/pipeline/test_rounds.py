"""What is asked of which source, by what became of the candidates before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from perfopt_cli.config import Settings
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
from perfopt_cli.pipeline.rounds import Question, Search

TARGET = Target("m.py", "f", 1, "def f(x):\n    return x\n", share=0.5)
Judged = Callable[[Question], list[Verdict]]


class Source:
    def __init__(self, name: str) -> None:
        self.name = name

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        return []


class Listed(Source):
    def targets(self) -> set[tuple[str, str]]:
        return set()


class Model(Source):
    backend = object()
    listens = True


class Trained(Model):
    listens = False


RULES, LIST, MODEL, OTHER = Source("rules"), Listed("list"), Model("model"), Model("other")


def verdict(name: str, speed: float | None = None, reason: Reason | None = None) -> Verdict:
    """An accepted candidate of this speed; of another reason where one is given."""
    reason = reason or Reason.FASTER
    status = Status.ACCEPTED if reason is Reason.FASTER else Status.REJECTED
    if reason in (Reason.UNTESTED, Reason.FLAKY):
        status = Status.ABSTAINED
    timing = None if speed is None else Timing((), Speedup(speed, speed, speed))
    return Verdict(Rewrite(TARGET, name), status, reason, "why", timing=timing)


class Game:
    """A search, with what its questions brought; ``answers`` has verdicts by source and start."""

    def __init__(
        self,
        *sources: Proposer,
        answers: dict[tuple[str, str], list[Verdict]] | None = None,
        target: Target = TARGET,
        late: Callable[[], bool] = lambda: False,
        weak: str = "",
        **settings: object,
    ) -> None:
        self.answers = answers or {}
        chosen = replace(Settings(), **settings)  # type: ignore[arg-type]
        self.search = Search(target, sources, chosen, late, lambda: weak)
        self.rounds: list[list[tuple[str, str, int]]] = []
        self.known: list[tuple[Verdict, ...]] = []
        self.judged: list[str] = []

    def play(self) -> Game:
        for asked in (self.search.of_cheap_sources(), self.search.of_models()):
            for questions in asked:
                self.known.append(self.search.tried())
                self.rounds.append([self.row(question) for question in questions])
                for one in [one for question in questions for one in self.brought(question)]:
                    if not self.search.enough():
                        self.judged.append(one.rewrite.source)
                        self.search.add(one)
        return self

    def brought(self, question: Question) -> list[Verdict]:
        found = self.answers.get(self.row(question)[:2], [])
        return [replace(v, rewrite=replace(v.rewrite, round=question.round)) for v in found]

    @staticmethod
    def row(question: Question) -> tuple[str, str, int]:
        start = "" if question.start is None else question.start.rewrite.source
        return question.source.name, start, question.n

    def asked(self, name: str) -> list[str]:
        return [
            start for questions in self.rounds for source, start, _ in questions if source == name
        ]


WRONG = verdict("wrong", reason=Reason.DIVERGED)
SAME = verdict("same", 1.01, Reason.NOT_FASTER)
FAST, FASTER, FASTEST = verdict("a", 2.0), verdict("b", 3.0), verdict("c", 4.0)


def test_with_one_round_each_source_is_asked_once() -> None:
    game = Game(RULES, LIST, MODEL, rounds=1).play()
    assert game.rounds == [[("rules", "", 8), ("list", "", 8)], [("model", "", 8)]]


def test_with_one_round_no_model_is_asked_after_an_accepted_rewrite() -> None:
    game = Game(RULES, MODEL, rounds=1, answers={("rules", ""): [FAST]}).play()
    assert game.asked("model") == []
    assert "--rounds 2" in game.search.unasked


def test_rules_go_on_from_the_fastest_rewrites() -> None:
    answers = {("rules", ""): [FAST], ("rules", "a"): [WRONG, FASTER], ("rules", "b"): [FASTEST]}
    assert Game(RULES, answers=answers).play().asked("rules") == ["", "a"]
    game = Game(RULES, answers=answers, rounds=9).play()
    assert game.asked("rules") == ["", "a", "b", "c"]  # nothing is asked twice


def test_no_more_than_two_rewrites_are_gone_on_from() -> None:
    answers = {("rules", ""): [FAST, FASTEST, FASTER]}
    assert Game(RULES, answers=answers, all_candidates=True).play().asked("rules") == ["", "c", "b"]


def test_a_list_is_judged_once_and_rules_go_on_from_it() -> None:
    game = Game(LIST, RULES, answers={("list", ""): [FAST]}).play()
    assert (game.asked("list"), game.asked("rules")) == ([""], ["", "a"])


def test_rules_do_not_go_on_from_what_is_not_proved() -> None:
    game = Game(RULES, answers={("rules", ""): [SAME, WRONG]}).play()
    assert game.asked("rules") == [""]


def test_a_model_hears_of_failures_and_is_asked_from_what_is_equivalent() -> None:
    answers = {("rules", ""): [SAME], ("model", ""): [WRONG]}
    game = Game(RULES, MODEL, answers=answers).play()
    assert game.rounds[1:] == [[("model", "", 8)], [("model", "", 4), ("model", "same", 4)]]
    names = [[one.rewrite.source for one in told] for told in game.known]
    assert names == [[], ["same"], ["wrong", "same"]]


def test_a_model_that_does_not_listen_is_not_asked_the_same_again() -> None:
    game = Game(Trained("model"), answers={("model", ""): [WRONG]}, rounds=3).play()
    assert game.asked("model") == [""]
    refined = Game(Trained("model"), answers={("model", ""): [FAST]}).play()
    assert refined.asked("model") == ["", "a"]


def test_a_model_goes_on_from_what_rules_found() -> None:
    game = Game(RULES, MODEL, answers={("rules", ""): [FAST]}).play()
    assert game.rounds[-1] == [("model", "a", 4), ("model", "", 4)]


def test_rules_go_on_from_what_a_model_found() -> None:
    game = Game(RULES, MODEL, answers={("model", ""): [FAST]}).play()
    assert game.rounds[-2:] == [[("rules", "a", 8)], [("model", "a", 4), ("model", "", 4)]]


def test_a_single_candidate_is_asked_of_the_best_start() -> None:
    game = Game(MODEL, answers={("model", ""): [FAST]}, candidates=1).play()
    assert game.rounds[-1] == [("model", "a", 1)]


def test_a_dearer_model_is_asked_in_a_round_only_where_the_others_found_nothing() -> None:
    game = Game(MODEL, OTHER, answers={("model", ""): [FAST]}, rounds=1).play()
    assert game.asked("other") == []
    assert Game(MODEL, OTHER, rounds=1).play().asked("other") == [""]


def test_a_source_that_has_nothing_new_is_not_asked_again() -> None:
    game = Game(MODEL, OTHER, rounds=1)
    game.search.end(MODEL)
    assert game.play().asked("model") == []


@pytest.mark.parametrize(("share", "asked"), [(0.021, True), (0.019, False)])
def test_a_model_is_asked_while_what_is_left_is_worth_it(share: float, *, asked: bool) -> None:
    target = replace(TARGET, share=share)
    game = Game(RULES, MODEL, answers={("rules", ""): [FAST]}, target=target).play()
    assert bool(game.asked("model")) == asked
    assert game.asked("rules") == (["", "a"] if asked else [""])
    assert game.search.unasked == (
        "" if asked else "it has 0.95% of the tests' time left, less than --min-share"
    )


def test_a_model_is_not_asked_where_calls_cannot_judge() -> None:
    assert Game(MODEL, weak="2 calls, 3 needed").play().search.unasked == "2 calls, 3 needed"
    untested = verdict("u", reason=Reason.UNTESTED)
    game = Game(RULES, MODEL, answers={("rules", ""): [untested]}).play()
    assert (game.asked("model"), game.search.unasked) == ([], "why")


def test_a_model_is_asked_where_only_one_rewrite_lacked_evidence() -> None:
    untested = verdict("u", 2.0, reason=Reason.UNTESTED)
    game = Game(RULES, MODEL, answers={("rules", ""): [untested]}, rounds=1).play()
    assert game.asked("model") == [""]


def test_the_end_of_the_time_ends_the_rounds() -> None:
    game = Game(RULES, MODEL, answers={("rules", ""): [FAST]}, late=lambda: bool(game.judged))
    game.play()
    assert (game.asked("rules"), game.asked("model")) == ([""], [])
    assert game.search.unasked == "the time budget ran out"


def test_a_target_that_is_left_out_is_no_ones_question() -> None:
    game = Game(MODEL, target=replace(TARGET, skip="defined twice")).play()
    assert game.search.unasked == "defined twice"


def test_a_round_of_rules_ends_with_the_first_that_is_faster_than_all_before() -> None:
    slower = verdict("slower", 1.5)
    answers = {("rules", ""): [FAST, FASTER], ("rules", "a"): [slower, FASTER, FASTEST]}
    assert Game(RULES, answers=answers).play().judged == ["a", "slower", "b"]


def test_replies_of_a_model_are_all_judged_where_it_would_be_asked_again() -> None:
    answers = {("model", ""): [FAST, FASTER], ("model", "b"): [FASTEST, verdict("d", 9.0)]}
    assert Game(MODEL, answers=answers).play().judged == ["a", "b", "c"]
    assert Game(MODEL, answers=answers, rounds=1).play().judged == ["a"]


def test_all_candidates_are_judged_where_that_is_wanted() -> None:
    answers = {("rules", ""): [FAST, FASTER], ("model", ""): [FASTEST, WRONG]}
    game = Game(RULES, MODEL, answers=answers, all_candidates=True, rounds=1).play()
    assert game.judged == ["a", "b", "c", "wrong"]


def test_verdicts_are_told_by_what_can_be_learned_from_them() -> None:
    passed = replace(SAME, status=Status.SKIPPED, reason=Reason.BUDGET)
    late = replace(WRONG, rewrite=replace(WRONG.rewrite, round=1))
    game = Game(RULES, answers={("rules", ""): [SAME, WRONG, late, FAST, FASTER, passed]})
    for one in game.answers["rules", ""]:
        game.search.add(one)
    assert game.search.tried() == (FASTER, FAST, late, WRONG, SAME)
