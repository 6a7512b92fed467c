"""Expressions with others in the place of their variables."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst


def renamed(node: cst.BaseExpression, names: Mapping[str, str]) -> cst.BaseExpression:
    """Return the expression with these texts for variables; attributes keep their names."""
    found = node.visit(_Named(names))
    assert isinstance(found, cst.BaseExpression)
    return found


class _Named(cst.CSTTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        text = self.names.get(original_node.value)
        return cst.parse_expression(text) if text is not None else updated_node
