"""Expressions with one variable in the place of another."""

from __future__ import annotations

import libcst as cst


def renamed(node: cst.BaseExpression, old: str, new: str) -> cst.BaseExpression:
    """Return the expression with another variable; attributes and keywords keep their names."""
    found = node.visit(_Named(old, new))
    assert isinstance(found, cst.BaseExpression)
    return found


class _Named(cst.CSTTransformer):
    def __init__(self, old: str, new: str) -> None:
        self.old = old
        self.new = new

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return cst.Name(self.new) if original_node.value == self.old else updated_node
