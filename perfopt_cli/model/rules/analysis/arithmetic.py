"""The types that operators give, and the keys of subscripts."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import (
    ANY,
    BOOL,
    BYTES,
    FLOAT,
    INT,
    NEVER,
    NUMBERS,
    STR,
    Kind,
    hidden,
    join,
)

_INT_OPERATORS = (cst.Add, cst.Subtract, cst.Multiply, cst.FloorDivide, cst.Modulo)
_BIT_OPERATORS = (cst.BitAnd, cst.BitOr, cst.BitXor, cst.LeftShift, cst.RightShift)


def arithmetic(operator: type[cst.CSTNode], left: Kind, right: Kind) -> Kind:
    """Return the type of ``left operator right``."""
    if NEVER in (left, right):
        return NEVER
    if left.name in NUMBERS and right.name in NUMBERS:
        if issubclass(operator, cst.Divide):
            return FLOAT
        if issubclass(operator, _INT_OPERATORS):
            return FLOAT if FLOAT in (left, right) else INT
        return INT if issubclass(operator, _BIT_OPERATORS) and FLOAT not in (left, right) else ANY
    if issubclass(operator, cst.Add) and left.name == right.name:
        if left in (STR, BYTES):
            return left
        return hidden_items(join(left, right)) if left.name == "list" else ANY
    if issubclass(operator, cst.Multiply) and {left, right} <= {STR, INT, BOOL}:
        return STR
    if issubclass(operator, cst.Multiply) and left.name == "list" and right.name in ("int", "bool"):
        return hidden_items(left)
    if issubclass(operator, (cst.BitAnd, cst.BitOr, cst.BitXor, cst.Subtract)):
        return join(left, right) if left.name == right.name == "set" else ANY
    return ANY


def hidden_items(kind: Kind) -> Kind:
    """Return the type of a fresh container that holds the same items."""
    return Kind(kind.name, tuple(hidden(arg) for arg in kind.args), kind.of)


def index_of(node: cst.Subscript) -> cst.BaseExpression | None:
    """Return the key of ``x[key]``, or None for slices and several keys."""
    if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        return node.slice[0].slice.value
    return None
