"""What rules make of their examples is shown to models, like other pairs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from perfopt_cli.core import Target
from perfopt_cli.model.examples.of_rules import rule_examples
from perfopt_cli.model.examples.own import library_of
from perfopt_cli.model.rules import RULES

def test_every_rule_brings_a_pair_of_functions() -> None:
    pairs = rule_examples()
    assert [one.name for one in pairs] == [f"rules:{name}" for name in RULES]
    for one in pairs:
        assert one.slow != one.fast
        assert all(isinstance(ast.parse(text).body[-1], ast.FunctionDef) for text in (one.slow, one.fast))


@pytest.mark.parametrize(
    ("source", "pair"),
    [
        ("def g(rows, key):\n    return sorted(rows, key=lambda r: r[key])\n", "key-getter"),
        ("def g(n):\n    return n if n < 2 else g(n - 1) + g(n - 2)\n", "recursion-table"),
    ],
)
def test_the_pair_of_a_rule_is_near_what_it_is_for(
    tmp_path: Path, source: str, pair: str
) -> None:
    found = library_of(tmp_path).nearest(Target("m.py", "g", 1, source))
    assert f"rules:{pair}" in [one.name for one in found]
