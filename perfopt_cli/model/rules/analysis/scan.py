"""Which names a piece of a module binds."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that these nodes bind in their own scope, once for each binding."""
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and node.value is None:
            continue
        yield from _binds(node)
        if isinstance(node, _COMPREHENSIONS):
            inner = (part.target for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
            yield from (target.id for target in inner if isinstance(target, ast.Name))
        elif not isinstance(node, _SCOPES):
            yield from bound(ast.iter_child_nodes(node))


def bound_anywhere(node: ast.AST) -> set[str]:
    """Return the names that are bound at or below a node, in any scope."""
    return {name for part in ast.walk(node) for name in _binds(part)}


def identifiers(nodes: Iterable[ast.AST]) -> set[str]:
    """Return every name that these nodes read or bind, those below them aside."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name):
            found.add(node.id)
        else:
            found.update(_binds(node))
    return found


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
