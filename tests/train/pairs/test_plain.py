"""The form in which functions stand in pairs."""

from __future__ import annotations

import ast

import pytest

from perfopt_cli.train.pairs.plain import plain_function, unbracketed


def plain(text: str, *, typed: bool = False) -> str:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return plain_function(function, typed=typed)


def test_docstrings_and_annotations_go() -> None:
    text = plain('def f(x: int) -> int:\n    """Say."""\n    return x')
    assert text == "def f(x):\n    return x"


def test_annotations_stay_where_they_are_wanted() -> None:
    assert plain("def f(x: int):\n    return x", typed=True).startswith("def f(x: int)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return (a, b)", "return a, b"),
        ("a, b = (b, a)", "a, b = b, a"),
        ("return (a, b) + (c, d)", "return (a, b) + (c, d)"),
        ("return (a,)", "return (a,)"),
        ("return (a + b)", "return (a + b)"),
        ("x = (a, ')', b)", "x = a, ')', b"),
        ("return sum((x for x in y))", "return sum(x for x in y)"),
        ("return f((a, b))", "return f((a, b))"),
        ("return f((x for x in y), 2)", "return f((x for x in y), 2)"),
    ],
)
def test_brackets_stand_as_people_write_them(before: str, after: str) -> None:
    assert unbracketed(before) == after
    assert ast.dump(ast.parse(f"def f():\n {before}")) == ast.dump(ast.parse(f"def f():\n {after}"))
