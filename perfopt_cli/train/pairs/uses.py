"""Read statements, and note what they say of the kinds of names."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from perfopt_cli.train.pairs.calls import builtin, method
from perfopt_cli.train.pairs.kinds import Kind


class Reader:
    """Reads statements, and notes what they say of names."""

    def __init__(self) -> None:
        self.names: dict[str, Kind] = {}

    def name(self, name: str) -> Kind:
        """Return a name's kind."""
        return self.names.setdefault(name, Kind()).root

    def read(self, block: Iterable[ast.AST]) -> None:
        """Read statements in order."""
        for node in block:
            self._statement(node)

    def _statement(self, node: Any) -> None:
        if isinstance(node, ast.For):
            self._target(node.target, self._items(node.iter))
        elif isinstance(node, ast.Assign):
            value = self.kind(node.value)
            for target in node.targets:
                self._target(target, value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._target(node.target, self.kind(node.value))
        elif isinstance(node, ast.AugAssign):
            self._operated(node.op, self.kind(node.target), self.kind(node.value), node.value)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.stmt, ast.ExceptHandler)):
                self._statement(child)
            elif isinstance(child, ast.expr):
                self.kind(child)

    def _target(self, target: Any, kind: Kind) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            kind.vote("fields", 3)
            if any(isinstance(one, ast.Starred) for one in target.elts):
                return
            for at, one in enumerate(target.elts):
                self._target(one, kind.root.fields.setdefault(at, Kind()).root)
        else:
            self.kind(target).join(kind)

    def _items(self, node: ast.AST) -> Kind:
        whole = self.kind(node)
        whole.vote("many")
        return whole.part("e")

    def kind(self, node: Any) -> Kind:
        """Return the kind of an expression."""
        read = getattr(self, f"_{type(node).__name__.lower()}", None)
        if read is not None:
            return read(node)  # type: ignore[no-any-return]
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.kind(child)
        return Kind()

    def _name(self, node: ast.Name) -> Kind:
        return self.name(node.id)

    def _constant(self, node: ast.Constant) -> Kind:
        made = Kind()
        if isinstance(node.value, str) and node.value:
            made.words.add(node.value)
        return made.vote("none" if node.value is None else type(node.value).__name__, 1)

    def _joinedstr(self, node: ast.JoinedStr) -> Kind:
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                value = self.kind(one.value)
                if one.format_spec:
                    value.vote("int", 1)
        return Kind().vote("str")

    def _attribute(self, node: ast.Attribute) -> Kind:
        owner = self.kind(node.value)
        return owner.vote("thing", 3).attribute(node.attr)

    def _subscript(self, node: ast.Subscript) -> Kind:
        owner, at = self.kind(node.value), node.slice
        if isinstance(at, ast.Slice):
            for one in (at.lower, at.upper, at.step):
                if one is not None:
                    self.kind(one).vote("int", 3)
            owner.vote("sequence", 3)
            return owner.root
        index = self.kind(at)
        if isinstance(at, ast.Constant) and isinstance(at.value, str):
            owner.vote("dict", 4).part("y").vote("str", 3)
            return owner.root.keys.setdefault(at.value, Kind()).root
        if isinstance(at, (ast.Constant, ast.UnaryOp, ast.BinOp)):
            owner.vote("sequence", 2)
            place = at.value if isinstance(at, ast.Constant) else None
            if isinstance(place, int) and place in owner.root.fields:
                return owner.root.fields[place].root
            return owner.part("e")
        owner.vote("indexed", 1).part("y").join(index)
        return owner.part("e")

    def _slice(self, node: ast.Slice) -> Kind:
        return Kind()

    def _binop(self, node: ast.BinOp) -> Kind:
        return self._operated(node.op, self.kind(node.left), self.kind(node.right), node.left)

    def _operated(self, op: ast.operator, left: Kind, right: Kind, literal: Any) -> Kind:
        if isinstance(op, ast.Mod) and isinstance(getattr(literal, "value", None), str):
            return Kind().vote("str")
        if isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
            left.join(right)
            return left.vote("int", 1).root
        if isinstance(op, ast.Mult) and not (left.root.votes["int"] or right.root.votes["int"]):
            left.vote("int", 1)
            right.vote("int", 1)
            return left.root
        if isinstance(op, ast.Mult):
            return left.root if right.root.votes["int"] else right.root
        left.join(right)
        if isinstance(op, ast.Add):
            return left.vote("number", 1).root
        return left.vote("int", 2).root

    def _unaryop(self, node: ast.UnaryOp) -> Kind:
        value = self.kind(node.operand)
        if isinstance(node.op, ast.Not):
            return Kind().vote("bool")
        return value.vote("int", 2)

    def _boolop(self, node: ast.BoolOp) -> Kind:
        for one in node.values:
            self.kind(one)
        return Kind()

    def _compare(self, node: ast.Compare) -> Kind:
        left = self.kind(node.left)
        for op, one in zip(node.ops, node.comparators, strict=True):
            right = self.kind(one)
            if isinstance(op, (ast.In, ast.NotIn)):
                right.vote("holds", 1)
                if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
                    right.vote("str", 1)
                    right.root.words.add(node.left.value)
                right.part("e").join(left)
                right.part("y").join(left)
            elif not isinstance(op, (ast.Is, ast.IsNot)):
                if not (isinstance(one, ast.Constant) and one.value is None):
                    left.join(right)
                if isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                    left.vote("int", 1)
            left = right
        return Kind().vote("bool")

    def _ifexp(self, node: ast.IfExp) -> Kind:
        self.kind(node.test)
        one, other = self.kind(node.body), self.kind(node.orelse)
        if not one.root.votes["none"] and not other.root.votes["none"]:
            one.join(other)
        return one.root

    def _list(self, node: Any) -> Kind:
        made = Kind().vote(
            {"list": "list", "tuple": "tuple"}.get(type(node).__name__.lower(), "set")
        )
        for at, one in enumerate(node.elts):
            kind = self.kind(one)
            if isinstance(node, ast.Tuple):
                made.fields[at] = kind
            else:
                made.part("e").join(kind)
        return made

    _tuple = _list
    _set = _list

    def _dict(self, node: ast.Dict) -> Kind:
        made = Kind().vote("dict")
        for key, one in zip(node.keys, node.values, strict=True):
            value = self.kind(one)
            if key is not None:
                made.part("y").join(self.kind(key))
                made.part("e").join(value)
        return made

    def _made(self, node: Any) -> Kind:
        for one in node.generators:
            self._target(one.target, self._items(one.iter))
            for test in one.ifs:
                self.kind(test)
        made = Kind().vote("set" if isinstance(node, ast.SetComp) else "list")
        made.part("e").join(self.kind(node.elt))
        return made

    _listcomp = _made
    _setcomp = _made
    _generatorexp = _made

    def _dictcomp(self, node: ast.DictComp) -> Kind:
        for one in node.generators:
            self._target(one.target, self._items(one.iter))
            for test in one.ifs:
                self.kind(test)
        made = Kind().vote("dict")
        made.part("y").join(self.kind(node.key))
        made.part("e").join(self.kind(node.value))
        return made

    def _lambda(self, node: ast.Lambda) -> Kind:
        made = Kind().vote("call")
        made.part("r").join(self.kind(node.body))
        return made

    def _call(self, node: ast.Call) -> Kind:
        args = [self.kind(one) for one in node.args if not isinstance(one, ast.Starred)]
        for keyword in node.keywords:
            value = self.kind(keyword.value)
            if keyword.arg == "key":
                value.vote("call", 1)
        if isinstance(node.func, ast.Name):
            found = builtin(node.func.id, args)
            return self.name(node.func.id).vote("call", 4).part("r") if found is None else found
        if isinstance(node.func, ast.Attribute):
            of_text = getattr(node.func.value, "attr", "") != "path"
            return method(self.kind(node.func.value), node.func.attr, args, of_text=of_text)
        return self.kind(node.func).vote("call", 3).part("r")
