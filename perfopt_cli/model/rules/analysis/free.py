"""What a nested function may take for granted of the variables of the functions around it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import Kind
from perfopt_cli.model.rules.analysis.symbols import Symbol

if TYPE_CHECKING:
    from perfopt_cli.model.rules.base import Context

_PLAIN = {"param", "star", "assign", "walrus", "for", "with"}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Free:
    """Free variables of a nested function, by their names.

    ``kinds`` are the types that the text of the functions around it proves.
    ``fixed`` are bound at one place, which can't run during a call of the
    nested function. ``sure`` have a value whenever that can be called.
    """

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()


def free(tree: ast.Module, qualname: str, read: Callable[[str, str], Context | None]) -> Free:
    """Return what is known of the free variables of a function of a module.

    ``read`` gives the facts of a function around it, from its text and qualname.
    """
    around, _, name = qualname.rpartition(".<locals>.")
    found = [node for named, node in _functions(tree) if named == around] if around else []
    if len(found) != 1 or "." in name or not isinstance(found[0], ast.FunctionDef):
        return Free()
    context = read(ast.unparse(found[0]), around)
    if context is None or context.tree.suspends(context.root.body):
        return Free()
    own = {one.name: one for one in context.names.symbols if one.scope is context.root}
    fixed = {name for name, one in own.items() if _is_fixed(one)}
    outer = context.free
    return Free(
        {**outer.kinds, **{name: context.kinds.known[one] for name, one in own.items()}},
        (outer.fixed - own.keys()) | fixed,
        (outer.sure - own.keys()) | {one for one in fixed if _is_sure(context, name, own[one])},
    )


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield the functions and classes of a module with their qualnames."""
    stack: list[tuple[ast.AST, str]] = [(tree, "")]
    while stack:
        node, prefix = stack.pop()
        if isinstance(node, _DEFINITIONS):
            yield prefix + node.name, node
            prefix += node.name + ("." if isinstance(node, ast.ClassDef) else ".<locals>.")
        stack.extend((child, prefix) for child in ast.iter_child_nodes(node))


def _is_fixed(symbol: Symbol) -> bool:
    made = [binding for binding in symbol.bindings if binding.form != "declare"]
    return not symbol.outer and len(made) == 1 and made[0].form in _PLAIN


def _is_sure(context: Context, name: str, symbol: Symbol) -> bool:
    """Tell whether the variable has a value where the nested function is defined."""
    defined = [
        node
        for node in context.tree.find(context.root.body, cst.FunctionDef)
        if node.name.value == name
    ]
    if len(defined) != 1 or not context.tree.own(defined[0]):
        return False
    return context.flow.bound_before(symbol, context.tree.statement(defined[0]))
