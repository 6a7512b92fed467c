"""Counterexamples: small, pasteable, and true; and calls aimed at what a candidate names."""

from __future__ import annotations

import random

import pytest
from bench import HOPELESS, Bench, judged, make_bench
from workers import extremes

from perfopt_cli.core import Reason
from perfopt_cli.sandbox.aim import dictionary
from perfopt_cli.sandbox.standing import TRUSTED_JOBS, server_name
from perfopt_cli.sandbox.worker import calls
from perfopt_cli.sandbox.worker.annotated import Annotated
from perfopt_cli.sandbox.worker.constants import Constants, of_function
from perfopt_cli.sandbox.worker.places import Places
from perfopt_cli.sandbox.worker.smaller import Smaller

MODULE = """
    from __future__ import annotations

    import warnings
    from dataclasses import dataclass
    from typing import Dict, List, Optional, Union

    def unique(items):
        kept = []
        for item in items:
            if item not in kept:
                kept.append(item)
        return kept

    def double(n):
        return n + n

    def total(items):
        result = 0
        for item in items:
            result += item
        return result

    def label(word):
        if word == "the":
            return ""
        return word.upper()

    def size(items: Optional[List[int]], plus: Union[int, str] = 0) -> int:
        if items is None:
            return -1
        return len(items) if isinstance(plus, str) else len(items) + plus

    def noted(items):
        if len(items) > 3:
            warnings.warn("many")
        return len(items)

    def drained(items):
        found = len(items)
        items.clear()
        return found

    def pair(items):
        return [items[0], items[-1]] if items else []

    @dataclass
    class Basket:
        prices: List[int]

        def cheapest(self, most: int = 100) -> int:
            return sorted(self.prices)[0]

    def factor(n):
        def inner(value):
            return value * n
        return inner
"""
TESTS = """
    def test_everything():
        for n in range(2, 25):
            items = list(range(1, n))
            assert unique(items) == items
            assert double(n) == 2 * n
            assert total(items) == sum(items)
            assert label("x" * n) == "X" * n
            assert size(items) == n - 1
            assert Basket(items).cheapest() == 1
            assert pair(items) == [1, n - 1]
            assert drained(items) == n - 1
        for n in range(3):
            assert noted(list(range(n))) == n
"""


@pytest.fixture(scope="module", params=extremes()[1:] or extremes())
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    return make_bench(folder, MODULE, TESTS, request.param, made_up=100, least=HOPELESS)


@pytest.mark.parametrize(
    ("name", "wrong", "wanted"),
    [
        pytest.param(
            "unique",
            "def unique(items):\n    return sorted(set(items))\n",
            "0]) on an input no test has: original returned [1, 0], candidate returned [0, 1]",
            id="two items of many",
        ),
        pytest.param(
            "total",
            "def total(items):\n    return sum(items[:100])\n",
            "from mod import total; total(",
            id="a long list",
        ),
        pytest.param(
            "Basket.cheapest",
            "def cheapest(self, most: int = 100) -> int:\n    return self.prices[0]\n",
            "from mod import Basket; Basket([1, 0]).cheapest() on an input no test has: "
            "original returned 0, candidate returned 1",
            id="a method, its default left out",
        ),
        pytest.param(
            "noted",
            "def noted(items):\n    return len(items)\n",
            "but the candidate warns otherwise",
            id="a warning",
        ),
        pytest.param(
            "drained",
            "def drained(items):\n    return len(items)\n",
            "the original leaves its arguments as ([]), the candidate as ([",
            id="an argument left as it was",
        ),
        pytest.param(
            "pair",
            "def pair(items):\n    return items[:1] + items[-1:] if items else ()\n",
            "pair([]) on an input no test has: original returned [], candidate returned ()",
            id="another type",
        ),
    ],
)
def test_what_differs_is_shown_in_a_small_call_to_paste(
    bench: Bench, name: str, wrong: str, wanted: str
) -> None:
    verdict = judged(bench.judge(name), wrong)
    assert verdict.reason is Reason.DIVERGED
    assert wanted in verdict.detail
    assert "\n" not in verdict.detail


@pytest.mark.parametrize(
    ("name", "wrong", "wanted"),
    [
        ("double", "def double(n):\n    return 7 if n == 4242 else n * 2\n", "double(4242)"),
        ("double", "def double(n):\n    return 7 if n * 3 == 12726 else n * 2\n", "double(4242)"),
        ("total", "def total(items):\n    return sum(items[:1000])\n", "total("),
        ("label", "def label(word):\n    return word.upper()\n", "label('the')"),
        (
            "label",
            "def label(word):\n    return '' if word in ('the', 'qux') else word.upper()\n",
            "label('qux')",
        ),
    ],
)
def test_a_rewrite_wrong_for_what_its_code_names_is_refused(
    bench: Bench, name: str, wrong: str, wanted: str
) -> None:
    verdict = judged(bench.judge(name), wrong)
    assert verdict.reason is Reason.DIVERGED, verdict.detail
    assert wanted in verdict.detail


