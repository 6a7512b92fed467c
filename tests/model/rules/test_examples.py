"""The example of every rule is what the catalogue says that it is."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from perfopt_cli.model.rules import RULES
from perfopt_cli.model.rules.base import Example, Rule
from perfopt_cli.model.rules.examples import shown, theme


def run(module: str, call: str) -> tuple[str, str, str]:
    """Run f of the module; return its result and its arguments afterwards, as they print."""
    space: dict[str, Any] = {}
    exec(compile(module, "<example>", "exec", dont_inherit=True), space)
    arguments = eval(call, space)
    assert isinstance(arguments, tuple)
    result = space["f"](*arguments)
    items = list(result) if hasattr(result, "__next__") else result
    return type(result).__name__, repr(items), repr(arguments)


@pytest.mark.parametrize("name", RULES)
def test_before_and_after_give_the_same(name: str) -> None:
    example = RULES[name].example
    assert run(shown(RULES[name]).module, example.call) == run(example.before, example.call)


@pytest.mark.parametrize("name", RULES)
def test_an_example_is_one_function_and_says_in_sentences_when_the_rule_is_of_use(
    name: str,
) -> None:
    example = RULES[name].example
    body = ast.parse(example.before).body
    assert [node.name for node in body if isinstance(node, ast.FunctionDef)] == ["f"]
    for text in (example.safe, example.pays):
        assert text == text.strip()
        assert text.endswith(".")
        assert text[0].isupper()


def test_a_rule_is_of_the_theme_of_its_folder() -> None:
    assert theme(RULES["sorted-extreme"]) == "searches"
    assert {theme(rule) for rule in RULES.values()} <= {
        "searches",
        "builtin",
        "iteration",
        "numbers",
    }


def test_a_rule_that_leaves_its_example_alone_is_an_error() -> None:
    rule = RULES["sorted-extreme"]
    still = Example("def f(x: int) -> int:\n    return x\n", "(1,)", "Always.", "Never.")
    with pytest.raises(ValueError, match="leaves its example alone"):
        shown(Rule(rule.name, rule.summary, rule.rewrite, still))
