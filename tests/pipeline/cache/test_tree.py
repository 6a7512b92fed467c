"""The digest of a tree changes with all that a working copy is made of, and with nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.pipeline.cache.tree import Known, read_tree
from perfopt_cli.project import Project, copy_project
from perfopt_cli.source import digest

OLD = 1_600_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "pkg").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "pkg" / "mod.py").write_text("a = 1\n")
    (root / "data.bin").write_bytes(b"\0\1")
    (root / "script").write_text("#!/bin/sh\n")
    (root / "link").symlink_to("pkg/mod.py")
    (root / "whole").symlink_to(root / "pkg")
    (root / "out").symlink_to("/usr/share")
    return root


CHANGES: dict[str, Callable[[Path], object]] = {
    "a source file": lambda root: (root / "pkg/mod.py").write_text("a = 2\n"),
    "a data file": lambda root: (root / "data.bin").write_bytes(b"\0\2"),
    "a new file": lambda root: (root / "new").write_text(""),
    "a file gone": lambda root: (root / "data.bin").unlink(),
    "another name": lambda root: (root / "data.bin").rename(root / "data2.bin"),
    "a mode": lambda root: (root / "script").chmod(0o755),
    "a folder's mode": lambda root: (root / "pkg").chmod(0o700),
    "an empty folder": lambda root: (root / "empty2").mkdir(),
    "a file in an empty folder": lambda root: (root / "empty" / "x").write_text(""),
    "a hidden file": lambda root: (root / ".env").write_text("A=1"),
    "a file for a folder": lambda root: ((root / "empty").rmdir(), (root / "empty").write_text("")),
    "a file for a link": lambda root: (
        (root / "link").unlink(),
        (root / "link").write_text("a = 1\n"),
    ),
    "where a link leads": lambda root: (
        (root / "link").unlink(),
        (root / "link").symlink_to("data.bin"),
    ),
    "a link out of the tree": lambda root: (
        (root / "out").unlink(),
        (root / "out").symlink_to("/usr/bin"),
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_shows(root: Path, change: Callable[[Path], object]) -> None:
    known = Known()
    before = read_tree(root, known).digest
    change(root)
    assert read_tree(root).digest != before
    assert read_tree(root, Known(known.new)).digest == read_tree(root).digest


def test_times_do_not_count(root: Path) -> None:
    before = read_tree(root).digest
    for path in (root, root / "pkg", root / "pkg/mod.py"):
        os.utime(path, (OLD, OLD))
    assert read_tree(root).digest == before


@pytest.mark.parametrize("name", [".git", "__pycache__", ".perfopt", "build", "venv"])
def test_what_is_not_copied_does_not_count(root: Path, name: str) -> None:
    before = read_tree(root).digest
    (root / name).mkdir()
    (root / name / "pyvenv.cfg").write_text("")
    assert read_tree(root).digest == before


def test_a_working_copy_has_the_digest_of_the_project(root: Path, tmp_path: Path) -> None:
    copy = copy_project(Project(root), tmp_path / "copy")
    assert read_tree(copy).digest == read_tree(root).digest


def test_a_change_back_gives_the_old_digest(root: Path) -> None:
    before = read_tree(root).digest
    (root / "pkg/mod.py").write_text("a = 2\n")
    (root / "pkg/mod.py").write_text("a = 1\n")
    assert read_tree(root).digest == before


def test_it_knows_the_digest_of_each_file(root: Path) -> None:
    files = read_tree(root).files
    assert sorted(files) == ["data.bin", "pkg/mod.py", "script"]
    assert files["pkg/mod.py"] == digest(b"a = 1\n")


def test_it_names_the_places_that_links_lead_to(root: Path) -> None:
    assert read_tree(root).outside == (Path("/usr/share"),)


def test_files_that_were_just_written_are_read_again_the_next_time(root: Path) -> None:
    known = Known()
    read_tree(root, known)
    assert known.new == {}


def aged(root: Path) -> dict[str, list[object]]:
    """What is known of the tree when its files have long been as they are."""
    known = Known()
    for path in ("data.bin", "pkg/mod.py", "script"):
        status = (root / path).stat()
        state = [status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns]
        known.new[path] = [*state, f"digest of {path}"]
    return known.new


def test_files_that_stayed_as_they_were_are_not_read(root: Path) -> None:
    tree = read_tree(root, Known(aged(root)))
    assert set(tree.files.values()) == {f"digest of {name}" for name in tree.files}


def test_a_file_with_its_old_size_and_time_is_read_all_the_same(root: Path) -> None:
    known, path = aged(root), root / "pkg/mod.py"
    before = path.stat()
    path.write_text("a = 3\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert read_tree(root, Known(known)).files["pkg/mod.py"] == digest(b"a = 3\n")


@pytest.mark.parametrize("entry", [None, [], [1, 2], "text", {"a": 1}])
def test_a_damaged_memory_is_ignored(root: Path, entry: object) -> None:
    known = Known(dict.fromkeys(aged(root), entry))
    assert read_tree(root, known).files["pkg/mod.py"] == digest(b"a = 1\n")


def test_a_tree_that_is_gone_is_an_error_with_its_name(root: Path) -> None:
    shutil.rmtree(root)
    with pytest.raises(PerfoptError, match="can't be read"):
        read_tree(root)
