"""What of a call is seen: two functions that differ in one observable thing differ in the digest."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from perfopt_cli.sandbox.worker import calls
from perfopt_cli.sandbox.worker.observe import observe
from perfopt_cli.sandbox.worker.state import Descriptors, module_state, process_state

Function = Callable[..., Any]


class Note:
    """An argument that remembers what was done to it."""

    def __init__(self) -> None:
        self.lines: list[object] = []


def seen(function: Function, *args: object, **options: Any) -> dict[str, Any]:
    options.setdefault("thorough", True)
    data = calls.dump(args, {})
    # Two functions under comparison have the same name, as target and candidate do.
    function.__qualname__ = function.__name__ = "target"
    return observe(function, data, compare=False, **options)


def differ(one: Function, other: Function, *args: object, **options: Any) -> bool:
    first, second = seen(one, *args, **options), seen(other, *args, **options)
    assert "opaque" not in (first["how"], second["how"]), (first["text"], second["text"])
    assert first == {**seen(one, *args, **options), "nanos": first["nanos"]}
    return bool(first["digest"] != second["digest"])


def plain(items: list[int], note: Note) -> Iterator[int]:
    for item in items:
        note.lines.append(item)
        yield item


def eager(items: list[int], note: Note) -> Iterator[int]:
    note.lines.extend(items)
    yield from list(items)


def snapshot(items: list[int], note: Note) -> Iterator[int]:
    for item in list(items):
        note.lines.append(item)
        yield item


def at_creation(items: list[int], note: Note) -> Iterator[int]:
    def later() -> Iterator[int]:
        for item in items:
            note.lines.append(item)
            yield item

    print("started")
    return later()


def at_first(items: list[int], note: Note) -> Iterator[int]:
    def later() -> Iterator[int]:
        print("started")
        for item in items:
            note.lines.append(item)
            yield item

    return later()


def tidy(items: list[int], note: Note) -> Iterator[int]:
    try:
        yield from plain(items, note)
    finally:
        if len(note.lines) < len(items):
            note.lines.append("closed early")


def untidy(items: list[int], note: Note) -> Iterator[int]:
    yield from plain(items, note)


def listens(items: list[int], note: Note) -> Iterator[int]:
    for item in items:
        note.lines.append((yield item))


def deaf(items: list[int], note: Note) -> Iterator[int]:
    for item in items:
        yield item
        note.lines.append(None)


def forgives(items: list[int], note: Note) -> Iterator[int]:
    for item in items:
        try:
            yield item
        except ValueError:
            yield -1


def suffers(items: list[int], note: Note) -> Iterator[int]:
    for item in items:  # noqa: UP028
        yield item


def with_value(items: list[int], note: Note) -> Iterator[int]:
    yield from items
    return len(items)


def without_value(items: list[int], note: Note) -> Iterator[int]:
    yield from items


def looked_up_late(items: list[int], note: Note) -> Iterator[int]:
    return (number for number in [1, 3] if number in items)


def looked_up_early(items: list[int], note: Note) -> Iterator[int]:
    known = set(items)
    return (number for number in [1, 3] if number in known)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(plain, eager, id="side effects between the items"),
        pytest.param(plain, snapshot, id="a list that grows meanwhile"),
        pytest.param(looked_up_late, looked_up_early, id="a list that shrinks before the start"),
        pytest.param(at_creation, at_first, id="what happens at creation"),
        pytest.param(tidy, untidy, id="what closing it does"),
        pytest.param(listens, deaf, id="what is sent in"),
        pytest.param(forgives, suffers, id="an error raised at the yield"),
        pytest.param(with_value, without_value, id="what it returns"),
    ],
)
def test_generators_differ_by(one: Function, other: Function) -> None:
    assert differ(one, other, [1, 2, 3], Note())


async def waits_once(items: list[int]) -> int:
    await asyncio.sleep(0)
    return len(items)


async def waits_twice(items: list[int]) -> int:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return len(items)


async def never_waits(items: list[int]) -> int:
    return len(items)


async def leaves_a_task(items: list[int]) -> int:
    task = asyncio.ensure_future(asyncio.sleep(60))
    await asyncio.sleep(0)
    assert not task.done()
    return len(items)


async def counts(items: list[int]) -> AsyncIterator[int]:
    for item in items:
        await asyncio.sleep(0)
        yield item


async def counts_and_tidies(items: list[int]) -> AsyncIterator[int]:
    try:
        for item in items:
            await asyncio.sleep(0)
            yield item
    finally:
        print("closed")


async def counts_what_is_sent(items: list[int]) -> AsyncIterator[int]:
    for item in items:
        await asyncio.sleep(0)
        print((yield item))


async def counts_on_errors(items: list[int]) -> AsyncIterator[int]:
    for item in items:
        await asyncio.sleep(0)
        try:
            yield item
        except ValueError:
            yield -1


async def counts_fewer(items: list[int]) -> AsyncIterator[int]:
    for item in items[1:]:
        await asyncio.sleep(0)
        yield item


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(waits_once, waits_twice, id="how often they wait"),
        pytest.param(waits_once, never_waits, id="whether they wait"),
        pytest.param(waits_once, leaves_a_task, id="tasks left running"),
        pytest.param(counts, counts_fewer, id="items"),
        pytest.param(counts, counts_and_tidies, id="what closing does"),
        pytest.param(counts, counts_what_is_sent, id="what is sent in"),
        pytest.param(counts, counts_on_errors, id="an error raised at the yield"),
    ],
)
def test_coroutines_and_async_generators_differ_by(one: Function, other: Function) -> None:
    assert differ(one, other, [1, 2, 3])


def raises(make: Callable[[], BaseException]) -> Function:
    def target() -> None:
        raise make()

    return target


def noted(error: BaseException, **fields: object) -> BaseException:
    vars(error).update(fields)
    return error


def within() -> None:
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError("outer")  # noqa: B904


def within_from_none() -> None:
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError("outer") from None


def within_from_it() -> None:
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise ValueError("outer") from error


def alone() -> None:
    raise ValueError("outer")


def exits() -> None:
    raise SystemExit(3)


def exits_otherwise() -> None:
    raise SystemExit(4)


def interrupts() -> None:
    raise KeyboardInterrupt


def stops() -> None:
    raise StopIteration(3)


def stops_otherwise() -> None:
    raise StopIteration(4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            raises(lambda: noted(ValueError(), hint=1)),
            raises(lambda: noted(ValueError(), hint=2)),
            id="attributes",
        ),
        pytest.param(
            raises(lambda: noted(ValueError(), __notes__=["a"])),
            raises(lambda: ValueError()),
            id="notes",
        ),
        pytest.param(within, within_from_it, id="the cause"),
        pytest.param(exits, exits_otherwise, id="the exit code"),
        pytest.param(exits, interrupts, id="an interrupt"),
        pytest.param(stops, stops_otherwise, id="the value of StopIteration"),
    ],
)
def test_exceptions_differ_by(one: Function, other: Function) -> None:
    assert differ(one, other)


@pytest.mark.parametrize("other", [within_from_none, alone])
def test_how_an_error_was_noticed_does_not_count(other: Function) -> None:
    assert not differ(within, other)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="no exception groups before 3.11")
def test_members_of_exception_groups_count() -> None:
    group = __builtins__["ExceptionGroup"] if isinstance(__builtins__, dict) else ExceptionGroup  # noqa: F821
    assert differ(
        raises(lambda: group("two", [ValueError(1), KeyError(2)])),
        raises(lambda: group("two", [ValueError(1), KeyError(3)])),
    )


def writes_bytes() -> None:
    sys.stdout.buffer.write(b"x")


def logs_one() -> None:
    logging.getLogger("quiet").warning("n is %d", 1)


def logs_other() -> None:
    logging.getLogger("quiet").warning("n is %d", 2)


def logs_more() -> None:
    logging.getLogger("quiet").warning("n is %d", 1, extra={"count": 1})


def prints_and_logs() -> None:
    print("n")
    logs_one()


def logs_and_prints() -> None:
    logs_one()
    print("n")


def warns_one() -> None:
    warnings.warn("one", UserWarning)  # noqa: B028


def warns_other() -> None:
    warnings.warn("one", DeprecationWarning)  # noqa: B028


def filters() -> None:
    warnings.simplefilter("ignore")


def takes_stdout() -> None:
    sys.stdout = sys.__stdout__


def starts_a_thread() -> None:
    thread = threading.Thread(target=time.sleep, args=(0.3,), daemon=True)
    thread.start()


def joins_a_thread() -> None:
    thread = threading.Thread(target=time.sleep, args=(0,))
    thread.start()
    thread.join()


def nothing() -> None:
    pass


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(writes_bytes, nothing, id="bytes on stdout"),
        pytest.param(logs_one, logs_other, id="arguments of a log record"),
        pytest.param(logs_one, logs_more, id="extra fields of a log record"),
        pytest.param(prints_and_logs, logs_and_prints, id="order of output and log records"),
        pytest.param(warns_one, warns_other, id="category of a warning"),
        pytest.param(filters, nothing, id="filters of warnings"),
        pytest.param(takes_stdout, nothing, id="another stdout"),
        pytest.param(starts_a_thread, nothing, id="a thread left running"),
    ],
)
def test_side_effects_differ_by(one: Function, other: Function) -> None:
    assert differ(one, other)


def test_a_thread_that_was_joined_is_no_difference() -> None:
    assert not differ(joins_a_thread, nothing)


def test_records_of_a_logger_that_does_not_propagate_count() -> None:
    logging.getLogger("quiet").propagate = False
    try:
        assert differ(logs_one, logs_other)
    finally:
        logging.getLogger("quiet").propagate = True


class Watchful:
    """Counts how often its special methods are called."""

    looks = 0

    def _count(self, *_args: object) -> Any:
        Watchful.looks += 1
        return "" if not _args else True

    __eq__ = __lt__ = __contains__ = _count
    __repr__ = __str__ = _count

    def __hash__(self) -> int:
        Watchful.looks += 1
        return Watchful.looks

    def __bool__(self) -> bool:
        Watchful.looks += 1
        raise RuntimeError

    def __len__(self) -> int:
        Watchful.looks += 1
        return 0

    def __iter__(self) -> Iterator[int]:
        Watchful.looks += 1
        return iter(())

    def __getattr__(self, name: str) -> object:
        Watchful.looks += 1
        raise AttributeError(name)

    @property
    def __class__(self) -> type:
        Watchful.looks += 1
        return int

    @__class__.setter
    def __class__(self, kind: type) -> None:
        raise TypeError


def test_a_made_up_callback_is_shown_by_what_it_does() -> None:
    from perfopt_cli.sandbox.worker.show import show
    from perfopt_cli.sandbox.worker.spies import Spy

    assert show(Spy(len, 0, [], False)) == "<function>"
    loose = show(Spy(len, 0, [], True, KeyError))
    assert loose == (
        '<function that answers "yes" for True and "" for False and raises KeyError at its second call>'
    )


def test_looking_runs_none_of_the_objects_own_code() -> None:
    from perfopt_cli.sandbox.worker.canon import Canonizer
    from perfopt_cli.sandbox.worker.show import show

    value = Watchful()
    Watchful.looks = 0
    writer = Canonizer()
    writer.write([value, {"a": value}, (value,)])
    show([value])
    assert Watchful.looks == 0


def test_floats_are_set_aside_where_ulps_are_allowed() -> None:
    def one(x: float) -> list[float]:
        return [x * 3]

    def other(x: float) -> list[float]:
        return [x + x + x]

    assert differ(one, other, 0.1) is (0.1 * 3 != 0.1 + 0.1 + 0.1)
    assert seen(one, 0.1, ulps=1)["digest"] == seen(other, 0.1, ulps=1)["digest"]
    assert seen(one, 0.1, ulps=1)["floats"] != seen(lambda x: [x * 5], 0.1, ulps=1)["floats"]


def test_the_state_of_a_module_has_what_its_functions_hold() -> None:
    namespace: dict[str, Any] = {"__name__": "made"}
    exec("def f(x, seen=[]):\n    return x\ndef g():\n    return 0\n", namespace)
    before = module_state(namespace["f"])
    namespace["f"].__defaults__[0].append(1)
    middle = module_state(namespace["f"])
    namespace["g"].calls = 1
    after = module_state(namespace["f"])
    assert before != middle != after


@pytest.mark.parametrize("name", ["environment", "recursion limit", "decimal context"])
def test_the_state_of_the_process_tells(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import decimal

    before = process_state()
    limit = sys.getrecursionlimit()
    with decimal.localcontext() as context:
        if name == "environment":
            monkeypatch.setenv("SOMETHING", "else")
        elif name == "recursion limit":
            sys.setrecursionlimit(limit + 1)
        else:
            context.prec += 1
        after = process_state()
        sys.setrecursionlimit(limit)
    assert [key for key in before if before[key] != after[key]] == [name]


def test_what_is_written_to_descriptors_is_caught() -> None:
    with Descriptors() as descriptors:
        before = descriptors.digests()
        os.write(1, b"past python")
        middle = descriptors.digests()
        os.write(2, b"past python")
        after = descriptors.digests()
    assert before["output"] != middle["output"] == after["output"]
    assert before["error output"] == middle["error output"] != after["error output"]


TABLE = [1, 2, 3]


def test_a_global_list_is_told_from_its_copy() -> None:
    assert differ(lambda: TABLE, lambda: list(TABLE))


def test_a_deaf_generator_is_sent_nothing() -> None:
    def loop(items: list[int]) -> Iterator[str]:
        for item in items:
            yield str(item)

    def delegates(items: list[int]) -> Iterator[str]:
        yield from map(str, items)

    assert differ(loop, delegates, [1, 2, 3])
    assert not differ(loop, delegates, [1, 2, 3], deaf=True)
