"""Variables that are Counters, and the places where they are asked for a count."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.uses import is_target
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.text import clause


def always_counter(context: Context, symbol: Symbol) -> bool:
    """Tell whether the variable names a Counter made by the function, and never anything else."""
    return (
        bool(symbol.bindings)
        and not symbol.outer
        and all(
            binding.form == "assign"
            and not binding.path
            and isinstance(binding.value, cst.Call)
            and context.kinds.origin(binding.value.func) == "collections.Counter"
            for binding in symbol.bindings
        )
    )


def key_text(node: cst.Subscript) -> str:
    """Return the key of ``x[key]`` as an argument, a tuple in parentheses; nothing for slices."""
    parts = [part.slice for part in node.slice]
    if not all(isinstance(part, cst.Index) and part.star is None for part in parts):
        return ""
    texts = [clause(part.value) for part in parts if isinstance(part, cst.Index)]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def asked(context: Context, symbol: Symbol) -> dict[cst.Subscript, str]:
    """Return the subscripts that read the variable's counts, with the texts of their keys."""
    found: dict[cst.Subscript, str] = {}
    for load in symbol.loads:
        node = context.tree.parent[load]
        if isinstance(node, cst.Subscript) and node.value is load:
            text = key_text(node)
            if text and not is_target(context.tree, node):
                found[node] = text
    return found
