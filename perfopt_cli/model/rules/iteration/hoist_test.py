"""A test in a loop that has one outcome for all rounds is made before the loop.

Where it fails, the loop would have done nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.library import Effect
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import unpacked
from perfopt_cli.model.rules.text import comments, conjunct, parse

NAME = "hoist-test"
SUMMARY = "a condition with the same outcome in every round is tested once"
EXAMPLE = Example(
    before="""def f(xs: list[int], ys: list[int], k: int) -> int:
    found = 0
    for x in xs:
        for y in ys:
            if x > 30 and x + y == k:
                found += 1
    return found
""",
    call="(list(range(60)), list(range(60)), 50)",
    safe="The condition can't fail, changes nothing, and depends on nothing that the loop sets.",
    pays="In nested loops whose condition leaves many outer items out.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each loop that is no more than such a condition and what it guards."""
    for loop in context.tree.owned(cst.For):
        inner = _only(loop)
        if inner is None or not _is_plain(context, loop):
            continue
        parts = _conjuncts(inner.test)
        fixed = _fixed(context, loop, parts)
        if not fixed or not isinstance(inner.body, cst.IndentedBlock):
            continue
        rest = [part for part in parts if part not in fixed]
        body: cst.BaseSuite = inner.body
        if rest:
            kept = inner.with_changes(test=_joined(rest))
            assert isinstance(loop.body, cst.IndentedBlock)
            body = loop.body.with_changes(body=[kept])
        made = loop.with_changes(body=body, leading_lines=[])
        guard = cst.If(
            test=_joined(fixed),
            body=cst.IndentedBlock([made]),
            leading_lines=[*loop.leading_lines, *([] if rest else inner.leading_lines)],
        )
        yield Change(replace={loop: guard})


def _only(loop: cst.For) -> cst.If | None:
    """Return the ``if`` without ``else`` that is all of the loop's body."""
    body = loop.body.body
    only = body[0] if len(body) == 1 else None
    if not isinstance(only, cst.If) or only.orelse or loop.orelse or loop.asynchronous:
        return None
    return None if comments(only.test) else only


def _is_plain(context: Context, loop: cst.For) -> bool:
    """Tell whether the loop may be left out where it would do nothing."""
    kinds, effects = context.kinds, context.effects
    if effects.source(loop.iter) != Effect.TOTAL:
        return False
    if not effects.unpacks(loop.target, kinds(loop.iter).item):
        return False
    symbols = [context.names.of(name) for name in unpacked(loop.target)]
    return all(s is not None and context.flow.confined(s, loop) for s in symbols)


def _conjuncts(test: cst.BaseExpression) -> list[cst.BaseExpression]:
    joined = isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And)
    if isinstance(test, cst.BooleanOperation) and joined:
        return [*_conjuncts(test.left), *_conjuncts(test.right)]
    return [test]


def _fixed(
    context: Context, loop: cst.For, parts: list[cst.BaseExpression]
) -> list[cst.BaseExpression]:
    """Return the conditions that have one outcome; what comes before them must be harmless."""
    found: list[cst.BaseExpression] = []
    for part in parts:
        safe = context.total(part) and context.effects.truth(part) == Effect.TOTAL
        if not safe:
            break
        if context.flow.invariant(part, loop) and context.flow.all_bound_before(part, loop):
            found.append(part)
    return found


def _joined(parts: list[cst.BaseExpression]) -> cst.BaseExpression:
    return parse(" and ".join(conjunct(part) for part in parts)) if len(parts) > 1 else parts[0]
