"""What sources are told of a target, and what is made of their candidates and failures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from perfopt_cli.config import Settings
from perfopt_cli.core import (
    Facts,
    Known,
    PerfoptError,
    Proposer,
    Reason,
    Rewrite,
    Speedup,
    Status,
    Target,
    Timing,
    Verdict,
)
from perfopt_cli.pipeline.asker import Asker
from perfopt_cli.pipeline.cache.asked import Look
from perfopt_cli.pipeline.cache.kept import not_kept
from perfopt_cli.pipeline.lab import Lab
from perfopt_cli.pipeline.rounds import Question, Search

MODULE = "def f(x):\n    return x\n"
TARGET = Target("m.py", "f", 1, MODULE, share=0.5, tests=("t",))
FACTS, OF_FASTER = Facts(3), Facts(7)
TYPES = Facts(3, types=(("x", "int"),))


class Ears:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, text: str) -> None: ...
    def note(self, text: str) -> None:
        self.notes.append(text)


class Bare:
    """As much of a lab as asking takes."""

    def __init__(self) -> None:
        self.listener = Ears()
        self.kept = not_kept()


class Rules:
    name = "rules"

    def __init__(self, *sources: str) -> None:
        self.sources = sources

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        codes = [f"def f(x):\n    return {one}\n" for one in self.sources]
        return [Rewrite(target, code, (), self.name, 5) for code in codes]


class Listed(Rules):
    name = "replay:file"

    def targets(self) -> set[tuple[str, str]]:
        return {("m.py", "f")}


class Model(Rules):
    """A model that fails, for good or at this target; ``answered`` is how often it worked."""

    name = "model"
    backend = object()
    listens = True

    def __init__(self, *, for_good: bool = True, answered: int = 0) -> None:
        super().__init__()
        self.failure: PerfoptError | None = None
        self.for_good = for_good
        self.answered = answered

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        error = PerfoptError("nothing listens; start it")
        self.failure = error if self.for_good else None
        raise error


class Curious(Rules):
    """Rules that want types where ``wanted`` is in the function's text."""

    wanted = "x"

    def wants_types(self, target: Target, module_source: str) -> bool:
        assert target.source in module_source
        return self.wanted in target.source


class Picky(Curious):
    wanted = "x + 0"


class Short(Rules):
    """A source that wants to know the hot lines of functions that are too long for it."""

    longest = 1000

    def wants_lines(self, target: Target) -> bool:
        return len(target.source) > self.longest


class Shorter(Short):
    longest = 10


class Deaf(Model):
    listens = False


def see(rewrite: Rewrite | None) -> Look:
    return Look(FACTS if rewrite is None else OF_FASTER)


class Table:
    """An asker and a search for these sources."""

    def __init__(self, *sources: Proposer) -> None:
        self.lab = Bare()
        self.looked = 0
        self.asker = Asker(cast(Lab, self.lab), sources, TARGET, MODULE, see, self.types)
        self.search = Search(TARGET, sources, Settings(), lambda: False, lambda: "")

    def types(self) -> Look:
        self.looked += 1
        return Look(TYPES)

    def ask(self, *sources: Proposer) -> list[tuple[Rewrite, Verdict | None]]:
        questions = [Question(source, 8) for source in sources]
        return self.asker.ask(questions, [None] * len(questions), self.search)


def test_candidates_are_numbered_by_arrival_over_all_rounds_but_for_listed_ones() -> None:
    table = Table()
    first = table.ask(Rules("x + 0", "x + 1"), Listed("x + 2"))
    second = table.ask(Rules("x + 3"))
    assert [one.number for one, _ in [*first, *second]] == [0, 1, 5, 2]


def test_what_was_seen_in_an_earlier_round_is_a_duplicate() -> None:
    table = Table()
    table.ask(Rules("x + 0"))
    [(_, verdict)] = table.ask(Rules("(x + 0)"))
    assert verdict is not None
    assert verdict.reason is Reason.DUPLICATE


def test_the_other_sources_go_on_where_one_fails() -> None:
    table = Table(Model(), Rules())
    found = table.ask(Model(), Rules("x + 0"))
    assert [one.number for one, _ in found] == [0]
    assert table.lab.listener.notes == ["model is not asked any more: nothing listens; start it"]


