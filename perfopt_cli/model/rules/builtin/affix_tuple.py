"""Chained ``s.startswith(a) or s.startswith(b)`` becomes one call with a tuple."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.tree import method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, operand, parse, same

NAME = "affix-tuple"
SUMMARY = "chained startswith or endswith become one call"
EXAMPLE = Example(
    before="""\
def f(names: list[str]) -> int:
    count = 0
    for name in names:
        if name.startswith("test_") or name.startswith("Test") or name.startswith("check_"):
            count += 1
    return count
""",
    call="([f'name{i}' for i in range(3000)],)",
    safe=(
        "The string is a str in a variable or attribute, and every affix is a str, a literal "
        "or a variable that is set by then: a tuple reads all its parts, where `or` stops at "
        "the first that fits."
    ),
    pays="Most strings fit none of the affixes, or a late one.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each chain."""
    for node in context.tree.owned(cst.BooleanOperation):
        above = context.tree.parent[node]
        if isinstance(above, cst.BooleanOperation) and _alike(above, node) and not node.lpar:
            continue
        parts = _flat(node, node)
        negated = isinstance(node.operator, cst.And)
        merged = _merged(context, parts, negated)
        if len(merged) < len(parts):
            word = " and " if negated else " or "
            yield Change(replace={node: parse(word.join(merged))})


def _alike(one: cst.BooleanOperation, two: cst.BooleanOperation) -> bool:
    return type(one.operator) is type(two.operator)


def _flat(node: cst.BaseExpression, top: cst.BooleanOperation) -> list[cst.BaseExpression]:
    """Return the operands of ``a or b or c`` from left to right."""
    if isinstance(node, cst.BooleanOperation) and _alike(node, top):
        return [*_flat(node.left, top), *_flat(node.right, top)]
    return [node]


def _merged(context: Context, parts: list[cst.BaseExpression], negated: bool) -> list[str]:
    """Return the operands' texts with neighbouring tests of the same string put together."""
    texts: list[str] = []
    place = 0
    while place < len(parts):
        call = _test(context, parts[place], negated)
        run = [call] if call is not None else []
        while run and place + len(run) < len(parts):
            following = _test(context, parts[place + len(run)], negated)
            if following is None or not same(following.func, run[0].func):
                break
            run.append(following)
        if len(run) > 1:
            affixes = ", ".join(code(found.args[0].value) for found in run)
            not_ = "not " if negated else ""
            texts.append(f"{not_}{code(run[0].func)}(({affixes}))")
        else:
            texts.append(_kept(parts[place]))
        place += max(1, len(run))
    return texts


def _kept(node: cst.BaseExpression) -> str:
    simple = isinstance(node, (cst.Comparison, cst.UnaryOperation, cst.BinaryOperation))
    return code(node) if simple else operand(node)


def _test(context: Context, node: cst.BaseExpression, negated: bool) -> cst.Call | None:
    """Return the call if the operand is ``s.startswith(affix)``, negated or not, on a str."""
    if negated:
        if not isinstance(node, cst.UnaryOperation) or not isinstance(node.operator, cst.Not):
            return None
        node = node.expression
    receiver, name, args = method(node, "startswith", "endswith")
    if not name or not isinstance(node, cst.Call) or len(args) != 1 or not plain(args):
        return None
    simple = isinstance(receiver, (cst.Name, cst.Attribute)) and context.total(receiver)
    affix = args[0].value
    known = isinstance(affix, (cst.SimpleString, cst.Name)) and context.kinds(affix) == STR
    # A tuple reads all its parts, where `or` stops at the first that fits.
    known = known and context.flow.all_bound_before(affix, context.tree.statement(node))
    return node if simple and known and context.kinds(receiver) == STR else None
