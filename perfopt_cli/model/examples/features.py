"""What a function does, as words to search by: its syntax without its names.

Words are kinds of nodes below one another, names of methods and built-ins, and
the same with how many loops are around them: ``append`` inside two loops is
another word than outside.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter

from perfopt_cli.model.normal import docstring_node, syntax_tree

_BUILTINS = frozenset(vars(builtins))
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.comprehension)
_SILENT = (ast.Load, ast.Store, ast.Del, ast.arguments, ast.arg, ast.Expr, ast.Constant)
MOST_DEPTH = 3


def words_of(source: str) -> Counter[str]:
    """Return the words of a function and how often each occurs; none for what is not Python."""
    tree = syntax_tree(source)
    found: Counter[str] = Counter()
    if tree is None:
        return found
    waiting: list[tuple[ast.AST, str, int]] = [(node, "", 0) for node in tree.body]
    while waiting:
        node, parent, depth = waiting.pop()
        name = type(node).__name__
        if not isinstance(node, _SILENT):
            found[f"{parent}>{name}"] += 1
        for word in _names(node):
            found[word] += 1
            found[f"{word}@{min(depth, MOST_DEPTH)}"] += 1
        documented = docstring_node(node)
        inner = depth + isinstance(node, _LOOPS)
        waiting += [
            (child, name, inner)
            for child in ast.iter_child_nodes(node)
            if child is not documented and not _is_annotation(node, child)
        ]
    return found


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return ["." + node.attr]
    if isinstance(node, ast.Name) and node.id in _BUILTINS:
        return [node.id]
    if isinstance(node, ast.Compare):
        return [type(op).__name__ for op in node.ops]
    if isinstance(node, ast.BinOp | ast.AugAssign):
        kind = "=" if isinstance(node, ast.AugAssign) else ""
        sides = [node.value] if isinstance(node, ast.AugAssign) else [node.left, node.right]
        text = [type(node.op).__name__ + " text"] if any(map(_is_text, sides)) else []
        return [type(node.op).__name__ + kind, *text]
    if isinstance(node, ast.Assign) and _grows(node):
        return ["Add="]
    if isinstance(node, _LOOPS):
        return ["loop"]
    return []


def _is_text(node: ast.expr) -> bool:
    """Tell whether an expression is plainly a string."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "str"
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _grows(node: ast.Assign) -> bool:
    """Tell whether the statement is ``x = x + ...``."""
    if len(node.targets) != 1 or not isinstance(node.value, ast.BinOp):
        return False
    left, [target] = node.value.left, node.targets
    while isinstance(left, ast.BinOp):
        left = left.left
    return ast.dump(left).replace("Load", "Store") == ast.dump(target)


def _is_annotation(parent: ast.AST, child: ast.AST) -> bool:
    return any(getattr(parent, name, None) is child for name in ("annotation", "returns"))


def shape_of(source: str) -> str:
    """Return a text that is equal for functions that differ in names and layout only."""
    tree = syntax_tree(source)
    if tree is None:
        return source.strip()
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if (documented := docstring_node(node)) is not None and hasattr(node, "body"):
            node.body.remove(documented)
        for field in ("id", "arg", "name"):
            value = getattr(node, field, None)
            if isinstance(value, str) and value not in _BUILTINS:
                setattr(node, field, known.setdefault(value, f"name{len(known)}"))
    return ast.dump(tree)
