"""What stays the same through a region of a function, and what holds where it starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_flat
from perfopt_cli.model.rules.analysis.library import Effect, may_change
from perfopt_cli.model.rules.analysis.sharing import Sharing
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, leaves
from perfopt_cli.model.rules.analysis.uses import is_target
from perfopt_cli.model.rules.text import same

_CONTAINERS = {"list", "set", "dict", "deque", "defaultdict", "tuple", "row", "frozenset"}
_GROWERS = {"append", "add", "extend", "insert", "update", "setdefault", "sort", "reverse"}
_GROWERS |= {"appendleft", "extendleft", "rotate"}


class Flow(Sharing):
    """Facts about regions: statements, loops, expressions."""

    def quiet(self, region: cst.CSTNode, attributes: Iterable[str] = ()) -> bool:
        """Tell whether the region changes only objects of its own variables.

        ``attributes`` are names that it must not set on any object.
        """
        if self.effects(region) >= Effect.OPAQUE:
            return False
        if self.assigned_attributes(region) & set(attributes):
            return False
        return all(self.harmless(changed) for changed in self.changed(region))

    def rebound(self, symbol: Symbol, region: cst.CSTNode) -> bool:
        """Tell whether the region gives the variable another object, or takes it away."""
        return any(
            self.tree.inside(binding.node, region) and binding.form != "declare"
            for binding in symbol.bindings
        )

    def stable(self, symbol: Symbol, region: cst.CSTNode) -> bool:
        """Tell whether the variable names the same object, with the same items, throughout."""
        if symbol.captured or symbol.outer or self.rebound(symbol, region):
            return False
        kind = self.kinds.known[symbol]
        if is_flat(kind) or kind.name in ("record", "typed", "row", "tuple"):
            return is_flat(kind) or kind.name == "record" or self.quiet(region)
        if kind.name not in _CONTAINERS:
            return False
        if any(self.names.of(changed) is symbol for changed in self.changed(region)):
            return False
        return self.private(symbol) or self.quiet(region)

    def invariant(self, node: cst.BaseExpression, region: cst.CSTNode) -> bool:
        """Tell whether evaluating the expression anywhere in the region gives equal values.

        The expression may raise, but has no effect.
        """
        if self.effects(node) > Effect.PURE:
            return False
        for name in self.tree.find(node, cst.Name):
            symbol = self.names.of(name)
            if symbol is None:
                if not self._fixed_global(name, region):
                    return False
            elif not self.tree.inside(symbol.scope, node) and not self.stable(symbol, region):
                return False
        return not self._reads_inside(node) or self.quiet(region, self._attributes(node))

    def _fixed_global(self, name: cst.Name, region: cst.CSTNode) -> bool:
        parent = self.tree.parent[name]
        if isinstance(parent, cst.Attribute) and parent.attr is name:
            return True
        if isinstance(parent, cst.Arg) and parent.keyword is name:
            return True
        if self.kinds.origin(name) or name.value in ("True", "False", "None"):
            return True
        if name.value in self.kinds.outer:
            fixed = name.value in self.kinds.around.fixed
            if fixed and is_flat(self.kinds(name)) and not self.tree.suspends(region):
                return True
        else:
            fixed = self.kinds.module.fixed(name.value)
        return fixed and self.quiet(region)

    def _reads_inside(self, node: cst.BaseExpression) -> bool:
        """Tell whether the value depends on more than the variables and their own items."""
        for part in self.tree.walk(node):
            if not isinstance(part, cst.BaseExpression):
                continue
            if isinstance(part, cst.Attribute) and self.kinds(part.value).name == "record":
                return True
            symbol = self.names.of(part)
            outside = symbol is not None and not self.tree.inside(symbol.scope, node)
            if outside or self.fresh(part) or is_flat(self.kinds(part)):
                continue
            if self.kinds(part).name in _CONTAINERS | {"typed", "view"}:
                return True
        return False

    def _attributes(self, node: cst.BaseExpression) -> set[str]:
        return {part.attr.value for part in self.tree.find(node, cst.Attribute)}

    def bound_before(self, symbol: Symbol, statement: Statement) -> bool:
        """Tell whether the variable has a value whenever the statement is reached."""
        if symbol.scope is not self.tree.root:
            return False
        if any(binding.form in ("delete", "except") for binding in symbol.bindings):
            return False
        for binding in symbol.bindings:
            if binding.form in ("param", "star"):
                return True
            if binding.form == "for" and isinstance(binding.node, cst.For):
                if self.tree.inside(statement, binding.node.body):
                    return True
            elif binding.form == "assign":
                place = self.tree.parent[binding.node]
                if any(earlier is place for _, earlier in self._before(statement)):
                    return True
        return False

    def all_bound_before(self, node: cst.BaseExpression, statement: Statement) -> bool:
        """Tell whether every variable of the expression has a value before the statement."""
        for name in self.tree.find(node, cst.Name):
            symbol = self.names.of(name)
            if symbol is None or self.tree.inside(symbol.scope, node):
                continue
            if not self.bound_before(symbol, statement):
                return False
        return True

    def _before(self, statement: Statement) -> Iterator[tuple[Statement, Statement]]:
        """Yield the statements that have always run when this one is reached, latest first.

        With each comes the statement of the same block that holds the given one.
        """
        for up in (statement, *self.tree.ancestors(statement)):
            if isinstance(self.tree.parent.get(up), cst.IndentedBlock):
                assert isinstance(up, (cst.BaseCompoundStatement, cst.SimpleStatementLine))
                block, place = self.tree.siblings(up)
                yield from ((up, earlier) for earlier in reversed(block[:place]))

    def confined(self, symbol: Symbol, loop: cst.CSTNode) -> bool:
        """Tell whether what the loop leaves in the variable is never read after it."""
        if symbol.captured or symbol.outer:
            return False
        for load in symbol.loads:
            body = loop.body if isinstance(loop, cst.For) else loop
            if not self.tree.inside(load, body) and not self._bound_by_another(symbol, load, loop):
                return False
        return not any(binding.form == "delete" for binding in symbol.bindings)

    def _bound_by_another(self, symbol: Symbol, load: cst.Name, loop: cst.CSTNode) -> bool:
        return any(
            binding.form == "for"
            and isinstance(binding.node, cst.For)
            and self.tree.inside(load, binding.node.body)
            and not self.tree.inside(loop, binding.node)
            for binding in symbol.bindings
        )

    def nonempty(self, node: cst.BaseExpression, at: cst.CSTNode) -> bool:
        """Tell whether the container can't be empty where ``at`` is evaluated."""
        below: cst.CSTNode = at
        for up in self.tree.ancestors(at):
            branches = isinstance(up, (cst.If, cst.IfExp)) and below is not up.test
            if branches and self._shows(up.test, node, below is up.body):  # type: ignore[attr-defined]
                return self.invariant(node, below)
            below = up
        return self._never_empty(node) or self._guarded(node, self.tree.statement(at))

    def _never_empty(self, node: cst.BaseExpression) -> bool:
        symbol = self.names.of(node)
        if symbol is None or not self.private(symbol):
            return False
        for binding in symbol.bindings:
            if isinstance(binding.node, cst.AugAssign):
                return False
            items = getattr(binding.value, "elements", ())
            if not any(isinstance(i, (cst.Element, cst.DictElement)) for i in items):
                return False
        for load in symbol.loads:
            parent = self.tree.parent[load]
            name = parent.attr.value if isinstance(parent, cst.Attribute) else ""
            if name and name not in _GROWERS and may_change(self.kinds(load), name):
                return False
            if isinstance(parent, cst.Subscript) and is_target(self.tree, parent):
                return False
        return True

    def _guarded(self, node: cst.BaseExpression, statement: Statement) -> bool:
        """Look for an ``if not x: return`` that has run, with nothing changed since."""
        crossed: list[Statement] = []
        for holder, earlier in self._before(statement):
            if holder not in crossed:
                crossed.append(holder)
            leaving = isinstance(earlier, cst.If) and not earlier.orelse and leaves(earlier.body)
            if leaving and self._shows(earlier.test, node, False):  # type: ignore[union-attr]
                return all(self.invariant(node, region) for region in crossed)
            crossed.append(earlier)
        return False

    def _shows(self, test: cst.BaseExpression, node: cst.BaseExpression, truth: bool) -> bool:
        """Tell whether the test, having this truth, proves that the container has items."""
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            return self._shows(test.expression, node, not truth)
        if isinstance(test, cst.BooleanOperation):
            sides = isinstance(test.operator, cst.And if truth else cst.Or)
            return sides and any(self._shows(part, node, truth) for part in (test.left, test.right))
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            part = test.comparisons[0]
            zero = isinstance(part.comparator, cst.Integer) and part.comparator.value == "0"
            more = (cst.GreaterThan, cst.NotEqual) if truth else (cst.Equal, cst.LessThanEqual)
            return zero and isinstance(part.operator, more) and self._is_length(test.left, node)
        return truth and (same(test, node) or self._is_length(test, node))

    def _is_length(self, test: cst.BaseExpression, node: cst.BaseExpression) -> bool:
        if isinstance(test, cst.Call) and self.kinds.origin(test.func) == "len":
            return len(test.args) == 1 and same(test.args[0].value, node)
        return False
