"""The statements that differ between the two sides of a pair, block by block."""

from __future__ import annotations

import ast
from collections.abc import Iterator

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def levels(
    a: list[ast.stmt], b: list[ast.stmt], slow: list[str], fast: list[str]
) -> Iterator[tuple[list[ast.stmt], list[ast.stmt]]]:
    """Yield the statements that differ, from the outermost block to the innermost."""
    while True:
        a, b = _trimmed(a, b, slow, fast)
        yield a, b
        if len(a) != 1 or len(b) != 1 or type(a[0]) is not type(b[0]):
            return
        one, other = a[0], b[0]
        if isinstance(one, (*SCOPES, ast.Try)) or not hasattr(one, "body"):
            return
        if slow[one.lineno - 1].strip() != fast[other.lineno - 1].strip():
            return
        parts = [
            name
            for name in ("body", "orelse")
            if _lines(getattr(one, name, []), slow) != _lines(getattr(other, name, []), fast)
        ]
        if len(parts) != 1:
            return
        a, b = getattr(one, parts[0]), getattr(other, parts[0])
        if not a or not b:
            return


def _lines(block: list[ast.stmt], lines: list[str]) -> list[str]:
    return lines[block[0].lineno - 1 : block[-1].end_lineno] if block else []


def _trimmed(
    a: list[ast.stmt], b: list[ast.stmt], slow: list[str], fast: list[str]
) -> tuple[list[ast.stmt], list[ast.stmt]]:
    first = 0
    while first < min(len(a), len(b)) and _lines([a[first]], slow) == _lines([b[first]], fast):
        first += 1
    while first and _starts(a[first - 1]):
        first -= 1  # what a loop fills stands empty before it
    last = 0
    most = min(len(a), len(b)) - first
    while last < most and _lines([a[-1 - last]], slow) == _lines([b[-1 - last]], fast):
        last += 1
    return a[first : len(a) - last], b[first : len(b) - last]


def _starts(node: ast.stmt) -> bool:
    """Tell whether a statement sets a name to an empty container or a constant."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    value = node.value
    if isinstance(value, (ast.List, ast.Set, ast.Tuple)):
        return not value.elts
    if isinstance(value, ast.Call):
        return not value.args and getattr(value.func, "id", "") in ("list", "dict", "set")
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Dict) and not value.keys)
