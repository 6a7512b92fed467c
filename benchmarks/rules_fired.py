"""Count on how many functions of real code each rule fires: part of benchmarks/rules.py."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.model.rules import Result, Rule
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.apply import Workbench
from perfopt_cli.source import definitions

SKIPPED = {"test", "tests", "idlelib", "lib2to3", "site-packages", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Fired:
    """``name`` says which code; ``any`` on how many functions any rule fires."""

    name: str
    functions: int
    any: int
    rules: dict[str, int]


def fired(folder: Path, rules: Sequence[Rule]) -> Fired:
    """Apply each rule alone to each function of a folder, or of one file."""
    counts: Counter[str] = Counter()
    functions = touched = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for bench, start in benches(folder):
            functions += 1
            found = [rule.name for rule in rules if bench.apply(rule, start).rules]
            counts.update(found)
            touched += bool(found)
    return Fired(label(folder), functions, touched, {r.name: counts[r.name] for r in rules})


def benches(folder: Path) -> Iterator[tuple[Workbench, Result]]:
    """Yield the functions under a folder; tests, and what is no Python, are left out."""
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*.py"))
    for path in paths:
        if SKIPPED & set(path.relative_to(folder).parts):
            continue
        try:
            text = path.read_text(encoding="utf-8")
            module, found = Module(text), definitions(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for qualname, definition in found.items():
            if definition.source:
                yield Workbench(module, qualname), Result(definition.source)


def label(folder: Path) -> str:
    """Return the folder's name, with the version where it is an installed package."""
    for info in folder.parent.glob("*.dist-info"):
        name, _, version = info.name.removesuffix(".dist-info").partition("-")
        if name.lower() == folder.name.lower():
            return f"{folder.name} {version}"
    return folder.name
