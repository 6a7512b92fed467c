"""From the PATHS of a command to a project's root."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import PerfoptError

MARKERS = ("pyproject.toml", "setup.cfg", "setup.py", "pytest.ini", "tox.ini")


@dataclass(frozen=True, slots=True)
class Selection:
    """A PATH of the command: a Python file or a folder, and a function of the file or None."""

    path: Path
    qualname: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project. ``git`` is the top level of its git repository, None where it is in none.

    ``contents`` is a folder with the project's files as they are to be seen,
    where that is not as the working tree has them.
    """

    root: Path
    git: Path | None = None
    contents: Path | None = None

    @property
    def files(self) -> Path:
        """The folder whose files are read and copied."""
        return self.contents or self.root

    def relative(self, path: Path) -> str:
        """Return path relative to the root, with ``/``."""
        return path.relative_to(self.root).as_posix()


def select(paths: Sequence[str | Path], cwd: Path) -> tuple[Selection, ...]:
    """Read the PATHS of a command: files, folders or ``FILE::QUALNAME``, relative to cwd.

    Raises PerfoptError for one that isn't there or can't hold Python code.
    """
    return tuple(_selection(str(path), cwd) for path in paths)


def _selection(text: str, cwd: Path) -> Selection:
    name, _, qualname = text.partition("::")
    path = Path(os.path.abspath(cwd / Path(name).expanduser()))
    # The parent's links are resolved, so that paths compare; a linked file keeps its own name.
    path = path.parent.resolve() / path.name if path.name else path
    if not name or not path.exists():
        raise PerfoptError(f"{text}: no such file or folder")
    if "::" in text:
        if not path.is_file() or not qualname:
            raise PerfoptError(f"{text}: wanted FILE::QUALNAME, such as shop/order.py::Order.total")
        qualname = qualname.replace("::", ".")
    if path.is_dir():
        return Selection(path.resolve())
    if path.suffix != ".py" or not path.is_file():
        raise PerfoptError(f"{text}: not a Python file (.py) and not a folder")
    return Selection(path, qualname or None)


def find_project(selections: Sequence[Selection], cwd: Path) -> Project:
    """Return the project that all the selections are in, or that cwd is in where there are none.

    The root is the nearest folder at or above with one of MARKERS, no higher
    than the git repository's top level; else that top level; else cwd. Raises
    PerfoptError for a selection outside any project, or of another project.
    """
    cwd = cwd.resolve()
    roots: dict[Path, Path] = {}
    for selection in selections or [Selection(cwd)]:
        folder = selection.path if selection.path.is_dir() else selection.path.parent
        root = _root(folder)
        if root is None:
            if not folder.is_relative_to(cwd):
                raise PerfoptError(
                    f"{selection.path}: in no project: no folder above it has "
                    f"{', '.join(MARKERS)} or .git, and it is not under {cwd}"
                )
            root = cwd
        roots.setdefault(root, selection.path)
    if len(roots) > 1:
        (first, one), (second, other) = list(roots.items())[:2]
        raise PerfoptError(
            f"{one} is in the project {first}, {other} in {second}: name paths of one project"
        )
    root = next(iter(roots))
    return Project(root, _toplevel(root))


def _root(folder: Path) -> Path | None:
    for above in _up(folder):
        if any((above / marker).is_file() for marker in MARKERS) or (above / ".git").exists():
            return above
    return None


def _toplevel(folder: Path) -> Path | None:
    return next((above for above in _up(folder) if (above / ".git").exists()), None)


def _up(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.parents
