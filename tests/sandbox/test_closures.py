"""Functions defined in functions, from the recording of their calls to a verdict."""

from __future__ import annotations

import pytest
from bench import Bench, judged, make_bench
from waste import replayed, right, version_text, wrong
from workers import extremes

from perfopt_cli.core import Reason

MODULE = """
    import functools

    def counted(function):
        @functools.wraps(function)
        def wrapper(*args, **options):
            idle = [None for _ in range(300)]
            wrapper.calls += 1
            return function(*args, **options)
        wrapper.calls = 0
        return wrapper

    @counted
    @counted
    def summed(items):
        return sum(items)

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

    class Base:
        def total(self, items):
            return sum(items)

    class Box(Base):
        def mapped(self, items):
            def instance(self, item):
                idle = [None for _ in range(300)]
                return super().total([item]) + item
            return [instance(self, item) for item in items]
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
        assert summed(items) == sum(items)
        assert Box().mapped(items) == [2 * item for item in items]
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
    "Box.mapped.<locals>.instance": ("+ item", "- item"),
}
QUICK = (
    "counted.<locals>.wrapper",
    "counter.<locals>.add",
    "fib.<locals>.step",
    "late.<locals>.report",
)


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
