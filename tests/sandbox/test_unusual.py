"""Values that tests seldom have: what is made, and what comes of it at the gates."""

from __future__ import annotations

import datetime
import random

import pytest
from bench import Bench, judged, make_bench

from perfopt_cli.core import Reason
from perfopt_cli.sandbox.worker import calls
from perfopt_cli.sandbox.worker.changes import Stuck
from perfopt_cli.sandbox.worker.places import Places
from perfopt_cli.sandbox.worker.unusual import Unusual


def made(*recorded: tuple[object, ...], count: int = 400) -> list[list[object]]:
    """Return what comes of so many changes to the first of the recorded calls."""
    data = [calls.dump(args, {}) for args in recorded]
    unusual = Unusual(random.Random(1), Places([calls.load(one) for one in data]))
    found = []
    for _ in range(count):
        try:
            found.append(unusual.change(*calls.load(data[0]), True)[0])
        except Stuck:
            continue
    return found


def test_a_float_becomes_an_int_and_a_half() -> None:
    values = [args[0] for args in made((2.4,), (3.1,))]
    assert {2, 2.5} <= set(values)
    assert any(type(value) is int for value in values)


def test_an_int_becomes_large_and_a_bool() -> None:
    values = [args[0][0] for args in made(([7],), ([9],)) if args[0]]
    assert any(value > 2**53 for value in values)
    assert any(value is True for value in values)


def test_a_date_comes_to_the_ends_of_years_and_leap_days() -> None:
    days = {args[0] for args in made((datetime.date(2023, 5, 17),), (datetime.date(2023, 5, 9),))}
    assert datetime.date(2024, 2, 29) in days
    assert datetime.date(2023, 12, 31) in days
    assert any(day.year == 2100 for day in days)


def test_a_dict_of_parents_becomes_a_long_chain() -> None:
    chains = [args for args in made(({"a": "", "b": "a", "c": "a"}, "c")) if len(args[0]) > 700]
    assert chains
    assert any(name == f"n{len(parents) - 1}" for parents, name in chains)


def test_rows_of_one_length_become_ragged_and_say_so() -> None:
    unusual = Unusual(random.Random(1), Places([([[[1, 2], [3, 4]]], {})]))
    seen = set()
    for _ in range(200):
        try:
            (rows,), _ = unusual.change([[[1, 2], [3, 4]]], {}, True)
        except Stuck:
            continue
        lengths = {len(row) for row in rows}
        if len(lengths) > 1:
            seen.add(unusual.misshaped)
    assert seen == {True}


def test_a_list_becomes_a_dict_only_where_texts_or_iterators_were_given_too() -> None:
    assert any(type(items) is dict for (items,) in made((["a"],), ("abc",)))
    assert not any(type(items) is dict for (items,) in made((["a"],), (("b", "c"),)))


MODULE = """
import collections
import logging
from collections.abc import Iterable


class Bag:
    def __init__(self, items):
        self.items = items

    def merged(self, other):
        made = type(self)([])
        for item in self.items + other.items:
            if item not in made.items:
                made.items.append(item)
        return made


log = logging.getLogger("mod")


def path(parents, name):
    found = [name]
    while parents[found[-1]]:
        found.append(parents[found[-1]])
    return found


def matches(records, test):
    found = []
    for record in records:
        if test(record):
            found.append(record)
    return found


def mean(values):
    log.debug("%d values", len(values))
    total = 0.0
    for value in values:
        total += value
    return total / len(values) if values else 0.0


def frequencies(items):
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts


def tally(items: Iterable[str]):
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts


def product(a, b):
    if any(len(row) != len(b) for row in a):
        raise ValueError("they don't fit")
    width = len(b[0]) if b else 0
    return [[sum(row[k] * b[k][j] for k in range(len(b))) for j in range(width)] for row in a]
"""
TESTS = """
import pytest

def test_all():
    for n in (3, 5, 9):
        parents = {f"a{i}": (f"a{i // 2}" if i else "") for i in range(n)}
        assert path(parents, f"a{n - 1}")[-1] == "a0"
        assert matches(list(range(n)), lambda x: x % 2 == 0) == list(range(0, n, 2))
        assert mean([1.5] * n) == 1.5
        assert len(Bag(list(range(n))).merged(Bag(list(range(2 * n)))).items) == 2 * n
        rows = [[float(i)] * n for i in range(n)]
        assert frequencies(list("ab" * n)) == frequencies("ab" * n) == tally(["a", "b"] * n)
        assert len(product(rows, [[2.0] * n for _ in rows])) == n
    with pytest.raises(ValueError):
        product([[1.0]], [[1.0], [2.0]])
"""
WRONG = {
    "recursion": (
        "path",
        """
        def path(parents, name):
            if not parents[name]:
                return [name]
            return [name] + path(parents, parents[name])
        """,
    ),
    "what a callback answers": (
        "matches",
        """
        def matches(records, test):
            return [record for record in records if test(record) is True]
        """,
    ),
    "how often a callback is called": (
        "matches",
        """
        def matches(records, test):
            return [record for record in records if test(record) and test(record)]
        """,
    ),
    "a callback that stops an iteration": (
        "matches",
        """
        def matches(records, test):
            return list(filter(test, records))
        """,
    ),
    "a record that nobody reads": (
        "mean",
        """
        def mean(values):
            total = 0.0
            for value in values:
                total += value
            return total / len(values) if values else 0.0
        """,
    ),
    "an int for a float": (
        "mean",
        """
        def mean(values):
            log.debug("%d values", len(values))
            total = values[0] if values else 0.0
            for value in values[1:]:
                total += value
            return total / len(values) if len(values) > 1 else total
        """,
    ),
    "a subclass": (
        "Bag.merged",
        """
        def merged(self, other):
            return Bag(list(dict.fromkeys(self.items + other.items)))
        """,
    ),
    "a dict where texts and lists were given": (
        "frequencies",
        """
        def frequencies(items):
            return dict(collections.Counter(items))
        """,
    ),
    "a dict for an iterable": (
        "tally",
        """
        def tally(items: Iterable[str]):
            return dict(collections.Counter(items))
        """,
    ),
    "ragged rows": (
        "product",
        """
        def product(a, b):
            if a and len(a[0]) != len(b):
                raise ValueError("they don't fit")
            columns = list(zip(*b))
            return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]
        """,
    ),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("unusual"), MODULE, TESTS, made_up=150)


@pytest.mark.parametrize("what", WRONG)
def test_a_candidate_is_caught_by(bench: Bench, what: str) -> None:
    name, body = WRONG[what]
    verdict = judged(bench.judge(name), body)
    assert verdict.reason is Reason.DIVERGED, verdict.detail
