"""A nested function knows what the functions around it prove of their variables."""

from __future__ import annotations

import textwrap

import pytest

from perfopt_cli.model.rules.analysis.kinds import ANY, INT, SCALAR, STR, Kind
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.analysis.recorded import Seen
from perfopt_cli.model.rules.base import Context
from perfopt_cli.source import definitions

MATRIX = Kind("list", (Kind("list", (INT,)),))
INNER = "def g(i):\n        return {}\n"


def nested(text: str, seen: Seen | None = None, name: str = "f.<locals>.g") -> Context:
    module = textwrap.dedent(text)
    return Context(definitions(module)[name].source, Module(module), name, seen)


def kind_of(body: str, read: str, seen: Seen | None = None) -> Kind:
    inner = INNER.format(read)
    context = nested(
        f"def f(grid: list[list[int]], u):\n    {body}\n    {inner}    return g\n", seen
    )
    return context.kinds.free.get(read, ANY)


@pytest.mark.parametrize(
    ("body", "read", "kind"),
    [
        ("pass", "grid", MATRIX),
        ("pass", "u", ANY),
        ("n = len(grid)", "n", INT),
        ("n = 1\n    n = 'a'", "n", SCALAR),
        ("n = 1\n    def h():\n        nonlocal n\n        n = u", "n", ANY),
        ("seen = [1]", "seen", Kind("list", (ANY,))),
        ("pass", "elsewhere", ANY),
    ],
)
def test_a_free_variable_has_the_type_that_the_text_around_proves(
    body: str, read: str, kind: Kind
) -> None:
    assert kind_of(body, read) == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [("n = u", STR), ("n = u\n    n = u + 1", ANY), ("global n\n    n = u", ANY)],
)
def test_a_recorded_type_counts_for_what_is_bound_at_one_place(body: str, kind: Kind) -> None:
    assert kind_of(body, "n", {"n": STR}) == kind


def test_what_the_nested_function_puts_in_counts_too() -> None:
    text = """
        def f(u):
            memo = u()
            def g(i):
                memo[i] = "a"
                return memo
            return g
    """
    seen = {"memo": Kind("dict", (INT, INT)), "i": INT}
    assert nested(text, seen).kinds.free["memo"] == Kind("dict", (INT, SCALAR))


def test_an_own_variable_hides_one_of_the_function_around() -> None:
    context = nested("def f(n: int):\n    def g(n):\n        return n\n    return g\n")
    assert context.kinds.free == {}


def test_nothing_is_known_of_variables_of_two_functions_of_one_name() -> None:
    one = "def f(n: int):\n    def g():\n        return n\n    return g\n"
    other = "def f(n: str):\n    pass\n"
    assert nested(f"{other}{one}").kinds.free == {"n": ANY}


def test_a_generator_may_go_on_while_its_nested_function_runs() -> None:
    text = "def f(n: int):\n    yield 1\n    def g():\n        return n\n    yield g\n"
    assert nested(text).free.fixed == frozenset()


def test_variables_of_all_functions_around_are_known() -> None:
    text = """
        class C:
            def f(self, n: int):
                def h(s: str):
                    def g():
                        return n, s
                    return g
                return h
    """
    context = nested(text, name="C.f.<locals>.h.<locals>.g")
    assert context.kinds.free == {"n": INT, "s": STR}
    assert context.free.sure == {"self", "n", "s"}


def test_a_variable_that_is_bound_after_the_definition_may_have_no_value() -> None:
    text = "def f():\n    def g():\n        return n\n    n = 1\n    return g\n"
    context = nested(text)
    assert (context.free.fixed, context.free.sure) == ({"n"}, frozenset())
