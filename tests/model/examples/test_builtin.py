"""Each built-in pair does the same on sample inputs, and the fast side is faster."""

from __future__ import annotations

import ast
import copy
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from perfopt_cli.model.examples.builtin import BUILTIN
from perfopt_cli.model.examples.example import Example
from perfopt_cli.model.examples.library import Library

WORDS = [f"w{number % 700}" for number in range(1400)]
NUMBERS = [number * 7919 % 10007 for number in range(600)]
GRAPH = {number: [number + 1, number + 2, number * 2] for number in range(900)}
ROWS = [[number, "a", None] for number in range(3000)]
TEXT = "Some 12 words, and 3 more. " * 700

ITEMS = [SimpleNamespace(name=f"n{number}", count=number) for number in range(3000)]

SMALL: dict[str, Sequence[tuple[Any, ...]]] = {
    "common_names": [(["b", "a", "b", "c"], ["c", "b"]), ([], ["a"]), (["a"], [])],
    "match_orders": [
        (
            [{"number": 1, "customer": 3}, {"number": 2, "customer": 9}],
            [{"id": 3, "name": "x"}, {"id": 3, "name": "y"}],
        ),
        ([], []),
    ],
    "has_pair": [([1, 2, 3], 5), ([2], 4), ([2, 2], 4), ([], 0)],
    "place_of": [([1, 2, 2, 5], 2), ([], 1), ([3], 1), ([1], 9)],
    "first_repeated": [([1, 2, 1, 2],), ([1, 2],), ([],)],
    "without": [([1, 2, 3, 2], [2]), ([], [1]), ([1], [])],
    "longest_run": [([4, 1, 3, 2, 9],), ([],), ([1, 1, 2],)],
    "to_csv": [([[1, None], ["a"], []],), ([],)],
    "as_list": [(ITEMS[:2],), ([],)],
    "reversed_words": [("a b  c\n",), ("",)],
    "flatten": [([[1], (2, 3), []],), ([],), ([{4: 5}],)],
    "only_letters": [("a1 b-C é_",), ("",)],
    "masked": [("a1²٣ 99",), ("",)],
    "transposed": [([[1, 2], [3, 4], [5, 6, 7]],), ([[]],), ([],), ([[1, 2], [3]],)],
    "chunks": [([1, 2, 3], 2), ([1, 2], 2), ([], 3), ([1, 2], 0), ((1, 2, 3), 2)],
    "parsed": [([" a = b=c ", "# no", "", "x"],), ([],), (["=v", " k= "],)],
    "count_words": [(["b", "a", "b"],), ([],)],
    "by_length": [(["b", "aa", "c"],), ([],)],
    "largest": [([3, 1, 3, 2], 2), ([1], 5), ([], 1), ([1, 2], 0), ([1], -1)],
    "merge_sorted": [([1, 3], [1, 2, 9]), ([], [1]), ([1], [])],
    "sort_numbers": [([3, 1, 2, 1],), ([],)],
    "count_pairs": [([1, 2, 1, 1],), ([],)],
    "shortest_steps": [({1: [2, 3], 3: [4]}, 1, 4), ({}, 1, 1), ({1: [1]}, 1, 2)],
    "fibonacci": [(0,), (1,), (2,), (11,), (-3,)],
    "divisors": [(1,), (12,), (36,), (0,), (-4,), (13,)],
    "primes_below": [(0,), (2,), (3,), (30,), (-5,), (4,)],
    "moving_sums": [([1, 2, 3, 4], 2), ([1], 1), ([], 1), ([1, 2], 3), ([1, 2], 0)],
    "scaled": [([1, 2, 4],), ([],), ([5, 5],), ([1.5, -2.0],)],
    "ways_to_pay": [(11, [1, 2, 5]), (0, []), (-1, [1]), (3, [])],
}
LARGE: dict[str, tuple[Any, ...]] = {
    "common_names": (WORDS, WORDS[::2]),
    "match_orders": (
        [{"number": n, "customer": n % 500} for n in range(600)],
        [{"id": n, "name": str(n)} for n in range(500)],
    ),
    "has_pair": (NUMBERS, -1),
    "place_of": (sorted(NUMBERS), 9000),
    "first_repeated": (list(range(1500)),),
    "without": (NUMBERS, NUMBERS[::2]),
    "longest_run": (list(range(300)),),
    "to_csv": (ROWS,),
    "as_list": (ITEMS,),
    "reversed_words": ("word " * 9000,),
    "flatten": ([[number] for number in range(2000)],),
    "only_letters": (TEXT,),
    "masked": (TEXT,),
    "transposed": ([list(range(200)) for _ in range(200)],),
    "chunks": (list(range(20000)), 50),
    "parsed": ([f"name{n} = value={n}" for n in range(3000)],),
    "count_words": (WORDS,),
    "by_length": (WORDS * 4,),
    "largest": (NUMBERS * 5, 60),
    "merge_sorted": (list(range(0, 60000, 2)), list(range(1, 60000, 2))),
    "sort_numbers": (NUMBERS,),
    "count_pairs": (NUMBERS,),
    "shortest_steps": (GRAPH, 0, -5),
    "fibonacci": (18,),
    "divisors": (60000,),
    "primes_below": (1500,),
    "moving_sums": (NUMBERS, 60),
    "scaled": (NUMBERS,),
    "ways_to_pay": (70, [1, 2, 5, 10]),
}


def function_of(source: str, name: str) -> Callable[..., Any]:
    space: dict[str, Any] = {}
    exec(compile(source, name, "exec"), space)
    function: Callable[..., Any] = space[name]
    return function


def answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[object, ...]:
    given = copy.deepcopy(arguments)
    try:
        result = function(*given)
    except Exception as error:
        return "raised", type(error), str(error), given
    return "returned", type(result), repr(result), given


def seconds(function: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    spent = []
    for _ in range(3):
        given = copy.deepcopy(arguments)
        start = time.process_time()
        function(*given)
        spent.append(time.process_time() - start)
    return min(spent)


each = pytest.mark.parametrize("example", BUILTIN, ids=lambda example: example.name)


def test_every_pair_has_inputs_and_a_name_of_its_own() -> None:
    names = [example.name for example in BUILTIN]
    assert sorted(names) == sorted(SMALL) == sorted(LARGE)


def test_no_two_pairs_are_the_same_but_for_names() -> None:
    assert len(Library(BUILTIN).examples) == len(BUILTIN)


@each
def test_both_sides_define_the_function_and_the_reason_is_short(example: Example) -> None:
    for side in (example.slow, example.fast):
        *above, last = ast.parse(side).body
        assert isinstance(last, ast.FunctionDef)
        assert last.name == example.name
        assert all(isinstance(one, ast.Import | ast.ImportFrom) for one in above)
    assert 10 < len(example.why) < 100


@each
def test_both_sides_do_the_same(example: Example) -> None:
    slow, fast = (function_of(side, example.name) for side in (example.slow, example.fast))
    for arguments in SMALL[example.name]:
        assert answer(fast, arguments) == answer(slow, arguments), arguments


@pytest.mark.slow
@each
def test_the_fast_side_is_faster(example: Example) -> None:
    slow, fast = (function_of(side, example.name) for side in (example.slow, example.fast))
    arguments = LARGE[example.name]
    assert answer(fast, arguments) == answer(slow, arguments)
    assert seconds(slow, arguments) > 1.15 * seconds(fast, arguments)
