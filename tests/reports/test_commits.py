"""A commit for each rewrite: of that alone, or of nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from report_runs import SUPPORT, TIMING, optimized, summary

from perfopt_cli.apply import plan, write
from perfopt_cli.core import Outcome, PerfoptError, Reason, Rewrite, Status, Target, Verdict
from perfopt_cli.project import Project
from perfopt_cli.reports.commits import LINE, check_clean, commit_each, message
from perfopt_cli.reports.record import Record

ONE = "def one(items):\n    return [item for item in items]\n"
TWO = "def two(items):\n    return [item for item in items]\n"
OTHER = "def other(items):\n    return [item for item in items]\n"
PATHS = {"one": "pkg/mod.py", "two": "pkg/mod.py", "other": "pkg/other.py"}


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "n")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "e@example.org")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "repo" / "sub"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg/mod.py").write_text(f"{ONE}\n\n{TWO}", newline="\n")
    (root / "pkg/other.py").write_text(OTHER)
    (root / "notes.txt").write_text("as it was\n")
    git(root.parent, "init", "-q", "-b", "main")
    git(root.parent, "add", "-A")
    git(root.parent, "commit", "-qm", "first")
    return Project(root, root.parent)


def outcome(name: str) -> Outcome:
    source = {"one": ONE, "two": TWO, "other": OTHER}[name]
    target = Target(PATHS[name], name, 1, source, share=0.5, tests=("t::a",))
    new = source.replace("[item for item in items]", "list(items)")
    rewrite = Rewrite(target, new, (), "rules:copy", 0)
    verdict = Verdict(rewrite, Status.ACCEPTED, Reason.FASTER, timing=TIMING, support=SUPPORT)
    return Outcome(target, verdict, True, "diff")


def applied(project: Project, *names: str) -> Record:
    """Write the rewrites as a run does, and return its record."""
    outcomes = [outcome(name) for name in names]
    rewrites = [one.verdict.rewrite for one in outcomes if one.verdict is not None]
    record = optimized(
        summary=summary(*outcomes, targets=tuple(one.target for one in outcomes)), written=True
    )
    write(plan(project.root, rewrites), record.run, project.root)
    return record


def commit(project: Project, record: Record) -> list[str]:
    return list(commit_each(record, project, print))


def test_each_rewrite_is_a_commit_of_its_own(project: Project) -> None:
    record = applied(project, "one", "two", "other")
    assert commit(project, record) == [
        "Make one 2.0x faster",
        "Make two 2.0x faster",
        "Make other 2.0x faster",
    ]
    shown = [git(project.root, "show", "--format=", f"HEAD~{n}") for n in (2, 1, 0)]
    assert all(text.count("+    return list(items)") == 1 for text in shown)
    assert "two" not in "".join(x for x in shown[0].splitlines(True) if x[0] in "+-")
    assert "+++ b/sub/pkg/other.py" in shown[2]
    assert git(project.root, "status", "--porcelain") == ""


def test_the_message_has_the_evidence(project: Project) -> None:
    commit(project, applied(project, "one"))
    text = git(project.root, "log", "-1", "--format=%B")
    assert "- Speedup (95 %): 2.00x (1.90-2.10)" in text
    assert "- Recorded calls: 26 agree" in text
    assert "- On large inputs: 3.50x" in text
    trailers = git(project.root, "log", "-1", "--format=%(trailers:key=Perfopt-Run)")
    assert "ab12" in trailers
    assert max(map(len, text.splitlines())) <= LINE


def test_a_long_name_leaves_the_subject_short() -> None:
    target = Target("m.py", "Some." + "very_long_name" * 9, 1, ONE)
    verdict = Verdict(Rewrite(target, ONE), Status.ACCEPTED, Reason.FASTER, timing=TIMING)
    subject = message(verdict, 3, optimized()).partition("\n")[0]
    assert len(subject) <= LINE
    assert subject.endswith("… 2.0x faster")


def test_nothing_applied_is_no_commit(project: Project) -> None:
    assert commit(project, optimized(summary=summary())) == []
    assert git(project.root, "rev-list", "--count", "HEAD").strip() == "1"


def test_other_changes_stay_out_of_the_commits(project: Project) -> None:
    (project.root / "notes.txt").write_text("being written\n")
    (project.root / "new.py").write_text("x = 1\n")
    commit(project, applied(project, "one"))
    assert git(project.root, "status", "--porcelain").splitlines() == [
        " M sub/notes.txt",
        "?? sub/new.py",
    ]


def test_staged_changes_are_refused_and_left(project: Project) -> None:
    (project.root / "notes.txt").write_text("staged\n")
    git(project.root, "add", "notes.txt")
    with pytest.raises(PerfoptError, match=r"staged changes \(sub/notes\.txt\)"):
        check_clean(project, ())
    record = applied(project, "one")
    with pytest.raises(PerfoptError, match="staged changes"):
        commit(project, record)
    assert git(project.root, "status", "--porcelain").splitlines() == [
        "M  sub/notes.txt",
        " M sub/pkg/mod.py",
    ]


def test_a_file_with_changes_of_its_own_is_refused(project: Project) -> None:
    path = project.root / "pkg/mod.py"
    path.write_text(path.read_text() + "\nx = 1\n")
    with pytest.raises(PerfoptError, match=r"uncommitted changes \(pkg/mod\.py\)"):
        check_clean(project, (path,))
    check_clean(project, (project.root / "pkg/other.py",))


def test_a_file_that_changed_before_the_run_is_not_committed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project.root / "pkg/mod.py"
    path.write_text(path.read_text() + "\nx = 1\n")
    assert commit(project, applied(project, "one")) == []
    assert "another text than was judged" in capsys.readouterr().out


def test_a_file_that_git_does_not_track_is_left_out(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    git(project.root, "rm", "-q", "--cached", "pkg/other.py")
    git(project.root, "commit", "-qm", "untracked")
    assert commit(project, applied(project, "other", "one")) == ["Make one 2.0x faster"]
    assert "does not track" in capsys.readouterr().out


def test_without_a_repository_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="in no git repository"):
        check_clean(Project(tmp_path), ())


def test_a_hook_that_refuses_stops_it_and_leaves_the_index_as_it_was(project: Project) -> None:
    assert project.git is not None
    hook = project.git / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no thanks >&2\nexit 1\n")
    hook.chmod(0o755)
    record = applied(project, "one")
    with pytest.raises(PerfoptError, match=r"refused to commit .* no thanks\n.*perfopt undo"):
        commit(project, record)
    assert git(project.root, "status", "--porcelain") == " M sub/pkg/mod.py\n"


def test_line_ends_and_a_byte_order_mark_stay(project: Project) -> None:
    path = project.root / "pkg/mod.py"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    git(project.root, "commit", "-qam", "as on Windows")
    commit(project, applied(project, "one", "two"))
    assert git(project.root, "status", "--porcelain") == ""
    assert git(project.root, "diff", "--stat", "HEAD~2", "HEAD").count("|") == 1
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n")


def test_variables_of_a_hook_lead_nowhere_else(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(tmp_path / "other-index"))
    record = applied(project, "one")
    assert commit(project, record) == ["Make one 2.0x faster"]
    assert not (tmp_path / "other-index").exists()
