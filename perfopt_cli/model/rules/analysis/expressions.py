"""The types of expressions, given those of the variables in them."""

from __future__ import annotations

import ast

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import arithmetic, index_of
from perfopt_cli.model.rules.analysis.kinds import (
    ANY,
    BOOL,
    BYTES,
    FLOAT,
    INT,
    MAPPINGS,
    NEVER,
    NONE,
    NUMBERS,
    RANGE,
    REITERABLE,
    STR,
    Kind,
    hidden,
    is_plain,
    join,
    of,
)
from perfopt_cli.model.rules.analysis.library import method_kind
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.analysis.names import Names
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, named

_FIXED = {"len": INT, "ord": INT, "hash": INT, "int": INT, "str": STR, "repr": STR, "chr": STR}
_FIXED |= {"ascii": STR, "hex": STR, "bin": STR, "oct": STR, "format": STR, "input": STR}
_FIXED |= {"bool": BOOL, "any": BOOL, "all": BOOL, "isinstance": BOOL, "issubclass": BOOL}
_FIXED |= {"callable": BOOL, "hasattr": BOOL, "float": FLOAT, "range": RANGE, "print": NONE}
_FIXED |= {f"math.{name}": INT for name in ("isqrt", "gcd", "comb", "perm", "factorial")}
_REAL = {"math.pi", "math.e", "math.inf", "math.tau", "math.nan"}
_COLLECT = {"list", "tuple", "set", "frozenset"}


