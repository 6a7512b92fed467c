"""What a module's text says about its global names and annotations."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from perfopt_cli.model.rules.analysis import records
from perfopt_cli.model.rules.analysis.free import Free
from perfopt_cli.model.rules.analysis.kinds import (
    ANY,
    BOOL,
    BYTES,
    FLOAT,
    INT,
    NONE,
    STR,
    Kind,
    join,
)
from perfopt_cli.model.rules.analysis.scan import bound, bound_anywhere, identifiers

_BASIC = {"int": INT, "str": STR, "bytes": BYTES, "bool": BOOL, "float": FLOAT, "None": NONE}
_GENERIC = {
    **{name: name for name in ("list", "set", "frozenset", "dict", "tuple")},
    "typing.List": "list",
    "typing.Set": "set",
    "typing.FrozenSet": "frozenset",
    "typing.Dict": "dict",
    "typing.Tuple": "tuple",
    "typing.Deque": "deque",
    "typing.DefaultDict": "defaultdict",
    "collections.deque": "deque",
    "collections.defaultdict": "defaultdict",
}
_ABSTRACT = {
    "Sequence": "sequence",
    "MutableSequence": "sequence",
    "Collection": "iterable",
    "Iterable": "iterable",
    "Iterator": "iterable",
    "Mapping": "mapping",
    "MutableMapping": "mapping",
}
for _home in ("typing.", "collections.abc."):
    _GENERIC |= {_home + name: kind for name, kind in _ABSTRACT.items()}
_PARTS = {"dict": 2, "mapping": 2, "defaultdict": 2}
_WRAPPERS = {"typing.Final", "typing.Annotated", "typing.Required", "typing.NotRequired"}


class Module:
    """Facts about one module. Raises SyntaxError where the text does not parse."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self.bound = Counter(bound(self.tree.body))
        nodes = list(ast.walk(self.tree))
        self.names = identifiers(nodes)
        declared = (node.names for node in nodes if isinstance(node, ast.Global))
        self.rebound = {name for names in declared for name in names}
        self.imports = self._imports()
        self.classes = {n.name: n for n in self.tree.body if isinstance(n, ast.ClassDef)}
        self.functions = {
            node.name: node
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef) and not node.decorator_list
        }
        self._records: dict[str, records.Record | None] = {}
        self._open: set[str] = set()
        # What is found out of the module's own functions, while functions that call them are read.
        self.calm: dict[str, bool] = {}
        self.opened: set[str] = set()
        self.free: dict[str, Free] = {}

    def fixed(self, name: str) -> bool:
        """Tell whether a global name is bound exactly once, at the top of the module."""
        return self.bound[name] == 1 and name not in self.rebound and "*" not in self.bound

    def is_builtin(self, name: str) -> bool:
        """Tell whether the name means the builtin in the module's own scope."""
        free = not self.bound[name] and name not in self.rebound and "*" not in self.bound
        return free and hasattr(builtins, name)

    def _imports(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname or "." not in alias.name:
                        found[alias.asname or alias.name] = alias.name
            elif isinstance(node, ast.ImportFrom) and not node.level:
                home = (node.module or "").replace("typing_extensions", "typing")
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{home}.{alias.name}"
        return {name: origin for name, origin in found.items() if self.fixed(name)}

    def _assignment(self, name: str) -> ast.Assign | ast.AnnAssign | None:
        for node in self.tree.body if self.fixed(name) else ():
            target = None
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target = node.targets[0]
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                target = node.target
            if isinstance(target, ast.Name) and target.id == name:
                assert isinstance(node, (ast.Assign, ast.AnnAssign))
                return node
        return None

    def constant(self, name: str) -> ast.expr | None:
        """Return what a global name is bound to, if by one plain assignment."""
        node = self._assignment(name)
        return node.value if node else None

    def constant_kind(self, name: str) -> Kind:
        """Return the type of a global name that is bound once."""
        node = self._assignment(name)
        if isinstance(node, ast.AnnAssign):
            return self.kind(node.annotation)
        return literal(node.value) if node else ANY

    def enclosing(self, qualname: str) -> set[str]:
        """Return the names bound in the functions around a nested one."""
        outer, nested, _ = qualname.partition(".<locals>")
        name = outer.rpartition(".")[2]
        # There may be several of that name, overloads or branches: all of them count.
        around = [n for n in ast.walk(self.tree) if getattr(n, "name", None) == name and nested]
        return {found for node in around for found in bound_anywhere(node)}

    def origin(self, node: ast.expr) -> str:
        """Return the dotted meaning of a name: ``typing.List``, ``list``; empty if unknown."""
        if isinstance(node, ast.Name):
            known = node.id if self.is_builtin(node.id) else ""
            return self.imports.get(node.id, known)
        if isinstance(node, ast.Attribute):
            base = self.origin(node.value)
            return f"{base}.{node.attr}" if base else ""
        return ""

    def kind(self, node: ast.expr | None) -> Kind:
        """Return the type that an annotation promises."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                return self.kind(_parsed(node.value))
            return NONE if node.value is None else ANY
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return join(self.kind(node.left), self.kind(node.right))
        if isinstance(node, ast.Subscript):
            return self._generic(node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._named(node)
        return ANY

    def _named(self, node: ast.Name | ast.Attribute) -> Kind:
        origin = self.origin(node)
        if origin in _BASIC:
            return _BASIC[origin]
        if origin in _GENERIC:
            name = _GENERIC[origin]
            return Kind(name, (ANY,) * _PARTS.get(name, 1))
        if isinstance(node, ast.Name):
            record = self.record(node.id)
            if record is not None:
                return Kind("typed" if record.form == "typed" else "record", (), record.name)
            alias = self.constant(node.id)
            if isinstance(alias, ast.Call) and self.origin(alias.func) == "typing.NewType":
                return self.kind(alias.args[1]) if len(alias.args) == 2 else ANY
            if isinstance(alias, ast.Subscript) and node.id not in self._open:
                self._open.add(node.id)
                found = self.kind(alias)
                self._open.remove(node.id)
                return found
        return ANY

    def _generic(self, node: ast.Subscript) -> Kind:
        origin = self.origin(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not parts:
            return ANY
        if origin == "typing.Literal":
            return join(*(literal(part) for part in parts))
        kinds = tuple(self.kind(part) for part in parts)
        if origin in _WRAPPERS:
            return kinds[0]
        if origin == "typing.Union":
            return join(*kinds)
        if origin == "typing.Optional":
            return join(kinds[0], NONE)
        name = _GENERIC.get(origin)
        if name is None:
            return ANY
        if name == "tuple":
            last = parts[-1]
            if len(parts) == 2 and isinstance(last, ast.Constant) and last.value is ...:
                return Kind("tuple", (kinds[0],))
            return Kind("row", kinds)
        return Kind(name, kinds) if len(kinds) == _PARTS.get(name, 1) else ANY

    def record(self, name: str) -> records.Record | None:
        """Return the fields of a class of the module, where its text proves them."""
        if name not in self._records:
            self._records[name] = None
            node = self.classes.get(name)
            if node is not None and self.fixed(name):
                self._records[name] = records.read(node, self.origin, self.record)
        return self._records[name]

    def know(self, name: str, fields: Mapping[str, ast.expr]) -> None:
        """Take for granted what instances of a class hold, beside what its text proves."""
        record = self.record(name)
        if record is not None:
            sure = record.sure | fields.keys() - record.fields.keys()
            self._records[name] = replace(record, fields={**fields, **record.fields}, sure=sure)


def literal(node: ast.expr | None) -> Kind:
    """Return the type of an immutable literal: a scalar or a tuple of scalars."""
    if isinstance(node, ast.Constant):
        return NONE if node.value is None else _BASIC.get(type(node.value).__name__, ANY)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return literal(node.operand)
    if isinstance(node, ast.Tuple) and node.elts:
        return Kind("tuple", (join(*(literal(item) for item in node.elts)),))
    return ANY


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
