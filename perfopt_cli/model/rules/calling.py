"""Calls whose value can be computed once and kept in a variable."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import NEVER, is_flat
from perfopt_cli.model.rules.analysis.tree import Statement, method, named
from perfopt_cli.model.rules.analysis.uses import Use, use_of
from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.model.rules.text import code, line, parse, same

_READS = (Use.ITEM, Use.ITERATE, Use.READ, Use.COMPARE, Use.TEST)
_CONTAINERS = {"list", "set", "frozenset", "tuple"}


def called(context: Context, call: cst.Call) -> str:
    """Return the name of the builtin or the str method that is called, else nothing."""
    name = context.kinds.origin(call.func)
    if name:
        return name
    receiver, attribute, _ = method(call)
    return attribute if attribute and context.kinds(receiver).name == "str" else ""


def alike(context: Context, region: cst.CSTNode, call: cst.Call) -> list[cst.Call]:
    """Return the calls in the region that read the same and mean the same variables."""
    return [
        other
        for other in context.tree.find(region, cst.Call)
        if context.tree.own(other) and same(other, call) and _same_names(context, other, call)
    ]


def _same_names(context: Context, one: cst.Call, two: cst.Call) -> bool:
    pairs = list(
        zip(context.tree.find(one, cst.Name), context.tree.find(two, cst.Name), strict=True)
    )
    for left, right in pairs:
        mine, other = context.names.of(left), context.names.of(right)
        inside = mine is not None and context.tree.inside(mine.scope, one)
        if mine is not other and not inside:
            return False
    return True


def shareable(context: Context, call: cst.Call) -> bool:
    """Tell whether it can't be seen that one value is used instead of a new one each time."""
    kind = context.kinds(call)
    if is_flat(kind):
        return True
    use = use_of(context.tree, call, context.kinds.origin)
    reads = use in _READS and context.flow.keeps(call, use)
    return kind.name in _CONTAINERS and reads and holds_old_items(context, call)


def holds_old_items(context: Context, node: cst.BaseExpression) -> bool:
    """Tell whether a container made by the expression holds no object made along with it.

    Such an object could be changed under another name, and only once.
    """
    if all(is_flat(kind) or kind == NEVER for kind in context.kinds(node).args):
        return True
    if isinstance(node, cst.Call):
        sources = [arg.value for arg in node.args if not arg.keyword]
        return all(isinstance(source, (cst.Name, cst.Attribute)) for source in sources)
    if isinstance(node, (cst.ListComp, cst.SetComp)):
        return isinstance(node.elt, (cst.Name, cst.Attribute))
    return False


def kept(
    context: Context, call: cst.Call, others: list[cst.Call], region: Statement, text: str
) -> Change:
    """Return the change that computes ``text`` before the region and uses it for the calls."""
    name = context.fresh(_hint(context, call))
    return Change(
        replace={other: parse(name) for other in others},
        before={region: [line(f"{name} = {text}")]},
    )


def _hint(context: Context, call: cst.Call) -> str:
    """Return a name for the value: ``max_prices``, ``query_lower``."""
    receiver, attribute, _ = method(call)
    about = receiver if attribute else (call.args[0].value if call.args else call)
    word = named(about) or (about.attr.value if isinstance(about, cst.Attribute) else "")
    word = word.strip("_")
    if attribute:
        return f"{word}_{attribute}" if word else attribute + "_text"
    return f"{code(call.func)}_{word or 'value'}"
