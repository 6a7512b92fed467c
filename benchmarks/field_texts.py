"""Texts of modules and of calls, made of what the sets hold. Pure."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from field_runner import call_in

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY)]

from perfopt_cli.train.formats.preamble import with_preamble  # noqa: E402
from perfopt_cli.train.records import Tests  # noqa: E402

NODES = "field_nodes"
NODE_CLASSES = ("ListNode", "TreeNode")
LONGEST_VALUE = 20_000


def nodes_text() -> str:
    """Return the module of LeetCode's nodes, and of what builds and compares them."""
    used = ("list_node", "tree_node", "is_same_list", "is_same_tree")
    return with_preamble(Tests(asserts=(", ".join(used),)), ()).setup


def module_text(program: str) -> str:
    """Return the program with imports of all names that it uses and does not define."""
    words = set(re.findall(r"\w+", program))
    nodes = [name for name in NODE_CLASSES if name in words and f"class {name}" not in program]
    head = f"from {NODES} import {', '.join(nodes)}\n" if nodes else ""
    return f"{imports_for(head + program)}{head}\n\n{program.strip()}\n".lstrip("\n")


def imports_for(text: str) -> str:
    """Return the imports of what a text uses of the standard library without importing it."""
    return with_preamble(Tests(asserts=("True",)), (text,)).setup


def program_in(reply: str) -> str:
    """Return the code of a solution: of its last block that defines it, where it is Markdown."""
    blocks = [
        one for one in re.findall(r"```(?:python)?\n(.*?)```", reply, re.S) if "class " in one
    ]
    text = blocks[-1] if blocks else reply
    tree = ast.parse(text)
    kept = (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Assign)
    lines = text.splitlines()
    parts = []
    for node in tree.body:
        if isinstance(node, kept):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            parts.append("\n".join(lines[first - 1 : node.end_lineno]))
    return "\n\n\n".join(parts) + "\n"


def enlarged(statement: str, times: int) -> str | None:
    """Return the assertion's call with lists and strings repeated, or None where it has none."""
    call = ast.parse(call_in(statement), mode="eval").body
    assert isinstance(call, ast.Call)
    touched = False
    for place in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(place, ast.List) and place.elts:
            place.elts = place.elts * times
            touched = True
        elif isinstance(place, ast.Constant) and isinstance(place.value, str) and place.value:
            place.value = place.value * times
            touched = True
    return ast.unparse(call) if touched else None


def stated(call: str, value: str | None) -> str:
    """Return the call as an assertion on its value, or alone where that can't be written."""
    return f"assert {call} == {value}" if value is not None and len(value) < LONGEST_VALUE else call
