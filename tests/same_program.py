"""Whether two sources are the same program but for names of new variables and docstrings."""

from __future__ import annotations

import ast

from perfopt_cli.model.normal import docstring_node


def shape(source: str, known: str) -> str:
    """Return the tree with names that the text ``known`` lacks numbered as they come."""
    tree = ast.parse(source)
    kept = set(ast.walk(ast.parse(known)))
    names = {one.id for one in kept if isinstance(one, ast.Name)}
    names |= {one.arg for one in kept if isinstance(one, ast.arg)}
    names |= {one.name for one in kept if isinstance(one, ast.FunctionDef)}
    bound = {
        one.id
        for one in ast.walk(tree)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    bound |= {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)}
    bound |= {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    numbers: dict[str, str] = {}
    _rename(tree, bound - names, numbers)
    return ast.dump(tree)


def _rename(node: ast.AST, new: set[str], numbers: dict[str, str]) -> None:
    if docstring_node(node) is not None:
        del node.body[0]  # type: ignore[attr-defined]
    for field in ("id", "arg", "name"):
        name = getattr(node, field, None)
        if isinstance(name, str) and name in new and not isinstance(node, ast.keyword):
            setattr(node, field, numbers.setdefault(name, f"new{len(numbers)}"))
    for child in ast.iter_child_nodes(node):
        _rename(child, new, numbers)
