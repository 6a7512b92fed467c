"""What differs between two versions of a file."""

from __future__ import annotations

import textwrap

import pytest

from perfopt_cli.pipeline.changed import Changes, compare, renames


def changes(old: str, new: str) -> Changes:
    return compare("mod.py", textwrap.dedent(old), textwrap.dedent(new))


def names(found: Changes) -> list[str]:
    return [one.qualname for one in found.functions]


@pytest.mark.parametrize(
    "new",
    [
        pytest.param("def f(x):\n    # why\n    return (x)\n", id="comment and layout"),
        pytest.param('def f(x):\n    """Say."""\n    return x\n', id="docstring"),
        pytest.param('"""The module."""\ndef f(x):\n    return x\n', id="docstring of the module"),
    ],
)
def test_what_does_nothing_is_no_change(new: str) -> None:
    assert not changes("def f(x):\n    return x\n", new)


@pytest.mark.parametrize(
    "new",
    [
        pytest.param("def f(x, y=1):\n    return x\n", id="signature"),
        pytest.param("@d\ndef f(x, y=2):\n    return x\n", id="decorator"),
        pytest.param("async def f(x, y=2):\n    return x\n", id="kind"),
        pytest.param("def f(x, y=2):\n    return x + 0.0\n", id="body"),
        pytest.param("def f(x, y=2.0):\n    return x\n", id="type of a default"),
    ],
)
def test_a_function_that_differs_has_changed(new: str) -> None:
    assert names(changes("def f(x, y=2):\n    return x\n", new)) == ["f"]


def test_methods_go_by_their_qualname() -> None:
    old = "class A:\n    class B:\n        def f(self):\n            return 1\n"
    assert names(changes(old, old.replace("1", "2"))) == ["A.B.f"]


def test_what_is_inside_a_function_belongs_to_it() -> None:
    old = "def outer():\n    def inner():\n        return 1\n    return inner\n"
    found = changes(old, old.replace("1", "2"))
    assert names(found) == ["outer"]
    assert found.notes == []


PROPERTY = """
    class A:
        @property
        def x(self):
            return self._x
        @x.setter
        def x(self, value):
            self._x = value
"""


def test_a_property_whose_getter_changes_is_judged() -> None:
    (found,) = changes(PROPERTY, PROPERTY.replace("return self._x", "return 1")).functions
    assert (found.qualname, found.skip) == ("A.x", None)


def test_a_property_whose_setter_changes_is_not_judged() -> None:
    (found,) = changes(PROPERTY, PROPERTY.replace("= value", "= -value")).functions
    assert found.qualname == "A.x"
    assert "what adds to it has changed" in str(found.skip)


def test_a_change_to_the_first_of_two_functions_of_one_name_is_seen() -> None:
    old = """
        if a:
            def f(): return 1
        else:
            def f(): return 2
    """
    (found,) = changes(old, old.replace("return 1", "return 3")).functions
    assert "defined 2 times" in str(found.skip)


def test_functions_that_came_and_went_are_noted() -> None:
    found = changes("def f(): ...\n", "\ndef g(): ...\n")
    assert names(found) == []
    assert found.notes == [
        "mod.py: f is gone; not judged",
        "mod.py:2: g is new; not judged by itself",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param("LIMIT = 1\n", "\nLIMIT = 2\n", ":2", id="constant"),
        pytest.param("import re\n", "import os\nimport re\n", ":1", id="import"),
        pytest.param("class A:\n    x = 1\n", "class A:\n    x = 2\n", ":2", id="class body"),
        pytest.param("class A: ...\n", "class A(list): ...\n", ":1", id="base of a class"),
        pytest.param("if a:\n    b()\n", "if a:\n    c()\n", ":1", id="block"),
        pytest.param("f = lambda: 1\n", "f = lambda: 2\n", ":1", id="lambda"),
        pytest.param("a()\nb()\n", "b()\na()\n", "", id="order"),
        pytest.param("a()\nb()\n", "a()\n", "", id="taken away"),
    ],
)
def test_code_outside_functions_is_noted_with_its_lines(old: str, new: str, line: str) -> None:
    found = changes(old, new)
    assert found.notes == [
        f"mod.py{line}: code outside functions has changed; not judged by itself"
    ]


def test_a_function_in_another_block_is_noted() -> None:
    old = "if a:\n    def f(): ...\nelse:\n    pass\n"
    new = "if a:\n    pass\nelse:\n    def f(): ...\n"
    assert changes("if a:\n    def f(): ...\n", "def f(): ...\n").notes
    assert not changes(old, new).functions


def test_a_new_version_that_does_not_parse_is_a_problem() -> None:
    found = changes("x = 1\n", "x = 1\ny = (\n")
    assert found.problems == ["mod.py:2: it does not parse: '(' was never closed"]


def test_an_old_version_that_does_not_parse_is_a_note() -> None:
    found = changes("x = (\n", "x = 1\n")
    assert found.problems == []
    assert "old version does not parse" in found.notes[0]


def test_a_file_with_the_same_functions_is_the_renamed_one() -> None:
    old = "def a(): ...\ndef b(): ...\n"
    added = {"x.py": "def c(): ...\n", "y.py": "def a(): ...\ndef b(): return 1\n"}
    assert renames({"old.py": old, "other.py": "def z(): ...\n"}, added) == {"old.py": "y.py"}
