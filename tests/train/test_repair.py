from __future__ import annotations

import pytest

from perfopt_cli.train.repair import forms, repaired


@pytest.mark.parametrize(
    ("damaged", "good"),
    [
        ("n = int(eval(input()))", "n = int(input())"),
        ("s = eval(input('ä: '))\r\nt = eval( input( ) )", "s = input('ä: ')\nt = input( )"),
        ("print((f(eval((input())))))", "print((f(input())))"),
        ("ä = [eval(input()) for _ in range(eval(input()))]", "ä = [input() for _ in range(input())]"),
        ("x = eval(input(eval(input())))", "x = input(input())"),
        ("x = eval(  # a\n  input()\n)\n", "x = input()\n"),
        ("f'{1}\x0c'; x = eval(input())", "f'{1}\x0c'; x = input()"),
    ],
)  # fmt: skip
def test_a_damaged_input_is_put_right(damaged: str, good: str) -> None:
    assert repaired(damaged) == good
    assert forms(damaged) == (damaged, good)


@pytest.mark.parametrize(
    "program",
    [
        "n = int(input())",
        "n = eval(text)",
        "n = eval(input(), {})",
        "n = eval(input().strip())",
        "n = 'eval(input())'",
        "n.eval(input())",
        "print eval(input())",
        "eval = 1\r\n",
    ],
)
def test_other_programs_have_one_form(program: str) -> None:
    assert forms(program) == (program,)
