"""The project as it was at a commit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.project import Project, copy_project, find_project, put_back, read_revision


def git(root: Path, *command: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    done = subprocess.run(
        ["git", *identity, *command], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(root: Path) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "state")
    return git(root, "rev-parse", "HEAD")


def files(root: Path) -> dict[bytes, bytes]:
    """Return every file, link and folder below root but git's own."""
    found = {}
    for top, folders, names in os.walk(os.fsencode(root)):
        folders[:] = [name for name in folders if name != b".git"]
        for name in [*names, *folders]:
            path = os.path.join(top, name)
            if os.path.islink(path):
                data = b"-> " + os.readlink(path)
            else:
                data = b"/" if os.path.isdir(path) else Path(os.fsdecode(path)).read_bytes()
            found[os.path.relpath(path, os.fsencode(root))] = data
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / "project"
    root.mkdir()
    git(root, "init", "-q")
    (root / "pyproject.toml").write_text("")
    (root / "pkg").mkdir()
    (root / "pkg/a.py").write_text("A = 1\n")
    (root / "pkg/b.py").write_text("B = 1\n")
    (root / ".gitignore").write_text("ignored*\n")
    commit(root)
    return root


def at(project: Project, revision: str, folder: Path) -> Path:
    """Return a copy of the project, put back to the revision."""
    scratch = folder / "scratch"
    scratch.mkdir()
    found = read_revision(project, revision, scratch)
    copy = copy_project(project, folder / "copy")
    put_back(found, project, copy)
    return copy


def change(root: Path) -> None:
    """Change, remove, rename, add, link: everything a tree can do."""
    (root / "pkg/a.py").write_text("A = 2\n")
    git(root, "mv", "pkg/b.py", "pkg/c.py")
    (root / "new").mkdir()
    (root / "new/module.py").write_text("NEW = 1\n")
    os.symlink("a.py", root / "pkg/link.py")


def test_a_dirty_tree_is_put_back_to_the_commit(root: Path, tmp_path: Path) -> None:
    before = files(root)
    change(root)
    assert files(at(find_project((), root), "HEAD", tmp_path)) == before


def test_an_earlier_commit_can_be_named_in_any_way(root: Path, tmp_path: Path) -> None:
    before = files(root)
    git(root, "tag", "old")
    change(root)
    commit(root)
    (root / "pkg/a.py").write_text("A = 3\n")
    for number, name in enumerate(("HEAD~1", "old", git(root, "rev-parse", "--short", "old"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert files(at(find_project((), root), name, folder)) == before


def test_the_users_tree_and_index_are_not_written(root: Path, tmp_path: Path) -> None:
    change(root)
    index = (root / ".git/index").read_bytes()
    before = files(root), git(root, "status", "--porcelain")
    index = (root / ".git/index").read_bytes()
    at(find_project((), root), "HEAD", tmp_path)
    assert (root / ".git/index").read_bytes() == index
    assert (files(root), git(root, "status", "--porcelain")) == before


def test_ignored_files_stay(root: Path, tmp_path: Path) -> None:
    (root / "ignored.bin").write_text("x")
    copy = at(find_project((), root), "HEAD", tmp_path)
    assert (copy / "ignored.bin").read_text() == "x"


def test_what_is_tracked_now_though_ignored_is_taken_away(root: Path, tmp_path: Path) -> None:
    (root / "ignored.py").write_text("x = 1\n")
    git(root, "add", "-f", "ignored.py")
    assert not (at(find_project((), root), "HEAD", tmp_path) / "ignored.py").exists()


def test_a_project_below_the_top_of_its_repository(root: Path, tmp_path: Path) -> None:
    below = root / "sub" / "project"
    (below / "pkg").mkdir(parents=True)
    (below / "pyproject.toml").write_text("")
    (below / "pkg/m.py").write_text("M = 1\n")
    commit(root)
    (below / "pkg/m.py").write_text("M = 2\n")
    (root / "pkg/a.py").write_text("A = 9\n")
    project = find_project((), below)
    assert project.root == below
    assert (at(project, "HEAD", tmp_path) / "pkg/m.py").read_text() == "M = 1\n"


def test_a_linked_worktree(root: Path, tmp_path: Path) -> None:
    other = tmp_path.resolve() / "worktree"
    git(root, "worktree", "add", "-q", str(other), "-b", "other")
    (other / "pkg/a.py").write_text("A = 2\n")
    copy = at(find_project((), other), "HEAD", tmp_path)
    assert (copy / "pkg/a.py").read_text() == "A = 1\n"


def test_a_name_that_is_not_utf_8(root: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"pkg/caf\xe9.txt")
    (root / name).write_text("old")
    commit(root)
    before = files(root)
    (root / name).unlink()
    (root / os.fsdecode(b"pkg/\xff.txt")).write_text("new")
    assert files(at(find_project((), root), "HEAD", tmp_path)) == before


def test_a_folder_that_became_a_link_is_a_folder_again(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.py").write_text("mine\n")
    before = files(root)
    for name in ("a.py", "b.py"):
        (root / "pkg" / name).unlink()
    (root / "pkg").rmdir()
    os.symlink(outside, root / "pkg")
    assert files(at(find_project((), root), "HEAD", tmp_path)) == before
    assert (outside / "a.py").read_text() == "mine\n"


def test_a_file_that_became_a_folder_is_a_file_again(root: Path, tmp_path: Path) -> None:
    before = files(root)
    (root / "pkg/a.py").unlink()
    (root / "pkg/a.py").mkdir()
    (root / "pkg/a.py/x").write_text("x")
    assert files(at(find_project((), root), "HEAD", tmp_path)) == before


@pytest.mark.parametrize("name", ["no-such", "", "--all", "HEAD~9", "HEAD:pkg"])
def test_what_names_no_commit_is_refused(root: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(PerfoptError, match="no such commit"):
        read_revision(find_project((), root), name, tmp_path)


def test_a_repository_without_a_commit_is_said_to_have_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(PerfoptError, match="no commit yet"):
        read_revision(find_project((), tmp_path), "HEAD", tmp_path)


def test_outside_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="in no git repository"):
        read_revision(Project(tmp_path), "HEAD", tmp_path)
