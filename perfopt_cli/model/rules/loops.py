"""Loops that collect something: their head as a comprehension's, and where the result starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import COPIED, REITERABLE
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Line, Statement, lines, named, sole
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.text import (
    clause,
    code,
    conjunct,
    line,
    merged,
    negated,
    parse,
    wrapped,
)

_UNFIT = (cst.Await, cst.Yield, cst.NamedExpr)


@dataclass(frozen=True, slots=True)
class Gather:
    """A loop whose only action is ``core``, for the items that ``clauses`` describe.

    ``source`` is the iterable where the loop takes every item of it under the
    name ``item``, without conditions.
    """

    loop: cst.For
    core: cst.BaseSmallStatement
    clauses: tuple[str, ...]
    source: cst.BaseExpression | None = None
    item: str = ""
    width: int = 80

    def comprehension(self, item: str, brackets: str = "[]") -> str:
        """Return the comprehension that collects ``item``."""
        return wrapped(brackets[0], (item, *self.clauses), brackets[1], self.width)

    def takes_over(self, context: Context, item: str, container: str) -> bool:
        """Tell whether a list or set can take all items straight from the source."""
        if self.source is None or item != self.item:
            return False
        # list(x) would ask an unknown x for its length.
        return context.kinds(self.source).name in (COPIED if container == "set" else REITERABLE)


def gathers(context: Context) -> Iterator[Gather]:
    """Yield the function's loops that could be comprehensions, outermost first."""
    for loop in context.tree.owned(cst.For):
        found = gather(context, loop)
        if found is not None:
            yield found


def gather(context: Context, loop: cst.For) -> Gather | None:
    """Take a loop apart, or return None where a comprehension could behave differently."""
    if not isinstance(context.tree.parent[loop], cst.IndentedBlock) or context.tree.guarded(loop):
        return None
    parts: list[str] = []
    targets: set[str] = set()
    node: Line = loop
    while not isinstance(node, cst.BaseSmallStatement):
        if isinstance(node, cst.For):
            if node.asynchronous or node.orelse or not _binds(context, node, targets, loop):
                return None
            parts.append(f"for {code(node.target)} in {clause(node.iter)}")
            body = lines(node.body)
        elif isinstance(node, cst.If) and _is_idle(node.orelse):
            _add_test(parts, conjunct(node.test), clause(node.test))
            body = lines(node.body)
        else:
            return None
        while len(body) > 1 and _skips(body[0]):
            skip = body.pop(0)
            assert isinstance(skip, cst.If)
            _add_test(parts, negated(skip.test), negated(skip.test))
        if len(body) != 1:
            return None
        node = body[0]
    if any(isinstance(part, _UNFIT) for part in context.tree.walk(loop)) or _is_method_magic(loop):
        return None
    single = len(parts) == 1 and isinstance(loop.target, cst.Name)
    return Gather(
        loop,
        node,
        tuple(parts),
        loop.iter if single else None,
        code(loop.target) if single else "",
        80 - 4 * len(context.tree.loops(loop)),
    )


def _is_idle(orelse: cst.If | cst.Else | None) -> bool:
    """Tell whether nothing happens otherwise: there is no ``else``, or it only passes."""
    return orelse is None or (
        isinstance(orelse, cst.Else)
        and all(
            isinstance(small, cst.Pass)
            or (isinstance(small, cst.Expr) and named(small.value) == "None")
            for small in lines(orelse.body)
        )
    )


def _add_test(parts: list[str], beside: str, alone: str) -> None:
    """Add a condition, joined by ``and`` to one just before it."""
    if not parts[-1].startswith("if "):
        parts.append(f"if {alone}")
    else:
        # The first condition was fit to stand alone, which may be too loose beside another.
        parts[-1] = f"if {_tight(parts[-1].removeprefix('if '))} and {beside}"


def _tight(text: str) -> str:
    return conjunct(parse(text))


def _binds(context: Context, node: cst.For, targets: set[str], loop: cst.For) -> bool:
    """Tell whether the loop's variables may become a comprehension's own."""
    names = unpacked(node.target)
    for name in names:
        symbol = context.names.of(name)
        if symbol is None or symbol.name in targets or not context.flow.confined(symbol, loop):
            return False
    targets |= {code(name) for name in names}
    read = {name.value for name in context.tree.find(node.iter, cst.Name)}
    return not read & {code(name) for name in names}


def unpacked(target: cst.BaseExpression) -> list[cst.BaseExpression]:
    """Return the parts of a loop's target; a starred part comes as it is, and is no variable."""
    if not isinstance(target, cst.Tuple):
        return [target]
    return [item.value if isinstance(item, cst.Element) else target for item in target.elements]


def _skips(statement: Line) -> bool:
    """Tell whether the statement is ``if …: continue``."""
    if not isinstance(statement, cst.If) or statement.orelse is not None:
        return False
    body = lines(statement.body)
    return len(body) == 1 and isinstance(body[0], cst.Continue)


def _is_method_magic(loop: cst.For) -> bool:
    text = code(loop)
    return "super" in text or "__class__" in text


@dataclass(frozen=True, slots=True)
class Start:
    """The statement that gives a collecting variable its first value before the loop."""

    statement: cst.SimpleStatementLine
    value: cst.BaseExpression
    head: str

    def rewritten(self, value: str, loop: Statement) -> Statement:
        """Return the assignment with another value, in the loop's place."""
        return merged(line(f"{self.head} = {value}"), [self.statement, loop])


def start_of(context: Context, symbol: Symbol, loop: Statement) -> Start | None:
    """Find the assignment before the loop, in its block, with no use of the variable between."""
    if symbol.captured or symbol.outer:
        return None
    block, place = context.tree.siblings(loop)
    for statement in reversed(block[:place]):
        mentions = any(
            context.tree.inside(node, statement)
            for node in (*symbol.loads, *(binding.name for binding in symbol.bindings))
        )
        if not mentions:
            continue
        small = sole(statement)
        if not isinstance(statement, cst.SimpleStatementLine):
            return None
        if isinstance(small, cst.Assign) and len(small.targets) == 1:
            target, value = small.targets[0].target, small.value
            head = code(target)
        elif isinstance(small, cst.AnnAssign) and small.value is not None:
            target, value = small.target, small.value
            head = f"{code(target)}: {code(small.annotation.annotation)}"
        else:
            return None
        alone = context.names.of(target) is symbol and symbol not in {
            context.names.of(name) for name in context.tree.find(value, cst.Name)
        }
        return Start(statement, value, head) if alone else None
    return None


def mentions(context: Context, symbol: Symbol, region: cst.CSTNode) -> int:
    """Count the reads and bindings of a variable in a region."""
    nodes = (*symbol.loads, *(binding.name for binding in symbol.bindings))
    return sum(context.tree.inside(node, region) for node in nodes)


def is_empty(context: Context, node: cst.BaseExpression, name: str) -> bool:
    """Tell whether the expression is an empty list, dict or set."""
    if isinstance(node, cst.Call):
        return not node.args and context.kinds.origin(node.func) == name
    fits = isinstance(node, cst.List if name == "list" else cst.Dict)
    return fits and name in ("list", "dict") and not getattr(node, "elements", True)
