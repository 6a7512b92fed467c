"""Code that leaves code out, and says so by a comment or by dots."""

from __future__ import annotations

import ast
import re

from perfopt_cli.model.normal import syntax_tree

_KEPT = "code|function|method|implementation|logic|body"
_LEFT_OUT = re.compile(
    r"#\s*(?:\.{3}|…)"
    rf"|#.*(?:\.{{3}}|…).*\b(?:{_KEPT}|rest|unchanged|same|before)\b"
    r"|#\W*(?:the )?(?:existing|remaining|rest of(?: the)?|original|previous|same|other) "
    rf"(?:\w+ )?(?:{_KEPT})(?:\W|remains?|stays?|is|unchanged|the same|here|goes|as before)*$"
    r"|#\W*(?:unchanged|omitted|(?:rest )?same as (?:before|above)|rest unchanged)\W*$",
    re.IGNORECASE,
)

# Such comments are short; the pattern takes long on long ones.
_LONGEST = 160


def leaves_out(source: str, original: str) -> bool:
    """Tell whether the source has a comment or dots for code, which the original has not."""
    for line in source.split("\n"):
        comment = line[line.find("#") :][:_LONGEST] if "#" in line else ""
        if comment and comment not in original and _LEFT_OUT.match(comment):
            return True
    return _dots(source) > _dots(original)


def _dots(source: str) -> int:
    tree = syntax_tree(source)
    nodes = ast.walk(tree) if tree else ()
    return sum(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is ...
        for node in nodes
    )
