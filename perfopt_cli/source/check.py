"""Hold the result of a splice against what was asked for."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from perfopt_cli.core import PerfoptError
from perfopt_cli.source.cut import Definition, find, functions
from perfopt_cli.source.text import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst


def check(text: str, result: str, old: Definition, new: Definition, added: range) -> None:
    """Raise PerfoptError unless result is text with new for old, and imports on the rows added.

    ``old`` is a definition of text, ``new`` one of the new source alone.
    """
    try:
        there = find(result, old.qualname)
        before, after = parse(text), parse(result)
        _compile(after)
    except SyntaxError as error:
        raise PerfoptError(
            f"the file with the new {old.qualname} does not parse: {error}"
        ) from None
    if ast.dump(there.node) != ast.dump(new.node):
        raise PerfoptError(f"the new {old.qualname} means something else inside its file")
    lines = [node.lineno for name, node in functions(after) if name == old.qualname]
    number = lines.index(there.node.lineno)
    after.body = [node for node in after.body if not _is_added(node, added)]
    _blank(before, old.node)
    _blank(after, there.node)
    if ast.dump(before) != ast.dump(after):
        raise PerfoptError(f"the new {old.qualname} changes code outside itself")
    _check_concrete(text, result, old.qualname, number, new.node)


def _compile(tree: ast.Module) -> None:
    """Raise SyntaxError for what parses and does not compile, such as a lone ``nonlocal``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(tree, "<file>", "exec", dont_inherit=True)
        except (ValueError, RecursionError) as error:
            raise SyntaxError(str(error)) from None


def _is_added(node: ast.stmt, rows: range) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) and node.lineno in rows


def _blank(tree: ast.Module, function: ast.stmt) -> None:
    """Put ``pass`` in the place of the function that begins where this one does."""
    for parent in ast.walk(tree):
        for _, field in ast.iter_fields(parent):
            for index, node in enumerate(field if isinstance(field, list) else ()):
                if isinstance(node, type(function)) and node.lineno == function.lineno:
                    field[index] = ast.Pass()
                    return


def _check_concrete(text: str, result: str, qualname: str, number: int, node: ast.stmt) -> None:
    """Do the same with libcst, a parser of its own that keeps every blank and comment.

    ``number``: which of the functions of this name, from 0.
    """
    import libcst

    try:
        module = libcst.parse_module(result)
        # libcst loses a form feed at the top and a last lone carriage return.
        lossy = module.code != result and libcst.parse_module(text).code == text
        found = [function for name, function in _concrete(module) if name == qualname]
        same = number < len(found) and _means(module.code_for_node(found[number]), node)
    except (libcst.ParserSyntaxError, SyntaxError, RecursionError) as error:
        raise PerfoptError(f"libcst can't read the file with the new {qualname}: {error}") from None
    if lossy or not same:
        raise PerfoptError(f"libcst reads the file with the new {qualname} in another way")


def _means(source: str, node: ast.stmt) -> bool:
    body = parse(source).body
    return len(body) == 1 and ast.dump(body[0]) == ast.dump(node)


def _concrete(module: libcst.Module) -> Iterator[tuple[str, libcst.FunctionDef]]:
    """Yield every function of libcst's tree with its qualname, in the order of the text."""
    import libcst

    stack: list[tuple[libcst.CSTNode, str]] = [(module, "")]
    while stack:
        node, prefix = stack.pop()
        if isinstance(node, libcst.FunctionDef):
            yield prefix + node.name.value, node
            prefix += node.name.value + ".<locals>."
        elif isinstance(node, libcst.ClassDef):
            prefix += node.name.value + "."
        elif isinstance(node, libcst.BaseExpression | libcst.SimpleStatementLine):
            continue
        stack.extend((child, prefix) for child in reversed(node.children))
