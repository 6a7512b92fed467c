"""Nested, decorated and oddly defined functions, from the recording of their calls to a verdict."""

from __future__ import annotations

import pytest
from bench import Bench, judged, make_bench
from workers import interpreters, version_of

from perfopt_cli.core import Reason, Rewrite
from perfopt_cli.sandbox.gate import Refusal, static_gate
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.source import splice

WASTE = "idle = [None for _ in range(300)]"

MODULE = """
    import contextlib
    import functools
    from typing import overload

    CALLS = []
    BACKUP = {}

    def counted(function):
        @functools.wraps(function)
        def wrapper(*args, **options):
            idle = [None for _ in range(300)]
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

    def scaled(factor, offset=0):
        def inner(items):
            idle = [None for _ in range(300)]
            return [item * factor + offset for item in items]
        return inner

    def counter():
        total = 0
        def add(items):
            nonlocal total
            idle = [None for _ in range(300)]
            total = total + sum(items)
            return len(items)
        return add

    def flattened(tree):
        out = []
        def walk(node):
            idle = [None for _ in range(300)]
            for child in node:
                if isinstance(child, list):
                    walk(child)
                else:
                    out.append(child)
        walk(tree)
        return out

    def fib(n):
        @functools.lru_cache(maxsize=None)
        def step(k):
            idle = [None for _ in range(300)]
            return k if k < 2 else step(k - 1) + step(k - 2)
        return step(n)

    def tally(items):
        count = 0
        def bump(amount):
            nonlocal count
            count += amount
        def every(rows):
            idle = [None for _ in range(300)]
            for row in rows:
                bump(row)
            return count
        return every(items) + count

    def grid(width):
        def row(y):
            def cell(x):
                idle = [None for _ in range(300)]
                return (x * width + y) % 7
            return [cell(x) for x in range(width)]
        return [row(y) for y in range(3)]

    def late(items):
        def report():
            idle = [None for _ in range(300)]
            try:
                return len(found)
            except NameError:
                return -1
        before = report()
        found = items
        return before, report()

    def windows(size):
        def pairs(items):
            idle = [None for _ in range(300)]
            for start in range(0, len(items), size):
                yield items[start:start + size]
        return pairs

    def tasks(delay):
        async def work(items):
            idle = [None for _ in range(300)]
            return [item + delay for item in items]
        async def stream(items):
            idle = [None for _ in range(300)]
            for item in items:
                yield item + delay
        return work, stream

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

        def mapped(self, items):
            def instance(self, item):
                idle = [None for _ in range(300)]
                return super().total() + item
            return [instance(self, item) for item in items]

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
        assert scaled(n, 1)(items) == [i * n + 1 for i in items]
        add = counter()
        assert [add(items), add(items)] == [n, n]
        assert flattened([1, [2, items], items]) == [1, 2, *items, *items]
        assert fib(n) in (1, 1, 2, 3, 5, 8, 13, 21)
        assert tally(items) == 2 * sum(items)
        assert len(grid(n)) == 3
        assert late(items) == (-1, n)
        assert len(list(windows(2)(items))) == (n + 1) // 2
        work, stream = tasks(n)
        assert len(asyncio.run(work(items))) == n
        assert len(asyncio.run(drain(stream(items)))) == n
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
        assert box.mapped(items) == [sum(items) + item for item in items]
        assert Box.Inner().name("x" * n)
"""

CASES = {
    "counted.<locals>.wrapper": ("wrapper.calls += 1", "wrapper.calls += 2"),
    "scaled.<locals>.inner": ("* factor + offset", "* factor - offset"),
    "counter.<locals>.add": ("total + sum(items)", "total + len(items)"),
    "flattened.<locals>.walk": ("for child in node", "for child in reversed(node)"),
    "fib.<locals>.step": ("step(k - 1) + step(k - 2)", "step(k - 1) + step(k - 2) + 0.0"),
    "tally.<locals>.every": ("bump(row)", "bump(row + 1)"),
    "grid.<locals>.row": ("range(width)", "reversed(range(width))"),
    "grid.<locals>.row.<locals>.cell": ("x * width + y", "x * width - y"),
    "late.<locals>.report": ("-1", "-2"),
    "windows.<locals>.pairs": ("items[start:start + size]", "items[start:start + size][::-1]"),
    "tasks.<locals>.work": ("item + delay", "item - delay"),
    "tasks.<locals>.stream": ("item + delay", "item - delay"),
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
    "Box.mapped.<locals>.instance": ("+ item", "- item"),
    "Box.Inner.name": ('"inner"', '"outer"'),
}


def version_text(python: str) -> str:
    return ".".join(map(str, version_of(python)))


def sources(judge: Judge) -> tuple[str, str, str]:
    """Return a right candidate, a wrong one and the text of the module."""
    text = judge.module.text
    lines = [line for line in judge.target.source.split("\n") if WASTE not in line]
    right = "\n".join(lines)
    old, new = CASES[judge.target.qualname]
    assert old in right
    return right, right.replace(old, new), text


def replayed(judge: Judge, source: str) -> Refusal | None:
    """Hold a candidate against the recorded and the made-up calls alone."""
    rewrite = Rewrite(judge.target, source, (), "test", 0)
    refusal = static_gate(rewrite, judge.module.text)
    if refusal is not None:
        return refusal
    evidence = judge.evidence()
    assert evidence is not None
    assert evidence.weak is None, evidence.weak
    text = splice(judge.module.text, judge.target.qualname, source)
    return judge.verifier.replay_calls(evidence, rewrite, text)


@pytest.fixture(scope="module", params=interpreters(), ids=version_text)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("bench"), MODULE, TESTS, request.param)


@pytest.mark.parametrize("qualname", CASES)
def test_what_is_equivalent_passes_and_what_differs_does_not(bench: Bench, qualname: str) -> None:
    judge = bench.judge(qualname)
    right, wrong, _ = sources(judge)
    assert replayed(judge, right) is None
    refusal = replayed(judge, wrong)
    assert refusal is not None
    assert refusal.reason is Reason.DIVERGED, refusal.detail


@pytest.mark.slow
@pytest.mark.parametrize("qualname", CASES)
def test_a_faster_equivalent_is_accepted(bench: Bench, qualname: str) -> None:
    judge = bench.judge(qualname)
    verdict = judged(judge, sources(judge)[0])
    assert verdict.reason is Reason.FASTER, verdict.detail
