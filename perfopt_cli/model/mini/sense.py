"""Which rewrites can't mean what the function means, by their text alone.

They would fail in the gates as well, but only after seconds of running tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from perfopt_cli.model.normal import FunctionNode

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_BINDING = {ast.ExceptHandler: "name", ast.MatchAs: "name", ast.MatchStar: "name",
            ast.MatchMapping: "rest"}  # fmt: skip


@dataclass(slots=True)
class Conduct:
    """What a function does with names, in the order in which it would run.

    ``reads`` are all names that it reads, ``given`` the parameters that it reads as
    they are handed over, ``early`` names of its own that it reads though nothing above
    has bound them. ``returns`` and ``yields`` say whether it ever gives back a value,
    and whether it is a generator.
    """

    reads: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    returns: bool = False
    yields: bool = False


def makes_sense(before: ast.Module, after: ast.Module) -> bool:
    """Tell whether a rewrite of a function can do the same.

    It reads every parameter whose value the function reads, gives back a value if that does,
    is a generator if that is one, and reads no variable above of what binds it.
    """
    old, new = conduct_of(before), conduct_of(after)
    if old is None or new is None:
        return True
    if (old.returns, old.yields) != (new.returns, new.yields):
        return False
    return old.given <= new.reads and new.early <= old.early


def conduct_of(tree: ast.Module) -> Conduct | None:
    """Return the conduct of the function that a text consists of; None where it is no function."""
    if len(tree.body) != 1 or not isinstance(tree.body[0], FunctionNode):
        return None
    function = tree.body[0]
    bound = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    reader = _Reader(_own_names(function.body) | bound, set(bound))
    reader.all(function.body)
    return reader.found


def _own_names(body: Iterable[ast.AST]) -> set[str]:
    """Return the names that statements bind in their own scope."""
    found: set[str] = set()
    outside: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FunctionNode | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Global | ast.Nonlocal):
            outside.update(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif type(node) in _BINDING:
            found.add(getattr(node, _BINDING[type(node)]) or "")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {one.asname or one.name.partition(".")[0] for one in node.names}
        if isinstance(node, _COMPREHENSIONS):
            # Its targets are names of its own; what it binds by := is the function's.
            waiting += [one.target for one in ast.walk(node) if isinstance(one, ast.NamedExpr)]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found - outside


class _Reader(ast.NodeVisitor):
    """Reads a function's statements in the order in which they would run."""

    def __init__(self, own: set[str], bound: set[str]) -> None:
        self.found = Conduct()
        self.own = own
        self.bound = bound
        self.fresh = set(bound)
        self.inner: set[str] = set()
        self.later = False

    def all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        self.all(ast.iter_child_nodes(node))
        if type(node) in _BINDING:
            self.bound.add(getattr(node, _BINDING[type(node)]) or "")

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
            self.fresh.discard(node.id)
        elif node.id not in self.inner:
            self._read(node.id)

    def _read(self, name: str) -> None:
        self.found.reads.add(name)
        if name in self.fresh:
            self.found.given.add(name)
        if name in self.own and name not in self.bound and not self.later:
            self.found.early.add(name)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.all([node.value, *node.targets])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.all([node.value, node.target])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
        self.all([node.value, node.target])

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.all([node.value, node.target])

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.all([node.iter, node.target, *node.body, *node.orelse])

    visit_AsyncFor = visit_For

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node.generators, [node.elt])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, [node.key, node.value])

    def _comprehension(self, parts: list[ast.comprehension], results: list[ast.expr]) -> None:
        outer = self.inner
        for part in parts:
            self.visit(part.iter)
            names = {one.id for one in ast.walk(part.target) if isinstance(one, ast.Name)}
            self.inner = self.inner | names
            self.all(part.ifs)
        self.all(results)
        self.inner = outer

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.bound.add(node.name or "")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        nothing = node.value is None or (
            isinstance(node.value, ast.Constant) and node.value.value is None
        )
        self.found.returns |= not nothing and not self.later
        self.generic_visit(node)

    def visit_Yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        self.found.yields |= not self.later
        self.generic_visit(node)

    visit_YieldFrom = visit_Yield

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._nested(node.args, [node.body])

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.all(node.decorator_list)
        self._nested(node.args, node.body)
        self.bound.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.all([*node.decorator_list, *node.bases, *node.keywords])
        self._nested(None, node.body)
        self.bound.add(node.name)

    def _nested(self, arguments: ast.arguments | None, body: Iterable[ast.AST]) -> None:
        """Read what runs later: by then names may be bound that are not yet."""
        names: set[str] = set()
        if arguments is not None:
            self.all([*arguments.defaults, *arguments.kw_defaults])
            names = {one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)}
        inner, bound, later = self.inner, set(self.bound), self.later
        self.inner, self.later = inner | names, True
        self.all(body)
        self.inner, self.bound, self.later = inner, bound, later

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.bound |= {one.asname or one.name.partition(".")[0] for one in node.names}

    visit_ImportFrom = visit_Import
