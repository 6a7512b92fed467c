"""Comparing statements with a text that stands for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import Line, lines
from perfopt_cli.model.rules.text import code, line


def reads(body: Sequence[Line], form: Sequence[str], names: Mapping[str, str]) -> bool:
    """Tell whether the statements are those of the form, its names replaced by these.

    ``names`` maps an identifier of the form to the text of an expression.
    """
    if len(body) != len(form):
        return False
    pairs = zip(body, form, strict=True)
    return all(_shape(node) == _shape(line(text).visit(_Filled(names))) for node, text in pairs)


def _shape(node: object) -> list[str]:
    """Return the text of a statement's parts, however its blocks are laid out."""
    if isinstance(node, cst.SimpleStatementLine):
        return [part for small in node.body for part in _shape(small)]
    if isinstance(node, cst.If):
        inner = [part for small in lines(node.body) for part in _shape(small)]
        shape = ["if", code(node.test), *inner]
        if isinstance(node.orelse, cst.Else):
            shape += ["else", *(p for small in lines(node.orelse.body) for p in _shape(small))]
        return shape if node.orelse is None or isinstance(node.orelse, cst.Else) else ["elif"]
    if isinstance(node, cst.BaseSmallStatement):
        return [code(node.with_changes(semicolon=cst.MaybeSentinel.DEFAULT))]
    return ["other"]


class _Filled(cst.CSTTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        text = self.names.get(original_node.value)
        return cst.parse_expression(text) if text is not None else updated_node
