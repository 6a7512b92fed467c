"""Find the functions of a text and cut them out, dedented."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from perfopt_cli.core import PerfoptError
from perfopt_cli.source.text import Layout, Line, layout, parse

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_BLANKS = " \t\f"
_MARK = re.compile(r"#\s*perfopt:\s*skip\b")
_BARE_CONTINUATION = re.compile(r"[ \t\f]*\\")


@dataclass(frozen=True, slots=True)
class Definition:
    r"""A function in a file. Lines are 1-based and inclusive; ``first`` is its first decorator's.

    ``source`` is the whole definition dedented to column 0, with ``\n`` as
    newline and one at its end; the lines of strings in it are not dedented.
    ``copies`` counts the definitions of this name in the file that are no
    overload and no setter or deleter of a property. ``fault`` says why the
    function can't be cut out, where it can't; ``source`` is then empty.
    ``marked``: a comment ``# perfopt: skip`` is on the line of its ``def``, or
    in the comment above that line or above its first decorator.
    """

    qualname: str
    node: FunctionNode
    first: int
    last: int
    indent: str
    source: str
    copies: int = 1
    fault: str = ""
    marked: bool = False


def definitions(text: str) -> dict[str, Definition]:
    """Return every function of the text by qualname; of a name defined twice, the last.

    A property's name means its getter, and that of an overloaded function its
    implementation. Functions nested in functions get the
    ``outer.<locals>.inner`` form that Python's ``__qualname__`` has. Raises
    SyntaxError.
    """
    shape = layout(text)
    named: dict[str, list[FunctionNode]] = {}
    for qualname, node in functions(parse(text)):
        named.setdefault(qualname, []).append(node)
    found: dict[str, Definition] = {}
    for qualname, nodes in named.items():
        meant = _meant(nodes)
        found[qualname] = replace(_definition(qualname, meant[-1], shape), copies=len(meant))
    return found


def find(text: str, qualname: str) -> Definition:
    """Return the one definition named qualname. Raises PerfoptError; SyntaxError for the text."""
    return find_in(text, layout(text), qualname)


def find_in(text: str, shape: Layout, qualname: str) -> Definition:
    """Return the same, given the layout of the text."""
    nodes = _meant([node for name, node in functions(parse(text)) if name == qualname])
    if not nodes:
        raise PerfoptError(f"no function named {qualname} in the file")
    if len(nodes) > 1:
        raise PerfoptError(f"{qualname} is defined {len(nodes)} times in the file")
    found = _definition(qualname, nodes[0], shape)
    if found.fault:
        raise PerfoptError(f"{qualname} can't be cut out of the file: {found.fault}")
    return found


def _meant(nodes: list[FunctionNode]) -> list[FunctionNode]:
    """Leave out those that only add to another one of their name, if there is another."""
    return [node for node in nodes if not _adds(node)] or nodes


def _adds(node: FunctionNode) -> bool:
    for decorator in node.decorator_list:
        word = getattr(decorator, "attr", getattr(decorator, "id", ""))
        owner = getattr(getattr(decorator, "value", None), "id", "")
        if word == "overload" or (word in ("setter", "deleter") and owner == node.name):
            return True
    return False


def functions(tree: ast.Module) -> Iterator[tuple[str, FunctionNode]]:
    """Yield every function of the tree with its qualname, in the order of the text."""
    # An explicit stack: a long elif chain nests deeper than Python recurses.
    stack: list[tuple[ast.AST, str]] = [(tree, "")]
    while stack:
        node, prefix = stack.pop()
        if isinstance(node, FunctionNode):
            yield prefix + node.name, node
            prefix += node.name + ".<locals>."
        elif isinstance(node, ast.ClassDef):
            prefix += node.name + "."
        children = [
            child
            for field in ("body", "handlers", "orelse", "finalbody", "cases")
            for child in _nodes(getattr(node, field, None))
        ]
        stack.extend((child, prefix) for child in reversed(children))


def _nodes(field: object) -> list[ast.AST]:
    # A lambda's or conditional expression's body is one expression, and holds no function.
    return [node for node in field if isinstance(node, ast.AST)] if isinstance(field, list) else []


def _definition(qualname: str, node: FunctionNode, shape: Layout) -> Definition:
    index = shape.at(node.lineno)
    head = index - len(node.decorator_list)
    last = shape.logical[shape.at(node.end_lineno or node.lineno)].last
    first = shape.logical[head].first
    before = shape.lines[first - 2].text if first > 1 else ""
    marked = _is_marked(shape.lines, node.lineno, first)
    plain = Definition(qualname, node, first, last, "", "", marked=marked)
    if any(line.word != "@" for line in shape.logical[head:index]):
        return replace(plain, fault="its decorators are not on lines of their own")
    if _BARE_CONTINUATION.fullmatch(before):
        return replace(plain, fault="it begins after a line continuation")
    indent = _indent(shape.lines[first - 1].text)
    cut = dedent(shape, first, last, indent)
    if cut is None:
        return replace(plain, indent=indent, fault="its indentation mixes tabs and spaces")
    return replace(plain, indent=indent, source="".join(line.text + "\n" for line in cut))


def _is_marked(lines: Sequence[Line], *rows: int) -> bool:
    """Look for the mark in the first row, and in the comments right above each."""
    marked = _MARK.search(lines[rows[0] - 1].text) is not None
    for row in rows:
        above = row - 2
        while above >= 0 and lines[above].text.lstrip(_BLANKS).startswith("#"):
            marked = marked or _MARK.search(lines[above].text) is not None
            above -= 1
    return marked


def _indent(text: str) -> str:
    """Return a line's indentation; a form feed sets it back to nothing."""
    blanks = text[: len(text) - len(text.lstrip(_BLANKS))]
    return blanks.rpartition("\f")[2]


@dataclass(frozen=True, slots=True)
class Cut:
    """A dedented line: ``raw`` is as in the file, ``kind`` is code, string or free.

    A line is free when Python does not look at its indentation: a blank or a
    comment, or the continuation of a statement.
    """

    kind: str
    text: str
    raw: Line


def dedent(shape: Layout, first: int, last: int, indent: str) -> list[Cut] | None:
    """Take indent from the lines first to last, or return None where a line has another."""
    cut = []
    for row in range(first, last + 1):
        raw = shape.lines[row - 1]
        text = raw.text
        if row in shape.in_string:
            cut.append(Cut("string", text, raw))
        elif row in shape.starts:
            blanks = _indent(text)
            if not blanks.startswith(indent):
                return None
            cut.append(Cut("code", blanks[len(indent) :] + text.lstrip(_BLANKS), raw))
        else:
            text = text.removeprefix(indent) if text.strip(_BLANKS) else ""
            cut.append(Cut("free", text, raw))
    return cut
