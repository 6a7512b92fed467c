"""All Python files of a project that differ from a revision, and their functions that do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from perfopt_cli.core import PerfoptError
from perfopt_cli.pipeline.changed import Changed, Changes, compare, renames
from perfopt_cli.project import Project, Revision, Selection, python_files
from perfopt_cli.source import SourceText, definitions, read_source


@dataclass
class Differences:
    """What differs. ``texts`` are the old and the new text of each file in ``changes``.

    ``moved`` maps the new name of a file to its old one, where it seems to be renamed.
    """

    changes: Changes = field(default_factory=Changes)
    texts: dict[str, tuple[SourceText, SourceText]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)

    def comparable(self) -> Iterator[Changed]:
        """Yield the changed functions of files that are still where they were."""
        return (one for one in self.changes.functions if one.path not in self.moved)


def differences(
    project: Project,
    revision: Revision,
    selections: Sequence[Selection],
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
) -> Differences:
    """Hold the selected files of the working tree against the revision.

    Raises PerfoptError for a function named that is in neither version.
    """
    globs = exclude, include
    now = {project.relative(path) for path in python_files(project, selections, *globs)}
    then = _selected_then(project, revision, selections, globs)
    found = Differences()
    pairs = {name: name for name in now & then & revision.changed}
    gone = {name: _old_text(revision, name) for name in then & revision.removed}
    new = {name: _new_text(project, name, found) for name in now & revision.added}
    found.moved = {to: name for name, to in renames(_known(gone), _known(new)).items()}
    for path in sorted({*pairs, *found.moved}):
        _compare(project, revision, path, found)
    for name in sorted(gone.keys() - found.moved.values()):
        found.changes.notes.append(f"{name} is gone; not judged")
    for name in sorted(new.keys() - found.moved.keys()):
        found.changes.notes.append(f"{name} is new; not judged by itself")
    _cut_down(project, selections, found)
    return found


def _selected_then(
    project: Project,
    revision: Revision,
    selections: Sequence[Selection],
    globs: tuple[Sequence[str], Sequence[str]],
) -> set[str]:
    """Return the selected files among those that differ from the revision and are in it."""
    root = Project(revision.folder)
    images = [root.root / project.relative(one.path) for one in selections]
    there = [Selection(path) for path in images if path.exists()]
    if selections and not there:
        return set()
    try:
        return {root.relative(path) for path in python_files(root, there, *globs)}
    except PerfoptError:  # no Python file differs
        return set()


def _known(texts: dict[str, SourceText | None]) -> dict[str, str]:
    return {name: source.text for name, source in texts.items() if source is not None}


def _old_text(revision: Revision, name: str) -> SourceText | None:
    try:
        return read_source(revision.folder / name)
    except PerfoptError:
        return None


def _new_text(project: Project, name: str, found: Differences) -> SourceText | None:
    try:
        return read_source(project.root / name)
    except PerfoptError as error:
        found.changes.problems.append(str(error).replace(f"{project.root}/", ""))
        return None


def _compare(project: Project, revision: Revision, path: str, found: Differences) -> None:
    name = found.moved.get(path, path)
    old, new = _old_text(revision, name), _new_text(project, path, found)
    if old is None:
        found.changes.notes.append(f"{path}: the old version can't be read; not compared")
    if old is None or new is None:
        return
    changes = compare(path, old.text, new.text)
    if name != path:
        found.changes.notes.append(f"{path} was {name}")
        skip = f"its file was {name}: functions are compared where their module keeps its name"
        changes.functions = [replace(one, skip=skip) for one in changes.functions]
    if changes:
        found.texts[path] = old, new
    found.changes.functions += changes.functions
    found.changes.notes += changes.notes
    found.changes.problems += changes.problems


def _cut_down(project: Project, selections: Sequence[Selection], found: Differences) -> None:
    """Keep only the functions named, of a file of which some are named."""
    wanted: dict[str, set[str]] = {}
    for one in selections:
        if one.qualname is not None:
            wanted.setdefault(project.relative(one.path), set()).add(one.qualname)
    for path, names in wanted.items():
        texts = found.texts.get(path, (read_source(project.root / path),))
        try:
            known = {name for source in texts for name in definitions(source.text)}
        except SyntaxError:
            continue
        if missing := sorted(names - known):
            raise PerfoptError(f"{path}: there is no function {missing[0]} in this file")
    found.changes.functions = [
        one
        for one in found.changes.functions
        if one.path not in wanted or one.qualname in wanted[one.path]
    ]
