"""Which names statements read, set and leave behind."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from typing import Any

from perfopt_cli.train.pairs.views import arguments, stored_in


def loads(nodes: Iterable[ast.AST]) -> Counter[str]:
    """Return how often these trees read which names."""
    return Counter(
        one.id
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    )


def needed(block: list[ast.stmt]) -> list[str]:
    """Return the names that statements read and may not have set before, in order."""
    needed: dict[str, None] = {}
    known: set[str] = set()
    for statement in block:
        inner = _inner_names(statement)
        first_set = _first_stores(statement)
        for one in sorted(_names(statement), key=_at):
            if one.id in known or one.id in inner:
                continue
            augmented = isinstance(one.ctx, ast.Store) and getattr(one, "augmented", False)
            read = isinstance(one.ctx, ast.Load) or augmented
            if read and (one.id not in first_set or _at(one) <= first_set[one.id]):
                needed.setdefault(one.id)
        # Only what is set in any case is known from here on.
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            known |= stored_in([statement]) - needed.keys()
        elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            known.add(statement.name)
    return list(needed)


def _at(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _names(statement: ast.stmt) -> list[Any]:
    found = []
    for one in ast.walk(statement):
        if isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name):
            one.target.augmented = True  # type: ignore[attr-defined]
        if isinstance(one, ast.Name):
            found.append(one)
    return found


def _first_stores(statement: ast.stmt) -> dict[str, tuple[int, int]]:
    """Return where a compound statement first sets names; in an assignment, after all it reads."""
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        return {}
    found: dict[str, tuple[int, int]] = {}
    for one in ast.walk(statement):
        if isinstance(one, ast.Assign):
            for name in (name for target in one.targets for name in ast.walk(target)):
                name.set_at = (one.end_lineno, one.end_col_offset)  # type: ignore[attr-defined]
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
            place = getattr(one, "set_at", None) or _at(one)
            if getattr(one, "augmented", False):
                continue
            found[one.id] = min(found.get(one.id, place), place)
    return found


def _inner_names(statement: ast.stmt) -> set[str]:
    """Return names that only comprehensions, lambdas and inner functions bind."""
    inner: set[str] = set()
    for one in ast.walk(statement):
        if isinstance(one, ast.comprehension):
            inner |= stored_in([one.target])
        elif isinstance(one, (ast.Lambda, ast.FunctionDef)):
            inner |= {arg.arg for arg in arguments(one)}
            if isinstance(one, ast.FunctionDef):
                inner |= stored_in(one.body) | {one.name}
        elif isinstance(one, ast.ExceptHandler) and one.name:
            inner.add(one.name)
    return inner


def loop_names(block: list[ast.stmt]) -> set[str]:
    """Return the names that loops of these statements go through."""
    found: set[str] = set()
    for part in block:
        for one in ast.walk(part):
            if isinstance(one, ast.For):
                found |= stored_in([one.target])
    return found
