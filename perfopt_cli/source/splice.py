"""Put a new definition in the place of an old one."""

from __future__ import annotations

import ast
from collections import defaultdict, deque
from collections.abc import Sequence

from perfopt_cli.core import PerfoptError
from perfopt_cli.source.check import check
from perfopt_cli.source.cut import Cut, Definition, dedent, find_in
from perfopt_cli.source.imports import missing_imports, place
from perfopt_cli.source.text import BOM, Layout, Line, join, layout, lines_of, main_newline, parse


def splice(text: str, qualname: str, new_source: str, imports: Sequence[str] = ()) -> str:
    """Return text with the function qualname replaced, and imports added where missing.

    ``new_source`` holds one definition of the same name, at column 0; comments
    around it are dropped. It gets the old one's indentation and newlines;
    lines that both share keep their bytes, and the lines of strings are not
    indented. Raises PerfoptError where the function or the result is not what
    it should be.
    """
    if text.startswith(BOM):
        return BOM + splice(text[len(BOM) :], qualname, new_source, imports)
    result, old, new = put(text, qualname, new_source)
    result, rows = _add(result, missing_imports(result, qualname, imports))
    check(text, result, old, new, rows)
    return result


def put(text: str, qualname: str, new_source: str) -> tuple[str, Definition, Definition]:
    """Return text with the new definition, unchecked, then the old and the new definition."""
    try:
        shape = layout(text)
        old = find_in(text, shape, qualname)
    except SyntaxError as error:
        raise PerfoptError(f"the file does not parse: {error}") from None
    new, cut = _new_definition(new_source, qualname)
    body = _fit(cut, old, shape)
    result = join([*shape.lines[: old.first - 1], *body, *shape.lines[old.last :]])
    return result, old, new


def _new_definition(source: str, qualname: str) -> tuple[Definition, list[Cut]]:
    """Return the only function at the top of source, and its lines."""
    name = qualname.rpartition(".")[2]
    try:
        nodes = parse(source).body
        if len(nodes) != 1 or not isinstance(nodes[0], ast.FunctionDef | ast.AsyncFunctionDef):
            raise PerfoptError(f"the new code is not one function definition named {name}")
        if nodes[0].name != name:
            raise PerfoptError(f"the new code defines {nodes[0].name}, not {name}")
        shape = layout(source)
        new = find_in(source, shape, name)
    except SyntaxError as error:
        raise PerfoptError(f"the new code for {qualname} does not parse: {error}") from None
    cut = dedent(shape, new.first, new.last, new.indent)
    if cut is None or new.indent:
        raise PerfoptError(f"the new code for {qualname} is not at column 0")
    return new, cut


def _fit(cut: list[Cut], old: Definition, shape: Layout) -> list[Line]:
    """Give new lines the place, indentation and newlines of the old ones."""
    was = dedent(shape, old.first, old.last, old.indent) or []
    kept: dict[tuple[str, str], deque[Line]] = defaultdict(deque)
    for line in was:
        kept[line.kind, line.text].append(line.raw)
    newline = main_newline((line.raw for line in was), main_newline(shape.lines))
    fitted = []
    for line in cut:
        same = kept[line.kind, line.text]
        if same:
            raw = same.popleft()
            fitted.append(Line(raw.text, raw.newline or newline))
        elif line.kind == "string" or not line.text:
            fitted.append(Line(line.text, newline))
        else:
            fitted.append(Line(old.indent + line.text, newline))
    feed = was[0].raw.text.partition(old.indent + was[0].text)[0]
    if not fitted[0].text.startswith(feed):
        fitted[0] = Line(feed + fitted[0].text, fitted[0].newline)
    fitted[-1] = Line(fitted[-1].text, was[-1].raw.newline)
    return fitted


def _add(text: str, statements: Sequence[str]) -> tuple[str, range]:
    """Insert import statements; return the text and the rows they are on."""
    lines = lines_of(text)
    row = place(text) if statements else 0
    near = lines[row - 1].newline if row else ""
    newline = near or main_newline(lines)
    new = [Line(statement, newline) for statement in statements]
    return join([*lines[:row], *new, *lines[row:]]), range(row + 1, row + 1 + len(new))
