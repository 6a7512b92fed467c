"""The candidates of a trap project, read from its ``candidates.py``.

See README.md beside this file for the format.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECTS = Path(__file__).resolve().parent / "projects"
CANDIDATES = "candidates.py"

CATEGORIES = {
    "mutates-argument": "changes an argument that the original leaves alone",
    "lost-mutation": "no longer changes the argument in place",
    "lost-side-effect": "drops a counter, a callback, an attribute",
    "new-side-effect": "sets, calls or counts what the original does not",
    "exception-type": "raises another type",
    "exception-text": "raises the same type with other arguments",
    "exception-lost": "no longer raises, or swallows what was raised",
    "exception-new": "raises where the original returns",
    "type": "a value of another type: int, float, bool, a subclass, tuple for list",
    "order": "another order of a dict, a list, a set; sorting that is not stable",
    "float": "rounding, order of summation, -0.0, nan, overflow",
    "identity": "aliasing: a copy for the same object, or the other way round",
    "laziness": "evaluates what the original would not, or not when it would",
    "boundary": "off by one, empty, single, negative, unicode, duplicates, None",
    "size": "wrong on inputs larger than the tests' only",
    "cache": "remembers between calls",
    "special-case": "answers looked up for the inputs of the tests",
    "output": "prints, logs or warns otherwise",
    "global-state": "changes or no longer changes state of a module or class",
    "random-state": "draws otherwise from the random generator",
    "generator": "send, close, the return value, when side effects happen",
    "async": "order of awaits, what runs at the same time, cancelling",
    "recursion": "the limit, deep input",
    "slower": "right, but slower, everywhere or on some inputs",
    "unsafe": "reaches for files, processes, sockets, the interpreter",
    "noise": "right, and as fast as before",
}
NEVER_RUN = frozenset({"unsafe"})

_HEADER = re.compile(r"^# (right|bad): *([^:]+?): *(.+)$")
_FIELD = re.compile(r"^# (shows|slow): ?(.*)$")
_MORE = re.compile(r"^#  (.*)$")
_CODE = re.compile(r"^(async +def|def|@)")


class FormatError(Exception):
    """A candidates file that is not in the format; the text says where."""


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate with what is known about it.

    ``line`` is that of its header. ``shows`` is a program whose last statement
    is an expression: for a bad candidate its outcome differs from the
    original's. ``slow`` is an expression that takes a bad candidate longer.
    """

    project: str
    path: str
    qualname: str
    right: bool
    category: str
    why: str
    source: str
    imports: tuple[str, ...]
    line: int
    shows: str = ""
    slow: str = ""

    @property
    def where(self) -> str:
        """The file and line of the header, relative to the projects folder."""
        return f"{self.project}/{CANDIDATES}:{self.line}"

    def record(self, values: Mapping[str, str]) -> dict[str, object]:
        """Return the line of a replay file, with ``values`` for the names of canaries."""
        source = self.source
        for name, value in values.items():
            source = re.sub(rf"\b{name}\b", lambda _, value=value: value, source)
        return {
            "path": self.path,
            "qualname": self.qualname,
            "source": source,
            "imports": list(self.imports),
        }


@dataclass
class _Draft:
    line: int
    head: tuple[str, str, str]
    text: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)


def project_names() -> list[str]:
    """Return the names of all trap projects, in order."""
    return sorted(folder.parent.name for folder in PROJECTS.glob(f"*/{CANDIDATES}"))


def modules(folder: Path) -> dict[str, str]:
    """Return the text of the project's modules by path, tests and candidates left out."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
        if path.name != CANDIDATES and not path.name.startswith(("test_", "conftest"))
    }


def read_cases(folder: Path) -> list[Case]:
    """Return the cases of one project. Raises FormatError naming the file and line."""
    homes = _homes(folder)
    text = (folder / CANDIDATES).read_text(encoding="utf-8")
    return [_case(folder.name, draft, homes) for draft in _drafts(folder.name, text)]


def _homes(folder: Path) -> dict[str, list[str]]:
    """Return the paths of the modules that define each qualname."""
    homes: dict[str, list[str]] = {}
    for path, text in modules(folder).items():
        for name in _qualnames(ast.parse(text), ""):
            homes.setdefault(name, []).append(path)
    return homes


def _qualnames(tree: ast.AST, prefix: str) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name
            yield from _qualnames(node, f"{prefix}{node.name}.<locals>.")
        elif isinstance(node, ast.ClassDef):
            yield from _qualnames(node, f"{prefix}{node.name}.")
        else:
            yield from _qualnames(node, prefix)


def _drafts(project: str, text: str) -> list[_Draft]:
    drafts: list[_Draft] = []
    key = "why"
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            drafts.append(_Draft(number, (header[1], header[2], header[3])))
            key = "why"
        elif drafts and not drafts[-1].text and line.startswith("#"):
            key = _add_comment(drafts[-1], line, key)
        elif drafts and (line.strip() or drafts[-1].text):
            drafts[-1].text.append(line)
        elif not drafts and line.strip() and not line.startswith("#"):
            raise FormatError(f"{project}/{CANDIDATES}:{number}: code before the first header")
    return drafts


def _program(lines: list[str]) -> str:
    """Return a program of a first line and the lines below it, less what all these are indented."""
    return "\n".join([*lines[:1], *textwrap.dedent("\n".join(lines[1:])).split("\n")]).strip("\n")


def _add_comment(draft: _Draft, line: str, key: str) -> str:
    """Take a comment between header and code to its field; return the field's name."""
    found, more = _FIELD.match(line), _MORE.match(line)
    if found:
        key, text = found[1], found[2]
    elif more:
        text = more[1]
    else:
        raise FormatError(
            f"{CANDIDATES}:{draft.line}: {line!r} is neither a field nor its continuation"
        )
    draft.fields.setdefault(key, []).append(text)
    return key


def _case(project: str, draft: _Draft, homes: Mapping[str, list[str]]) -> Case:
    place = f"{project}/{CANDIDATES}:{draft.line}"
    kind, qualname, rest = draft.head
    why = " ".join([rest, *map(str.strip, draft.fields.get("why", []))])
    category = ""
    if kind == "bad":
        category, _, why = (part.strip() for part in why.partition(":"))
        if category not in CATEGORIES or not why:
            raise FormatError(f"{place}: no category of the list, or no reason: {category!r}")
    path, _, qualname = qualname.rpartition("::")
    found = [path] if path else homes.get(qualname, [])
    if len(found) != 1:
        raise FormatError(f"{place}: {qualname} is in {len(found)} modules; use PATH::QUALNAME")
    lines = draft.text
    start = next((i for i, line in enumerate(lines) if _CODE.match(line)), None)
    if start is None:
        raise FormatError(f"{place}: no definition follows")
    imports = tuple(line.strip() for line in lines[:start] if line.strip())
    if not all(line.startswith(("import ", "from ")) for line in imports):
        raise FormatError(f"{place}: only imports may come before the definition")
    shows, slow = (_program(draft.fields.get(key, [])) for key in ("shows", "slow"))
    if category in NEVER_RUN and (shows or slow):
        raise FormatError(f"{place}: candidates of {category} are not run outside the sandbox")
    source = "\n".join(lines[start:]).strip("\n") + "\n"
    return Case(
        project,
        found[0],
        qualname,
        kind == "right",
        category,
        why,
        source,
        imports,
        draft.line,
        shows,
        slow,
    )
