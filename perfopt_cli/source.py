"""Find, cut out and put back one function in a file's text.

Everything outside the function's own lines (and added imports) stays the same
byte for byte: ``splice`` works on the text by line positions from the syntax
tree, and never prints a whole module.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

from perfopt_cli.core import PerfoptError

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Definition:
    """A function in a file. Lines are 1-based and inclusive; ``first`` is its first decorator's."""

    qualname: str
    node: FunctionNode
    first: int
    last: int
    indent: str
    source: str


def definitions(text: str) -> dict[str, Definition]:
    """Return every function of the text by qualname; of a name defined twice, the last.

    Functions nested in functions get the ``outer.<locals>.inner`` form that
    Python's ``__qualname__`` has. Raises SyntaxError.
    """
    lines = text.splitlines(keepends=True)
    found: dict[str, Definition] = {}
    _walk(ast.parse(text), "", lines, found)
    return found


def _walk(node: ast.AST, prefix: str, lines: list[str], found: dict[str, Definition]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            qualname = prefix + child.name
            found[qualname] = _definition(qualname, child, lines)
            _walk(child, qualname + ".<locals>.", lines, found)
        elif isinstance(child, ast.ClassDef):
            _walk(child, prefix + child.name + ".", lines, found)
        else:
            _walk(child, prefix, lines, found)


def _definition(qualname: str, node: FunctionNode, lines: list[str]) -> Definition:
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    last = node.end_lineno or node.lineno
    head = lines[first - 1]
    indent = head[: len(head) - len(head.lstrip(" \t\f"))]
    source = textwrap.dedent("".join(lines[first - 1 : last]))
    return Definition(qualname, node, first, last, indent, source)


def find(text: str, qualname: str) -> Definition:
    """Return the definition named qualname. Raises PerfoptError where there is none."""
    found = definitions(text)
    if qualname not in found:
        raise PerfoptError(f"no function named {qualname} in the file")
    return found[qualname]