def test_a_failure_at_one_target_names_it() -> None:
    table = Table(Rules())
    table.ask(Model(for_good=False))
    [note] = table.lab.listener.notes
    assert note == "model gave nothing for m.py::f: nothing listens; start it"


def test_the_error_is_raised_where_no_source_ever_worked() -> None:
    first, second = Model(), Model()
    table = Table(first, second)
    assert table.ask(first) == []
    with pytest.raises(PerfoptError, match="nothing listens"):
        table.ask(second)


@pytest.mark.parametrize("model", [Model(answered=1), Model(for_good=False)])
def test_a_source_that_worked_before_does_not_end_the_run(model: Model) -> None:
    assert Table(model).ask(model) == []


@pytest.mark.parametrize("model", [Model(for_good=False), Deaf(for_good=False)])
def test_a_model_that_failed_or_has_nothing_new_ends_its_rounds(model: Model) -> None:
    table = Table(Rules(), model)
    table.ask(model)
    assert list(table.search.of_models()) == []


def faster(source: str) -> Verdict:
    timing = Timing((), Speedup(2.0, 2.0, 2.0))
    return Verdict(Rewrite(TARGET, source), Status.ACCEPTED, Reason.FASTER, timing=timing)


def test_a_model_is_told_facts_of_what_it_is_asked_about_and_of_the_best() -> None:
    table, start = Table(), faster("def f(x):\n    return x + 0\n")
    table.search.add(start)
    of_original = table.asker.known(Question(Model(), 8), table.search)
    assert of_original == Known(FACTS, (start,), OF_FASTER)
    of_start = table.asker.known(Question(Model(), 8, 1, start), table.search)
    assert of_start == Known(OF_FASTER, (start,), None)


def test_no_facts_are_looked_up_for_who_does_not_hear_them() -> None:
    table = Table()
    assert table.asker.known(Question(Rules(), 8), table.search) is None
    assert table.asker.known(Question(Deaf(), 8), table.search) == Known()


def test_rules_are_told_types_where_they_want_them() -> None:
    table = Table()
    assert table.asker.known(Question(Picky(), 8), table.search) == Known()
    assert table.looked == 0
    assert table.asker.known(Question(Curious(), 8), table.search) == Known(TYPES)


def test_types_of_a_target_are_looked_at_once_and_are_those_of_its_rewrites() -> None:
    table, start = Table(), faster("def f(x):\n    return x + 0\n")
    question = Question(Picky(), 8, 1, start)
    assert [table.asker.known(question, table.search) for _ in range(2)] == [Known(TYPES)] * 2
    assert table.looked == 1
    gone = faster("def g(x):\n    return x + 0\n")
    assert Table().asker.known(Question(Picky(), 8, 1, gone), table.search) == Known()


def test_rules_are_told_what_became_of_candidates() -> None:
    table, start = Table(), faster("def f(x):\n    return x + 0\n")
    table.search.add(start)
    assert table.asker.known(Question(Picky(), 8), table.search) == Known(None, (start,))


def test_types_that_a_whole_look_has_shown_are_not_looked_at_again() -> None:
    table = Table()
    table.asker.look(None)
    assert table.asker.known(Question(Curious(), 8), table.search) == Known(FACTS)
    assert table.looked == 0


def test_lines_of_recorded_calls_are_looked_at_where_a_source_wants_them() -> None:
    table = Table()
    assert table.asker.known(Question(Short(), 8), table.search) == Known()
    assert table.asker.known(Question(Shorter(), 8), table.search) == Known(FACTS)


def test_of_candidates_in_other_words_the_one_that_is_worth_more_is_judged() -> None:
    class Worth(Rules):
        def __init__(self, value: float, *sources: str) -> None:
            super().__init__(*sources)
            self.value = value

        def worth(self, rewrite: Rewrite) -> float:
            return self.value

    found = Table().ask(Worth(1, "x + 0"), Worth(3, "x + 1", "(x + 0)"))
    assert [one.source.split("return ")[1].strip() for one, _ in found] == [
        "x + 1",
        "(x + 0)",
        "x + 0",
    ]
    assert [verdict is None for _, verdict in found] == [True, True, False]
