"""Calls whose values are equal, nearly so, the same object or nested: what is made, what it catches."""

from __future__ import annotations

import contextlib
import random
import re
from collections import Counter, namedtuple
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from bench import Bench, judged, make_bench

from perfopt_cli.core import Reason
from perfopt_cli.sandbox.worker import calls, spies
from perfopt_cli.sandbox.worker.changes import Stuck
from perfopt_cli.sandbox.worker.observe import observe
from perfopt_cli.sandbox.worker.places import Places
from perfopt_cli.sandbox.worker.slots import slots
from perfopt_cli.sandbox.worker.sweep import Sweep
from perfopt_cli.sandbox.worker.twins import Twins

Point = namedtuple("Point", "x y")


@dataclass
class Part:
    code: str
    sizes: list[int]


def made(
    *args: object, others: Sequence[tuple[object, object]] = (), count: int = 200
) -> Iterator[list[object]]:
    """Yield what comes of changes to a call."""
    data = calls.dump(args, {})
    twins = Twins(random.Random(1), Places([calls.load(data), *others]))
    for _ in range(count):
        try:
            yield twins.change(*calls.load(data), True)[0]
        except Stuck:
            continue


def test_a_scalar_is_put_where_another_argument_has_one() -> None:
    assert any({*one} & {*other} for one, other in made([1, 2], [8, 9]))


def test_two_lists_come_to_have_the_same_members_so_often_and_so_often() -> None:
    assert any(
        set(one) == set(other) and len(one) == len(other) and Counter(one) != Counter(other)
        for one, other in made([1, 2], [8, 9, 9])
    )


def test_a_list_comes_to_have_a_subclass_of_its_own_item() -> None:
    part = Part("a", [1])
    found = [[type(item) for item in args[0]] for args in made([part])]
    assert any(len({*kinds}) == 2 for kinds in found)


def test_one_list_comes_to_be_in_two_places() -> None:
    assert any(args[0] is args[1] for args in made([1], [2]))


def test_a_list_that_holds_lists_comes_to_be_nested_deep() -> None:
    assert max(depth(args[0]) for args in made([1, [2]])) > 400


def depth(value: object) -> int:
    """Return how many lists are around the innermost."""
    count = 0
    while type(value) is list and value:
        value = next((item for item in value if type(item) is list), None)
        count += 1
    return count


def test_nothing_to_pair_is_said() -> None:
    with pytest.raises(Stuck):
        Twins(random.Random(1), Places([])).change([None], {}, True)


def test_a_slot_in_a_tuple_in_a_list_can_be_put() -> None:
    args: list[object] = [[(1, Point(2, 3))]]
    inner = next(slot for slot in slots(args, {}) if slot.value == 3)
    inner.put(9)
    assert args == [[(1, Point(2, 9))]]


def test_all_items_of_a_list_are_one_place_and_the_fields_of_a_tuple_are_not() -> None:
    found = slots([[(1, 2), (3, 4)]], {})
    assert len({slot.place for slot in found if type(slot.value) is int}) == 2


def test_a_sweep_tries_each_change_once_and_then_none() -> None:
    sweep, found = Sweep(random.Random(1)), []
    for _ in range(100):
        try:
            found.append(sweep.change([[(5, 7)]], {}, True)[0][0])
        except Stuck:
            continue
    assert {(-1, 7), (5, -1), (0, 7), (5, 0)} <= {pair for (pair,) in found}
    assert len(found) < 40


def test_many_texts_get_a_line_end_where_the_function_matches_patterns() -> None:
    def matching(text: str) -> object:
        return re.search("a$", text)

    words = [f"word {number}" for number in range(20)]
    sweep, found = Sweep(random.Random(1), matching), set()
    for word in words * 20:
        with contextlib.suppress(Stuck):
            found.add(sweep.change([word], {}, True)[0][0])
    assert {word + "\n" for word in words} <= found


def flat(items: list[object]) -> list[object]:
    """Take nested lists apart."""
    found: list[object] = []
    for item in items:
        found.extend(flat(item)) if type(item) is list else found.append(item)
    return found


