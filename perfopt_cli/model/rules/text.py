"""Pieces of new code, made from text."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import Statement

_BLANK = cst.Module([])
_ATOMS = (
    cst.Name,
    cst.Call,
    cst.Attribute,
    cst.Subscript,
    cst.Integer,
    cst.Float,
    cst.SimpleString,
    cst.FormattedString,
    cst.List,
    cst.ListComp,
    cst.Set,
    cst.SetComp,
    cst.Dict,
    cst.DictComp,
)
_LOOSE = (cst.IfExp, cst.Lambda, cst.NamedExpr, cst.Tuple, cst.GeneratorExp, cst.Yield)


def code(node: cst.CSTNode) -> str:
    """Return the node's text as it stands."""
    return _BLANK.code_for_node(node)


def same(left: cst.CSTNode, right: cst.CSTNode) -> bool:
    """Tell whether two nodes read the same, layout aside."""
    return left.deep_equals(right) or code(left) == code(right)


def clause(node: cst.BaseExpression) -> str:
    """Return text that is safe as a part of a comprehension, an argument or an assignment."""
    text = code(node)
    if isinstance(node, _LOOSE) and not node.lpar:
        return text if text.startswith("(") and isinstance(node, cst.GeneratorExp) else f"({text})"
    return f"({text})" if "\n" in text and not node.lpar else text


def argument(node: cst.BaseExpression) -> str:
    """Return text that is safe as the only argument of a call."""
    fits = isinstance(node, (cst.IfExp, cst.Lambda))
    return code(node) if fits else clause(node)


def operand(node: cst.BaseExpression) -> str:
    """Return text that is safe beside any operator."""
    text = code(node)
    return text if isinstance(node, _ATOMS) or node.lpar else f"({text})"


def negated(test: cst.BaseExpression) -> str:
    """Return text that is true where the test is not, safe beside ``and``."""
    opposites = {cst.In: "not in", cst.NotIn: "in", cst.Is: "is not", cst.IsNot: "is"}
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        part = test.comparisons[0]
        word = opposites.get(type(part.operator))
        if word:
            text = f"{code(test.left)} {word} {code(part.comparator)}"
            return f"({text})" if "\n" in text else text
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return conjunct(test.expression)
    return f"not {operand(test)}"


def conjunct(test: cst.BaseExpression) -> str:
    """Return the test's text, safe beside ``and``."""
    simple = isinstance(test, (cst.Comparison, cst.UnaryOperation, cst.BinaryOperation))
    joined = isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And)
    return clause(test) if simple or joined else operand(test)


def wrapped(opening: str, parts: Sequence[str], closing: str, width: int) -> str:
    """Return a bracketed expression on one line, or on a line for each part if it is long."""
    text = opening + " ".join(parts) + closing
    if len(text) <= width or "\n" in text:
        return text
    return opening + "".join(f"\n    {part}" for part in parts) + f"\n{closing}"


def parse(text: str) -> cst.BaseExpression:
    """Return the expression that the text spells."""
    return cst.parse_expression(f"({text})" if "\n" in text else text)


def line(text: str) -> Statement:
    """Return the statement that the text spells."""
    found = cst.parse_statement(text)
    assert isinstance(found, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
    return found


class _Comments(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: list[cst.Comment] = []

    def visit_Comment(self, node: cst.Comment) -> None:
        self.found.append(node)


def comments(node: cst.CSTNode) -> list[cst.Comment]:
    """Return the comments in and before a node."""
    visitor = _Comments()
    node.visit(visitor)
    return visitor.found


def merged(new: Statement, olds: Sequence[Statement]) -> Statement:
    """Give a statement the blank lines of the first it replaces, and the comments of all."""
    kept = list(olds[0].leading_lines)
    own = [line for line in new.leading_lines if line.comment]
    known = {line.comment.value for line in (*kept, *own) if line.comment}
    known |= {comment.value for comment in comments(new)}
    for old in olds:
        for comment in comments(old):
            if comment.value not in known:
                known.add(comment.value)
                kept.append(cst.EmptyLine(comment=comment))
    return new.with_changes(leading_lines=[*kept, *own])
