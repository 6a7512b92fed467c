"""What a commit in the making holds: read from the index, in every kind of repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.project import Project, find_project, open_index, staged_project, touched_functions
from perfopt_cli.project.index import Index
from perfopt_cli.project.staged import MOST_BYTES

ROOT = Path(__file__).parent.parent
IDENTITY = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "init.defaultBranch=main"]
TWO = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
LOOK = f"""
import json, os, sys, tempfile
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from perfopt_cli.project import *
with tempfile.TemporaryDirectory() as folder:
    scratch = Path(folder).resolve()
    index = open_index(find_project((), Path.cwd()), scratch, os.environ)
    touched, _ = touched_functions(index, {{one.name for one in index.changes()}})
    found = staged_project(index, scratch)
    texts = {{p.name: p.read_text() for p in found.files.glob("*.py")}}
    names = [one.qualname for one in touched]
    Path(sys.argv[1]).write_text(json.dumps([names, texts]))
"""


def git(cwd: Path, *words: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *IDENTITY, *words], cwd=cwd, env=kept, check=True, capture_output=True, text=True
    )
    return done.stdout


def make(root: Path, text: str = TWO) -> Path:
    root.mkdir(parents=True)
    git(root, "init", "-q")
    (root / "mod.py").write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make(tmp_path / "repo")


def index_of(root: Path, tmp_path: Path) -> Index:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    found = open_index(find_project((), root), scratch, {})
    assert found is not None
    return found


def touched(root: Path, tmp_path: Path) -> list[str]:
    index = index_of(root, tmp_path)
    found, _ = touched_functions(index, {one.name for one in index.changes()})
    return [one.qualname for one in found]


def hooked(root: Path, tmp_path: Path, hooks: Path | None = None) -> Path:
    """Have every commit write down what is seen in it; return where."""
    seen, script = tmp_path / "seen.json", tmp_path / "look.py"
    script.write_text(LOOK)
    hook = (hooks or root / ".git/hooks") / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} {script} {seen}\n")
    hook.chmod(0o755)
    return seen


def test_a_function_counts_where_its_staged_text_is_another(
    repository: Path, tmp_path: Path
) -> None:
    (repository / "mod.py").write_text("import re\n" + TWO.replace("return 2", "return 3"))
    assert touched(repository, tmp_path) == []
    git(repository, "add", "mod.py")
    assert touched(repository, tmp_path) == ["two"]
    (repository / "mod.py").write_text("not staged, and no Python")
    assert touched(repository, tmp_path) == ["two"]


def test_before_the_first_commit_all_counts(tmp_path: Path) -> None:
    root = tmp_path / "new"
    root.mkdir()
    git(root, "init", "-q")
    assert open_index(find_project((), root), tmp_path, {}) is None
    (root / "mod.py").write_text(TWO)
    git(root, "add", "-A")
    assert touched(root, tmp_path) == ["one", "two"]


def test_a_renamed_file_has_only_what_changed(repository: Path, tmp_path: Path) -> None:
    git(repository, "mv", "mod.py", "other.py")
    assert touched(repository, tmp_path) == []
    text = TWO + "\n\ndef three():\n    return 3\n"
    (repository / "other.py").write_text(text)
    git(repository, "add", "-A")
    assert touched(repository, tmp_path) == ["three"]


def test_a_deleted_file_has_nothing(repository: Path, tmp_path: Path) -> None:
    git(repository, "rm", "-q", "mod.py")
    assert touched(repository, tmp_path) == []


@pytest.mark.parametrize(
    "data", [b"def broken(:\n", b"\xff\xfe\x00", b"def x():\n    return '\xff'\n", b"x = 1\0\n"]
)
def test_what_does_not_parse_has_nothing(repository: Path, tmp_path: Path, data: bytes) -> None:
    (repository / "mod.py").write_bytes(data)
    git(repository, "add", "-A")
    assert touched(repository, tmp_path) == []


def test_a_link_has_nothing(repository: Path, tmp_path: Path) -> None:
    (repository / "link.py").symlink_to("mod.py")
    git(repository, "add", "-A")
    assert touched(repository, tmp_path) == []


def test_a_huge_file_is_left_out_with_a_reason(repository: Path, tmp_path: Path) -> None:
    (repository / "big.py").write_text(TWO + "#" * MOST_BYTES)
    git(repository, "add", "-A")
    found, skipped = touched_functions(index_of(repository, tmp_path), {"big.py"})
    assert found == []
    assert [(one.path, one.why) for one in skipped] == [("big.py", "larger than 2 MiB")]


def test_names_with_odd_characters_are_read(repository: Path, tmp_path: Path) -> None:
    (repository / 'a "b\n\u00e9.py').write_text(TWO)
    git(repository, "add", "-A")
    assert touched(repository, tmp_path) == ["one", "two"]


def test_a_merge_has_only_what_no_side_had(repository: Path, tmp_path: Path) -> None:
    git(repository, "checkout", "-qb", "side")
    (repository / "mod.py").write_text(TWO.replace("return 1", "return 10"))
    git(repository, "commit", "-qam", "side")
    git(repository, "checkout", "-q", "main")
    (repository / "mod.py").write_text(TWO.replace("return 2", "return 20"))
    git(repository, "commit", "-qam", "main")
    git(repository, "merge", "--no-commit", "-q", "side")
    assert touched(repository, tmp_path) == []
    text = (repository / "mod.py").read_text().replace("return 10", "return 11")
    (repository / "mod.py").write_text(text)
    git(repository, "add", "-A")
    assert touched(repository, tmp_path) == ["one"]


def test_the_project_is_as_the_index_has_it(repository: Path, tmp_path: Path) -> None:
    (repository / ".gitignore").write_text("made.py\n")
    (repository / "gone.py").write_text("GONE = 1\n")
    git(repository, "add", "-A")
    (repository / "mod.py").write_text("X = 1\n")
    (repository / "gone.py").unlink()
    (repository / "made.py").write_text("MADE = 1\n")
    (repository / "loose").mkdir()
    (repository / "loose/extra.py").write_text("EXTRA = 1\n")
    (repository / "later.py").write_text("LATER = 1\n")
    git(repository, "add", "-N", "later.py")
    project = staged_project(index_of(repository, tmp_path), tmp_path / "scratch")
    names = sorted(path.name for path in project.files.iterdir())
    assert names == [".gitignore", "gone.py", "made.py", "mod.py"]
    assert (project.files / "mod.py").read_text() == TWO
    assert (repository / "mod.py").read_text() == "X = 1\n"


def test_where_all_is_staged_nothing_is_copied(repository: Path, tmp_path: Path) -> None:
    (repository / "mod.py").write_text("X = 1\n")
    git(repository, "add", "-A")
    project = staged_project(index_of(repository, tmp_path), tmp_path / "scratch")
    assert project == Project(repository, repository)


def test_nothing_of_the_repository_is_written(repository: Path, tmp_path: Path) -> None:
    (repository / "mod.py").write_text("def one():\n    return 5\n")
    git(repository, "add", "-A")
    os.utime(repository / "mod.py")  # git would refresh its index
    before = {path: path.stat().st_mtime_ns for path in (repository / ".git").rglob("*")}
    assert touched(repository, tmp_path) == ["one"]
    staged_project(index_of(repository, tmp_path), tmp_path / "scratch")
    assert {path: path.stat().st_mtime_ns for path in (repository / ".git").rglob("*")} == before


def test_a_project_in_a_folder_of_the_repository_has_its_own_files(
    repository: Path, tmp_path: Path
) -> None:
    inner = repository / "sub"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("")
    (inner / "own.py").write_text(TWO)
    git(repository, "add", "-A")
    (inner / "own.py").write_text("")
    index = index_of(inner, tmp_path)
    assert [one.name for one in index.changes()] == ["own.py", "pyproject.toml"]
    assert touched(inner, tmp_path) == ["one", "two"]
    assert (staged_project(index, tmp_path / "scratch").files / "own.py").read_text() == TWO


def test_a_commit_of_one_file_leaves_the_others_out(repository: Path, tmp_path: Path) -> None:
    (repository / "other.py").write_text("OTHER = 1\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "other")
    seen = hooked(repository, tmp_path)
    (repository / "mod.py").write_text(TWO.replace("return 2", "return 3"))
    (repository / "other.py").write_text("def other():\n    return 1\n")
    git(repository, "add", "other.py")
    git(repository, "commit", "-qm", "one file", "mod.py")
    names, texts = json.loads(seen.read_text())
    assert names == ["two"]
    assert texts["other.py"] == "OTHER = 1\n"


def test_a_commit_of_all_is_seen_whole(repository: Path, tmp_path: Path) -> None:
    seen = hooked(repository, tmp_path)
    (repository / "mod.py").write_text(TWO.replace("return 2", "return 3"))
    git(repository, "commit", "-qam", "all")
    assert json.loads(seen.read_text())[0] == ["two"]


def test_a_part_of_a_file_is_seen_as_it_is_staged(repository: Path, tmp_path: Path) -> None:
    seen = hooked(repository, tmp_path)
    staged = TWO.replace("return 2", "return 3")
    (repository / "mod.py").write_text(staged)
    git(repository, "add", "mod.py")
    (repository / "mod.py").write_text(staged.replace("return 1", "return 7"))
    git(repository, "commit", "-qm", "part")
    assert json.loads(seen.read_text()) == [["two"], {"mod.py": staged}]
    assert "return 7" in (repository / "mod.py").read_text()


def test_a_commit_in_another_worktree_is_seen(repository: Path, tmp_path: Path) -> None:
    seen = hooked(repository, tmp_path)
    tree = tmp_path / "tree"
    git(repository, "worktree", "add", "-q", "-b", "side", str(tree))
    (tree / "mod.py").write_text(TWO.replace("return 2", "return 3"))
    git(tree, "commit", "-qam", "in the worktree")
    assert json.loads(seen.read_text())[0] == ["two"]


def test_a_commit_in_a_submodule_is_seen(repository: Path, tmp_path: Path) -> None:
    outer = make(tmp_path / "outer")
    allowed = ("-c", "protocol.file.allow=always")
    git(outer, *allowed, "submodule", "--quiet", "add", str(repository), "part")
    seen = hooked(outer, tmp_path, outer / ".git/modules/part/hooks")
    (outer / "part/mod.py").write_text(TWO.replace("return 2", "return 3"))
    git(outer / "part", "commit", "-qam", "in the submodule")
    assert json.loads(seen.read_text())[0] == ["two"]


def test_a_submodule_is_no_file_of_the_project(repository: Path, tmp_path: Path) -> None:
    outer = make(tmp_path / "outer")
    allowed = ("-c", "protocol.file.allow=always")
    git(outer, *allowed, "submodule", "--quiet", "add", str(repository), "part")
    (outer / "loose.py").write_text("")
    project = staged_project(index_of(outer, tmp_path), tmp_path / "scratch")
    assert (project.files / "part/mod.py").read_text() == TWO


def test_without_a_repository_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="is in no git repository"):
        open_index(Project(tmp_path), tmp_path, {})


def test_a_bare_repository_is_named(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(PerfoptError, match="is a bare repository"):
        open_index(Project(tmp_path / "bare.git"), tmp_path, {})
