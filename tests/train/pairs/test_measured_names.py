"""One person's names become another's, and nothing else of a program changes."""

from __future__ import annotations

import ast

import pytest

from perfopt_cli.train.pairs.measured_choice import near, reply_length, short, worth_racing
from perfopt_cli.train.pairs.measured_names import aligned, own_names

SLOW = """\
def total(rows, limit):
    result = 0
    for item in rows:
        if item < limit:
            result = result + item
    return result
"""
FAST = """\
def total(rows, limit):
    s = 0
    for x in rows:
        if x < limit:
            s += x
    return s
"""
FIXED = {"total", "rows", "limit"}


def test_names_in_like_places_become_the_same() -> None:
    wanted = SLOW.replace("result = result + item", "result += item")
    assert aligned(SLOW, FAST, FIXED) == wanted


def test_what_is_left_to_edit_is_one_line() -> None:
    assert reply_length(SLOW, aligned(SLOW, FAST, FIXED)) < 10


def test_two_names_never_become_one() -> None:
    slow = "a = 1\nb = 2\nprint(a, a)\n"
    fast = "b = 1\na = 2\nprint(b, a)\n"
    names = own_names(aligned(slow, fast))
    assert len(names) == 2


def test_swapped_names_are_swapped_back() -> None:
    slow = "a = int(input())\nfor b in range(a):\n    print(a, b)\n"
    fast = "b = int(input())\nfor a in range(b):\n    print(b, a)\n"
    assert ast.dump(ast.parse(aligned(slow, fast))) == ast.dump(ast.parse(slow))


@pytest.mark.parametrize(
    "fast",
    [
        "def f(x):\n    return x\n\n\nprint(f(x=1))\n",
        "class A:\n    x = 1\n\n\nprint(A.x)\n",
        "x = 1\nprint(f'{x}')\n",
        "x = 1\nprint(eval('x'))\n",
        "from math import pi as x\n\nprint(x)\n",
    ],
)
def test_a_name_that_is_seen_otherwise_stays(fast: str) -> None:
    assert "x" not in own_names(fast)


def test_fields_keep_their_names() -> None:
    slow = "value = A()\nprint(value.x)\n"
    fast = "x = A()\nprint(x.x)\n"
    assert aligned(slow, fast) == "value = A()\nprint(value.x)\n"


def test_programs_without_a_near_one_are_not_run() -> None:
    far = "\n".join(f"print({number}, 'a', 'b', 'c', 'd', 'e', 'f')" for number in range(40)) + "\n"
    assert set(near([SLOW, FAST, far], "", 0)) == {SLOW, FAST}


def test_the_same_program_with_other_names_is_not_near() -> None:
    assert near([SLOW, SLOW.replace("item", "one")], "total", 0) == []


def test_long_programs_are_left_out() -> None:
    assert short([SLOW, "print(1)\n" * 61]) == [SLOW]


def test_of_pairs_far_enough_apart_the_nearest_come_first() -> None:
    third = SLOW.replace("return result", "return result + 0 * len(rows)")
    pairs = worth_racing({SLOW: 300, FAST: 100, third: 200}, "total", 1.2, 2)
    assert set(pairs) == {(SLOW, FAST), (SLOW, third)}
    assert pairs[SLOW, FAST] == SLOW.replace("result = result + item", "result += item")


def test_a_pair_that_takes_a_long_reply_is_not_raced() -> None:
    long = "".join(f"value{number} = {number} + len(str({number}))\n" for number in range(40))
    assert worth_racing({SLOW: 300, long: 100}, "", 1.2, 2) == {}
