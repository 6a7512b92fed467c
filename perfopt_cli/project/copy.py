"""A working copy of the project, and what makes imports come from it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.project.find import Project
from perfopt_cli.project.interpreter import Interpreter

LEFT_OUT = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        "__pycache__",
        "node_modules",
        ".tox",
        ".nox",
        ".eggs",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".perfopt",
    }
)
_BUILD = ("build", "dist")


def copy_project(project: Project, destination: Path) -> Path:
    """Copy the project's tree to destination, which must be new or empty, and return it.

    Files that git ignores are copied too: a project may need what it generated.
    Left out: LEFT_OUT, virtual environments, build output at the root, sockets
    and pipes. A link that points inside the tree points inside the copy, one
    that points outside keeps its target. Times and modes are kept. Raises
    PerfoptError naming what can't be read or written.
    """
    root = project.files
    destination = Path(os.path.abspath(destination))
    if destination.exists() and any(destination.iterdir()):
        raise PerfoptError(f"{destination}: not empty, so the project can't be copied there")
    try:
        destination.mkdir(parents=True, exist_ok=True)
        destination = destination.resolve()
        _copy_folder(root, destination, root, destination)
    except OSError as error:
        where = error.filename or root
        raise PerfoptError(f"{where}: the project can't be copied: {error.strerror}") from error
    return destination


def _copy_folder(source: Path, target: Path, root: Path, copy: Path) -> None:
    with os.scandir(source) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            path, to = source / entry.name, target / entry.name
            if is_left_out(path, root) or path == copy:
                continue
            if entry.is_symlink():
                os.symlink(_link(path, to, root, copy), to)
                shutil.copystat(path, to, follow_symlinks=False)
            elif entry.is_dir():
                to.mkdir()
                _copy_folder(path, to, root, copy)
            elif entry.is_file():
                shutil.copy2(path, to)
    # Last: a folder that can't be written to could not be filled, and filling it sets its time.
    shutil.copystat(source, target)


def is_left_out(path: Path, root: Path) -> bool:
    """Say whether copy_project leaves out this file or folder, seen by itself."""
    if path.name in LEFT_OUT or (path / "pyvenv.cfg").is_file():
        return True
    build = path.name in _BUILD and path.parent == root and path.is_dir()
    return build and not (path / "__init__.py").is_file()


def _link(path: Path, to: Path, root: Path, copy: Path) -> str:
    """Return what the link at path is to hold at to."""
    target = Path(os.path.normpath(path.parent / os.readlink(path)))
    inside = image_of(target, root, copy)
    return str(target) if inside is None else os.path.relpath(inside, to.parent)


def image_of(path: Path, root: Path, copy: Path) -> Path | None:
    """Return where a path of the project is in its copy; None for what is not copied."""
    try:
        parts = path.relative_to(root).parts
    except ValueError:
        try:
            parts = path.resolve().relative_to(root).parts
        except ValueError:
            return None
    below = root
    for part in parts:
        below = below / part
        if is_left_out(below, root):
            return None
    return copy.joinpath(*parts)


def python_path(interpreter: Interpreter, project: Project, copy: Path) -> list[str]:
    """Return the PYTHONPATH with which a child imports the project from its copy.

    It holds, in the order of the interpreter's own path, the images of the
    entries that are in the project (an editable install's among them) and the
    user's PYTHONPATH entries; then the folders that hold the images of
    packages that are mapped or linked to one by one. Entries of PYTHONPATH
    come before the standard library: see ``unmapped`` for the rest.
    """
    found: dict[str, None] = {}
    for entry in interpreter.sys_path:
        image = image_of(Path(entry), project.root, copy)
        if image is not None and image.exists():
            found[str(image)] = None
        elif entry in interpreter.pythonpath:
            found[entry] = None
    for folder in _parents(interpreter):
        image = image_of(folder, project.root, copy)
        if image is not None and image.exists():
            found[str(image)] = None
    return list(found)


def unmapped(interpreter: Interpreter, project: Project) -> list[str]:
    """Return what python_path can't lead to the copy.

    These are packages under another name than their folder's, and import
    hooks of editable installs by other tools than setuptools.
    """
    other = [
        name
        for name, path in interpreter.editable.items()
        if Path(path).is_relative_to(project.root) and Path(path).stem != name.rpartition(".")[2]
    ]
    return [*other, *interpreter.hooks]


def _parents(interpreter: Interpreter) -> Iterator[Path]:
    """Yield the folders of the packages and modules that are mapped or linked one by one."""
    for name, text in interpreter.editable.items():
        if "." not in name and Path(text).stem == name:
            yield Path(text).parent
    for text in interpreter.links:
        yield Path(text).parent
