"""The gates of one target together, through real workers on a tiny project."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import Bench, judged, make_bench
from workers import interpreters, version_of

from perfopt_cli.core import Reason, Status
from perfopt_cli.sandbox import verify

MODULE = """
    import functools
    import logging
    import random
    import warnings

    CALLS = []

    def total(items: list[int]) -> int:
        result = 0
        for item in items:
            for _ in range(20):
                result += item - item
            result += item
        return result

    def squares(items):
        for item in items:
            yield item * item

    async def later(items):
        return sorted(items)

    def order(items):
        items.sort()
        return items

    def shout(word):
        print(word)
        logging.getLogger("mod").warning("shouting")
        warnings.warn("loud")
        return word.upper()

    def pair(items):
        return [items, items]

    def fail(items):
        if not items:
            raise ValueError("no items")
        return items[0]

    def note(item):
        CALLS.append(item)
        return item

    def apply(function, item):
        return function(item)

    @functools.lru_cache(maxsize=None)
    def cached(item):
        return item + 1

    def down(n):
        return 0 if n == 0 else 1 + down(n - 1)

    def pick(items):
        return random.choice(items)

    class Box:
        def __init__(self, items):
            self.items = items
            self.reads = 0

        def biggest(self):
            self.reads += 1
            return max(self.items)

        @property
        def size(self):
            return len(self.items)

        @staticmethod
        def double(item):
            return item * 2

        @classmethod
        def empty(cls, n):
            return cls([n])

        class Inner:
            def name(self, suffix):
                return "inner" + suffix
"""
TESTS = """
    import asyncio
    import pytest

    LISTS = [list(range(n)) for n in range(20, 0, -1)] + [[3, 1, 2]]

    @pytest.mark.parametrize("items", LISTS)
    def test_all(items):
        assert total(items) == sum(items)
        assert list(squares(items)) == [i * i for i in items]
        assert asyncio.run(later(items)) == sorted(items)
        assert order(list(items))[0] <= 20
        with pytest.warns(UserWarning):
            assert shout("a" * len(items))
        assert len(pair(items)) == 2
        assert fail(items) == items[0]
        assert note(len(items))
        assert apply(lambda x: x + len(items), 1) == 1 + len(items)
        assert cached(len(items)) == len(items) + 1
        assert down(len(items)) == len(items)
        assert pick(items) in items
        box = Box(items)
        assert box.biggest() == max(items)
        assert box.size == len(items)
        assert Box.double(len(items)) == 2 * len(items)
        assert Box.empty(len(items)).items == [len(items)]
        assert Box.Inner().name("x" * len(items))

    def test_failing():
        with pytest.raises(ValueError):
            fail([])
