from __future__ import annotations

import pytest

from perfopt_cli.model.propose import normal_form

SOURCE = 'def f(x, y=1):\n    """Add."""\n    return x + y\n'


@pytest.mark.parametrize(
    "other",
    [
        "def f(x, y=1):\n    return x + y\n",
        'def f(x, y=1):\n    """Sum."""\n    # add\n    return (x\n        + y)\n',
        "\n\ndef f( x,y = 1 ): return x+y",
    ],
    ids=["no docstring", "comments and brackets", "one line"],
)
def test_layout_comments_and_docstrings_make_no_difference(other: str) -> None:
    assert normal_form(other) == normal_form(SOURCE)


@pytest.mark.parametrize(
    "other",
    [
        "def f(x, y=2):\n    return x + y\n",
        "def f(x, y=True):\n    return x + y\n",
        "def f(x, y=1.0):\n    return x + y\n",
        "def f(x, y=1):\n    return y + x\n",
        "async def f(x, y=1):\n    return x + y\n",
        "def f(x, y=1):\n    return x + y\n    'a'\n",
    ],
)
def test_anything_else_makes_a_difference(other: str) -> None:
    assert normal_form(other) != normal_form(SOURCE)


def test_docstrings_of_inner_definitions_make_no_difference() -> None:
    inner = "def f():\n    class A:\n        {}\n        x = 1\n    return A\n"
    assert normal_form(inner.format('"""Doc."""')) == normal_form(inner.format(""))


def test_text_that_is_not_python_is_compared_as_text() -> None:
    assert normal_form("def f(:\n") == normal_form("def f(:")
    assert normal_form("def f(:\n") != normal_form("def g(:\n")
