"""Infer the types of a function's variables from its own text."""

from __future__ import annotations

import ast
import re

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import arithmetic, index_of
from perfopt_cli.model.rules.analysis.expressions import Expressions
from perfopt_cli.model.rules.analysis.free import Free
from perfopt_cli.model.rules.analysis.kinds import ANY, MAPPINGS, NEVER, STR, Kind, hidden, join, of
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.analysis.names import Names
from perfopt_cli.model.rules.analysis.recorded import ABSTRACT, Seen, agreed, refined
from perfopt_cli.model.rules.analysis.symbols import Binding, Symbol
from perfopt_cli.model.rules.analysis.tables import Reader, Table
from perfopt_cli.model.rules.analysis.tree import Tree
from perfopt_cli.model.rules.analysis.uses import Use, use_of
from perfopt_cli.model.rules.text import code

_ROUNDS = 16
_AUGMENTED: dict[type[cst.BaseAugOp], type[cst.BaseBinaryOp]] = {
    cst.AddAssign: cst.Add,
    cst.SubtractAssign: cst.Subtract,
    cst.MultiplyAssign: cst.Multiply,
    cst.FloorDivideAssign: cst.FloorDivide,
    cst.ModuloAssign: cst.Modulo,
    cst.DivideAssign: cst.Divide,
    cst.BitAndAssign: cst.BitAnd,
    cst.BitOrAssign: cst.BitOr,
    cst.BitXorAssign: cst.BitXor,
    cst.LeftShiftAssign: cst.LeftShift,
    cst.RightShiftAssign: cst.RightShift,
}


