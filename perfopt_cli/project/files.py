"""Which files of a project hold code to be made faster."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.project.find import Project, Selection
from perfopt_cli.project.git import listed

_TEST_FILES = ("test_*.py", "*_test.py", "conftest.py")
_TEST_FOLDERS = ("test", "tests")
_OTHER_FOLDERS = ("site-packages", "build", "dist", "node_modules", "__pycache__")


def python_files(
    project: Project,
    selections: Sequence[Selection] = (),
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Return the .py files of the selections (of the root where there are none), sorted.

    Left out, unless named themselves: tests, hidden folders, virtual
    environments, build output, what git ignores, what matches a glob of
    ``exclude``, and what matches none of ``include`` where there are any.
    Raises PerfoptError for a folder with no Python file.
    """
    found: set[Path] = set()
    for selection in selections or [Selection(project.root)]:
        if selection.path.is_file():
            found.add(selection.path)
            continue
        known = listed(project)
        in_tests = any(part in _TEST_FOLDERS for part in _parts(project, selection.path))
        files = list(_walk(selection.path, tests=in_tests))
        if not files and not any(_walk(selection.path, tests=True)):
            raise PerfoptError(f"{selection.path}: no Python file in this folder")
        found.update(
            path
            for path in files
            if (known is None or path in known)
            and is_included(project.relative(path), exclude, include)
        )
    return tuple(sorted(found))


def _parts(project: Project, path: Path) -> tuple[str, ...]:
    return path.relative_to(project.root).parts


def _walk(folder: Path, *, tests: bool) -> Iterator[Path]:
    """Yield the .py files below folder; test files too where tests is true."""
    for top, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in sorted(folders)
            if not name.startswith(".")
            and name not in _OTHER_FOLDERS
            and (tests or name not in _TEST_FOLDERS)
            and not os.path.exists(os.path.join(top, name, "pyvenv.cfg"))
        ]
        for name in names:
            is_test = any(fnmatchcase(name, glob) for glob in _TEST_FILES)
            if name.endswith(".py") and not name.startswith(".") and (tests or not is_test):
                path = Path(top, name)
                if path.is_file():
                    yield path


def is_code(name: str) -> bool:
    """Say whether a file may hold code to be made faster, by its name relative to the root."""
    *folders, file = name.split("/")
    if any(part.startswith(".") or part in (*_TEST_FOLDERS, *_OTHER_FOLDERS) for part in folders):
        return False
    is_test = any(fnmatchcase(file, glob) for glob in _TEST_FILES)
    return file.endswith(".py") and not file.startswith(".") and not is_test


def is_included(name: str, exclude: Sequence[str], include: Sequence[str]) -> bool:
    """Say whether the globs leave a file in; without ``include`` all is in."""
    return (not include or _matches(name, include)) and not _matches(name, exclude)


def _matches(path: str, globs: Sequence[str]) -> bool:
    """Say whether a glob matches path or a folder it is in; ``*`` matches ``/`` too."""
    return any(
        fnmatchcase(path, glob) or fnmatchcase(path, glob.rstrip("/") + "/*") for glob in globs
    )


def snapshot(files: Iterable[Path]) -> dict[Path, str]:
    """Return each file's SHA-256 in hex, or an empty text where it can't be read."""
    return {path: _digest(path) for path in files}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