@pytest.mark.parametrize(
    "body",
    [
        "    return len(items) if isinstance(plus, str) else len(items) + plus\n",
        "    return -1 if items is None else len(items) + plus\n",
    ],
    ids=["None", "a text"],
)
def test_a_rewrite_wrong_for_what_the_annotations_allow_is_refused(bench: Bench, body: str) -> None:
    head = "def size(items: Optional[List[int]], plus: Union[int, str] = 0) -> int:\n"
    assert judged(bench.judge("size"), head + body).reason is Reason.DIVERGED


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("double", "def double(n):\n    return n * 2 if n < 77777 else 2 * n\n"),
        (
            "total",
            "def total(items):\n    return sum(items) if len(items) != 500 else sum(items)\n",
        ),
    ],
)
def test_a_right_rewrite_with_new_constants_gets_as_far_as_the_timing(
    bench: Bench, name: str, right: str
) -> None:
    verdict = judged(bench.judge(name), right)
    assert verdict.timing is not None, verdict.detail


@pytest.mark.parametrize(
    ("candidate", "wanted"),
    [
        ("def f(a):\n    return sum(a) + 7\n", ()),
        ("def f(b):\n    return b * 1 + 2\n", ()),
        ("def f(a):\n    return a if a == 40 * 100 else 7\n", (40, 100, 4000)),
        ("def f(a):\n    return a if len(a) == 2 else 7\n", (2,)),
        ("def f(a):\n    return a if a == 'x' else 2.5\n", ("x", 2.5)),
    ],
)
def test_a_dictionary_holds_what_only_the_candidate_names(
    candidate: str, wanted: tuple[object, ...]
) -> None:
    found = dictionary("def f(a):\n    return 7\n", candidate)
    assert set(wanted) <= set(found)
    assert bool(wanted) == bool(found)


LIMIT = 30


def limited(number: int, words: list[str] | None = None, *rest: bytes, **more: float) -> object:
    """Say nothing."""
    return [word for word in words or () if word in ("one", "two")] if number > LIMIT else 12


def test_constants_come_from_the_code_and_the_globals_it_reads() -> None:
    assert {"one", "two", LIMIT, 12} <= set(of_function(limited))
    assert limited.__doc__ not in of_function(limited)
    known = Constants(of_function(limited))
    assert {29, 30, 31} <= set(known.of(int))
    assert {29, 30, 31} <= set(known.sizes)


def test_annotated_calls_have_the_types_that_the_annotations_name() -> None:
    recorded: tuple[list[object], dict[str, object]] = ([1, ["a"], b"x"], {"z": 1.0})
    way = Annotated(random.Random(0), limited, Places([recorded]), Constants([]))
    seen = [way.change(*recorded, True) for _ in range(200)]
    assert {type(args[1]) for args, _ in seen} == {list, type(None)}
    assert all(type(word) is str for args, _ in seen for word in args[1] or ())
    assert {tuple(map(type, (args[0], args[2]))) for args, _ in seen} == {(int, bytes)}
    assert {type(kwargs["z"]) for _, kwargs in seen} == {float}


def test_annotations_that_cannot_be_evaluated_are_passed_over() -> None:
    def partly(one, two):  # type: ignore[no-untyped-def]
        return one, two

    partly.__annotations__ = {"one": "Missing[int]", "two": "int"}
    way = Annotated(random.Random(0), partly, Places([([1, 2], {})]), Constants([]))
    assert way.hints == {"two": int}


@pytest.mark.parametrize(
    "args",
    [
        [list(range(50)), "text", 7],
        [{"a": [1.5, -2.0]}, {1, 2}, (True, None)],
        [[[1, 2], [3, 4]], [5, 6], 2],
        [[object], b"abc", bytearray(b"x")],
    ],
)
def test_every_proposal_is_smaller_and_leaves_the_given_call_alone(args: list[object]) -> None:
    def function(one: object, two: object, three: object = 1) -> None:
        raise AssertionError

    smaller = Smaller(function)
    before = calls.dump(args, {})
    weight = smaller.weight(args, {})
    found = [calls.dump(*proposal) for proposal in smaller.calls(args, {})]
    assert found
    assert all(smaller.weight(*calls.load(data)) < weight for data in found)
    assert calls.dump(args, {}) == before


def test_the_worker_of_a_candidate_may_not_write_calls() -> None:
    asked = {"target": {"module": "m", "file": "m.py"}, "sys_path": []}
    assert "shrink" in TRUSTED_JOBS
    assert "answer" not in TRUSTED_JOBS
    standing = {server_name({**asked, "job": job}, 0) for job in ("shrink", "answer")}
    assert len(standing) == 2
