"""What operators and hashing may do, given the types they work on."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import (
    FLOAT,
    NUMBERS,
    STR,
    Kind,
    is_ordered,
    is_plain,
    is_scalar,
)
from perfopt_cli.model.rules.analysis.library import Effect, is_calm

TOTAL, PURE, LOCAL, OPAQUE = Effect

_ORDERING = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)
_EXACT = (cst.Add, cst.Subtract, cst.Multiply)
_SETS = (cst.BitAnd, cst.BitOr, cst.BitXor, cst.Subtract)


def hashing(kind: Kind) -> Effect:
    """Return what using a value as a key may do."""
    if kind.name in ("tuple", "row"):
        return max((hashing(arg) for arg in kind.args), default=TOTAL)
    return TOTAL if is_scalar(kind) else OPAQUE


def compared(operator: cst.BaseCompOp, one: Kind, two: Kind) -> Effect:
    """Return what ``one operator two`` may do, given the types."""
    if isinstance(operator, (cst.Is, cst.IsNot)):
        return TOTAL
    if isinstance(operator, (cst.In, cst.NotIn)):
        if two == STR:
            return TOTAL if one == STR else OPAQUE
        if two.name in ("set", "frozenset", "dict"):
            fits = is_scalar(one) and is_plain(two.item)
            return max(TOTAL if fits else OPAQUE, hashing(one))
        fits = two.name in ("list", "tuple", "row", "range", "deque", "view")
        return TOTAL if fits and is_plain(one) and is_plain(two.item) else OPAQUE
    if isinstance(operator, _ORDERING):
        numbers = one.name in NUMBERS and two.name in NUMBERS
        if numbers or (one == two and is_ordered(one)):
            return TOTAL
        return PURE if is_plain(one) and is_plain(two) else OPAQUE
    return TOTAL if is_plain(one) and is_plain(two) else OPAQUE


def operated(operator: type[cst.CSTNode], left: Kind, right: Kind) -> Effect:
    """Return what ``left operator right`` may do, given the types."""
    if left.name in NUMBERS and right.name in NUMBERS:
        # A float may be given as an int, and a big one does not fit beside a float.
        whole = FLOAT not in (left, right)
        return TOTAL if whole and issubclass(operator, _EXACT) else PURE
    if left.name == right.name and left.name in ("str", "bytes", "list"):
        return TOTAL if issubclass(operator, cst.Add) else PURE
    if left.name == right.name == "set" and is_calm(left) and is_calm(right):
        return TOTAL if issubclass(operator, _SETS) else PURE
    if issubclass(operator, cst.Modulo) and left == STR:
        return PURE if is_plain(right) else OPAQUE
    repeats = issubclass(operator, cst.Multiply) and right.name in ("int", "bool")
    return PURE if repeats and left.name in ("str", "list") else OPAQUE
