"""What the rules make of their examples."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from perfopt_cli.model.rules.apply import apply_rule
from perfopt_cli.model.rules.base import Rule
from perfopt_cli.source import find, splice

EXAMPLE = "f"


@dataclass(frozen=True, slots=True)
class Shown:
    """An example after its rule: the function, the imports it needs, and the whole module."""

    function: str
    imports: tuple[str, ...]
    module: str


def shown(rule: Rule) -> Shown:
    """Apply a rule to its example. Raises ValueError where the rule leaves it alone."""
    text = rule.example.before
    result = apply_rule(rule, find(text, EXAMPLE).source, text, EXAMPLE)
    if result is None:
        raise ValueError(f"{rule.name} leaves its example alone")
    module = splice(text, EXAMPLE, result.source, result.imports)
    return Shown(result.source, result.imports, module)


def digest(rule: Rule) -> str:
    """Return a short digest of the example before and after the rule, and of its arguments."""
    parts = (rule.example.before, shown(rule).module, rule.example.call)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def theme(rule: Rule) -> str:
    """Return the name of the folder that the rule is in."""
    return rule.rewrite.__module__.split(".")[-2]
