"""What the text proves of indices and lengths: sums of variables and a constant.

A variable counts where it has one value from its only assignment on, or is
the counter of a loop around the place. All of them hold whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.symbols import Binding, Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, method
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.iteration.objects import resized
from perfopt_cli.model.rules.loops import unpacked

_DEPTH = 6
_INDEXED = ("list", "tuple", "row", "str", "bytes")

Term = tuple[str, Symbol, cst.CSTNode | None]


@dataclass(frozen=True, slots=True)
class Form:
    """A constant and whole multiples of terms: variables, loop counters, lengths."""

    constant: int = 0
    terms: dict[Term, int] = field(default_factory=dict)

    def plus(self, other: Form, times: int = 1) -> Form:
        """Return this form and another one, so many times."""
        terms = dict(self.terms)
        for term, count in other.terms.items():
            terms[term] = terms.get(term, 0) + times * count
        left = {term: count for term, count in terms.items() if count}
        return Form(self.constant + times * other.constant, left)

    def shifted(self, by: int) -> Form:
        """Return this form with another constant."""
        return Form(self.constant + by, self.terms)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Proofs about the whole numbers of one function."""

    context: Context

    def form(self, node: cst.BaseExpression, at: Statement, depth: int = _DEPTH) -> Form | None:
        """Return what the expression is where the statement ``at`` starts."""
        if isinstance(node, cst.Integer):
            return Form(node.evaluated_value)
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
            inner = self.form(node.expression, at, depth)
            return None if inner is None else Form().plus(inner, -1)
        if isinstance(node, cst.BinaryOperation):
            if not isinstance(node.operator, (cst.Add, cst.Subtract)):
                return None
            left, right = self.form(node.left, at, depth), self.form(node.right, at, depth)
            if left is None or right is None:
                return None
            return left.plus(right, 1 if isinstance(node.operator, cst.Add) else -1)
        if isinstance(node, cst.Call) and self.context.kinds.origin(node.func) == "len":
            lengths = self.lengths(node.args[0].value, at, depth) if len(node.args) == 1 else []
            return next((length for length in lengths if self.sure(length)), None)
        return self._variable(node, at, depth) if isinstance(node, cst.Name) else None

    def _variable(self, name: cst.Name, at: Statement, depth: int) -> Form | None:
        symbol = self.context.names.of(name)
        if symbol is None or self.context.kinds(name).name not in ("int", "bool"):
            return None
        loop = self._counted(symbol, at)
        if loop is not None:
            return Form(0, {("counter", symbol, loop): 1})
        binding = self._settled(symbol, at)
        if binding is None:
            return None
        value = _part(binding)
        if value is not None and binding.form == "assign" and depth:
            known = self.form(value, self.context.tree.statement(binding.node), depth - 1)
            if known is not None:
                return known
        return Form(0, {("value", symbol, None): 1})

    def _counted(self, symbol: Symbol, at: Statement) -> cst.For | None:
        """Return the innermost loop around the place that sets the variable, and alone does."""
        if not self._plain(symbol):
            return None
        for up in self.context.tree.ancestors(at):
            mine = [b for b in symbol.bindings if self.context.tree.inside(b.name, up)]
            if not mine:
                continue
            alone = isinstance(up, cst.For) and [b.node for b in mine] == [up]
            return up if alone and self.context.tree.inside(at, up.body) else None  # type: ignore[attr-defined, return-value]
        return None

    def _plain(self, symbol: Symbol) -> bool:
        tree = self.context.tree
        inner = symbol.captured and bool(tree.find(tree.root, cst.Nonlocal))
        return symbol.scope is tree.root and not symbol.outer and not inner

    def _settled(self, symbol: Symbol, at: Statement) -> Binding | None:
        """Return the only binding of the variable if it has always run before the place."""
        if not self._plain(symbol) or len(symbol.bindings) != 1:
            return None
        binding = symbol.bindings[0]
        if binding.form == "param":
            return binding
        return binding if self.context.flow.bound_before(symbol, at) else None

    def lengths(self, node: cst.BaseExpression, at: Statement, depth: int = _DEPTH) -> list[Form]:
        """Return the container's length where ``at`` starts, in one or two ways.

        A form that may be negative is 0 where it is.
        """
        symbol = self.context.names.of(node)
        if symbol is None or self.context.kinds(node).name not in _INDEXED:
            return []
        binding = self._settled(symbol, at)
        if binding is None or binding.form not in ("param", "assign"):
            return []
        if resized(self.context, symbol, at):
            return []
        plain = Form(0, {("length", symbol, None): 1})
        value = _part(binding)
        if value is None or binding.form != "assign" or not depth:
            return [plain]
        known = self._made(value, self.context.tree.statement(binding.node), depth - 1)
        return [plain] if known is None else [known, plain]

    def _made(self, node: cst.BaseExpression, at: Statement, depth: int) -> Form | None:
        """Return the length of what a display, a comprehension or a repetition makes."""
        if isinstance(node, (cst.List, cst.Tuple)):
            whole = all(isinstance(item, cst.Element) for item in node.elements)
            return Form(len(node.elements)) if whole else None
        if isinstance(node, cst.ListComp):
            clause = node.for_in
            if clause.ifs or clause.inner_for_in or clause.asynchronous:
                return None
            return self._rounds(clause.iter, at, depth)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Multiply):
            for one, two in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, cst.List) and len(one.elements) == 1:
                    single = isinstance(one.elements[0], cst.Element)
                    return self.form(two, at, depth) if single else None
        if isinstance(node, cst.Call) and len(node.args) == 1 and not node.args[0].star:
            name = self.context.kinds.origin(node.func)
            if name in ("list", "tuple", "sorted"):
                return self._rounds(node.args[0].value, at, depth)
        receiver, copied, args = method(node, "copy")
        return self._longest(receiver, at, depth) if copied and not args else None

    def _longest(self, node: cst.BaseExpression, at: Statement, depth: int) -> Form | None:
        return next(iter(self.lengths(node, at, depth)), None)

    def _rounds(self, node: cst.BaseExpression, at: Statement, depth: int) -> Form | None:
        """Return how many items going through the iterable gives."""
        ends = self.ends(node, at, depth)
        if ends is not None and isinstance(node, cst.Call) and len(node.args) < 3:
            return ends[1].plus(ends[0], -1).shifted(1)
        return self._longest(node, at, depth)

    def ends(
        self, node: cst.BaseExpression, at: Statement, depth: int = _DEPTH
    ) -> tuple[Form, Form] | None:
        """Return the least and the greatest number of a ``range``, up or down."""
        if not isinstance(node, cst.Call) or self.context.kinds.origin(node.func) != "range":
            return None
        args = [arg.value for arg in node.args]
        if any(arg.star or arg.keyword for arg in node.args) or not 1 <= len(args) <= 3:
            return None
        forms = [self.form(arg, at, depth) for arg in args]
        first = Form() if len(args) == 1 else forms[0]
        last = forms[0] if len(args) == 1 else forms[1]
        step = forms[2] if len(args) == 3 else Form(1)
        if first is None or last is None or step is None or step.terms or not step.constant:
            return None
        down = step.constant < 0
        return (last.shifted(1), first) if down else (first, last.shifted(-1))

    def _limits(self, term: Term) -> tuple[Form, Form] | None:
        """Return the least and greatest value of a loop's counter."""
        _, symbol, loop = term
        if not isinstance(loop, cst.For):
            return None
        binding = next(b for b in symbol.bindings if b.node is loop)
        if not binding.path:
            return self.ends(loop.iter, loop)
        call = loop.iter
        if not isinstance(call, cst.Call) or binding.path != (0,) or len(call.args) != 1:
            return None
        if self.context.kinds.origin(call.func) != "enumerate":
            return None
        length = self._longest(call.args[0].value, loop, _DEPTH)
        return None if length is None else (Form(), length.shifted(-1))

    def sure(self, form: Form | None, depth: int = _DEPTH) -> bool:
        """Tell whether the form can't be negative."""
        if form is None:
            return False
        for term, count in form.terms.items():
            limits = self._limits(term) if term[0] == "counter" and depth else None
            if limits is not None:
                rest = Form(form.constant, {t: c for t, c in form.terms.items() if t != term})
                return self.sure(rest.plus(limits[0 if count > 0 else 1], count), depth - 1)
        fit = all(term[0] == "length" and count > 0 for term, count in form.terms.items())
        return fit and form.constant >= 0

    def within(self, node: cst.Subscript, at: Statement) -> bool:
        """Tell whether ``x[index]`` is there, when the statement ``at`` starts."""
        key = index_of(node)
        index = self.form(key, at) if key is not None else None
        lengths = self.lengths(node.value, at)
        return index is not None and any(self._fits(index, length, at) for length in lengths)

    def _fits(self, index: Form, length: Form, at: Statement) -> bool:
        left = length.plus(index, -1).shifted(-1)
        if self.sure(index):
            return self.sure(left) or any(self.sure(left.plus(n, -1)) for n in self._spans(at))
        # Where 0 <= i < length, i - 1 is at worst the last item's -1.
        return self.sure(index.shifted(1)) and self.sure(left.shifted(-1))

    def _spans(self, at: Statement) -> Iterator[Form]:
        """Yield what can't be negative, as the loops around the place run a round."""
        for up in self.context.tree.ancestors(at):
            if isinstance(up, cst.For) and self.context.tree.inside(at, up.body):
                symbol = (
                    self.context.names.of(unpacked(up.target)[0]) if unpacked(up.target) else None
                )
                limits = self._limits(("counter", symbol, up)) if symbol is not None else None
                if limits is not None:
                    yield limits[1].plus(limits[0], -1)


def _part(binding: Binding) -> cst.BaseExpression | None:
    """Return the expression that the variable is bound to, if it stands in the text."""
    value = binding.value
    for index in binding.path:
        if not isinstance(value, (cst.Tuple, cst.List)) or index >= len(value.elements):
            return None
        value = value.elements[index].value
    return value