def test_a_deep_call_that_is_answered_can_be_compared() -> None:
    value: object = 1
    for _ in range(450):
        value = [value]
    assert observe(flat, calls.dump((value,), {}), False)["how"] == "returned"


def test_a_spy_can_take_a_field_from_what_the_function_walks() -> None:
    row = {"name": 1, "children": []}
    spy = spies.Spy(str, 0, [], False, None, row)
    spy(row["name"])
    assert row == {"name": 1}


MODULE = """
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Part:
        code: str
        size: int

    class Bin:
        def __init__(self, numbers):
            self.numbers = numbers

        def same(self, other):
            return sorted(self.numbers) == sorted(other.numbers)

    def distinct(parts):
        found = []
        for part in parts:
            if part not in found:
                found.append(part)
        return found

    def flat(items):
        found = []
        for item in items:
            if type(item) is list:
                found.extend(flat(item))
            else:
                found.append(item)
        return found

    def parsed(lines, fields):
        rows = []
        for line in lines:
            row = {}
            for part in line.split():
                name, _, value = part.partition("=")
                if name not in fields:
                    raise KeyError(name)
                row[name] = int(value)
            rows.append(row)
        return rows

    def merged(target, more):
        for name, numbers in more.items():
            kept = target.setdefault(name, [])
            for number in numbers:
                if number not in kept:
                    kept.append(number)
        return target

    def walls(width, height, places):
        return [["#" if (x, y) in places else "." for x in range(width)] for y in range(height)]
"""
TESTS = """
    def test_everything():
        for n in range(2, 40):
            parts = [Part("abc"[i % 3], i % 5) for i in range(n)]
            assert distinct(parts)
            numbers = list(range(n))
            assert Bin(numbers).same(Bin(numbers[::-1]))
            assert not Bin(numbers).same(Bin([1] * n))
            assert flat([numbers, [1, [n]]]) == [*numbers, 1, n]
            assert len(parsed([f"a={n} b=2", "b=3"] * n, ["a", "b"])) == 2 * n
            assert merged({"a": [1], "b": [3]}, {"a": numbers, "b": numbers})
            assert walls(n, 3, [(1, 2), (n - 1, 0)])[2][1] == "#"
        try:
            parsed(["c=1"], ["a"])
        except KeyError:
            pass
"""
WRONG = {
    "distinct": (
        "def distinct(parts):\n"
        "    return list({(part.code, part.size): part for part in parts[::-1]}.values())[::-1]\n"
    ),
    "Bin.same": (
        "def same(self, other):\n    one, two = self.numbers, other.numbers\n"
        "    return len(one) == len(two) and set(one) == set(two)\n"
    ),
    "flat": (
        "def flat(items):\n    found = []\n\n    def take(item):\n"
        "        if type(item) is list:\n            found.extend(flat(item))\n"
        "        else:\n            found.append(item)\n\n"
        "    for item in items:\n        take(item)\n    return found\n"
    ),
    "parsed": (
        "def parsed(lines, fields):\n    rows = []\n    for line in lines:\n"
        "        parts = [part.partition('=') for part in line.split()]\n"
        "        for name, _, _ in parts:\n            if name not in fields:\n"
        "                raise KeyError(name)\n"
        "        rows.append({name: int(value) for name, _, value in parts})\n    return rows\n"
    ),
    "merged": (
        "def merged(target, more):\n    known = {n: set(held) for n, held in target.items()}\n"
        "    for name, numbers in more.items():\n        old = known.get(name, ())\n"
        "        kept = target.setdefault(name, [])\n"
        "        kept.extend(n for n in dict.fromkeys(numbers) if n not in old)\n    return target\n"
    ),
    "walls": (
        "def walls(width, height, places):\n    rows = [['.'] * width for _ in range(height)]\n"
        "    for x, y in places:\n        if x < width and y < height:\n"
        "            rows[y][x] = '#'\n    return rows\n"
    ),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("twins"), MODULE, TESTS, made_up=150)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_a_rewrite_is_caught_that_tells_no_twins_apart(bench: Bench, name: str) -> None:
    verdict = judged(bench.judge(name), WRONG[name])
    assert verdict.reason is Reason.DIVERGED, verdict.detail
