"""A function as the families of slow code see it: its text, its tree, and where what stands.

Functions are in the form that ``ast.unparse`` writes, so a simple statement is
one line and an expression is a part of one: rewriting is cutting text.
"""

from __future__ import annotations

import ast
import builtins
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Loop = ast.For | ast.While
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_HEADED = (ast.If, ast.For, ast.While, ast.With, ast.AsyncFor, ast.AsyncWith)


class Unwritable(Exception):
    """A function that is not in the form that cutting text needs."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """New text, not indented, for the lines ``first`` to ``last`` of a function (from 1)."""

    family: str
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """An expression: the statement it stands in, what is around it, the loops around it.

    ``once``: when the statement runs it is evaluated, once, and nothing of a
    loop in the statement is in scope.
    """

    node: Any
    statement: Any
    parent: Any
    once: bool
    loops: tuple[Loop, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A statement: the list it stands in, at which index, and the loops around it."""

    node: Any
    block: list[ast.stmt]
    index: int
    loops: tuple[Loop, ...]

    @property
    def following(self) -> list[ast.stmt]:
        """The statements after it in its block."""
        return self.block[self.index + 1 :]

    @property
    def before(self) -> ast.stmt | None:
        """The statement before it in its block."""
        return self.block[self.index - 1] if self.index else None


