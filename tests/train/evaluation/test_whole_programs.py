"""Whole programs through the rules: what they print stays the same."""

from __future__ import annotations

import contextlib
import io

import pytest

from perfopt_cli.train.evaluation.whole_programs import rewrite_program, wrapped

SQUARES = """\
import sys

n = 5
out = []
for i in range(n):
    out.append(i * i)
print(out, file=sys.stdout)
"""

WITH_FUNCTION = """\
LIMIT = 4

def squares(n):
    result = []
    for i in range(n):
        result.append(i * i)
    return result

for k in range(LIMIT):
    print(squares(k))
"""


def output(program):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "program.py", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


@pytest.mark.parametrize("program", [SQUARES, WITH_FUNCTION])
def test_rewritten_programs_print_the_same(program):
    found = rewrite_program(program, 4)
    assert found
    assert {output(one) for one in found} == {output(program)}


def test_top_level_code_is_rewritten_in_a_function():
    first = rewrite_program(SQUARES, 1)[0]
    assert "def _program():" in first
    assert "append" not in first


def test_top_level_stays_where_it_is_if_no_rule_finds_anything_in_it():
    first = rewrite_program(WITH_FUNCTION, 1)[0]
    assert "append" not in first
    assert "_program" not in first


def test_the_move_alone_is_the_last_candidate():
    plain = "n = int(input())\nfor i in range(n):\n    print(i ^ n)\n"
    assert rewrite_program(plain, 8) == [wrapped(plain)]
    assert rewrite_program(SQUARES, 8)[-1] == wrapped(SQUARES)
    assert rewrite_program(SQUARES, 1) != [wrapped(SQUARES)]


def test_a_program_with_nothing_to_do_gives_no_candidate():
    assert rewrite_program("print(input())\n", 3) == []


def test_a_text_that_is_no_python_gives_no_candidate():
    assert rewrite_program("print 1\n", 3) == []


def test_no_more_candidates_than_asked_for():
    assert len(rewrite_program(SQUARES, 1)) == 1


@pytest.mark.parametrize(
    "program",
    [
        # A function reads and writes what the top level binds.
        "def show():\n    print(total)\n\ntotal = 0\nfor i in range(3):\n    total += i\n    show()\n",
        "x = 1\ndef f():\n    global x\n    x += 1\n\nfor i in range(2):\n    f()\n    x = x * 2\nprint(x)\n",
        # A builtin is used, then hidden.
        "print(max(1, 2))\nmax = 0\nfor i in range(3):\n    max += i\nprint(max)\n",
        # Strings over several lines keep their text.
        "for i in range(2):\n    print('''a\n  b\nc''' % ())\n",
        # Lambdas and comprehensions see later values.
        "fs = [lambda: i for i in range(3)]\ni = 7\nfor f in fs:\n    print(f(), i)\n",
        # The first statement of the end shares its line with the import.
        "import sys; n = 3\nfor i in range(n):\n    print(n, i)\n    n += 1\n",
        "if True:\n\tfor i in range(2):\n\t\tprint(i)\n",
        "try:\n    int('x')\nexcept ValueError as e:\n    for i in range(1):\n        print(e)\n",
    ],
)
def test_a_moved_top_level_does_the_same(program):
    moved = wrapped(program)
    assert moved is not None
    assert "def _program():" in moved
    assert output(moved) == output(program)


def test_a_program_that_python_warns_of_is_moved_in_silence():
    assert wrapped("x = 1\nfor i in range(2):\n    print(i is 1)\n") is not None


@pytest.mark.parametrize(
    "program",
    [
        "x = 3\nfor i in range(2):\n    print(eval('x'))\n",
        "for i in range(2):\n    print(sorted(globals()))\n",
        "from math import *\nfor i in range(2):\n    print(i)\n",
        "x: int = 3\nfor i in range(x):\n    print(i)\n",
        "class A:\n    def __del__(self):\n        print('gone')\n\nfor i in range(2):\n    a = A()\n",
        "import __main__\nx = 2\nfor i in range(x):\n    print(__main__.x)\n",
        "print(1)\n",
        "def f():\n    return 1\n",
        "x = (\n",
        "",
    ],
)
def test_what_would_show_or_gains_nothing_is_not_moved(program):
    assert wrapped(program) is None
