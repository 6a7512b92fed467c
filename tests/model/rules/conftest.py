"""Checks of one row of a rule's table: what it leaves alone, and what it rewrites to what."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from perfopt_cli.model.rules import RULES, apply_rule
from perfopt_cli.source import Definition, definitions

Noop = Callable[[str, str], None]
Rewrites = Callable[[str, str, str, Sequence[str]], None]


def target(text: str) -> Definition:
    """Return the function ``f`` of a module, or the method ``f`` of its class ``C``."""
    found = definitions(text)
    return found["f"] if "f" in found else found["C.f"]


def spliced(text: str, old: Definition, new: str, imports: Sequence[str]) -> str:
    lines = text.splitlines()
    body = textwrap.indent(new.rstrip("\n"), old.indent)
    return "\n".join([*imports, *lines[: old.first - 1], body, *lines[old.last :], ""])


def outcome(module: str, call: str) -> tuple[Any, ...]:
    """Run an expression in a module and tell all that can be seen of its result."""
    namespace: dict[str, Any] = {}
    exec(compile(module, "<row>", "exec"), namespace)
    try:
        value = eval(call, namespace)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        return type(error).__name__, error.args
    return type(value).__name__, repr(value)


@pytest.fixture
def noop() -> Noop:
    def check(name: str, text: str) -> None:
        module = textwrap.dedent(text)
        old = target(module)
        result = apply_rule(RULES[name], old.source, module, old.qualname)
        assert result is None, result.source if result else ""

    return check


@pytest.fixture
def rewrites() -> Rewrites:
    def check(name: str, before: str, after: str, calls: Sequence[str]) -> None:
        module = textwrap.dedent(before)
        old = target(module)
        result = apply_rule(RULES[name], old.source, module, old.qualname)
        assert result is not None
        text = "\n".join([*result.imports, result.source.strip()])
        assert text == textwrap.dedent(after).strip()
        new = spliced(module, old, result.source, result.imports)
        assert ast.parse(new)
        again = apply_rule(RULES[name], result.source, new, old.qualname)
        assert again is None, again.source if again else ""
        assert calls
        for call in calls:
            assert outcome(new, call) == outcome(module, call), call

    return check