"""


def version_text(python: str) -> str:
    return ".".join(map(str, version_of(python)))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("bench"), MODULE, TESTS)


KINDS = [
    "total",
    "squares",
    "later",
    "order",
    "shout",
    "pair",
    "fail",
    "note",
    "apply",
    "cached",
    "down",
    "pick",
    "Box.biggest",
    "Box.size",
    "Box.double",
    "Box.empty",
    "Box.Inner.name",
]


@pytest.mark.parametrize("python", interpreters(), ids=version_text)
def test_every_kind_of_function_gives_evidence(
    tmp_path_factory: pytest.TempPathFactory, python: str
) -> None:
    bench = make_bench(tmp_path_factory.mktemp("kinds"), MODULE, TESTS, python, made_up=30)
    judges = {name: bench.judge(name) for name in KINDS}
    weak = {name: judge.evidence().weak for name, judge in judges.items()}  # type: ignore[union-attr]
    assert weak == dict.fromkeys(KINDS)


def test_an_equivalent_and_faster_candidate_is_accepted(bench: Bench) -> None:
    verdict = judged(
        bench.judge("total"),
        """
        def total(items: list[int]) -> int:
            return sum(items)
        """,
    )
    assert (verdict.status, verdict.reason) == (Status.ACCEPTED, Reason.FASTER)
    assert verdict.speedup is not None
    assert verdict.speedup.low > 1.2
    assert verdict.timing is not None
    assert verdict.timing.tests is not None


def test_the_same_code_is_not_called_faster(bench: Bench) -> None:
    judge = bench.judge("total")
    verdict = judged(judge, judge.target.source)
    assert verdict.reason is Reason.NOT_FASTER


@pytest.mark.parametrize(
    ("qualname", "source", "reason"),
    [
        pytest.param(
            "total",
            "def total(items: list[int]) -> int:\n    return 1\n",
            Reason.TESTS_FAILED,
            id="wrong result that the tests notice",
        ),
        pytest.param(
            "total",
            "def total(items: list[int]) -> int:\n    return float(sum(items))\n",
            Reason.DIVERGED,
            id="another type that calls itself equal",
        ),
        pytest.param(
            "total",
            "def total(items: list[int]) -> int:\n    bytearray(2**34)\n    return sum(items)\n",
            Reason.TESTS_FAILED,
            id="more memory than there is for it",
        ),
        pytest.param(
            "order",
            "def order(items):\n    return sorted(items)\n",
            Reason.DIVERGED,
            id="argument no longer changed",
        ),
        pytest.param(
            "pair",
            "def pair(items):\n    return [items, list(items)]\n",
            Reason.DIVERGED,
            id="a copy instead of the same object",
        ),
        pytest.param(
            "fail",
            "def fail(items):\n    if not items:\n        raise ValueError('empty')\n"
            "    return items[0]\n",
            Reason.DIVERGED,
            id="another error message",
        ),
        pytest.param(
            "shout",
            "def shout(word):\n    logging.getLogger('mod').warning('shouting')\n"
            "    warnings.warn('loud')\n    return word.upper()\n",
            Reason.DIVERGED,
            id="no longer printed",
        ),
        pytest.param(
            "shout",
            "def shout(word):\n    print(word)\n    warnings.warn('loud')\n    return word.upper()\n",
            Reason.DIVERGED,
            id="no longer logged",
        ),
        pytest.param(
            "note",
            "def note(item):\n    return item\n",
            Reason.DIVERGED,
            id="a global no longer changed",
        ),
        pytest.param(
            "note",
            "def note(item):\n    memo = CALLS\n    memo.append(item)\n    memo.append(item)\n"
            "    return item\n",
            Reason.DIVERGED,
            id="a global changed under another name",
        ),
        pytest.param(
            "pick",
            "def pick(items):\n    return items[0]\n",
            Reason.DIVERGED,
            id="randomness no longer drawn",
        ),
        pytest.param(
            "squares",
            "def squares(items):\n    yield from [item * item for item in items][:15]\n",
            Reason.TESTS_FAILED,
            id="fewer items",
        ),
        pytest.param(
            "Box.biggest",
            "def biggest(self):\n    return max(self.items)\n",
            Reason.DIVERGED,
            id="an attribute no longer changed",
        ),
        pytest.param(
            "down",
            "def down(n):\n    return 0 if n == 0 else 1 + down(n - 1) + (n != n)\n",
            Reason.NOT_FASTER,
            id="not faster",
        ),
    ],
)
def test_a_candidate_that_differs_is_refused(
    bench: Bench, qualname: str, source: str, reason: Reason
) -> None:
    verdict = judged(bench.judge(qualname), source)
    assert verdict.reason is reason, verdict.detail
    assert verdict.status is Status.REJECTED


def test_a_candidate_that_never_returns_is_stopped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = bench.judge("total")
    monkeypatch.setattr(verify, "START_SECONDS", 1.0)
    monkeypatch.setattr(verify, "PATIENCE", 1.0)
    endless = "def total(items: list[int]) -> int:\n    while True:\n        items = items\n"
    verdict = judged(judge, endless)
    assert (verdict.status, verdict.reason) == (Status.REJECTED, Reason.TIMED_OUT)


def test_a_candidate_that_never_returns_is_stopped_by_its_cpu_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = bench.judge("total")
    monkeypatch.setattr(verify, "START_SECONDS", 1000.0)
    endless = "def total(items: list[int]) -> int:\n    while True:\n        items = items\n"
    verdict = judged(judge, endless)
    assert (verdict.status, verdict.reason) == (Status.REJECTED, Reason.TIMED_OUT)
    assert judge.slow_because == ""


def test_the_detail_names_call_and_results(bench: Bench) -> None:
    verdict = judged(
        bench.judge("total"),
        "def total(items: list[int]) -> int:\n    return float(sum(items))\n",
    )
    assert "original returned" in verdict.detail
    assert "candidate returned" in verdict.detail


def test_the_copy_is_as_before_after_a_candidate(bench: Bench) -> None:
    before = (bench.copy / "mod.py").read_bytes()
    judged(bench.judge("total"), "def total(items: list[int]) -> int:\n    return 1\n")
    assert (bench.copy / "mod.py").read_bytes() == before


def test_a_dropped_docstring_is_put_back(tmp_path: Path) -> None:
    small = make_bench(
        tmp_path,
        'def f(x: int) -> int:\n    """Add one."""\n    return x + 1\n',
        "def test_f():\n    assert f(1) == 2\n",
    )
    verdict = judged(small.judge("f"), "def f(x: int) -> int:\n    return 1 + x\n")
    assert '"""Add one."""' in verdict.rewrite.source


def test_too_few_recorded_calls_are_said_to_be_too_few(tmp_path: Path) -> None:
    small = make_bench(
        tmp_path, "def f(x):\n    return x + 1\n", "def test_f():\n    assert f(1) == 2\n"
    )
    verdict = judged(small.judge("f"), "def f(x):\n    return 1 + x\n")
    assert (verdict.status, verdict.reason) == (Status.ABSTAINED, Reason.UNTESTED)
    assert "1 different recorded calls" in verdict.detail


def test_a_hash_seed_dependent_function_is_left_alone(tmp_path: Path) -> None:
    small = make_bench(
        tmp_path,
        "def f(words):\n    return list(set(words))\n",
        "def test_f():\n    for n in range(2, 9):\n        assert f([str(i) for i in range(n)])\n",
    )
    verdict = judged(small.judge("f"), "def f(words):\n    return list({*words})\n")
    assert (verdict.status, verdict.reason) == (Status.ABSTAINED, Reason.FLAKY)
