"""``perfopt init``: a section of settings and an entry for the hook, added to what is there."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.config import Settings, read_toml, read_toml_text, wanted
from perfopt_cli.core import PerfoptError
from perfopt_cli.explained import MEANINGS, in_short
from perfopt_cli.project.find import Project
from perfopt_cli.project.index import is_bare

CONFIG = ".pre-commit-config.yaml"
EXAMPLES = {
    "python": ".venv/bin/python",
    "pytest_args": "-m 'not slow'",
    "model": ("rules",),
    "adapter": "runs/first",
    "budget": 600.0,
    "jobs": 2,
    "exclude": ("vendor/*",),
    "workload": ("python bench.py",),
}
ENTRY = """\
- repo: local
  hooks:
    - id: perfopt
      name: perfopt
      entry: perfopt hook
      language: system
      types: [python]
      require_serial: true
      verbose: true
"""


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be added at the end of a file, or why nothing is; ``paste`` is for the user."""

    path: Path
    text: str = ""
    why: str = ""
    paste: str = ""

    def name(self, root: Path) -> str:
        """Return the file's path as seen from the project's root."""
        return os.path.relpath(self.path, root)

    def row(self, root: Path, *, written: bool) -> dict[str, str]:
        """Return the addition as JSON has it."""
        state = "left" if not self.text else "added" if written else "to add"
        detail = self.why or ("" if written else self.text)
        return {"path": self.name(root), "state": state, "detail": detail}

    def diff(self, name: str) -> str:
        """Return the addition as a unified diff; nothing for nothing."""
        if not self.text:
            return ""
        old = _read(self.path) if self.path.exists() else ""
        source = f"a/{name}" if self.path.exists() else "/dev/null"
        lines = difflib.unified_diff(
            old.splitlines(keepends=True),
            (old + self.text).splitlines(keepends=True),
            source,
            f"b/{name}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def write(self) -> None:
        """Add the text, if there is any; what the file has stays. Raises PerfoptError."""
        if not self.text:
            return
        mode = "a" if self.path.exists() else "x"
        try:
            with self.path.open(mode, encoding="utf-8", newline="") as file:
                file.write(self.text)
        except OSError as error:
            raise PerfoptError(f"{self.path}: cannot be written: {error.strerror}") from error


def additions(project: Project) -> Iterator[Addition]:
    """Yield what is to be added to the project's settings, and to its pre-commit hooks.

    Raises PerfoptError for a bare repository, which has no files.
    """
    if project.git is None and is_bare(project.root):
        raise PerfoptError(
            f"{project.root} is a bare repository: it has no files to add to; run perfopt in a "
            "clone"
        )
    yield settings_section(project.root / "pyproject.toml")
    if project.git is None:
        why = "the project is in no git repository: there is nothing to hook into"
        yield Addition(project.root / CONFIG, why=why)
    else:
        yield hook_entry(project.git / CONFIG)


def settings_section(path: Path) -> Addition:
    """Return a commented ``[tool.perfopt]`` for a pyproject.toml. Raises PerfoptError."""
    if not path.exists():
        return Addition(path, section())
    data = read_toml(path)
    tool = data.get("tool", {})
    if not isinstance(tool, dict) or "perfopt" in tool:
        return Addition(path, why="[tool.perfopt] is there already")
    text = fitted(_read(path), section())
    wanted = {**data, "tool": {**tool, "perfopt": {}}}
    try:
        fits = read_toml_text(path, _read(path) + text) == wanted
    except PerfoptError:
        fits = False
    if fits:
        return Addition(path, text)
    return Addition(path, why="a section can't be added at its end", paste=section())


def section() -> str:
    """Return the section: every setting with its default, or an example, as a comment."""
    defaults = Settings()
    lines = ["[tool.perfopt]", "# Uncomment what is to be otherwise: these are the defaults, or"]
    lines += ["# examples where there is none. Options of the command line win over them."]
    for name in MEANINGS:
        value = EXAMPLES.get(name, getattr(defaults, name))
        line = f"# {name.replace('_', '-')} = {as_toml(value)}"
        choice = wanted(name) if wanted(name).startswith("one of ") else ""
        note = ": ".join(filter(None, (in_short(name), choice)))
        lines.append(f"{line:<40} # {note}")
    return "\n".join(lines) + "\n"


def as_toml(value: object) -> str:
    """Return a setting's value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(as_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


def hook_entry(path: Path) -> Addition:
    """Return the entry for the hook in a file of pre-commit's.

    The file is YAML, and is read line by line: where ``repos`` is not a plain
    list at its end, the entry is for the user to paste.
    """
    if not path.exists():
        return Addition(path, "repos:\n" + indented(ENTRY, "  "))
    text = _read(path)
    if re.search(r"^[^#\n]*\bid:\s*[\"']?perfopt\b", text, re.MULTILINE):
        return Addition(path, why="the hook is there already")
    head = re.search(r"^repos:[ \t]*(#.*)?$", text.replace("\r\n", "\n"), re.MULTILINE)
    rest = head.string[head.end() :].split("\n") if head else []
    body = [line for line in rest if line.strip() and not line.lstrip().startswith("#")]
    first = re.match(r" *(?=- )", body[0]) if body else None
    if first is None or not all(_is_below(line, first[0]) for line in body):
        return Addition(path, why="its list of repos can't be added to by rule", paste=ENTRY)
    return Addition(path, fitted(text, indented(ENTRY, first[0]), gap=False))


def _is_below(line: str, indent: str) -> bool:
    """Tell whether a line belongs to a list whose items are indented so far."""
    return line.startswith((f"{indent}- ", f"{indent} "))


def indented(text: str, indent: str) -> str:
    """Return text with each line indented."""
    return "".join(indent + line for line in text.splitlines(keepends=True))


def fitted(before: str, text: str, *, gap: bool = True) -> str:
    """Return text as it follows: on a line of its own, with the newlines of what is before."""
    whole = "\n" * (bool(before) and not before.endswith("\n"))
    whole += "\n" * (gap and bool(before.strip()) and not before.endswith("\n\n")) + text
    return whole.replace("\n", "\r\n") if "\r\n" in before else whole


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise PerfoptError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PerfoptError(f"{path}: not UTF-8: {error}") from None
