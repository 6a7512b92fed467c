"""Which objects only one variable of the function can reach, and what changes them."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import ANY, NEVER, Kind, is_flat
from perfopt_cli.model.rules.analysis.library import changes, may_change
from perfopt_cli.model.rules.analysis.statements import Effects
from perfopt_cli.model.rules.analysis.symbols import Binding, Symbol
from perfopt_cli.model.rules.analysis.tree import method
from perfopt_cli.model.rules.analysis.uses import Use, is_target, use_of

_MAKERS = {"list", "set", "dict", "sorted", "tuple", "frozenset"}
_MAKERS |= {"collections.deque", "collections.defaultdict", "collections.Counter"}
_TELLERS = {"len", "bool", "any", "all", "str", "repr", "print", "isinstance"}
_DISPLAYS = (cst.List, cst.Set, cst.Dict, cst.ListComp, cst.SetComp, cst.DictComp)
_MUTABLE = {"list", "set", "dict", "deque", "defaultdict"}
_IN_PLACE = {*_MUTABLE, "any"}


class Sharing:
    """What is known of who holds the function's objects."""

    def __init__(self, effects: Effects) -> None:
        self.effects = effects
        self.kinds = effects.kinds
        self.names = effects.kinds.names
        self.tree = effects.tree
        self._private: dict[Symbol, bool] = {}

    def uses(self, symbol: Symbol) -> list[tuple[cst.Name, Use]]:
        """Return every read of a variable with what it does."""
        return [(load, use_of(self.tree, load, self.kinds.origin)) for load in symbol.loads]

    def fresh(self, node: cst.BaseExpression | None) -> bool:
        """Tell whether the expression makes a new container that nothing else holds."""
        if isinstance(node, _DISPLAYS):
            return True
        if isinstance(node, cst.Call):
            if self.kinds.origin(node.func) in _MAKERS:
                return True
            receiver, name, _ = method(node, "copy", "split", "rsplit", "splitlines")
            return bool(name) and self.kinds(receiver).name in ("str", *_MUTABLE)
        if isinstance(node, cst.Subscript):
            cut = len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Slice)
            return cut and self.kinds(node.value).name == "list"
        return isinstance(node, cst.BinaryOperation) and self.kinds(node).name == "list"

    def private(self, symbol: Symbol) -> bool:
        """Tell whether only this variable holds the containers it names, until a return."""
        if symbol not in self._private:
            made = all(self._makes(binding) for binding in symbol.bindings)
            usable = not symbol.outer and not symbol.captured and bool(symbol.bindings)
            self._private[symbol] = (
                made
                and usable
                and all(self.keeps(load, use) for load, use in self.uses(symbol))
                and not self._read_after_hand_over(symbol)
            )
        return self._private[symbol]

    def _read_after_hand_over(self, symbol: Symbol) -> bool:
        """Tell whether a return statement hands the object out and reads it too."""
        for load, use in self.uses(symbol):
            if use is Use.RETURN:
                ups = self.tree.ancestors(load)
                end = next(up for up in ups if isinstance(up, cst.Return))
                if any(self.tree.inside(other, end) for other in symbol.loads if other is not load):
                    return True
        return False

    def _makes(self, binding: Binding) -> bool:
        if binding.form in ("declare", "augment"):
            return True
        alone = not isinstance(binding.node, cst.Assign) or len(binding.node.targets) == 1
        return binding.form == "assign" and alone and not binding.path and self.fresh(binding.value)

    def keeps(self, load: cst.BaseExpression, use: Use) -> bool:
        """Tell whether the use hands the object itself to nobody."""
        if use in (Use.ESCAPE, Use.ATTRIBUTE):
            return False
        parent = self.tree.parent[load]
        operands: list[cst.BaseExpression] = []
        if isinstance(parent, cst.BinaryOperation):
            operands = [parent.left, parent.right]
        elif isinstance(parent, cst.AugAssign):
            operands = [parent.target]
        elif isinstance(parent, cst.ComparisonTarget):
            above = self.tree.parent[parent]
            assert isinstance(above, cst.Comparison)
            operands = [above.left]
        elif isinstance(parent, cst.Comparison):
            operands = [part.comparator for part in parent.comparisons]
        elif isinstance(parent, cst.Arg):
            receiver, name, _ = method(self.tree.parent[parent])
            operands = [receiver] if name and not self._is_global(parent) else []
        return all(self.kinds(operand).name not in ("any", "record") for operand in operands)

    def _is_global(self, arg: cst.Arg) -> bool:
        call = self.tree.parent[arg]
        return isinstance(call, cst.Call) and bool(self.kinds.origin(call.func))

    def deep(self, symbol: Symbol) -> bool:
        """Tell whether the containers held by a private container are private to it too."""
        if not self.private(symbol):
            return False
        if self.kinds.is_table(symbol):
            return True
        for binding in symbol.bindings:
            if not self._holds_fresh(binding.value):
                return False
        return all(
            self._stores_fresh(load) and self._keeps_inner(load, use)
            for load, use in self.uses(symbol)
        )

    def _keeps_inner(self, load: cst.BaseExpression, use: Use) -> bool:
        """Tell whether the use gives no container inside this one another name."""
        kind = self.kinds(load)
        if self._owned(kind.args[-1:]):
            return True
        if use in (Use.TEST, Use.COMPARE, Use.STORE, Use.RETURN):
            return True
        keyed = kind.name in ("dict", "defaultdict")
        if use is Use.ITERATE:
            return keyed
        parent = self.tree.parent[load]
        above = self.tree.parent[parent]
        if use is Use.READ:
            called = self.kinds.origin(above.func) if isinstance(above, cst.Call) else ""
            return called in _TELLERS or (keyed and called in ("list", "sorted", "enumerate"))
        if use is Use.METHOD and isinstance(parent, cst.Attribute):
            if parent.attr.value in ("append", "add", "clear", "insert", "keys"):
                return True
            return isinstance(above, cst.Call) and self._passes(above)
        return isinstance(parent, cst.Subscript) and self._passes(parent)

    def _passes(self, inner: cst.BaseExpression) -> bool:
        """Tell whether an inner container is only used on the spot."""
        use = use_of(self.tree, inner, self.kinds.origin)
        if use is Use.READ:
            above = self.tree.parent[self.tree.parent[inner]]
            called = self.kinds.origin(above.func) if isinstance(above, cst.Call) else ""
            return called in _TELLERS or isinstance(self.tree.parent[inner], cst.Expr)
        return use in (Use.METHOD, Use.STORE, Use.TEST, Use.COMPARE)

    def _holds_fresh(self, node: cst.BaseExpression | None) -> bool:
        if node is None or self._owned(self.kinds(node).args):
            return True
        if isinstance(node, (cst.List, cst.Set)):
            return all(self._single(item.value) for item in node.elements)
        if isinstance(node, cst.Dict):
            return all(
                isinstance(item, cst.DictElement) and self._single(item.value)
                for item in node.elements
            )
        if isinstance(node, (cst.ListComp, cst.DictComp)):
            return self._single(node.elt if isinstance(node, cst.ListComp) else node.value)
        return self.kinds.origin(getattr(node, "func", node)) == "collections.defaultdict"

    def _owned(self, kinds: tuple[Kind, ...]) -> bool:
        return all(is_flat(kind) or kind == NEVER for kind in kinds)

    def _single(self, node: cst.BaseExpression) -> bool:
        return self.fresh(node) or self._owned((self.kinds(node),))

    def _stores_fresh(self, load: cst.Name) -> bool:
        parent = self.tree.parent[load]
        above = self.tree.parent[parent]
        if isinstance(above, cst.Call) and isinstance(parent, cst.Attribute):
            if not changes(self.kinds(load), parent.attr.value):
                return True
            if parent.attr.value in ("extend", "update", "extendleft"):
                return all(self._owned((self.kinds(arg.value).item,)) for arg in above.args)
            return all(self._single(arg.value) for arg in above.args)
        if isinstance(parent, cst.Subscript) and is_target(self.tree, parent):
            if isinstance(above, cst.AssignTarget):
                assign = self.tree.parent[above]
                if not isinstance(assign, cst.Assign) or len(assign.targets) > 1:
                    return False
                return self._single(assign.value)
            return isinstance(above, cst.Del) or self._owned((self.kinds(parent),))
        return True

    def changed(self, region: cst.CSTNode) -> list[cst.BaseExpression]:
        """Return the expressions in the region whose objects it changes in place."""
        found: list[cst.BaseExpression] = []
        for node in self.tree.walk(region):
            if isinstance(node, cst.Call):
                receiver, name, _ = method(node)
                if name and may_change(self.kinds(receiver), name):
                    found.append(receiver)
            elif isinstance(node, cst.Subscript):
                # Looking up a key of a defaultdict may add it.
                if is_target(self.tree, node) or self.kinds(node.value).name == "defaultdict":
                    found.append(node.value)
            elif isinstance(node, cst.AugAssign) and self.kinds(node.target).name in _IN_PLACE:
                found.append(node.target)
        return found

    def assigned_attributes(self, region: cst.CSTNode) -> set[str]:
        """Return the names of the attributes that the region sets or deletes."""
        return {
            node.attr.value
            for node in self.tree.walk(region)
            if isinstance(node, cst.Attribute) and is_target(self.tree, node)
        }

    def harmless(self, changed: cst.BaseExpression) -> bool:
        """Tell whether changing this object can't change one that another variable names."""
        depth = 0
        while not isinstance(changed, cst.Name):
            receiver, name, _ = method(changed, "setdefault", "get")
            if name:
                changed, depth = receiver, depth + 1
            elif isinstance(changed, cst.Subscript):
                changed, depth = changed.value, depth + 1
            else:
                return False
        symbol = self.names.of(changed)
        if symbol is None or depth > 1:
            return False
        flat = is_flat(self.kinds(changed)) and self.kinds(changed) != ANY
        return flat or (self.deep(symbol) if depth else self.private(symbol))