class Expressions:
    """Types of expressions. ``known`` holds the types of variables, ``free`` of free ones."""

    def __init__(self, names: Names, module: Module, outer: set[str]) -> None:
        self.names = names
        self.module = module
        self.outer = outer
        self.free: dict[str, Kind] = {}
        self.known: dict[Symbol, Kind] = dict.fromkeys(names.symbols, NEVER)
        self._cache: dict[cst.BaseExpression, Kind] = {}
        self.settled = False

    def origin(self, node: cst.CSTNode) -> str:
        """Return what a global name or attribute of one means: ``len``, ``collections.deque``."""
        if isinstance(node, cst.Name):
            if node in self.names.symbol_of or node.value in self.outer:
                return ""
            return self.module.origin(ast.Name(node.value, ast.Load()))
        if isinstance(node, cst.Attribute):
            base = self.origin(node.value)
            return f"{base}.{node.attr.value}" if base else ""
        return ""

    def __call__(self, node: cst.BaseExpression) -> Kind:
        """Return the type of an expression."""
        if not self.settled:
            return self._expression(node)
        if node not in self._cache:
            self._cache[node] = self._expression(node)
        return self._cache[node]

    def _expression(self, node: cst.BaseExpression) -> Kind:
        if isinstance(node, cst.Name):
            return self._name(node)
        if isinstance(node, (cst.Integer, cst.Float)):
            return INT if isinstance(node, cst.Integer) else FLOAT
        if isinstance(node, cst.FormattedString):
            return STR
        if isinstance(node, cst.SimpleString):
            return BYTES if "b" in node.prefix.lower() else STR
        if isinstance(node, cst.ConcatenatedString):
            return self(node.left)
        if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
            return self._display(node)
        if isinstance(node, cst.Dict):
            return self._dict(node)
        if isinstance(node, COMPREHENSIONS):
            return self._comprehension(node)
        if isinstance(node, cst.Comparison):
            return self._comparison(node)
        if isinstance(node, cst.BooleanOperation):
            return join(self(node.left), self(node.right))
        if isinstance(node, cst.IfExp):
            return join(self(node.body), self(node.orelse))
        if isinstance(node, cst.NamedExpr):
            return self(node.value)
        if isinstance(node, cst.UnaryOperation):
            inner = self(node.expression)
            if isinstance(node.operator, cst.Not):
                return BOOL
            return inner if inner in (FLOAT, NEVER) else INT if inner.name in NUMBERS else ANY
        if isinstance(node, cst.BinaryOperation):
            return self._binary(node)
        if isinstance(node, cst.Subscript):
            return self._subscript(node)
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        return self._call(node) if isinstance(node, cst.Call) else ANY

    def _name(self, node: cst.Name) -> Kind:
        if node.value in ("True", "False"):
            return BOOL
        if node.value == "None":
            return NONE
        symbol = self.names.of(node)
        if symbol is not None:
            return self.known[symbol]
        if self.origin(node) in _REAL:
            return FLOAT
        if node.value in self.outer:
            return self.free.get(node.value, ANY)
        return self.module.constant_kind(node.value)

    def _display(self, node: cst.List | cst.Tuple | cst.Set) -> Kind:
        kinds = [
            self(item.value).item if isinstance(item, cst.StarredElement) else self(item.value)
            for item in node.elements
        ]
        if isinstance(node, cst.Tuple):
            if any(isinstance(item, cst.StarredElement) for item in node.elements):
                return Kind("tuple", (join(*kinds),))
            return Kind("row", tuple(kinds))
        return of("list" if isinstance(node, cst.List) else "set", kinds)

    def _dict(self, node: cst.Dict) -> Kind:
        keys, values = NEVER, NEVER
        for item in node.elements:
            if not isinstance(item, cst.DictElement):
                return Kind("dict", (ANY, ANY))
            keys = join(keys, hidden(self(item.key)))
            values = join(values, hidden(self(item.value)))
        return Kind("dict", (keys, values))

    def _comprehension(self, node: cst.BaseExpression) -> Kind:
        if isinstance(node, cst.DictComp):
            return Kind("dict", (hidden(self(node.key)), hidden(self(node.value))))
        assert isinstance(node, (cst.ListComp, cst.SetComp, cst.GeneratorExp))
        names = {cst.ListComp: "list", cst.SetComp: "set", cst.GeneratorExp: "iterable"}
        return of(names[type(node)], [self(node.elt)])

    def _comparison(self, node: cst.Comparison) -> Kind:
        tests = (cst.In, cst.NotIn, cst.Is, cst.IsNot)
        if all(isinstance(part.operator, tests) for part in node.comparisons):
            return BOOL
        parts = [node.left, *(part.comparator for part in node.comparisons)]
        return BOOL if all(is_plain(self(part)) for part in parts) else ANY

    def _binary(self, node: cst.BinaryOperation) -> Kind:
        left, right = self(node.left), self(node.right)
        if isinstance(node.operator, cst.Modulo) and left in (STR, BYTES):
            return left
        if isinstance(node.operator, cst.Power):
            if left == NEVER:
                return NEVER
            if left.name in NUMBERS and isinstance(node.right, cst.Integer):
                return left if left == FLOAT else INT
            return ANY
        return arithmetic(type(node.operator), left, right)

    def _subscript(self, node: cst.Subscript) -> Kind:
        value, key = self(node.value), index_of(node)
        if key is None:
            is_slice = len(node.slice) == 1
            keeps = value.name in ("list", "str", "bytes", "tuple") and is_slice
            if value.name == "row" and is_slice:
                return Kind("tuple", (value.item,))
            return value if keeps else NEVER if value == NEVER else ANY
        if value.name in MAPPINGS:
            return value.args[1]
        if value.name == "row":
            if isinstance(key, cst.Integer) and key.evaluated_value < len(value.args):
                return value.args[key.evaluated_value]
            return value.item
        if value.name == "typed":
            return self._field(
                value, key.evaluated_value if isinstance(key, cst.SimpleString) else None
            )
        if value.name in ("list", "tuple", "str", "sequence", "deque") and self(key) in (INT, BOOL):
            return value.item
        return NEVER if NEVER in (value, self(key)) else ANY

    def _attribute(self, node: cst.Attribute) -> Kind:
        value = self(node.value)
        if value.name == "record":
            return self._field(value, node.attr.value)
        if value == NEVER:
            return NEVER
        return FLOAT if self.origin(node) in _REAL else ANY

    def _field(self, value: Kind, name: object) -> Kind:
        record = self.module.record(value.of)
        if record is None or not isinstance(name, str):
            return ANY
        return self.module.kind(record.fields.get(name))

    def _call(self, node: cst.Call) -> Kind:
        kinds = [self(arg.value) for arg in node.args]
        if any(arg.star for arg in node.args):
            kinds = [ANY for _ in kinds]
        if isinstance(node.func, cst.Attribute):
            receiver = self(node.func.value)
            if receiver == NEVER:
                return NEVER
            if receiver != ANY and receiver.name != "record":
                positional = [
                    kind for kind, arg in zip(kinds, node.args, strict=True) if not arg.keyword
                ]
                return method_kind(receiver, node.func.attr.value, positional)
        return self._builtin(node, self.origin(node.func), kinds)

    def _builtin(self, node: cst.Call, name: str, kinds: list[Kind]) -> Kind:
        first = kinds[0] if kinds and not node.args[0].keyword else NEVER
        if name in _FIXED:
            return _FIXED[name]
        if name in _COLLECT:
            return of(name, [first.item]) if kinds else Kind(name, (NEVER,))
        if name == "sorted":
            return of("list", [first.item])
        if name in ("min", "max"):
            pairs = zip(node.args, kinds, strict=True)
            others = [kind for arg, kind in pairs if named(arg.keyword) != "key"][1:]
            alone = len([arg for arg in node.args if not arg.keyword]) == 1
            return join(first.item if alone else first, *others)
        if name in ("sum", "abs", "round") and first == NEVER:
            return NEVER
        if name == "sum":
            total = join(INT, first.item, kinds[1] if len(kinds) > 1 else INT)
            return total if total.name in NUMBERS else ANY
        if name == "abs":
            return first if first == FLOAT else INT if first.name in NUMBERS else ANY
        if name == "divmod" and len(kinds) == 2:
            parts = tuple(arithmetic(part, *kinds) for part in (cst.FloorDivide, cst.Modulo))
            return ANY if ANY in parts else Kind("row", parts)
        if name == "round" and first.name in NUMBERS:
            return INT if len(kinds) == 1 or first != FLOAT else FLOAT
        return self._made(node, name, kinds, first)

    def _made(self, node: cst.Call, name: str, kinds: list[Kind], first: Kind) -> Kind:
        if name in ("enumerate", "zip", "reversed", "iter"):
            sources = kinds[:1] if name == "enumerate" else kinds
            made = "iterator" if all(kind.name in REITERABLE for kind in sources) else "iterable"
            if name == "enumerate":
                return Kind(made, (Kind("row", (INT, first.item)),))
            item = Kind("row", tuple(kind.item for kind in kinds)) if name == "zip" else first.item
            return Kind(made, (item,))
        if name == "map" and len(kinds) > 1:
            made = self.origin(node.args[0].value)
            return Kind("iterable", (_FIXED.get(made, ANY),))
        if name == "dict":
            if not kinds:
                return Kind("dict", (NEVER, NEVER))
            if first.name in ("dict", "defaultdict") and len(kinds) == 1:
                return Kind("dict", (hidden(first.args[0]), hidden(first.args[1])))
            return Kind("dict", (ANY, ANY))
        if name == "collections.deque":
            return of("deque", [first.item]) if kinds else Kind("deque", (NEVER,))
        if name == "collections.defaultdict":
            made = self.origin(node.args[0].value) if node.args else ""
            value = {"int": INT, "list": Kind("list", (ANY,)), "set": Kind("set", (ANY,))}
            return Kind("defaultdict", (NEVER, value.get(made, ANY)))
        if isinstance(node.func, cst.Name) and not name and not self.names.of(node.func):
            return self._project(node.func.value)
        return ANY

    def _project(self, name: str) -> Kind:
        if name in self.outer or not self.module.fixed(name):
            return ANY
        record = self.module.record(name)
        if record is not None:
            return Kind("typed" if record.form == "typed" else "record", (), name)
        function = self.module.functions.get(name)
        return self.module.kind(function.returns) if function is not None else ANY
