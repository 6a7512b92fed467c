"""Recorded calls are read only where types could tell the rules something."""

from __future__ import annotations

import textwrap

import pytest

from perfopt_cli.core import Facts, Known, Target
from perfopt_cli.model.rules import Rules
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.guess import guesses, open_fields, open_parameters
from perfopt_cli.source import definitions

FILTER = """
    def f(words, known):
        found = []
        for word in words:
            if word in known:
                found.append(word)
        return found
"""
TYPED = FILTER.replace("words,", "words: list[str],").replace("known)", "known: list[str])")


def context(text: str) -> Context:
    text = textwrap.dedent(text).lstrip()
    return Context(definitions(text)["f"].source, Module(text), "f")


def target(text: str) -> Target:
    source = textwrap.dedent(text).lstrip()
    return Target("m.py", "f", 1, source, module="m")


@pytest.mark.parametrize(
    ("function", "names"),
    [
        ("def f(x): return x", ["x"]),
        ("def f(x: int): return x", []),
        ("def f(x: list): return x", ["x"]),
        ("def f(x: 'Any', *, y=1): return x", ["x", "y"]),
        ("def f(self, *args, **words): return self", []),
    ],
)
def test_a_parameter_is_open_where_something_of_its_type_is_not_known(
    function: str, names: list[str]
) -> None:
    assert open_parameters(context(function.replace(": return", ":\n    return"))) == names


@pytest.mark.parametrize(
    ("function", "first"),
    [
        ("def f(x):\n    return x + 1\n", [("x", "int")]),
        ("def f(x):\n    return [y for y in x]\n", [("x", "list[int]")]),
        ("def f(x, y):\n    return x in y\n", [("x", "int"), ("y", "list[int]")]),
        ("def f(x):\n    return x.items()\n", [("x", "dict[str, int]")]),
        ("def f(x):\n    return x.upper(), x[0]\n", [("x", "str")]),
        ("def f(x):\n    return x[0][1]\n", [("x", "list[list[int]]")]),
        ("def f(x):\n    return sorted(x)\n", [("x", "list[int]")]),
    ],
)
def test_a_guess_goes_by_how_a_parameter_is_used(
    function: str, first: list[tuple[str, str]]
) -> None:
    assert next(guesses(context(function))) == first


SHOP = """
    class Shop:
        def __init__(self, items, known):
            self.items = items
            self.known = known

        def price(self):
            return 3

        def total(self):
            found = []
            for item in self.items:
                if item in self.known:
                    found.append(item)
            return found, self.price()
"""


def test_fields_of_a_method_are_guessed_too() -> None:
    text = textwrap.dedent(SHOP).lstrip()
    source = definitions(text)["Shop.total"].source
    method = Context(source, Module(text), "Shop.total")
    assert open_fields(method) == ["self.items", "self.known"]
    guess = [("self", "own.Shop"), ("self.items", "list[int]"), ("self.known", "list[int]")]
    assert next(guesses(method)) == guess
    one = Target("m.py", "Shop.total", 1, source, module="m")
    assert Rules().wants_types(one, text)
    found = Rules().propose(one, text, n=8, known=Known(Facts(3, types=tuple(guess))))
    assert any("set(self.known)" in each.source for each in found)


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (FILTER, True),
        (TYPED, False),
        ("def f(words):\n    return len(words)\n", False),
        ("def f(:\n", False),
    ],
)
def test_types_are_wanted_where_a_rule_would_fire_for_some(function: str, wanted: bool) -> None:
    one = target(function)
    assert Rules().wants_types(one, one.source) == wanted


def test_rules_propose_by_recorded_types_what_they_propose_by_annotations() -> None:
    one, annotated = target(FILTER), target(TYPED)
    types = (("words", "list[str]"), ("known", "list[str]"))
    found = Rules().propose(one, one.source, n=8, known=Known(Facts(3, types=types)))
    expected = Rules().propose(annotated, annotated.source, n=8)
    assert found
    head = len("def f(words, known):\n")
    typed_head = len("def f(words: list[str], known: list[str]):\n")
    assert [c.source[head:] for c in found] == [c.source[typed_head:] for c in expected]
    plain = Rules().propose(one, one.source, n=8)
    assert [c.origin for c in found if "set-membership" in c.origin]
    assert [c.origin for c in plain if "set-membership" in c.origin] == []
