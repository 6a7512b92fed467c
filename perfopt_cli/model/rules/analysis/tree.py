"""The shape of one function: parents, containment, blocks and loops."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeVar

import libcst as cst

Node = TypeVar("Node", bound=cst.CSTNode)
Line = cst.BaseCompoundStatement | cst.BaseSmallStatement
Statement = cst.BaseCompoundStatement | cst.SimpleStatementLine

COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
DEFERRED = (cst.Lambda, cst.FunctionDef, cst.ClassDef)
JUMPS = (cst.Return, cst.Raise, cst.Continue, cst.Break)

EAGER = {"sum", "any", "all", "list", "tuple", "set", "frozenset", "sorted", "min", "max"}
EAGER |= {"dict", "next"}
_EAGER_METHODS = {"join"}

_LAYOUT = (
    "whitespace",
    "leading",
    "lines_after",
    "lpar",
    "rpar",
    "lbra",
    "rbra",
    "semicolon",
    "colon",
    "comma",
    "trailing",
    "header",
    "footer",
    "indent",
    "equal",
)


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    names = (field.name for field in dataclasses.fields(kind))
    return tuple(name for name in names if not name.startswith(_LAYOUT))


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield a node's direct children that mean something (no layout)."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (item for item in value if isinstance(item, cst.CSTNode))


class Tree:
    """Parents and preorder numbers of the nodes below one function."""

    def __init__(self, root: cst.FunctionDef) -> None:
        self.root = root
        self.parent: dict[cst.CSTNode, cst.CSTNode] = {}
        self._flat: list[cst.CSTNode] = []
        self._span: dict[cst.CSTNode, tuple[int, int]] = {}
        self._number(root)

    def _number(self, node: cst.CSTNode) -> None:
        start = len(self._flat)
        self._flat.append(node)
        for child in children(node):
            self.parent[child] = node
            self._number(child)
        self._span[node] = (start, len(self._flat))

    def walk(self, node: cst.CSTNode) -> Sequence[cst.CSTNode]:
        """Return the node and everything below it, parents first."""
        start, end = self._span[node]
        return self._flat[start:end]

    def find(self, node: cst.CSTNode, kind: type[Node]) -> list[Node]:
        """Return the nodes of one kind at or below ``node``."""
        return [found for found in self.walk(node) if isinstance(found, kind)]

    def inside(self, node: cst.CSTNode, region: cst.CSTNode) -> bool:
        """Tell whether ``node`` is ``region`` or lies in it."""
        start, end = self._span[region]
        return start <= self._span[node][0] < end

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the parents of a node, nearest first, up to the function."""
        while node in self.parent:
            node = self.parent[node]
            yield node

    def own(self, node: cst.CSTNode) -> bool:
        """Tell whether the node runs as part of the function's own body, at once."""
        if not self.inside(node, self.root.body):
            return False
        return not any(
            isinstance(up, DEFERRED) or self.is_lazy(up)
            for up in self.ancestors(node)
            if up != self.root
        )

    def is_lazy(self, node: cst.CSTNode) -> bool:
        """Tell whether the node is a generator that no call uses up on the spot."""
        if not isinstance(node, cst.GeneratorExp):
            return False
        arg = self.parent.get(node)
        call = self.parent.get(arg) if isinstance(arg, cst.Arg) else None
        if not isinstance(call, cst.Call) or not isinstance(arg, cst.Arg) or arg.keyword:
            return True
        if isinstance(call.func, cst.Attribute):
            return call.func.attr.value not in _EAGER_METHODS
        return named(call.func) not in EAGER

    def owned(self, kind: type[Node]) -> list[Node]:
        """Return the nodes of one kind in the function's own body."""
        return [node for node in self.find(self.root.body, kind) if self.own(node)]

    def statement(self, node: cst.CSTNode) -> Statement:
        """Return the smallest statement around the node before which a line can be put."""
        for up in (node, *self.ancestors(node)):
            if isinstance(self.parent.get(up), cst.IndentedBlock):
                assert isinstance(up, (cst.BaseCompoundStatement, cst.SimpleStatementLine))
                return up
        raise ValueError("the node is not part of the function's body")

    def siblings(self, statement: Statement) -> tuple[Sequence[Statement], int]:
        """Return the block that holds a statement and the statement's place in it."""
        block = self.parent[statement]
        assert isinstance(block, cst.IndentedBlock)
        found: list[Statement] = [
            line
            for line in block.body
            if isinstance(line, (cst.BaseCompoundStatement, cst.SimpleStatementLine))
        ]
        return found, found.index(statement)

    def loops(self, node: cst.CSTNode) -> list[cst.CSTNode]:
        """Return the loops that may run the node more than once, outermost first."""
        found: list[cst.CSTNode] = []
        for up in self.ancestors(node):
            if isinstance(up, DEFERRED):
                break
            if isinstance(up, cst.For):
                if self.inside(node, up.body):
                    found.append(up)
            elif isinstance(up, cst.While):
                if not (up.orelse and self.inside(node, up.orelse)):
                    found.append(up)
            elif isinstance(up, COMPREHENSIONS) and not self.inside(node, up.for_in.iter):
                found.append(up)
        return found[::-1]

    def suspends(self, node: cst.CSTNode) -> bool:
        """Tell whether the function may be left and entered again inside the node."""
        marks = (cst.Yield, cst.Await, cst.Asynchronous)
        return any(isinstance(part, marks) for part in self.walk(node))

    def guarded(self, node: cst.CSTNode) -> bool:
        """Tell whether an exception at the node may be caught inside the function."""
        for up in self.ancestors(node):
            if isinstance(up, (cst.Try, cst.TryStar)):
                return True
            if isinstance(up, cst.With) and not all(_is_open(item) for item in up.items):
                return True
        return False


def _is_open(item: cst.WithItem) -> bool:
    call = item.item
    return isinstance(call, cst.Call) and named(call.func) == "open"


def named(node: cst.CSTNode | None) -> str:
    """Return the identifier if the node is a bare name, else the empty string."""
    return node.value if isinstance(node, cst.Name) else ""


def lines(body: cst.BaseSuite) -> list[Line]:
    """Return a block's statements, with ``a; b`` taken apart."""
    found: list[Line] = []
    for statement in body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            found.extend(statement.body)
        elif isinstance(statement, (cst.BaseCompoundStatement, cst.BaseSmallStatement)):
            found.append(statement)
    return found


def sole(statement: cst.CSTNode | None) -> cst.BaseSmallStatement | None:
    """Return the only small statement on a line, or None."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        return statement.body[0]
    return None


def leaves(body: cst.BaseSuite) -> bool:
    """Tell whether control never runs off the end of the block."""
    found = lines(body)
    return bool(found) and isinstance(found[-1], JUMPS)


def method(node: cst.CSTNode | None, *names: str) -> tuple[cst.BaseExpression, str, list[cst.Arg]]:
    """Split ``receiver.name(args)``; the name is empty where the node is no such call."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        name = node.func.attr.value
        if not names or name in names:
            return node.func.value, name, list(node.args)
    return cst.Name("_"), "", []


def plain(args: Sequence[cst.Arg]) -> bool:
    """Tell whether all arguments are positional and not starred."""
    return all(arg.keyword is None and not arg.star for arg in args)


def expression(statement: cst.CSTNode | None) -> cst.BaseExpression | None:
    """Return the expression of an expression statement."""
    small = sole(statement) if isinstance(statement, cst.SimpleStatementLine) else statement
    return small.value if isinstance(small, cst.Expr) else None
