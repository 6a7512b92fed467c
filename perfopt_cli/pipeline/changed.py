"""Which functions differ between two versions of a file, and what else does.

A function has changed where its normal form has: comments, layout and
docstrings apart. What stands in a function that stands in another belongs to
the outer one.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from perfopt_cli.core import PerfoptError
from perfopt_cli.locate import skip_by_text
from perfopt_cli.model.normal import docstring_node, normal_form
from perfopt_cli.source import Definition, FunctionNode, definitions, parse

SHOWN_LINES = 5


@dataclass(frozen=True, slots=True)
class Changed:
    """A function in both versions. ``skip`` says why the two can't be held against each other."""

    path: str
    old: Definition
    new: Definition
    skip: str | None = None

    @property
    def qualname(self) -> str:
        """The function's name, the same in both."""
        return self.old.qualname


@dataclass
class Changes:
    """What differs. ``notes`` is what nobody judges; ``problems`` can't be judged and should be."""

    functions: list[Changed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.functions or self.notes or self.problems)


def compare(path: str, old: str, new: str) -> Changes:
    """Hold two versions of a file against each other."""
    found = Changes()
    outlines = []
    for text, when in ((old, "before"), (new, "now")):
        try:
            outlines.append(Outline(text))
        except SyntaxError as error:
            where = f"{path}:{error.lineno or 1}"
            if when == "now":
                found.problems.append(f"{where}: it does not parse: {error.msg}")
            else:
                found.notes.append(f"{where}: the old version does not parse; not compared")
    if len(outlines) < 2:
        return found
    before, after = outlines
    for name in before.functions:
        if name not in after.functions:
            found.notes.append(f"{path}: {name} is gone; not judged")
        elif changed := before.changed(after, path, name):
            found.functions.append(changed)
    for name, nodes in after.functions.items():
        if name not in before.functions:
            line = nodes[0].lineno
            found.notes.append(f"{path}:{line}: {name} is new; not judged by itself")
    found.functions.sort(key=lambda one: one.new.first)
    lines = different_lines(before.rest, after.rest)
    if lines is not None:
        shown = ", ".join(map(str, lines[:SHOWN_LINES])) + " …" * (len(lines) > SHOWN_LINES)
        where = f"{path}:{shown}" if lines else path
        found.notes.append(f"{where}: code outside functions has changed; not judged by itself")
    return found


class Outline:
    """A file's functions by qualname, but for those inside functions, and the code around them.

    A name that is defined twice (a property and its setter) has several nodes.
    Raises SyntaxError.
    """

    def __init__(self, text: str) -> None:
        tree = parse(text)
        blanker = _Blanker()
        try:
            blanker.visit(tree)
            self.rest = list(_statements(tree, ""))
            self.functions = blanker.functions
            self.dumps = {name: _dumps(nodes) for name, nodes in self.functions.items()}
            self.definitions = definitions(text)
        except RecursionError:
            raise SyntaxError("nested too deeply to be compared") from None

    def changed(self, other: Outline, path: str, name: str) -> Changed | None:
        """Return the function as changed, or None where both versions are the same."""
        if self.dumps[name] == other.dumps[name]:
            return None
        old, new = self.definitions[name], other.definitions[name]
        skip = skip_by_text(old) or skip_by_text(new)
        alone = self.beside(name) == other.beside(name)
        if not alone:
            skip = skip or "what adds to it has changed: a setter, a deleter or an overload"
        comparable = not (old.fault or new.fault) and old.copies == new.copies == 1
        if alone and comparable and normal_form(old.source) == normal_form(new.source):
            return None
        return Changed(path, old, new, skip)

    def beside(self, name: str) -> list[str]:
        """Return the definitions of the name that its function is not: setters, overloads."""
        meant = ast.dump(self.definitions[name].node)
        return [dump for dump in self.dumps[name] if dump != meant]


class _Blanker(ast.NodeTransformer):
    """Takes functions out of a tree, and docstrings of modules and classes."""

    def __init__(self) -> None:
        self.prefix = ""
        self.functions: dict[str, list[FunctionNode]] = {}

    def visit(self, node: ast.AST) -> ast.AST:
        """Go into statements only: an expression defines no function by name."""
        if isinstance(node, ast.expr):
            return node
        if isinstance(node, ast.Module | ast.ClassDef) and docstring_node(node) is not None:
            del node.body[0]
        if isinstance(node, FunctionNode):
            self.functions.setdefault(self.prefix + node.name, []).append(node)
            return ast.Pass()
        if isinstance(node, ast.ClassDef):
            outer, self.prefix = self.prefix, f"{self.prefix}{node.name}."
            self.generic_visit(node)
            self.prefix = outer
            return node
        return self.generic_visit(node)


def _dumps(nodes: Sequence[ast.AST]) -> list[str]:
    return [ast.dump(node) for node in nodes]


def _statements(owner: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each statement of a module and its classes, functions left out."""
    for node in owner.body:
        if isinstance(node, ast.ClassDef):
            head = [*map(ast.dump, (*node.bases, *node.keywords, *node.decorator_list))]
            yield node.lineno, f"{prefix}class {node.name} {head}"
            yield from _statements(node, f"{prefix}{node.name}.")
        elif not isinstance(node, ast.Pass):
            yield node.lineno, prefix + ast.dump(node)


def different_lines(
    old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]]
) -> list[int] | None:
    """Return the lines of new statements that the old version has not, None where all agree.

    There are none of them where statements were only taken away or moved.
    """
    if [text for _, text in old] == [text for _, text in new]:
        return None
    left = Counter(text for _, text in old)
    lines = []
    for line, text in new:
        if left[text]:
            left[text] -= 1
        else:
            lines.append(line)
    return lines


def renames(
    removed: Mapping[str, str], added: Mapping[str, str], least: float = 0.5
) -> dict[str, str]:
    """Return old name -> new name of files that seem to be the same, given their texts.

    These are those where at least this share of the old file's functions has
    the same name in the new one; the nearest such file counts.
    """
    outlines = {name: _functions_of(text) for name, text in added.items()}
    found: dict[str, str] = {}
    for name, text in sorted(removed.items()):
        mine = _functions_of(text)
        left = {other: len(mine & names) for other, names in outlines.items()}
        best = max(sorted(left), key=lambda other: left[other], default=None)
        if mine and best is not None and left[best] >= least * len(mine):
            found[name] = best
            del outlines[best]
    return found


def _functions_of(text: str) -> set[str]:
    try:
        return set(definitions(text))
    except (SyntaxError, PerfoptError):
        return set()