class View:
    """One function. Raises SyntaxError, or Unwritable."""

    def __init__(self, text: str, draw: random.Random) -> None:
        if not text.isascii():
            raise Unwritable("letters of more than one byte")
        self.text = text
        self.draw = draw
        self.lines = text.split("\n")
        tree: Any = ast.parse(text)
        self.root = tree.body[0]
        self.uses: dict[type, list[Use]] = defaultdict(list)
        self.places: dict[type, list[Place]] = defaultdict(list)
        self.stores: dict[str, int] = defaultdict(int)
        self.loads: dict[str, int] = defaultdict(int)
        self.sets: dict[str, int] = defaultdict(int)
        self.bound: set[str] = {arg.arg for arg in arguments(self.root)}
        self.params = frozenset(self.bound)
        self._block(self.root.body, ())
        self.names = {*self.stores, *self.loads, *self.bound}

    def _block(self, block: list[ast.stmt], loops: tuple[Loop, ...]) -> None:
        for index, node in enumerate(block):
            self.places[type(node)].append(Place(node, block, index, loops))
            if isinstance(node, _SCOPES):
                self.bound.add(node.name)
                self._inner(node)
                continue
            inside = (*loops, node) if isinstance(node, (ast.For, ast.While)) else loops
            for name, value in ast.iter_fields(node):
                if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                    self._block(value, inside if name == "body" else loops)
                elif isinstance(value, list):
                    for one in value:
                        self._part(one, node, inside if isinstance(node, ast.While) else loops)
                elif isinstance(value, ast.AST):
                    again = isinstance(node, ast.While)
                    self._expression(value, node, node, not again, inside if again else loops)

    def _part(self, part: Any, node: ast.stmt, loops: tuple[Loop, ...]) -> None:
        if isinstance(part, ast.ExceptHandler):
            if part.name:
                self.bound.add(part.name)
            self._block(part.body, loops)
        elif isinstance(part, ast.match_case):
            raise Unwritable("match")
        elif isinstance(part, ast.alias):
            self.bound.add((part.asname or part.name).split(".")[0])
        elif isinstance(part, ast.AST):
            self._expression(part, node, node, True, loops)

    def _expression(
        self, node: ast.AST, statement: ast.stmt, parent: ast.AST, once: bool, loops: Any
    ) -> None:
        self.uses[type(node)].append(Use(node, statement, parent, once, loops))
        if isinstance(node, ast.Name):
            self._name(node, once)
        inner = isinstance(node, (ast.Lambda, *_COMPREHENSIONS))
        for name, value in ast.iter_fields(node):
            values = value if isinstance(value, list) else [value]
            for index, one in enumerate(values):
                if isinstance(one, ast.AST) and not isinstance(one, ast.expr_context):
                    always = not inner and not (
                        (isinstance(node, ast.BoolOp) and index)
                        or (isinstance(node, ast.IfExp) and name != "test")
                        or (isinstance(node, ast.Compare) and index)
                    )
                    self._expression(one, statement, node, once and always, loops)

    def _name(self, node: ast.Name, once: bool) -> None:
        if isinstance(node.ctx, ast.Load):
            self.loads[node.id] += 1
            return
        self.stores[node.id] += 1
        if once:  # else it belongs to a comprehension
            self.sets[node.id] += 1
            self.bound.add(node.id)

    def _inner(self, node: ast.AST) -> None:
        """Note the names of a function or class in the function; nothing in it is rewritten."""
        for one in ast.walk(node):
            if isinstance(one, ast.Name):
                self.loads[one.id] += 2
                self.stores[one.id] += 2
            elif isinstance(one, ast.arg):
                self.bound.add(one.arg)

    def of(self, *kinds: type) -> Iterator[Use]:
        """Yield the expressions of these kinds."""
        for kind in kinds:
            yield from self.uses.get(kind, ())

    def calls(self, name: str) -> Iterator[Use]:
        """Yield calls of a builtin by its name, without keywords and stars."""
        if name in self.bound or name in self.stores:
            return
        for use in self.uses.get(ast.Call, ()):
            call = use.node
            if isinstance(call.func, ast.Name) and call.func.id == name and plain_call(call):
                yield use

    def methods(self, *names: str) -> Iterator[Use]:
        """Yield calls of a method by its name, without keywords and stars."""
        for use in self.uses.get(ast.Call, ()):
            call = use.node
            named = isinstance(call.func, ast.Attribute) and call.func.attr in names
            if named and plain_call(call):
                yield use

    def cut(self, node: ast.AST) -> str:
        """Return an expression's text, bracketed where it is no single term."""
        text = self.bare(node)
        whole = isinstance(node, (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript))
        closed = isinstance(node, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp))
        return text if whole or closed else f"({text})"

    def bare(self, node: Any) -> str:
        """Return an expression's text as it stands."""
        if node.lineno != node.end_lineno:
            raise Unwritable("an expression of several lines")
        text: str = self.lines[node.lineno - 1][node.col_offset : node.end_col_offset]
        if isinstance(node, ast.GeneratorExp) and not text.startswith("("):
            return f"({text})"
        return text

    def bare_line(self, node: Any) -> str:
        """Return the first line of a statement, without its indentation."""
        line: str = self.lines[node.lineno - 1]
        return line.strip()

    def block(self, nodes: Sequence[ast.stmt], more: int = 0) -> str:
        """Return the text of statements that follow each other, without their indentation."""
        first, last = nodes[0].lineno, nodes[-1].end_lineno or 0
        depth = nodes[0].col_offset
        return "\n".join(" " * more + line[depth:] for line in self.lines[first - 1 : last])

    def instead(
        self, family: str, use: Use, new: str, before: str = "", after: str = ""
    ) -> Rewrite:
        """Return the rewrite that puts ``new`` where the expression is, and statements around."""
        return self.exchange(family, use.statement, [(use.node, new)], before, after)

    def exchange(
        self,
        family: str,
        statement: Any,
        parts: Iterable[tuple[Any, str]],
        before: str = "",
        after: str = "",
    ) -> Rewrite:
        """Return the rewrite that puts new text for expressions of a statement's first line."""
        number = statement.lineno
        line = self.lines[number - 1]
        if line.lstrip().startswith("@"):
            raise Unwritable("a decorator")
        for node, new in sorted(parts, key=lambda part: -part[0].col_offset):
            if node.lineno != number or node.end_lineno != number:
                raise Unwritable("not on the statement's first line")
            line = f"{line[: node.col_offset]}({new}){line[node.end_col_offset :]}"
        line = line.strip()
        if line.startswith("elif ") and (before or after):
            raise Unwritable("nothing stands before elif")
        return Rewrite(family, number, number, stack(before, line, after))

    def replace(
        self, family: str, first: ast.stmt, last: ast.stmt, text: str, before: str = ""
    ) -> Rewrite:
        """Return the rewrite that puts text for the statements ``first`` to ``last``."""
        if self.lines[first.lineno - 1].lstrip().startswith("elif "):
            raise Unwritable("elif")
        return Rewrite(family, first.lineno, last.end_lineno or 0, stack(before, text))

    def fresh(self, *hints: str) -> str:
        """Return a name that the function does not use, one of the hints if it can be."""
        free = [hint for hint in hints if hint not in self.names and not hasattr(builtins, hint)]
        if free:
            return self.draw.choice(free)
        return next(name for n in range(2, 99) if (name := f"{hints[0]}{n}") not in self.names)

    def own(self, names: Iterable[str]) -> bool:
        """Tell whether loops may set these names: nothing outside of comprehensions does."""
        return not any(name in self.bound for name in names)

    def chance(self, share: float) -> bool:
        """Draw."""
        return self.draw.random() < share


def stack(*parts: str) -> str:
    """Return the pieces of text that are not empty, below each other."""
    return "\n".join(part for part in parts if part)


def plain_call(call: ast.Call) -> bool:
    """Tell whether a call has positional arguments only."""
    return not call.keywords and not any(isinstance(arg, ast.Starred) for arg in call.args)


def arguments(function: Any) -> list[ast.arg]:
    """Return all parameters of a function."""
    args = function.args
    stars = [arg for arg in (args.vararg, args.kwarg) if arg is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *stars]


def names_in(*nodes: ast.AST) -> set[str]:
    """Return the names in some pieces of a tree."""
    return {one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)}


def stored_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that some statements bind."""
    return {
        one.id
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
    }


def same(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether two expressions read the same."""
    return ast.dump(one) == ast.dump(other)


def nest(heads: Sequence[str], body: str) -> str:
    """Return a body below lines that each open a block in the last."""
    lines = [f"{'    ' * depth}{head}" for depth, head in enumerate(heads)]
    deep = "    " * len(heads)
    return "\n".join([*lines, *(deep + line for line in body.split("\n"))])


def indented(text: str) -> str:
    """Return text one level deeper."""
    return "\n".join("    " + line for line in text.split("\n"))
