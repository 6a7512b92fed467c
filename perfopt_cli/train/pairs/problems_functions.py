"""Readers of sets of functions, which assertions call."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from perfopt_cli.model.normal import FunctionNode, syntax_tree
from perfopt_cli.sandbox.worker import exact
from perfopt_cli.train.formats.preamble import with_preamble
from perfopt_cli.train.formats.rows import Row
from perfopt_cli.train.pairs.problems_records import Problem
from perfopt_cli.train.records import Tests

MOST_ASSERTS = 20
LONGEST_ASSERT = 5_000
TIMES = (8, 50, 400)
_CALLS_EACH = 2
_CALL = re.compile(r"\bcandidate\(")
_BLOCK = re.compile(r"```(?:python)?\n(.*?)```", re.DOTALL)


def read_leetcode(row: Row, _: Path) -> Problem | None:
    """Read a problem of LeetCodeDataset.

    Where every solution is a class with one method that does not use ``self``,
    the method alone is the program: a function whose first argument is None.
    """
    values = row.values
    entry: str = values["entry_point"]
    texts = [text for one in values["solutions"] if (text := _program_in(one))]
    if not texts or not entry.startswith("Solution()."):
        return None
    name = entry.partition(".")[2]
    methods = [_only_method(text, name) for text in texts]
    imports = [line for text in texts for line in _imports(text)]
    setup = "\n".join([values["preamble"].strip(), *dict.fromkeys(imports), ""])
    if all(methods):
        entry, first = name, "None, "
        texts = [method for method in methods if method]
    else:
        first = ""
    calls = [_called(text, entry, first) for text in _some(values["test_cases"])]
    asserts = tuple(text for text in calls if text)
    tests = with_preamble(Tests(asserts=asserts, setup=setup), texts)
    programs = tuple(dict.fromkeys(texts))
    larger = tuple(_larger(asserts, entry))
    return Problem(f"leetcode/{values['id']}", programs, tests, entry, larger)


def read_mbpp(row: Row, _: Path) -> Problem | None:
    """Read a function of COFFE's MBPP, with inputs that take it long."""
    values = row.values
    program = f"{values['solution'].strip()}\n"
    asserts = [
        f"assert solution(*{one['input']!r}) == {one['output'][0]!r}"
        for one in values["tests"]
        if len(one["output"]) == 1
    ]
    function = next(
        node
        for node in ast.parse(program).body
        if isinstance(node, FunctionNode) and node.name == "solution"
    )
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    types = _types(names, [one["input"] for one in values["tests"]])
    larger = tuple(f"solution(*{one['input']})" for one in values["stress"])
    tests = Tests(asserts=tuple(_some(asserts)))
    if not tests:
        return None
    origin = f"mbpp/{values['entry_point']}"
    return Problem(origin, (program,), tests, "solution", larger, types)


def _types(names: Sequence[str], inputs: Sequence[list[Any]]) -> tuple[tuple[str, str], ...]:
    """Return the exact types of arguments, as recorded calls would tell them."""
    reader: Any = exact.Exact(SimpleNamespace(function=None))  # type: ignore[no-untyped-call]
    seen: dict[str, dict[str, Any]] = {}
    for values in inputs:
        for name, value in zip(names, values, strict=False):
            reader.join(seen.setdefault(name, {}), value, exact.DEPTH)
    told = ((name, exact.text(kind)) for name, kind in seen.items())  # type: ignore[no-untyped-call]
    return tuple((name, text) for name, text in told if text != exact.ANYTHING)


def _some(asserts: Sequence[str]) -> list[str]:
    """Return assertions of all lengths, the longest among them."""
    ordered = sorted((one for one in asserts if len(one) <= LONGEST_ASSERT), key=len)
    if len(ordered) <= MOST_ASSERTS:
        return ordered
    step = (len(ordered) - 1) / (MOST_ASSERTS - 1)
    return [ordered[round(number * step)] for number in range(MOST_ASSERTS)]


def _program_in(reply: str) -> str:
    """Return the definitions of a solution: of its last code block with a class, if it has any."""
    blocks = [one for one in _BLOCK.findall(reply) if "class " in one]
    text = (blocks[-1] if blocks else reply).replace("\r\n", "\n")
    tree = syntax_tree(text)
    if tree is None:
        return ""
    kept = (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Assign)
    lines = text.splitlines()
    parts = []
    for node in tree.body:
        if isinstance(node, kept) and not _is_node(node):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            parts.append("\n".join(lines[first - 1 : node.end_lineno]))
    return "\n\n\n".join(parts) + "\n" if parts else ""


def _is_node(node: ast.stmt) -> bool:
    """Tell whether it is the class of a list's or a tree's nodes, which the setup has."""
    return isinstance(node, ast.ClassDef) and node.name in ("ListNode", "TreeNode")


def _only_method(text: str, name: str) -> str | None:
    """Return the method as a function where nothing else matters to it, else None."""
    body = [node for node in ast.parse(text).body if not isinstance(node, _IMPORTS)]
    if len(body) != 1 or not isinstance(body[0], ast.ClassDef) or body[0].decorator_list:
        return None
    members = body[0].body
    if len(members) != 1 or not isinstance(method := members[0], ast.FunctionDef):
        return None
    arguments = method.args.args
    if method.name != name or method.decorator_list or not arguments or not method.body:
        return None
    me = arguments[0].arg
    if any(isinstance(node, ast.Name) and node.id in (me, name) for node in ast.walk(method)):
        return None
    lines = text.splitlines()[method.lineno - 1 : method.end_lineno]
    function = textwrap.dedent("\n".join(lines)) + "\n"
    tree = syntax_tree(function)
    same = tree is not None and ast.dump(tree.body[0]) == ast.dump(method)
    return function if same else None


_IMPORTS = (ast.Import, ast.ImportFrom)


def _imports(text: str) -> Iterator[str]:
    for node in ast.parse(text).body:
        if isinstance(node, _IMPORTS):
            yield ast.unparse(node)


def _called(text: str, entry: str, first: str) -> str:
    """Return the assertion as one of the entry; empty for what does not call it just once."""
    return _CALL.sub(lambda _: f"{entry}({first}", text) if len(_CALL.findall(text)) == 1 else ""


def _larger(asserts: Sequence[str], entry: str) -> Iterator[str]:
    """Yield calls with longer arguments, the longest first; such a call need not make sense."""
    longest = sorted(asserts, key=len, reverse=True)[:_CALLS_EACH]
    for times in TIMES:
        for text in longest:
            call = call_in(text, entry)
            enlarged = _enlarged(call, times) if call is not None else None
            if enlarged is not None:
                yield enlarged


def call_in(text: str, entry: str) -> ast.Call | None:
    """Return the call of the entry that an assertion holds."""
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return next((call for call in calls if _name(call.func) == entry.rpartition(".")[2]), None)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _enlarged(call: ast.Call, times: int) -> str | None:
    """Return the call with lists and texts repeated, or where it has none numbers multiplied."""
    count = ast.Constant(times)
    places = [*call.args, *(keyword.value for keyword in call.keywords)]
    texts = [one for one in places if _is_text(one)]
    numbers = [
        one
        for one in places
        if isinstance(one, ast.Constant) and type(one.value) is int and one.value > 0
    ]
    chosen = texts or numbers
    grown = {id(place): ast.BinOp(place, ast.Mult(), count) for place in chosen}
    for keyword in call.keywords:
        keyword.value = grown.get(id(keyword.value), keyword.value)
    call.args = [grown.get(id(place), place) for place in call.args]
    return ast.unparse(call) if chosen else None


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.List):
        return bool(node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)
