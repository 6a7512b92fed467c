"""What evaluating an expression may do besides giving a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.infer import Inference
from perfopt_cli.model.rules.analysis.kinds import (
    MAPPINGS,
    NUMBERS,
    REITERABLE,
    STR,
    Kind,
    is_plain,
    is_scalar,
)
from perfopt_cli.model.rules.analysis.library import Effect, is_calm
from perfopt_cli.model.rules.analysis.operators import (
    LOCAL,
    OPAQUE,
    PURE,
    TOTAL,
    compared,
    hashing,
    operated,
)
from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, Tree

_QUIET = (cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString, cst.Ellipsis, cst.Lambda)


class ExpressionEffects:
    """Effects of the expressions of one function, calls aside."""

    def __init__(self, tree: Tree, kinds: Inference, is_calm: Callable[[str], bool]) -> None:
        self.tree = tree
        self.kinds = kinds
        self.is_calm = is_calm
        self._cache: dict[cst.CSTNode, Effect] = {}

    def __call__(self, node: cst.CSTNode | None) -> Effect:
        """Return what evaluating the expression, or running the statement, may do.

        That local variables are bound is taken for granted.
        """
        if node is None:
            return TOTAL
        if node not in self._cache:
            if isinstance(node, cst.BaseExpression):
                self._cache[node] = self._expression(node)
            elif isinstance(node, cst.CompFor):
                self._cache[node] = self.clause(node)
            else:
                self._cache[node] = self.statement(node)
        return self._cache[node]

    def most(self, nodes: Iterable[cst.CSTNode | None]) -> Effect:
        """Return the worst effect of several pieces."""
        return max((self(node) for node in nodes), default=TOTAL)

    def _expression(self, node: cst.BaseExpression) -> Effect:
        if isinstance(node, _QUIET):
            return TOTAL
        if isinstance(node, cst.Name):
            return self._name(node)
        if isinstance(node, cst.ConcatenatedString):
            return max(self(node.left), self(node.right))
        if isinstance(node, cst.FormattedString):
            return max((self._formatted(part) for part in node.parts), default=TOTAL)
        if isinstance(node, (cst.List, cst.Tuple)):
            return max((self._element(item) for item in node.elements), default=TOTAL)
        if isinstance(node, (cst.Set, cst.Dict)):
            return self._hashed(node)
        if isinstance(node, COMPREHENSIONS):
            return self._comprehension(node)
        if isinstance(node, cst.Comparison):
            return self._comparison(node)
        if isinstance(node, cst.BooleanOperation):
            return max(self(node.left), self(node.right), self.truth(node.left))
        if isinstance(node, cst.IfExp):
            return max(self.most((node.test, node.body, node.orelse)), self.truth(node.test))
        if isinstance(node, cst.UnaryOperation):
            return max(self(node.expression), self._unary(node))
        if isinstance(node, cst.BinaryOperation):
            return max(self(node.left), self(node.right), self._binary(node))
        if isinstance(node, cst.Subscript):
            return self._subscript(node)
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        if isinstance(node, cst.NamedExpr):
            return max(LOCAL, self(node.value))
        return self.call(node) if isinstance(node, cst.Call) else OPAQUE

    def truth(self, node: cst.BaseExpression) -> Effect:
        """Return what asking for the truth of a value may do."""
        if isinstance(node, cst.BooleanOperation):
            return max(self.truth(node.left), self.truth(node.right))
        kind = self.kinds(node)
        if is_scalar(kind) or kind.name in REITERABLE:
            return TOTAL
        record = self.kinds.module.record(kind.of) if kind.of else None
        return TOTAL if record is not None and record.bare else OPAQUE

    def _name(self, node: cst.Name) -> Effect:
        if self.kinds.names.of(node) is not None or node.value in ("True", "False", "None"):
            return TOTAL
        known = self.kinds.origin(node) or self.kinds.module.fixed(node.value)
        if node.value in self.kinds.outer:
            # A variable of an enclosing function may have no value yet.
            return TOTAL if node.value in self.kinds.around.sure else PURE
        return TOTAL if known else PURE

    def _formatted(self, part: cst.BaseFormattedStringContent) -> Effect:
        if not isinstance(part, cst.FormattedStringExpression):
            return TOTAL
        kind = self.kinds(part.expression)
        inner = self(part.expression)
        if part.format_spec:
            specs = max((self._formatted(spec) for spec in part.format_spec), default=TOTAL)
            return max(inner, specs, PURE if is_scalar(kind) else OPAQUE)
        return max(inner, self._printed(kind))

    def _printed(self, kind: Kind) -> Effect:
        if kind == STR:
            return TOTAL
        return PURE if is_plain(kind) else OPAQUE

    def _element(self, item: cst.BaseElement) -> Effect:
        if isinstance(item, cst.StarredElement):
            return max(self(item.value), self.iteration(item.value))
        return self(item.value)

    def _hashed(self, node: cst.Set | cst.Dict) -> Effect:
        worst = TOTAL
        for item in node.elements:
            if isinstance(item, cst.DictElement):
                parts, key = (item.key, item.value), item.key
            elif isinstance(item, cst.Element):
                parts, key = (item.value, item.value), item.value
            else:
                return OPAQUE
            worst = max(worst, self.most(parts), hashing(self.kinds(key)))
        return worst

    def iteration(self, node: cst.BaseExpression) -> Effect:
        """Return what going once through the items may do, the loop's body aside."""
        kind = self.kinds(node)
        if kind.name in REITERABLE:
            return TOTAL
        # A generator may run anything while it is used up; a sequence or a builtin iterator not.
        return LOCAL if kind.name in ("iterator", "sequence", "mapping") else OPAQUE

    def _comprehension(self, node: cst.BaseExpression) -> Effect:
        worst = TOTAL
        if isinstance(node, cst.DictComp):
            worst = max(self(node.key), self(node.value), hashing(self.kinds(node.key)))
            clause: cst.CompFor | None = node.for_in
        else:
            assert isinstance(node, (cst.ListComp, cst.SetComp, cst.GeneratorExp))
            worst = self(node.elt)
            if isinstance(node, cst.SetComp):
                worst = max(worst, hashing(self.kinds(node.elt)))
            clause = node.for_in
        return max(worst, self.clause(clause))

    def clause(self, clause: cst.CompFor | None) -> Effect:
        """Return what going through the items of a ``for`` clause, and the next ones, may do."""
        worst = TOTAL
        while clause is not None:
            item = self.kinds(clause.iter).item
            if clause.asynchronous or not self.unpacks(clause.target, item):
                return OPAQUE
            tests = [max(self(part.test), self.truth(part.test)) for part in clause.ifs]
            worst = max(worst, self.source(clause.iter), *tests)
            clause = clause.inner_for_in
        return worst

    def source(self, node: cst.BaseExpression) -> Effect:
        """Return the effect of making and using up an iterable."""
        if isinstance(node, cst.GeneratorExp):
            return self(node)
        made = self.kinds.origin(node.func) if isinstance(node, cst.Call) else ""
        if not isinstance(node, cst.Call) or made not in ("enumerate", "zip", "reversed"):
            return max(self(node), self.iteration(node))
        numbered = made == "enumerate" and len(node.args) == 2
        if numbered and self.kinds(node.args[1].value).name not in ("int", "bool"):
            return OPAQUE
        sources = node.args[:1] if numbered else node.args
        if any(arg.star or arg.keyword for arg in sources):
            return OPAQUE
        inner = max((self.source(arg.value) for arg in sources), default=TOTAL)
        return max(inner, self(node.args[1].value)) if numbered else inner

    def unpacks(self, target: cst.BaseExpression, kind: Kind) -> bool:
        """Tell whether binding an item of that type to the target can't fail."""
        if isinstance(target, cst.Name):
            return True
        if isinstance(target, (cst.Tuple, cst.List)) and kind.name == "row":
            items = list(target.elements)
            fits = len(items) == len(kind.args)
            return fits and all(
                isinstance(item, cst.Element) and self.unpacks(item.value, part)
                for item, part in zip(items, kind.args, strict=True)
            )
        return False

    def _comparison(self, node: cst.Comparison) -> Effect:
        worst, left = self(node.left), node.left
        for part in node.comparisons:
            right = part.comparator
            worst = max(
                worst, self(right), compared(part.operator, self.kinds(left), self.kinds(right))
            )
            left = right
        return worst

    def _unary(self, node: cst.UnaryOperation) -> Effect:
        if isinstance(node.operator, cst.Not):
            return self.truth(node.expression)
        return TOTAL if self.kinds(node.expression).name in NUMBERS else OPAQUE

    def _binary(self, node: cst.BinaryOperation) -> Effect:
        left, right = self.kinds(node.left), self.kinds(node.right)
        return operated(type(node.operator), left, right)

    def _subscript(self, node: cst.Subscript) -> Effect:
        kind, key = self.kinds(node.value), index_of(node)
        base = self(node.value)
        if key is None:
            if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Slice):
                return OPAQUE
            cut = node.slice[0].slice
            parts = [part for part in (cut.lower, cut.upper, cut.step) if part is not None]
            whole = all(self.kinds(part).name in ("int", "bool") for part in parts)
            if kind.name not in ("list", "tuple", "row", "str", "bytes") or not whole:
                return OPAQUE
            return max(base, self.most(parts), PURE if cut.step is not None else TOTAL)
        worst = max(base, self(key))
        whole = self.kinds(key).name in ("int", "bool")
        if kind.name == "row" and isinstance(key, cst.Integer):
            return max(worst, TOTAL if key.evaluated_value < len(kind.args) else PURE)
        if kind.name == "typed" and isinstance(key, cst.SimpleString):
            record = self.kinds.module.record(kind.of)
            sure = record is not None and key.evaluated_value in record.sure
            return max(worst, TOTAL if sure else PURE)
        if kind.name in ("list", "tuple", "row", "str", "bytes", "deque", "range") and whole:
            return max(worst, PURE)
        # A dict may be a defaultdict, which looking up changes.
        keyed = kind.name in MAPPINGS - {"mapping"} and is_calm(kind.args[0])
        return max(worst, LOCAL if keyed and is_calm(self.kinds(key)) else OPAQUE)

    def _attribute(self, node: cst.Attribute) -> Effect:
        kind = self.kinds(node.value)
        if kind.name == "record":
            record = self.kinds.module.record(kind.of)
            if record is None or node.attr.value not in record.fields:
                return OPAQUE
            return max(self(node.value), TOTAL if node.attr.value in record.sure else PURE)
        return PURE if self.kinds.origin(node) else OPAQUE

    def call(self, node: cst.Call) -> Effect:
        """Return what a call may do."""
        raise NotImplementedError

    def statement(self, node: cst.CSTNode) -> Effect:
        """Return what running a statement may do."""
        raise NotImplementedError
