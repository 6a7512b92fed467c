"""Constants that a candidate asks for, and those of the tests: is a case made for them?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

LEAST_NUMBER = 10
LEAST_TEXT = 3


def constants(tree: ast.AST) -> set[str]:
    """Return the constants of a tree that say something, as their repr.

    Small numbers and short texts are in every program.
    """
    return {repr(node.value) for node in _telling(ast.walk(tree))}


def compared(tree: ast.AST) -> set[str]:
    """Return those constants that something is compared with or looked up by."""
    found: set[str] = set()
    for node in ast.walk(tree):
        for part in _asked(node):
            found |= constants(part)
    return found


def _asked(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        yield node
    elif isinstance(node, ast.Dict):
        yield from (key for key in node.keys if key is not None)
    elif isinstance(node, ast.MatchValue):
        yield node.value
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        yield node.slice


def _telling(nodes: Iterable[ast.AST]) -> Iterator[ast.Constant]:
    return (node for node in nodes if isinstance(node, ast.Constant) and _tells(node.value))


def _tells(value: object) -> bool:
    if isinstance(value, str | bytes):
        return len(value) >= LEAST_TEXT
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) >= LEAST_NUMBER  # type: ignore[arg-type]


def constants_of_tests(copy: Path, tests: Iterable[str]) -> set[str]:
    """Return the constants in the files of these node ids; unreadable ones have none."""
    found: set[str] = set()
    for name in {test.partition("::")[0] for test in tests}:
        try:
            found |= constants(ast.parse((copy / name).read_bytes()))
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue
    return found
