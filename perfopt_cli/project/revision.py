"""The project as it was at a commit, held against its working tree.

Git is asked through an index of our own, filled with the commit: neither the
repository's index nor a file of the user's is written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.project.copy import image_of
from perfopt_cli.project.find import Project
from perfopt_cli.project.git import run_git


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit. Names of files are relative to the project's root, with ``/``.

    ``folder`` holds the files that differ from the working tree, or are no
    longer in it, as they are in the commit. ``added`` are files of the working
    tree that the commit has not and git does not ignore.
    """

    commit: str
    folder: Path
    changed: frozenset[str]
    removed: frozenset[str]
    added: frozenset[str]


def read_revision(project: Project, revision: str, scratch: Path) -> Revision:
    """Find out how the working tree differs from a revision, and read the files that do.

    ``scratch`` is an empty folder that is kept as long as the result is used.
    Raises PerfoptError where there is no git, no repository or no such commit.
    """
    commit = _commit(project, revision)
    index = scratch / "index"
    _run(project, "read-tree", commit, index=index)
    there = _names(project, "--cached", index=index)
    differing = _names(project, "--modified", "--deleted", index=index)
    added = _names(project, "--others", "--exclude-standard", index=index)
    # What is tracked now and ignored all the same is no file of the commit's either.
    added |= _names(project, "--cached") - there
    removed = {name for name in differing if not os.path.lexists(project.root / name)}
    folder = _read(project, differing, index, scratch)
    return Revision(
        commit,
        folder,
        frozenset(differing - removed),
        frozenset(removed),
        frozenset(name for name in added if os.path.lexists(project.root / name)),
    )


def _commit(project: Project, revision: str) -> str:
    if project.git is None:
        raise PerfoptError(
            f"{project.root} is in no git repository: there is no earlier version to hold it "
            "against"
        )
    if run_git(project, "rev-parse", "--git-dir") is None:
        raise PerfoptError(
            f"git can't read the repository {project.git}: is git installed, and does "
            "`git status` work there?"
        )
    named = revision and not revision.startswith("-")
    found = run_git(project, "rev-parse", "--verify", f"{revision}^{{commit}}") if named else None
    if found is not None:
        return found.strip()
    if run_git(project, "rev-parse", "--verify", "HEAD^{commit}") is None:
        raise PerfoptError(f"{project.git} has no commit yet: there is nothing to compare with")
    raise PerfoptError(
        f"--base {revision}: there is no such commit in {project.git} (in a shallow clone it may "
        "have to be fetched first)"
    )


def _run(project: Project, *command: str, index: Path, names: Path | None = None) -> str:
    out = run_git(project, *command, index=index, names=names)
    if out is None:
        raise _failed(project, command[0])
    return out


def _failed(project: Project, command: str) -> PerfoptError:
    return PerfoptError(f"git {command} fails in {project.git}: `git fsck` there may tell why")


def _names(project: Project, *options: str, index: Path | None = None) -> set[str]:
    out = run_git(project, "ls-files", "-z", *options, "--", ".", index=index)
    if out is None:
        raise _failed(project, "ls-files")
    # A name that ends with a slash is a repository inside the repository.
    return {name for name in out.split("\0") if name and not name.endswith("/")}


def _read(project: Project, names: set[str], index: Path, scratch: Path) -> Path:
    """Write the files as the commit has them; return the folder that stands for the root."""
    assert project.git is not None
    top = scratch / "files"
    folder = top / project.root.relative_to(project.git.resolve())
    folder.mkdir(parents=True)
    if names:
        listed = scratch / "names"
        listed.write_bytes(b"".join(os.fsencode(name) + b"\0" for name in sorted(names)))
        command = ("checkout-index", "--force", "-z", "--stdin", f"--prefix={top}/")
        _run(project, *command, index=index, names=listed)
    return folder


def put_back(revision: Revision, project: Project, copy: Path) -> None:
    """Turn a copy of the project's working tree into the project at the revision.

    Files that git ignores stay as they are, and so does what a link of the
    copy leads to. Raises PerfoptError naming what can't be written.
    """
    copy = copy.resolve()
    try:
        for name in sorted(revision.added):
            path = image_of(project.root / name, project.root, copy)
            if path is not None and path.parent.resolve() == path.parent:
                _remove(path)
                _remove_empty(path.parent, copy)
        for name in sorted(revision.changed | revision.removed):
            source = revision.folder / name
            path = image_of(project.root / name, project.root, copy)
            if path is not None and (source.is_symlink() or source.is_file()):
                _make_folders(path.relative_to(copy).parent.parts, copy)
                _remove(path)
                shutil.copy2(source, path, follow_symlinks=False)
    except OSError as error:
        where = error.filename or copy
        raise PerfoptError(f"{where}: cannot be written: {error.strerror}") from error


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()


def _remove_empty(folder: Path, copy: Path) -> None:
    """Remove a folder that holds nothing any more: Python would import it as a package."""
    while folder != copy and folder.is_dir() and not folder.is_symlink():
        if any(folder.iterdir()):
            return
        folder.rmdir()
        folder = folder.parent


def _make_folders(parts: Iterable[str], copy: Path) -> None:
    """Make the folders; what is none, a link to one included, gives way."""
    folder = copy
    for part in parts:
        folder = folder / part
        if folder.is_symlink() or not folder.is_dir():
            _remove(folder)
            folder.mkdir()
