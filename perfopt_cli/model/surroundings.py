"""What a prompt shows of the module above a function: imports it uses, and short constants."""

from __future__ import annotations

import ast

from perfopt_cli.model.normal import module_level, syntax_tree

LONGEST_STATEMENT = 240
"""Imports and constants longer than this (characters) stay out of the prompt."""


def statements_above(module_source: str, source: str, budget: int) -> str:
    """Return the statements as text, whole ones only, of so many characters at most.

    Imports come before constants where not all fit; empty where nothing does,
    and for a text that is not Python.
    """
    module, function = syntax_tree(module_source), syntax_tree(source)
    if module is None or function is None:
        return ""
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    imports: list[tuple[int, str]] = []
    constants: list[tuple[int, str]] = []
    for statement in module_level(module.body):
        text = ast.get_source_segment(module_source, statement)
        if not text or len(text) > LONGEST_STATEMENT or not _binds(statement) & used:
            continue
        kind = imports if isinstance(statement, ast.Import | ast.ImportFrom) else constants
        kind.append((statement.lineno, text))
    kept: list[tuple[int, str]] = []
    for line, text in imports + constants:
        if len(text) + 1 <= budget:
            kept.append((line, text))
            budget -= len(text) + 1
    return "\n".join(text for _, text in sorted(kept))


def _binds(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return {statement.target.id}
    return set()
