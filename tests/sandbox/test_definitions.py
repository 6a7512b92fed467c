"""Decorated and oddly defined functions, from the recording of their calls to a verdict."""

from __future__ import annotations

import pytest
from bench import Bench, judged, make_bench
from waste import replayed, right, version_text, wrong
from workers import extremes

from perfopt_cli.core import Reason

MODULE = """
    import contextlib
    import functools
    from typing import overload

    CALLS = []
    BACKUP = {}

    def counted(function):
        @functools.wraps(function)
        def wrapper(*args, **options):
            wrapper.calls += 1
            return function(*args, **options)
        wrapper.calls = 0
        return wrapper

    class Timed:
        def __init__(self, function):
            self.function = function
            self.calls = 0

        def __call__(self, *args):
            self.calls += 1
            return self.function(*args)

    def checked(function):
        BACKUP["plain"] = function
        def instead(items):
            return BACKUP["plain"](items) + 1
        return instead

    async def ticks(items):
        idle = [None for _ in range(300)]
        for item in items:
            yield item * 2

    @counted
    def summed(items):
        idle = [None for _ in range(300)]
        return sum(items)

    @functools.lru_cache(maxsize=None)
    def cached(number):
        idle = [None for _ in range(300)]
        return number * 3

    @functools.lru_cache(maxsize=2)
    @counted
    def cached_twice(number):
        idle = [None for _ in range(300)]
        return number * 5

    @contextlib.contextmanager
    def noted(number):
        idle = [None for _ in range(300)]
        CALLS.append(number)
        try:
            yield number + 1
        finally:
            CALLS.pop()

    @functools.singledispatch
    def shown(value):
        idle = [None for _ in range(300)]
        return "?" + str(value)

    @shown.register(list)
    def shown_list(value):
        idle = [None for _ in range(300)]
        return "[" + str(len(value))

    @Timed
    def timed(items):
        idle = [None for _ in range(300)]
        return max(items)

    @checked
    def doubled(items):
        idle = [None for _ in range(300)]
        return 2 * len(items)

    @overload
    def either(value: int) -> int: ...
    @overload
    def either(value: list) -> list: ...
    def either(value):
        idle = [None for _ in range(300)]
        return value

    def gathered(item, into=[]):
        idle = [None for _ in range(300)]
        into.append(item)
        return len(into)

    def named(*, left, right=2):
        idle = [None for _ in range(300)]
        return left - right

    def placed(left, /, right, *rest, last=1, **options):
        idle = [None for _ in range(300)]
        return left, right, rest, last, sorted(options)

    class Base:
        def __init__(self, items):
            self.__items = items
            self.size = len(items)

        def total(self):
            return sum(self.__items)

        @classmethod
        def make(cls, items):
            return cls(items)

    class Box(Base):
        def total(self):
            idle = [None for _ in range(300)]
            return super().total() + len(__class__.__name__)

        @classmethod
        @counted
        def make(cls, items):
            idle = [None for _ in range(300)]
            return super(Box, cls).make(items)

        @staticmethod
        @counted
        def twice(number):
            idle = [None for _ in range(300)]
            return 2 * number

        def __secret(self, number):
            idle = [None for _ in range(300)]
            self.__last = number
            return self.size + number

        def open(self, number):
            return self.__secret(number)

        @property
        def size(self):
            idle = [None for _ in range(300)]
            return self._size

        @size.setter
        def size(self, value):
            self._size = value

        @functools.cached_property
        def biggest(self):
            idle = [None for _ in range(300)]
            return self._size * 2

        class Inner:
            def name(self, suffix):
                idle = [None for _ in range(300)]
                return "inner" + suffix
"""
TESTS = """
    import asyncio
    import pytest

    async def drain(stream):
        return [item async for item in stream]

    @pytest.mark.parametrize("n", range(1, 9))
    def test_all(n):
        items = list(range(n))
        assert len(asyncio.run(drain(ticks(items)))) == n
        assert summed(items) == sum(items)
        assert (cached(n), cached_twice(n)) == (n * 3, n * 5)
        with noted(n) as more:
            assert more == n + 1
        assert (shown(n), shown(items)) == ("?" + str(n), "[" + str(n))
        assert timed(items) == n - 1
        assert doubled(items) == 2 * n + 1
        assert either(n) == n
        assert gathered(n, list(items)) == n + 1
        assert gathered(n)
        assert named(left=n) == n - 2
        assert placed(n, 2, *items, extra=1)[2] == tuple(items)
        box = Box.make(items)
        assert box.total() == sum(items) + 3
        assert Box.twice(n) == 2 * n
        assert box.open(n) == 2 * n
        assert box.size == n
        assert box.biggest == 2 * n
        assert Box.Inner().name("x" * n)
"""
CASES = {
    "ticks": ("item * 2", "item * 3"),
    "summed": ("sum(items)", "sum(items) + 0.0"),
    "cached": ("number * 3", "number * 3.0"),
    "cached_twice": ("number * 5", "number * 5.0"),
    "noted": ("yield number + 1", "yield number + 2"),
    "shown": ('"?"', '"!"'),
    "shown_list": ("len(value)", "len(value) + 1"),
    "timed": ("max(items)", "min(items)"),
    "doubled": ("2 * len(items)", "3 * len(items)"),
    "either": ("return value", "return [value]"),
    "gathered": ("return len(into)", "into.append(item)\n    return len(into) - 1"),
    "named": ("left - right", "right - left"),
    "placed": ("sorted(options)", "list(options.values())"),
    "Box.total": ("len(__class__.__name__)", "len(type(self).__name__) + 1"),
    "Box.make": ("make(items)", "make(items[1:])"),
    "Box.twice": ("2 * number", "2.0 * number"),
    "Box.__secret": ("self.__last = number", "self.__last = -number"),
    "Box.size": ("return self._size", "return self._size + 1"),
    "Box.biggest": ("* 2", "* 3"),
    "Box.Inner.name": ('"inner"', '"outer"'),
}
QUICK = ("ticks", "cached_twice", "doubled", "Box.total", "Box.__secret", "Box.size")


def mark(qualname: str) -> object:
    """Leave all but a few to slow runs."""
    return pytest.param(qualname, marks=() if qualname in QUICK else pytest.mark.slow)


@pytest.fixture(scope="module", params=extremes()[1:], ids=version_text)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("bench"), MODULE, TESTS, request.param, made_up=30)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("here"), MODULE, TESTS, made_up=30)


def tell_apart(bench: Bench, qualname: str) -> None:
    judge = bench.judge(qualname)
    assert replayed(judge, right(judge)) is None
    refusal = replayed(judge, wrong(judge, *CASES[qualname]))
    assert refusal is not None
    assert refusal.reason is Reason.DIVERGED, refusal.detail


@pytest.mark.parametrize("qualname", [mark(name) for name in CASES])
def test_what_is_equivalent_passes_and_what_differs_does_not(here: Bench, qualname: str) -> None:
    tell_apart(here, qualname)


@pytest.mark.slow
@pytest.mark.parametrize("qualname", QUICK)
def test_they_are_told_apart_on_any_interpreter(bench: Bench, qualname: str) -> None:
    tell_apart(bench, qualname)


@pytest.mark.slow
@pytest.mark.parametrize("qualname", QUICK[:3])
def test_a_faster_equivalent_is_accepted(here: Bench, qualname: str) -> None:
    judge = here.judge(qualname)
    verdict = judged(judge, right(judge))
    assert verdict.reason is Reason.FASTER, verdict.detail
