"""Who may use the working copy at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import AbstractContextManager
from typing import Any

import pytest

from perfopt_cli.sandbox.turns import Stopped, Turns

SHORT = 0.05
LONG = 30.0
Kind = Callable[[], AbstractContextManager[None]]


class Party:
    """A thread that has a turn until it is told to leave."""

    def __init__(self, pool: ThreadPoolExecutor, turn: Kind) -> None:
        self.inside = threading.Event()
        self.go = threading.Event()
        self.ended: Future[None] = pool.submit(self._run, turn)

    def _run(self, turn: Kind) -> None:
        with turn():
            self.inside.set()
            assert self.go.wait(LONG)

    def leave(self) -> None:
        self.go.set()
        self.ended.result(LONG)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as made:
        yield made


@pytest.fixture
def turns() -> Turns:
    return Turns()


def kind(turns: Turns, name: str) -> Kind:
    made: Any = getattr(turns, name)
    return made  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("one", "other"),
    [("timing", "timing"), ("testing", "testing")]
    + [("timing_tests", name) for name in ("timing", "testing", "writing")]
    + [("writing", name) for name in ("reading", "timing", "testing", "writing")]
    + [(name, "writing") for name in ("reading", "timing", "testing")],
)
def test_these_are_never_at_once(
    one: str, other: str, turns: Turns, pool: ThreadPoolExecutor
) -> None:
    first = Party(pool, kind(turns, one))
    assert first.inside.wait(LONG)
    second = Party(pool, kind(turns, other))
    assert not second.inside.wait(SHORT)
    first.leave()
    assert second.inside.wait(LONG)
    second.leave()


@pytest.mark.parametrize(
    ("one", "other"), [("timing", "reading"), ("timing", "testing"), ("testing", "reading")]
)
def test_these_go_on_beside_each_other(
    one: str, other: str, turns: Turns, pool: ThreadPoolExecutor
) -> None:
    parties = [Party(pool, kind(turns, name)) for name in (one, other)]
    assert all(party.inside.wait(LONG) for party in parties)
    for party in parties:
        party.leave()


def test_no_more_than_the_limit_are_at_work(pool: ThreadPoolExecutor) -> None:
    turns = Turns(2)
    parties = [Party(pool, turns.reading) for _ in range(2)]
    assert all(party.inside.wait(LONG) for party in parties)
    third = Party(pool, turns.timing)
    assert not third.inside.wait(SHORT)
    parties[0].leave()
    assert third.inside.wait(LONG)
    third.leave()
    parties[1].leave()


def test_who_has_a_turn_may_read_even_where_another_waits_to_write(
    turns: Turns, pool: ThreadPoolExecutor
) -> None:
    with turns.timing():
        writer = Party(pool, turns.writing)
        assert not writer.inside.wait(SHORT)
        with turns.reading():
            pass
        newcomer = Party(pool, turns.reading)
        assert not newcomer.inside.wait(SHORT)
    assert writer.inside.wait(LONG)
    assert not newcomer.inside.is_set()
    writer.leave()
    assert newcomer.inside.wait(LONG)
    newcomer.leave()


def test_a_reader_that_asks_to_write_is_told_so_instead_of_waiting_for_itself(
    turns: Turns,
) -> None:
    with turns.reading(), pytest.raises(RuntimeError), turns.writing():
        pass


def test_what_was_seen_beside_tests_that_changed_the_copy_is_disturbed(
    turns: Turns, pool: ThreadPoolExecutor
) -> None:
    before = turns.repaired
    reader = Party(pool, turns.reading)
    assert reader.inside.wait(LONG)

    def tests() -> None:
        with turns.testing(), turns.repairing():
            assert reader.ended.done()

    tester = pool.submit(tests)
    seen = pool.submit(turns.undisturbed, before)
    assert not seen.done() or not tester.done()
    reader.leave()
    tester.result(LONG)
    assert not turns.undisturbed(before)


def test_nobody_comes_in_before_the_copy_is_repaired(
    turns: Turns, pool: ThreadPoolExecutor
) -> None:
    with turns.testing(), turns.repairing():
        parties = [Party(pool, turns.reading), Party(pool, turns.writing)]
        assert not any(party.inside.wait(SHORT) for party in parties)
    for party in parties:
        party.go.set()
    for party in parties:
        party.leave()
        assert party.inside.is_set()


@pytest.mark.parametrize("turn", ["testing", "writing"])
def test_tests_that_ran_beside_nothing_disturb_nobody(turn: str, turns: Turns) -> None:
    with kind(turns, turn)(), turns.repairing():
        pass
    assert turns.undisturbed(0)


def test_a_verdict_waits_for_the_tests_that_ran_beside_it(
    turns: Turns, pool: ThreadPoolExecutor
) -> None:
    tester = Party(pool, turns.testing)
    assert tester.inside.wait(LONG)
    answer = pool.submit(turns.undisturbed, 0)
    with pytest.raises(FutureTimeout):
        answer.result(SHORT)
    tester.leave()
    assert answer.result(LONG)


@pytest.mark.parametrize("name", ["reading", "timing", "testing", "writing"])
def test_an_end_wakes_who_waits_and_lets_nobody_in(
    name: str, turns: Turns, pool: ThreadPoolExecutor
) -> None:
    first = Party(pool, turns.writing)
    assert first.inside.wait(LONG)
    second = Party(pool, kind(turns, name))
    turns.stop()
    with pytest.raises(Stopped):
        second.ended.result(LONG)
    first.leave()
    with pytest.raises(Stopped), turns.reading():
        pass
