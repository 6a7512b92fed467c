"""A function that solves the same subproblems again and again keeps their results in a table.

The table is made anew in every outer call, so nothing is kept from one call
to the next. The function must change nothing, print nothing, and give a
number, a truth value or text; what it hands itself must be ints or text, or
be handed on as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT, STR
from perfopt_cli.model.rules.analysis.tree import sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.recursion import Recursion, most_calls, read
from perfopt_cli.model.rules.text import line, parse

NAME = "recursion-table"
SUMMARY = "a recursion with repeated subproblems keeps their results in a table"
EXAMPLE = Example(
    before=(
        "def f(n: int, k: int) -> int:\n"
        "    if k == 0 or n == k:\n"
        "        return 1\n"
        "    return f(n - 1, k - 1) + f(n - 1, k)\n"
    ),
    call="(18, 9)",
    safe=(
        "The function changes and prints nothing, and its result depends on ints and text, "
        "or on arguments that are handed on as they are; the table lives for one outer call."
    ),
    pays="The number of different subproblems is far below that of the calls.",
)
_LEAST = 2


def rewrite(context: Context) -> Iterator[Change]:
    """Yield the change of the whole function."""
    found = read(context)
    if found is None:
        return
    places = [place for place in range(len(found.params)) if not found.fixed(place)]
    if not places or not all(_is_key(found, place) for place in places):
        return
    stepping = [call for call in found.calls if not _halves(context, call)]
    if most_calls(context, stepping) < _LEAST:
        return
    body = context.root.body
    if isinstance(body, cst.IndentedBlock):
        yield Change(replace={body: _tabled(found, places, body)})


def _is_key(found: Recursion, place: int) -> bool:
    """Tell whether equal values of the parameter always mean equal results."""
    symbol, given = found.symbol(place), found.given(place)
    kinds = {found.view.kinds(value) for value in given}
    kind = found.context.kinds.known[symbol]
    if len(symbol.bindings) != 1 or kind not in (INT, STR) or kinds != {kind}:
        return False
    return kind == STR or all(map(found.strict, given)) or found.blind(symbol)


def _halves(context: Context, call: cst.Call) -> bool:
    """Tell whether an argument is a middle that was computed before: its parts don't overlap."""
    for arg in call.args:
        for name in context.tree.find(arg.value, cst.Name):
            symbol = context.names.of(name)
            values = [binding.value for binding in symbol.bindings] if symbol is not None else []
            for value in values:
                if value is not None and context.tree.find(value, cst.FloorDivide):
                    return True
    return False


def _tabled(found: Recursion, places: list[int], body: cst.IndentedBlock) -> cst.BaseSuite:
    context = found.context
    known = context.fresh("known", "known_results")
    inner = context.fresh("value", f"{context.root.name.value}_value")
    names = ", ".join(found.params[place].value for place in places)
    key = names if len(places) == 1 else f"({names})"
    first, *rest = body.body
    doc = [first] if _is_text(first) else []
    own = rest if doc else [first, *rest]
    swap = _Inner(found, places, inner, (known, key))
    look = line(f"if {key} in {known}:\n    return {known}[{key}]\n")
    blank = [cst.EmptyLine(indent=False)]
    made = line(f"def {inner}({names}):\n    pass\n").with_changes(
        body=cst.IndentedBlock([look, *(_changed(statement, swap) for statement in own)]),
        leading_lines=blank,
    )
    ended = line(f"return {inner}({names})").with_changes(leading_lines=blank)
    return body.with_changes(body=[*doc, line(f"{known} = {{}}"), made, ended])


def _changed(statement: cst.BaseStatement, swap: cst.CSTTransformer) -> cst.BaseStatement:
    new = statement.visit(swap)
    assert isinstance(new, cst.BaseStatement)
    return new


def _is_text(statement: cst.BaseStatement) -> bool:
    small = sole(statement)
    return isinstance(small, cst.Expr) and isinstance(
        small.value, (cst.SimpleString, cst.ConcatenatedString)
    )


class _Inner(cst.CSTTransformer):
    """Makes calls of the function those of the inner one, and keeps what it returns.

    A result that comes before any call is found again as fast as it is looked up.
    """

    def __init__(
        self, found: Recursion, places: list[int], inner: str, kept: tuple[str, str]
    ) -> None:
        self.calls = set(found.calls)
        self.places = places
        self.inner = inner
        self.known, self.key = kept
        order = found.context.tree.walk(found.context.root.body)
        first = min(map(order.index, found.calls))
        late = {order.index(node): node for node in order if isinstance(node, cst.Return)}
        tree = found.context.tree
        self.kept = {
            node
            for place, node in late.items()
            if place > first or any(tree.inside(call, node) for call in found.calls)
        }

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if original_node not in self.calls:
            return updated_node
        args = [updated_node.args[place] for place in self.places]
        args[-1] = args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return updated_node.with_changes(func=cst.Name(self.inner), args=args)

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:
        value = updated_node.value
        if original_node not in self.kept or value is None:
            return updated_node
        return updated_node.with_changes(
            value=cst.Call(
                cst.Attribute(cst.Name(self.known), cst.Name("setdefault")),
                [cst.Arg(parse(self.key)), cst.Arg(value)],
            ),
            whitespace_after_return=cst.SimpleWhitespace(" "),
        )
