"""Probes put into a module: what is asked of its syntax tree."""

from __future__ import annotations

import ast

from perfopt_cli.sandbox.worker.instrument import branches, lines_of


def function_body(text: str) -> list[ast.stmt]:
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    return function.body


def test_each_statement_is_told_of_once_however_deep_it_lies() -> None:
    tests = "".join(f"    elif x == {n}:\n        y = {n}\n" for n in range(1, 16))
    body = function_body(f"def f(x):\n    if x == 0:\n        y = 0\n{tests}    return y\n")
    lines = lines_of(body)
    assert sorted(lines) == [*range(2, 34), 34]


def test_statements_of_every_kind_of_block_are_told_of() -> None:
    body = function_body(
        "def f(x):\n"
        "    with x:\n        a()\n"
        "    try:\n        b()\n    except E:\n        c()\n    finally:\n        d()\n"
    )
    assert sorted(lines_of(body)) == [2, 3, 4, 5, 7, 9]


def test_what_a_function_within_does_is_its_own() -> None:
    body = function_body("def f():\n    def g():\n        if x:\n            a()\n    return g\n")
    assert sorted(lines_of(body)) == [2, 5]
    assert list(branches(body)) == []
