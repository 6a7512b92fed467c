"""Pairs from the rules: what each makes of its example."""

from __future__ import annotations

from functools import cache

from perfopt_cli.model.examples.example import Example
from perfopt_cli.model.rules import RULES
from perfopt_cli.model.rules.examples import EXAMPLE, shown
from perfopt_cli.source import find


@cache
def rule_examples() -> tuple[Example, ...]:
    """Return the function of each rule's example, before and after; made once in a process."""
    found = []
    for rule in RULES.values():
        after = shown(rule)
        fast = "\n".join([*after.imports, "", after.function]) if after.imports else after.function
        slow = find(rule.example.before, EXAMPLE).source
        found.append(Example(f"rules:{rule.name}", slow, fast, rule.example.pays))
    return tuple(found)
