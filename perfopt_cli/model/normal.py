"""Python text as a tree, and the form in which two candidates count as the same."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_WITH_DOCSTRING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


def syntax_tree(text: str) -> ast.Module | None:
    """Return the text's tree, or None where it is not Python. Never warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def docstring_node(node: ast.AST) -> ast.Expr | None:
    """Return the statement that is the docstring of a function, class or module."""
    if not isinstance(node, _WITH_DOCSTRING) or not node.body:
        return None
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first if isinstance(first.value.value, str) else None
    return None


def module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements, and those of a first ``if`` or ``try`` branch, after their parent."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try):
            yield from module_level(statement.body)


def normal_form(source: str) -> str:
    """Return a text that is equal for sources which differ in layout, comments or docstrings only.

    A source that is not Python is its own normal form, less outer white space.
    """
    tree = syntax_tree(source)
    if tree is None:
        return source.strip()
    for node in ast.walk(tree):
        if docstring_node(node) is not None and isinstance(node, _WITH_DOCSTRING):
            del node.body[0]
    return ast.dump(tree)


def forms_of(module: ast.Module) -> dict[str, str]:
    """Return a form of what the top level and its classes define, by name.

    Two definitions have the same one where they differ in layout or comments only.
    """
    found = {}
    waiting: list[ast.stmt] = list(module.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FunctionNode | ast.ClassDef):
            found[node.name] = ast.dump(node)
        if isinstance(node, ast.ClassDef):
            waiting += node.body
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for one in ast.walk(node):
                if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
                    found[one.id] = ast.dump(node)
    return found
