"""Guess what values free names have, by how code uses them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

Spec = dict[str, Any]

_STR = {
    "startswith", "endswith", "split", "rsplit", "strip", "lstrip", "rstrip", "lower", "upper",
    "join", "replace", "splitlines", "encode", "format", "isdigit", "isalpha", "isspace", "isupper",
    "islower", "title", "capitalize", "find", "rfind", "zfill", "ljust", "rjust", "center",
    "partition", "rpartition", "translate", "isidentifier", "isalnum", "expandtabs", "swapcase",
    "removeprefix", "removesuffix", "casefold", "isnumeric",
}  # fmt: skip
_LIST = {"append", "extend", "insert", "sort", "reverse"}
_DICT = {"items", "keys", "values", "get", "setdefault", "popitem"}
_SET = {"add", "discard", "union", "intersection", "difference", "issubset", "issuperset",
        "isdisjoint", "symmetric_difference"}  # fmt: skip
_GIVES = {
    "split": "list", "rsplit": "list", "splitlines": "list", "find": "int", "rfind": "int",
    "count": "int", "index": "int", "startswith": "bool", "endswith": "bool", "isdigit": "bool",
    "partition": "list", "encode": "bytes",
}  # fmt: skip
_COLLECTING = {
    "len", "sorted", "list", "tuple", "set", "frozenset", "reversed", "iter", "enumerate", "sum",
    "any", "all", "min", "max", "zip", "map", "filter", "Counter", "deque",
}  # fmt: skip
_DEEP = 4


class Kind:
    """What is known of one value; kinds that turn out to be of the same value are joined."""

    def __init__(self) -> None:
        self.link: Kind | None = None
        self.votes: Counter[str] = Counter()
        self.attributes: dict[str, Kind] = {}
        self.parts: dict[str, Kind] = {}
        self.fields: dict[int, Kind] = {}
        self.keys: dict[str, Kind] = {}
        self.words: set[str] = set()

    @property
    def root(self) -> Kind:
        """The kind that stands for all it was joined with."""
        one = self
        while one.link is not None:
            one = one.link
        return one

    def part(self, name: str) -> Kind:
        """Return the kind of the items (e), keys (y) or results (r)."""
        return self.root.parts.setdefault(name, Kind()).root

    def attribute(self, name: str) -> Kind:
        """Return the kind of an attribute."""
        return self.root.attributes.setdefault(name, Kind()).root

    def vote(self, name: str, weight: int = 2) -> Kind:
        """Say what a use tells."""
        self.root.votes[name] += weight
        return self

    def join(self, other: Kind) -> None:
        """Say that two values have one kind."""
        one, two = self.root, other.root
        if one is two:
            return
        two.link = one
        one.votes += two.votes
        one.words |= two.words
        for mine, its in (
            (one.attributes, two.attributes),
            (one.parts, two.parts),
            (one.fields, two.fields),
            (one.keys, two.keys),
        ):
            for name, kind in its.items():
                if name in mine:
                    mine[name].join(kind)  # type: ignore[index]
                else:
                    mine[name] = kind  # type: ignore[index]


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
            return self._builtin(node.func.id, args, node)
        if isinstance(node.func, ast.Attribute):
            return self._method(node.func, args)
        return self.kind(node.func).vote("call", 3).part("r")

    def _builtin(self, name: str, args: list[Kind], node: ast.Call) -> Kind:
        first = args[0] if args else Kind()
        if name in _COLLECTING:
            return self._collected(name, first, args)
        if name == "range":
            for one in args:
                one.vote("int", 3)
            (args[1] if len(args) > 1 else first).vote("big")
            made = Kind().vote("list", 1)
            made.part("e").vote("int", 3)
            return made
        if name in ("int", "abs", "float", "ord", "chr", "round", "divmod", "pow", "hash", "id"):
            if name in ("int", "float"):
                first.vote("digits", 1)
            else:
                for one in args:
                    one.vote("str" if name == "ord" else "int", 2)
            return Kind().vote("str" if name == "chr" else "int")
        if name in ("str", "repr"):
            return Kind().vote("str")
        if name in ("isinstance", "issubclass", "hasattr", "callable", "bool"):
            if name.startswith("is") and len(args) > 1:
                args[1].vote("cls", 6)
            elif name == "hasattr" and len(args) > 1:
                args[1].vote("str", 4)
            return Kind().vote("bool")
        if name == "next":
            return first.vote("iter", 5).part("e")
        if name == "getattr" and len(args) > 1:
            args[1].vote("str", 4)
            return first.vote("thing", 3).part("e")
        if name in ("setattr", "print", "type", "dict", "super", "slice"):
            return Kind()
        made = self.name(name).vote("call", 4)
        return made.part("r")

    def _collected(self, name: str, first: Kind, args: list[Kind]) -> Kind:
        if name in ("map", "filter"):
            for one in args[1:]:
                one.vote("many")
            first.vote("call", 1)
            made = Kind().vote("list", 1)
            if name == "map":
                made.part("e").join(first.part("r"))
            elif len(args) > 1:
                made.part("e").join(args[1].part("e"))
            return made
        if name in ("min", "max") and len(args) > 1:
            for one in args[1:]:
                first.join(one)
            return first.vote("int", 1).root
        first.vote("many", 2)
        if name == "sum":
            first.part("e").vote("int", 1)
        if name in ("len", "any", "all"):
            return Kind().vote("int" if name == "len" else "bool")
        if name in ("sum", "min", "max"):
            return first.part("e")
        made = Kind().vote({"set": "set", "frozenset": "set", "tuple": "list"}.get(name, "list"))
        if name in ("enumerate", "zip"):
            parts = [Kind().vote("int", 3)] if name == "enumerate" else []
            whole = made.part("e").vote("fields", 3)
            for one in args if name == "zip" else args[:1]:
                one.vote("many", 2)
                parts.append(one.part("e"))
            for at, one in enumerate(parts):
                whole.root.fields.setdefault(at, Kind()).join(one)
            return made
        made.part("e").join(first.part("e"))
        return made

    def _method(self, func: ast.Attribute, args: list[Kind]) -> Kind:
        owner, name = self.kind(func.value), func.attr
        first = args[0] if args else Kind()
        if name in _STR and getattr(func.value, "attr", "") != "path":
            owner.vote("str", 3)
            if name == "join":
                first.vote("many", 2).part("e").vote("str", 4)
            elif name != "format":
                for one in args:
                    one.vote("str", 1)
            made = Kind().vote(_GIVES.get(name, "str"), 3)
            if name in _GIVES:
                made.part("e").vote("str", 3)
            return made
        if name in _LIST:
            owner.vote("list", 4)
            if name == "append" and args:
                owner.part("e").join(first)
            elif name == "extend" and args:
                first.vote("many")
            return Kind().vote("none", 1)
        if name in _SET:
            owner.vote("set", 4)
            if name in ("add", "discard"):
                owner.part("e").join(first)
                return Kind()
            first.vote("many")
            owner.part("e").join(first.part("e"))
            return owner.root
        if name in _DICT:
            owner.vote("dict", 4)
            if name in ("get", "setdefault"):
                owner.part("y").join(first)
                if len(args) > 1 and not args[1].root.votes["none"]:
                    owner.part("e").join(args[1])
                return owner.part("e")
            made = Kind().vote("list", 1)
            if name == "items":
                whole = made.part("e").vote("fields", 3)
                whole.fields.setdefault(0, Kind()).join(owner.part("y"))
                whole.fields.setdefault(1, Kind()).join(owner.part("e"))
            else:
                made.part("e").join(owner.part("y" if name == "keys" else "e"))
            return made
        if name in ("count", "index", "pop", "remove", "update", "copy", "clear"):
            owner.vote("many", 1)
            if name == "update":
                owner.vote("dict", 2)
                owner.join(first)
            return (
                owner.part("e")
                if name == "pop"
                else owner.root
                if name == "copy"
                else Kind().vote("int")
            )
        made = owner.vote("thing", 3).attribute(name)
        return made.vote("call", 4).part("r")


def specs_of(free: Iterable[str], blocks: Iterable[list[ast.stmt]]) -> Iterator[list[Spec]]:
    """Yield guesses at the values of free names, the likeliest first."""
    reader = Reader()
    for block in blocks:
        reader.read(block)
    names = list(free)
    for fallback in ("int", "str", "any"):
        yield [_spec(reader.name(name), fallback, 0, set()) for name in names]


def _spec(kind: Kind, fallback: str, depth: int, above: set[int]) -> Spec:
    kind = kind.root
    if depth > _DEEP or id(kind) in above:
        return {"k": "int" if fallback != "str" else "str"}
    above = above | {id(kind)}
    name = _chosen(kind, fallback)
    if name in ("list", "set", "dict", "tuple", "fields", "iter"):
        return _container(kind, name, fallback, depth, above)
    if name == "thing":
        parts = {
            key: _spec(one, fallback, depth + 1, above) for key, one in kind.attributes.items()
        }
        made: Spec = {"k": "thing", "a": parts}
        if kind.votes["call"]:
            made["r"] = _spec(kind.part("r"), fallback, depth + 1, above)
        return made
    if name == "call":
        return {"k": "call", "r": _spec(kind.part("r"), fallback, depth + 1, above)}
    if name == "str":
        words = sorted(kind.words | (kind.part("e").words if "e" in kind.parts else set()))[:8]
        return {
            "k": "str",
            "words": words,
            "long": bool(kind.votes["many"] + kind.votes["sequence"]),
        }
    if name == "int" and kind.votes["big"]:
        return {"k": "int", "big": True}
    return {"k": name}


def _container(kind: Kind, name: str, fallback: str, depth: int, above: set[int]) -> Spec:
    if name == "fields" or (name == "tuple" and kind.fields):
        count = max(kind.fields, default=1) + 1
        fields = [
            _spec(kind.fields.get(at, kind.part("e")), fallback, depth + 1, above)
            for at in range(count)
        ]
        return {"k": "tuple", "f": fields}
    items = _spec(kind.part("e"), fallback, depth + 1, above)
    if name == "dict":
        key = _spec(kind.part("y"), "str" if fallback == "int" else "int", depth + 1, above)
        if key["k"] not in ("int", "str", "tuple", "bool", "thing", "float"):
            key = {"k": "str"}
        special = {word: _spec(one, fallback, depth + 1, above) for word, one in kind.keys.items()}
        return {"k": "dict", "y": key, "e": items, "c": special}
    if name == "set" and items["k"] in ("list", "dict", "set"):
        items = {"k": "int"}
    return {"k": name, "e": items}


def _chosen(kind: Kind, fallback: str) -> str:
    votes = Counter(kind.votes)
    if votes["fields"] and len(kind.fields) > 1:
        return "fields"
    keyed = kind.part("y").votes if "y" in kind.parts else Counter()
    if votes["indexed"]:
        votes["dict" if keyed["str"] > keyed["int"] else "list"] += votes["indexed"]
    if votes["sequence"]:
        votes["str" if votes["str"] else "list"] += votes["sequence"]
    if votes["many"]:
        best = max(("dict", "set", "str", "list", "fields"), key=lambda one: votes[one])
        votes[best if votes[best] else "list"] += votes["many"]
    if votes["holds"] and not votes["many"]:
        best = max(("dict", "list", "str", "set"), key=lambda one: votes[one])
        votes[best if votes[best] else "set"] += votes["holds"]
    if votes["number"]:
        best = max(("str", "list", "float", "int"), key=lambda one: votes[one])
        votes[best if votes[best] else "int"] += votes["number"]
    if votes["digits"]:
        votes["int"] += votes["digits"]
    for name in ("indexed", "sequence", "many", "holds", "number", "digits", "none"):
        votes.pop(name, None)
    known = {name: count for name, count in votes.items() if count > 0 and name in _KNOWN}
    if not known:
        return fallback
    return max(known, key=lambda name: (known[name], name))


_KNOWN = {
    "int",
    "float",
    "bool",
    "str",
    "bytes",
    "list",
    "tuple",
    "set",
    "dict",
    "thing",
    "call",
    "fields",
    "iter",
    "cls",
}
