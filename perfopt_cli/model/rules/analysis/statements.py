"""What running a statement may do."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.calls import CallEffects
from perfopt_cli.model.rules.analysis.kinds import REITERABLE, Kind
from perfopt_cli.model.rules.analysis.library import Effect, is_calm
from perfopt_cli.model.rules.analysis.operators import LOCAL, OPAQUE, TOTAL, operated

_QUIET = (cst.Pass, cst.Break, cst.Continue)
_PLAIN = (
    cst.SimpleStatementLine,
    cst.IndentedBlock,
    cst.SimpleStatementSuite,
    cst.Else,
    cst.Expr,
    cst.Return,
    cst.Raise,
    cst.From,
    cst.Assert,
    cst.Try,
    cst.Finally,
    cst.ExceptHandler,
)
_PARTS = "value exc cause item test msg body handlers orelse finalbody type"


class Effects(CallEffects):
    """Effects of the expressions and statements of one function."""

    def statement(self, node: cst.CSTNode) -> Effect:
        """Return what running a statement may do."""
        if isinstance(node, _QUIET):
            return TOTAL
        if isinstance(node, (cst.If, cst.While)):
            parts = self.most((node.test, node.body, node.orelse))
            return max(parts, self.truth(node.test))
        if isinstance(node, cst.For):
            return self._for(node)
        if isinstance(node, (cst.Assign, cst.AnnAssign)):
            targets = (
                [target.target for target in node.targets]
                if isinstance(node, cst.Assign)
                else [node.target]
            )
            return max(self(node.value), *(self._stored(t, node.value) for t in targets))
        if isinstance(node, cst.AugAssign):
            return self._augmented(node)
        if isinstance(node, cst.Del):
            return self._stored(node.target, None)
        if isinstance(node, _PLAIN):
            children = [
                part for name in _PARTS.split() for part in _listed(getattr(node, name, None))
            ]
            return self.most(children)
        return OPAQUE

    def _for(self, node: cst.For) -> Effect:
        kind = self.kinds(node.iter)
        if node.asynchronous or not self._unpacked(node.target, kind.item):
            return OPAQUE
        return max(self.source(node.iter), self.most((node.body, node.orelse)))

    def _unpacked(self, target: cst.BaseExpression, kind: Kind) -> bool:
        """Tell whether binding to the target runs no unknown code; it may fail."""
        if isinstance(target, (cst.Tuple, cst.List)):
            return kind.name in REITERABLE and all(
                isinstance(item, cst.Element)
                and self._unpacked(item.value, kind.args[i] if fits else kind.item)
                for i, item in enumerate(target.elements)
                for fits in [kind.name == "row" and i < len(kind.args)]
            )
        return isinstance(target, cst.Name)

    def _stored(self, target: cst.BaseExpression, value: cst.BaseExpression | None) -> Effect:
        if isinstance(target, cst.Subscript):
            kind = self.kinds(target.value)
            if kind.name in ("list", "deque") and kind.args:
                return max(self(target.value), self.most(_slices(target)), LOCAL)
            key = index_of(target)
            if kind.name in ("dict", "defaultdict") and key is not None:
                calm = is_calm(kind.args[0]) and is_calm(self.kinds(key))
                return max(self(target.value), self(key), LOCAL if calm else OPAQUE)
            return OPAQUE
        if isinstance(target, cst.Attribute):
            record = self.kinds.module.record(self.kinds(target.value).of)
            held = record is not None and target.attr.value in record.fields
            return max(LOCAL, self(target.value)) if held else OPAQUE
        kind = self.kinds(value) if value is not None else Kind("any")
        return TOTAL if self._unpacked(target, kind) else OPAQUE

    def _augmented(self, node: cst.AugAssign) -> Effect:
        name = type(node.operator).__name__.removesuffix("Assign")
        operator: type[cst.CSTNode] = getattr(cst, name)
        left, right = self.kinds(node.target), self.kinds(node.value)
        worst = max(self(node.value), operated(operator, left, right))
        if left.name == "list" and isinstance(node.operator, cst.AddAssign):
            worst = max(self(node.value), LOCAL if right.name in REITERABLE else OPAQUE)
        if isinstance(node.target, cst.Name):
            return max(worst, LOCAL)
        return max(worst, LOCAL, self(node.target), self._stored(node.target, node.value))


def _listed(value: object) -> list[cst.CSTNode]:
    if isinstance(value, cst.CSTNode):
        return [value]
    return (
        [item for item in value if isinstance(item, cst.CSTNode)]
        if isinstance(value, (list, tuple))
        else []
    )


def _slices(node: cst.Subscript) -> list[cst.CSTNode]:
    key = index_of(node)
    return [key] if key is not None else []