class Inference(Expressions):
    """Types of variables, found by going around until nothing changes.

    ``seen`` are the types that parameters and free variables had in recorded calls.
    """

    def __init__(
        self,
        tree: Tree,
        names: Names,
        module: Module,
        owner: str,
        outer: set[str],
        free: Free,
        seen: Seen,
    ) -> None:
        super().__init__(names, module, outer)
        self.tree = tree
        self._owner = owner
        params = tree.root.params
        named = (*params.posonly_params, *params.params, *params.kwonly_params)
        self._seen: dict[cst.CSTNode, Kind] = {
            param: seen[param.name.value]
            for param in named[bool(owner) :]
            if param.name.value in seen
        }
        self._tables = {symbol: Reader(tree, self.origin).read(symbol) for symbol in names.symbols}
        self.around = free
        self._free: dict[str, list[cst.Name]] = {}
        for load in names.globals:
            if load.value in outer:
                self._free.setdefault(load.value, []).append(load)
        self.free = dict.fromkeys(self._free, NEVER)
        self._given = {one: seen[one] for one in free.fixed & self._free.keys() & seen.keys()}
        for _ in range(_ROUNDS):
            found = {symbol: self._symbol(symbol) for symbol in names.symbols}
            held = {name: self._held(name) for name in self._free}
            settled = found == self.known and held == self.free
            self.known, self.free = found, held
            if settled:
                break
        else:
            self.known, self.free = dict.fromkeys(names.symbols, ANY), {}
        self.settled = True

    def annotation(self, node: cst.Annotation | None) -> Kind:
        """Return the type that an annotation in the function promises."""
        if node is None:
            return ANY
        text = code(node.annotation)
        if self.outer.intersection(re.findall(r"\w+", text)):
            return ANY  # it may name something of an enclosing function
        return self.module.kind(ast.parse(f"({text})", mode="eval").body)

    def _symbol(self, symbol: Symbol) -> Kind:
        if symbol.outer:
            return ANY
        found = join(*(self._binding(binding) for binding in symbol.bindings))
        if self._is_promised(symbol):
            return found
        found = join(found, *(self._change(load) for load in symbol.loads))
        uses = {use_of(self.tree, load, self.origin) for load in symbol.loads}
        shared = symbol.captured or uses & {Use.ESCAPE, Use.ATTRIBUTE}
        table = self._tables[symbol]
        if table is not None and found.name in ("list", "dict", "defaultdict"):
            return Kind(found.name, (*map(hidden, found.args[:-1]), self._rows(table)))
        return hidden(found) if shared else found

    def _held(self, name: str) -> Kind:
        """Return the type of a free variable: as a parameter's, where it is bound once."""
        promise = self.around.kinds.get(name, ANY)
        if name not in self._given:
            return promise
        given = join(self._given[name], *(self._change(load) for load in self._free[name]))
        return refined(promise, given)

    def is_table(self, symbol: Symbol) -> bool:
        """Tell whether the variable holds containers none of which another name reaches."""
        return self._tables.get(symbol) is not None

    def _rows(self, table: Table) -> Kind:
        """Return the type of a table's rows."""
        made = [self(row) for row in table.rows]
        made += [Kind(name, (NEVER,)) for name in table.makers]
        rows = join(*made)
        if rows.name not in ("list", "set", "deque") or table.unknown:
            return hidden(rows)
        items = [self(item) for item in table.items]
        items += [self(many).item for many in table.many]
        items += [self._augmented(node, self(node.target)) for node in table.augmented]
        return Kind(rows.name, (join(rows.item, *map(hidden, items)),))

    def _binding(self, binding: Binding) -> Kind:
        promise = self.annotation(binding.annotation) if binding.annotation else ANY
        if binding.form == "param":
            return self._parameter(binding, promise)
        if binding.form == "star":
            star = isinstance(binding.node, cst.Param) and binding.node.star == "**"
            return Kind("dict", (STR, promise)) if star else Kind("tuple", (promise,))
        if binding.form in ("declare", "delete"):
            return NEVER
        if binding.value is None or binding.form not in ("assign", "walrus", "for", "augment"):
            return ANY
        if isinstance(binding.node, cst.AugAssign):
            return self._augmented(binding.node, self.known[self.names.symbol_of[binding.name]])
        kind = self(binding.value)
        if binding.form == "for":
            kind = ANY if getattr(binding.node, "asynchronous", None) else kind.item
        for index in binding.path:
            inside = kind.name == "row" and index < len(kind.args)
            kind = kind.args[index] if inside else kind.item
        twice = isinstance(binding.node, cst.Assign) and len(binding.node.targets) > 1
        if twice or binding.form == "walrus":
            return hidden(kind)
        return agreed(kind, promise) if binding.annotation else kind

    def _is_promised(self, symbol: Symbol) -> bool:
        """Tell whether every object the variable names is one that its type speaks of."""
        made = [b for b in symbol.bindings if b.form not in ("declare", "delete", "augment")]
        return bool(made) and all(b.annotation or b.node in self._seen for b in made)

    def _parameter(self, binding: Binding, promise: Kind) -> Kind:
        """Return the type of a parameter: what calls gave it, and what is put into that here."""
        promise = self._declared(binding, promise)
        if binding.node not in self._seen:
            return promise
        loads = self.names.symbol_of[binding.name].loads
        given = join(self._seen[binding.node], *(self._change(load) for load in loads))
        return refined(promise, given)

    def _declared(self, binding: Binding, promise: Kind) -> Kind:
        if binding.annotation is not None:
            abstract = promise.name in ABSTRACT or binding.value is None
            return promise if abstract or not binding.value else join(promise, self(binding.value))
        function = self.tree.parent.get(self.tree.parent.get(binding.node, binding.node))
        if isinstance(function, cst.Lambda):
            return self._key_item(function)
        params = self.tree.root.params
        first = [*params.posonly_params, *params.params][:1]
        if self._owner and first and first[0] is binding.node:
            return Kind("record", (), self._owner)
        return ANY

    def _key_item(self, function: cst.Lambda) -> Kind:
        call = self.tree.parent[self.tree.parent[function]]
        if not isinstance(call, cst.Call):
            return ANY
        if isinstance(call.func, cst.Attribute):
            return self(call.func.value).item
        sources = [arg for arg in call.args if arg.keyword is None and not arg.star]
        return self(sources[0].value).item if len(sources) == 1 else ANY

    def _change(self, load: cst.Name) -> Kind:
        """Return what a use of a container as ``x.append(item)`` or ``x[key] = v`` tells of it."""
        parent = self.tree.parent[load]
        above = self.tree.parent[parent]
        receiver = self._name(load).name
        if isinstance(parent, cst.Attribute) and isinstance(above, cst.Call):
            return self._change_by(parent.attr.value, above, receiver)
        use = use_of(self.tree, load, self.origin)
        if use is Use.ITEM and receiver == "defaultdict" and isinstance(parent, cst.Subscript):
            key = index_of(parent)
            return Kind(receiver, (hidden(self(key)) if key is not None else ANY, NEVER))
        if use is not Use.STORE or isinstance(above, cst.Del):
            return NEVER
        assert isinstance(parent, cst.Subscript)
        key = index_of(parent)
        kind = ANY
        if isinstance(above, cst.AssignTarget):
            assign = self.tree.parent[above]
            kind = hidden(self(assign.value)) if isinstance(assign, cst.Assign) else ANY
        elif isinstance(above, cst.AugAssign):
            kind = self._augmented(above, self(parent))
        elif isinstance(above, cst.Element):
            kind = self._across(above)
        if receiver in MAPPINGS and key is not None:
            return Kind(receiver, (hidden(self(key)), kind))
        if receiver == "list":
            return Kind("list", (kind if key is not None else ANY,))
        return NEVER if receiver == "never" else ANY

    def _across(self, element: cst.Element) -> Kind:
        """Return the type that ``a, b = b, a`` gives to one of its targets."""
        targets = self.tree.parent[element]
        assign = self.tree.parent[self.tree.parent[targets]]
        if not isinstance(targets, cst.Tuple) or not isinstance(assign, cst.Assign):
            return ANY
        given = assign.value.elements if isinstance(assign.value, cst.Tuple) else ()
        parts = [*targets.elements, *given]
        if len(given) != len(targets.elements) or len(assign.targets) > 1:
            return ANY
        if not all(isinstance(part, cst.Element) for part in parts):
            return ANY
        return hidden(self(given[list(targets.elements).index(element)].value))

    def _change_by(self, name: str, call: cst.Call, receiver: str) -> Kind:
        kinds = [self(arg.value) for arg in call.args if not arg.star]
        if receiver in ("list", "set", "deque"):
            if name in ("append", "add", "appendleft", "insert"):
                return of(receiver, kinds[-1:])
            if name in ("extend", "update", "extendleft"):
                return of(receiver, [kind.item for kind in kinds])
        if receiver in MAPPINGS:
            if name == "setdefault" and len(kinds) == 2:
                return Kind(receiver, (hidden(kinds[0]), hidden(kinds[1])))
            if name in ("setdefault", "update"):
                return Kind(receiver, (ANY, ANY))
        return NEVER

    def _augmented(self, node: cst.AugAssign, target: Kind) -> Kind:
        operator = _AUGMENTED.get(type(node.operator))
        if operator is None:
            return ANY
        value = self(node.value)
        if operator is cst.Add and target.name == "list":
            return Kind("list", (hidden(value.item),))
        return arithmetic(operator, target, value)
