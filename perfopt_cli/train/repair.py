"""Programs that a 2to3 pass damaged, put right.

Many programs of PIE v1 were written for Python 3 and then sent through 2to3,
which turned ``input()`` into ``eval(input())``. Of numbers both read the same;
of words the damaged one fails. Which of the two forms is right shows only when
they are run: what measures programs tries ``forms``.
"""

from __future__ import annotations

import ast

from perfopt_cli.model.normal import syntax_tree


def repaired(program: str) -> str:
    """Return the program with ``input(…)`` for each ``eval(input(…))``.

    A program without any, or one that is not Python, is returned as it is.
    """
    if "eval" not in program:
        return program
    text = program.replace("\r\n", "\n").replace("\r", "\n")
    tree = syntax_tree(text)
    calls = [node for node in ast.walk(tree) if _is_damaged(node)] if tree else []
    if not calls:
        return program
    data = text.encode()
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    cuts = [cut for call in calls for cut in _cuts(call, starts)]
    for start, end in sorted(cuts, reverse=True):
        data = data[:start] + data[end:]
    return data.decode()


def forms(program: str) -> tuple[str, ...]:
    """Return the program as it is, and repaired where that differs."""
    return tuple(dict.fromkeys((program, repaired(program))))


def _is_damaged(node: ast.AST) -> bool:
    return (
        _calls(node, "eval")
        and isinstance(node, ast.Call)
        and len(node.args) == 1
        and not node.keywords
        and _calls(node.args[0], "input")
    )


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _cuts(call: ast.AST, starts: list[int]) -> list[tuple[int, int]]:
    """Return the bytes before and after the inner call."""
    assert isinstance(call, ast.Call)
    inner = call.args[0]
    (outer_start, outer_end), (start, end) = _span(call, starts), _span(inner, starts)
    return [(outer_start, start), (end, outer_end)]


def _span(node: ast.expr, starts: list[int]) -> tuple[int, int]:
    first, last = node.lineno, node.end_lineno or node.lineno
    return starts[first - 1] + node.col_offset, starts[last - 1] + (node.end_col_offset or 0)
