"""The functions that a commit in the making changes, and the project as the commit has it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.project.copy import copy_project, is_left_out
from perfopt_cli.project.find import Project
from perfopt_cli.project.index import Index, StagedFile
from perfopt_cli.project.revision import Revision, put_back
from perfopt_cli.source import Definition, decode_source, definitions

MOST_BYTES = 2 * 2**20
"""A Python file of more than this is data, or generated."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A function that the commit adds or changes.

    ``path`` is relative to the project's root. ``old`` is the function as HEAD
    has it, in the module text ``old_text``; None where it has not.
    """

    path: str
    qualname: str
    old: Definition | None = None
    old_text: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A staged file that is not looked at, and why."""

    path: str
    why: str


def touched_functions(index: Index, names: Collection[str]) -> tuple[list[Touched], list[Skipped]]:
    """Return the functions of these files that the index changes, and the files left out.

    A function counts where its text is another than in HEAD, and, in a merge,
    another than in each commit that is merged. A file that does not parse has
    none: that is for other hooks to say.
    """
    staged = [one for one in index.changes() if one.name in names and one.regular]
    if not staged:
        return [], []
    merged = [{one.name: one for one in index.changes(commit)} for commit in index.merged()]
    staged = [one for one in staged if all(one.name in other for other in merged)]
    rivals = [other[one.name] for one in staged for other in merged]
    wanted = [blob for one in (*staged, *rivals) for blob in (one.blob, one.old_blob) if blob]
    texts = Texts(index.blobs(wanted, MOST_BYTES))
    found, skipped = [], []
    for one in staged:
        if one.blob not in texts.data:
            skipped.append(Skipped(one.name, f"larger than {MOST_BYTES // 2**20} MiB"))
        found += texts.touched(one, [other[one.name] for other in merged])
    return found, skipped


class Texts:
    """The functions of blobs."""

    def __init__(self, data: dict[str, bytes]) -> None:
        self.data = data

    def touched(self, staged: StagedFile, others: Sequence[StagedFile]) -> list[Touched]:
        """Return the functions of a file that differ from HEAD's, and from each other commit's."""
        _, new = self._functions(staged.blob)
        old_text, old = self._functions(staged.old_blob)
        rivals = [self._functions(one.old_blob)[1] for one in others]
        return [
            Touched(staged.name, name, old.get(name), old_text)
            for name, function in new.items()
            if not any(_is_same(function, there.get(name)) for there in (old, *rivals))
        ]

    def _functions(self, blob: str | None) -> tuple[str, dict[str, Definition]]:
        try:
            text = decode_source(self.data[blob or ""]).text
            return text, definitions(text)
        except (KeyError, PerfoptError, SyntaxError):
            return "", {}


def _is_same(one: Definition, other: Definition | None) -> bool:
    return other is not None and one.source == other.source and one.fault == other.fault


def staged_project(index: Index, scratch: Path) -> Project:
    """Return the project as the commit will have it: its files are those of the index.

    Where the working tree has others, or more that git does not ignore, that
    is a copy in ``scratch``, to be kept as long as the project is used.
    Ignored files are in it: a project may need what it generated.
    """
    project = index.project
    differing, others = index.differing()
    others = {name for name in others if not is_left_out(project.root / name, project.root)}
    if not differing and not others:
        return project
    folder = copy_project(project, scratch / "staged")
    there = index.check_out(differing, scratch / "files")
    staged = Revision("", there, frozenset(differing), frozenset(), frozenset(others))
    put_back(staged, project, folder)
    return replace(project, contents=folder)
