import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from perfopt_cli.apply import Edit, FileState, diff, list_runs, plan, run_folder, undo, write
from perfopt_cli.core import PerfoptError, Rewrite, Target
from perfopt_cli.source import definitions, digest

ONE = "import os\n\ndef f(x):\n    return x\n\n\nclass A:\n    def g(self):\n        return 1\n"
TWO = "def h():\r\n    return 1\r\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/one.py").write_bytes(ONE.encode())
    (tmp_path / "two.py").write_bytes(TWO.encode())
    return tmp_path


def rewrite(root: Path, path: str, qualname: str, source: str, *imports: str) -> Rewrite:
    text = (root / path).read_bytes().decode()
    old = definitions(text)[qualname]
    return Rewrite(Target(path, qualname, old.first, old.source), source, imports)


def edits_of(root: Path) -> tuple[Edit, ...]:
    return plan(
        root,
        [
            rewrite(root, "pkg/one.py", "f", "def f(x):\n    return +x\n", "import math"),
            rewrite(root, "two.py", "h", "def h():\n    return 2\n"),
            rewrite(root, "pkg/one.py", "A.g", "def g(self): return 2\n", "import math"),
        ],
    )


def states(results: tuple[object, ...]) -> list[tuple[str, str]]:
    return [(result.path, result.state.value) for result in results]  # type: ignore[attr-defined]


def texts(root: Path) -> list[bytes]:
    return [(root / "pkg/one.py").read_bytes(), (root / "two.py").read_bytes()]


OLD = [ONE.encode(), TWO.encode()]
NEW = [
    b"import os\nimport math\n\ndef f(x):\n    return +x\n\n\nclass A:\n    def g(self): return 2\n",
    b"def h():\r\n    return 2\r\n",
]


# Planning


def test_several_rewrites_of_a_file_make_one_edit(root: Path) -> None:
    one, two = edits_of(root)
    assert (one.path, one.qualnames, one.old, one.new) == (
        "pkg/one.py",
        ("f", "A.g"),
        OLD[0],
        NEW[0],
    )
    assert (two.path, two.new, two.before) == ("two.py", NEW[1], digest(OLD[1]))
    assert texts(root) == OLD


def test_the_order_of_rewrites_does_not_matter(root: Path) -> None:
    rewrites = [
        rewrite(root, "pkg/one.py", "A.g", "def g(self): return 2\n"),
        rewrite(root, "pkg/one.py", "f", "def f(x):\n    y = x\n    return y\n"),
    ]
    (one,), (other,) = plan(root, rewrites), plan(root, rewrites[::-1])
    assert one.new == other.new


def test_two_rewrites_of_one_function_are_refused(root: Path) -> None:
    h = rewrite(root, "two.py", "h", "def h(): return 2\n")
    with pytest.raises(PerfoptError, match=r"two\.py: two rewrites of h"):
        plan(root, [h, h])


def test_a_rewrite_inside_another_is_refused(root: Path) -> None:
    (root / "two.py").write_text("def f():\n    def g(): return 1\n    return g\n")
    outer = rewrite(root, "two.py", "f", "def f():\n    def g(): return 2\n    return g\n")
    inner = rewrite(root, "two.py", "f.<locals>.g", "def g(): return 3\n")
    with pytest.raises(PerfoptError, match="inside the other"):
        plan(root, [outer, inner])


def test_a_rewrite_that_does_not_fit_is_named_with_its_file(root: Path) -> None:
    with pytest.raises(PerfoptError, match=r"^two\.py: .*defines g, not h"):
        plan(root, [rewrite(root, "two.py", "h", "def g(): return 2\n")])


def test_a_bom_and_an_encoding_are_kept(root: Path) -> None:
    for data in (b"\xef\xbb\xbf# \xc3\xa9\n", b"# coding: latin-1\n# \xe9\n"):
        (root / "two.py").write_bytes(data + b"def h(): return 1\n")
        old = "def h(): return 1\n"
        (edit,) = plan(root, [Rewrite(Target("two.py", "h", 3, old), "def h(): return 2\n")])
        assert edit.new == data + b"def h(): return 2\n"


def changed(root: Path) -> None:
    (root / "two.py").write_bytes(b"# mine\r\n" + OLD[1])


def edited(root: Path) -> None:
    (root / "two.py").write_bytes(OLD[1].replace(b"1", b"3"))


def removed(root: Path) -> None:
    (root / "two.py").unlink()


@pytest.mark.parametrize("meanwhile", [changed, edited, removed])
def test_a_file_changed_since_it_was_judged_is_left_alone(
    root: Path, meanwhile: Callable[[Path], None]
) -> None:
    judged = {root / "two.py": digest(OLD[1])}
    rewrites = [
        rewrite(root, "two.py", "h", "def h(): return 2\n"),
        rewrite(root, "pkg/one.py", "f", "def f(x):\n    return +x\n"),
    ]
    meanwhile(root)
    before = (root / "two.py").read_bytes() if (root / "two.py").exists() else None
    edits = plan(root, rewrites, judged)
    assert [edit.stale for edit in edits] == [True, False]
    assert states(write(edits, "run", root)) == [("two.py", "changed"), ("pkg/one.py", "written")]
    assert ((root / "two.py").read_bytes() if before is not None else None) == before


def test_a_stale_edit_is_never_written_even_if_the_file_comes_back(root: Path) -> None:
    (edit,) = plan(root, [rewrite(root, "two.py", "h", "def h(): return 2\n")])
    assert states(write([replace(edit, stale=True)], "run", root)) == [("two.py", "changed")]
    assert texts(root) == OLD
    assert list_runs(root) == ()


def test_a_function_that_is_not_the_targets_any_more_is_left_alone(root: Path) -> None:
    made = rewrite(root, "two.py", "h", "def h(): return 2\n")
    edited(root)
    (edit,) = plan(root, [made])
    assert edit.stale


# Diffs


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (ONE, ONE.replace("return x", "return +x")),
        (TWO, TWO.replace("1", "2")),
        ("def f(): return 1", "def f(): return 2"),
        ("def f(): return 1\n", "def f(): return 2"),
        ("a = 1\fb\n# \x1c\u2028\n", "a = 2\fb\n# \x1c\u2028\n"),
        ("a\rb\r", "a\rc\r"),
    ],
)
def test_git_applies_the_diff_to_the_same_bytes(tmp_path: Path, old: str, new: str) -> None:
    edits = [
        Edit(f"sub/{name}.py", digest(old.encode()), old.encode(), new.encode())
        for name in ("a", "b")
    ]
    (tmp_path / "sub").mkdir()
    for edit in edits:
        (tmp_path / edit.path).write_bytes(edit.old)
    patch = diff(edits).encode()
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], input=patch, cwd=tmp_path, check=True
    )
    for edit in edits:
        assert (tmp_path / edit.path).read_bytes() == edit.new


def test_a_diff_names_its_files_as_git_does(root: Path) -> None:
    assert diff(edits_of(root)[1:]) == (
        "--- a/two.py\n+++ b/two.py\n@@ -1,2 +1,2 @@\n"
        " def h():\r\n-    return 1\r\n+    return 2\r\n"
    )


def test_an_edit_that_changes_nothing_has_no_diff(root: Path) -> None:
    (edit,) = plan(root, [rewrite(root, "two.py", "h", TWO)])
    assert diff([edit]) == ""


# Writing


def test_edits_are_written_and_taken_back(root: Path) -> None:
    results = write(edits_of(root), "run", root)
    assert states(results) == [("pkg/one.py", "written"), ("two.py", "written")]
    assert texts(root) == NEW
    assert states(undo(root)) == [("pkg/one.py", "restored"), ("two.py", "restored")]
    assert texts(root) == OLD


def test_files_are_replaced_and_never_written_over(root: Path) -> None:
    with (root / "two.py").open("rb") as reader:
        write(edits_of(root), "run", root)
        assert reader.read() == OLD[1]
    assert texts(root) == NEW


def test_the_mode_is_kept_and_nothing_else_is_left(root: Path) -> None:
    (root / "two.py").chmod(0o751)
    write(edits_of(root), "run", root)
    assert (root / "two.py").stat().st_mode & 0o7777 == 0o751
    assert sorted(path.name for path in root.iterdir()) == [".perfopt", "pkg", "two.py"]
    assert [path.name for path in (root / "pkg").iterdir()] == ["one.py"]
    undo(root)
    assert (root / "two.py").stat().st_mode & 0o7777 == 0o751


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(root: Path) -> None:
    os.chown(root / "two.py", 12345, 12345)
    write(edits_of(root), "run", root)
    status = (root / "two.py").stat()
    assert (status.st_uid, status.st_gid) == (12345, 12345)


def test_the_journal_is_hidden_from_git(root: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    write(edits_of(root), "run", root)
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    shown = subprocess.run(status, cwd=root, check=True, capture_output=True, text=True).stdout
    assert ".perfopt" not in shown
    assert "two.py" in shown


def test_a_file_changed_after_planning_is_left_alone(root: Path) -> None:
    edits = edits_of(root)
    (root / "two.py").write_bytes(b"mine = 1\n")
    results = write(edits, "run", root)
    assert states(results) == [("pkg/one.py", "written"), ("two.py", "changed")]
    assert texts(root) == [NEW[0], b"mine = 1\n"]


def test_a_file_changed_at_the_last_moment_is_left_alone(root: Path) -> None:
    def step(name: str) -> None:
        if name == "replace two.py":
            (root / "two.py").write_bytes(b"mine = 1\n")

    results = write(edits_of(root), "run", root, step=step)
    assert states(results) == [("pkg/one.py", "written"), ("two.py", "changed")]
    assert texts(root) == [NEW[0], b"mine = 1\n"]
    assert not list(root.glob(".two*"))


def test_a_file_that_is_gone_is_reported(root: Path) -> None:
    edits = edits_of(root)
    (root / "two.py").unlink()
    results = write(edits, "run", root)
    assert states(results) == [("pkg/one.py", "written"), ("two.py", "failed")]
    assert "No such file" in results[1].detail
    assert not (root / "two.py").exists()


def test_a_links_target_is_written_and_the_link_stays(root: Path) -> None:
    (root / "two.py").rename(root / "real.py")
    (root / "two.py").symlink_to("real.py")
    write(edits_of(root), "run", root)
    assert os.readlink(root / "two.py") == "real.py"
    assert (root / "real.py").read_bytes() == NEW[1]
    undo(root)
    assert os.readlink(root / "two.py") == "real.py"
    assert (root / "real.py").read_bytes() == OLD[1]


def test_a_read_only_file_is_reported(root: Path) -> None:
    (root / "two.py").chmod(0o444)
    results = write(edits_of(root), "run", root)
    assert (results[1].state, results[1].detail) == (FileState.FAILED, "it is read-only")
    assert texts(root) == [NEW[0], OLD[1]]


def test_a_folder_that_cannot_be_written_is_reported(root: Path) -> None:
    def step(name: str) -> None:
        if name == "temporary pkg/one.py":
            raise PermissionError(13, "Permission denied")

    results = write(edits_of(root), "run", root, step=step)
    assert states(results) == [("pkg/one.py", "failed"), ("two.py", "written")]
    assert results[0].detail == "Permission denied"


def test_without_a_journal_no_file_is_written(root: Path) -> None:
    (root / ".perfopt").write_text("in the way\n")
    with pytest.raises(PerfoptError, match=r"\.perfopt"):
        write(edits_of(root), "run", root)
    assert texts(root) == OLD


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b"])
def test_a_runs_name_stays_in_its_folder(root: Path, name: str) -> None:
    with pytest.raises(PerfoptError, match="no name for a run"):
        write(edits_of(root), name, root)
    assert texts(root) == OLD


def test_a_run_is_written_once(root: Path) -> None:
    write(edits_of(root)[:1], "run", root)
    with pytest.raises(PerfoptError, match="already"):
        write(plan(root, [rewrite(root, "two.py", "h", "def h(): return 2\n")]), "run", root)
    assert texts(root) == [NEW[0], OLD[1]]


def test_two_writers_at_once_are_kept_apart(root: Path) -> None:
    edits = edits_of(root)

    def step(name: str) -> None:
        if name == "replace two.py":
            with pytest.raises(PerfoptError, match="another perfopt"):
                write(edits, "other", root)

    assert len(write(edits, "run", root, step=step)) == 2
    assert texts(root) == NEW


def test_nothing_to_write_leaves_no_trace(root: Path) -> None:
    assert write((), "run", root) == ()
    assert not (root / ".perfopt").exists()


# Undoing


def test_undo_leaves_a_file_alone_that_was_edited_since(root: Path) -> None:
    write(edits_of(root), "run", root)
    (root / "two.py").write_bytes(b"mine = 1\n")
    assert states(undo(root)) == [("pkg/one.py", "restored"), ("two.py", "changed")]
    assert texts(root) == [OLD[0], b"mine = 1\n"]


def test_a_second_undo_says_that_it_is_done(root: Path) -> None:
    write(edits_of(root), "run", root)
    undo(root)
    with pytest.raises(PerfoptError, match="run is already undone"):
        undo(root)
    assert texts(root) == OLD


def test_undo_takes_the_latest_run_or_the_named_one(root: Path) -> None:
    edits = edits_of(root)
    write(edits[:1], "b-first", root)
    write(edits[1:], "a-second", root)
    assert [run.run for run in list_runs(root)] == ["a-second", "b-first"]
    undo(root)
    assert texts(root) == [NEW[0], OLD[1]]
    undo(root, "b-first")
    assert texts(root) == OLD
    assert {run.state for run in list_runs(root)} == {"undone"}


def test_an_unknown_run_is_refused_with_the_known_ones(root: Path) -> None:
    with pytest.raises(PerfoptError, match="nothing to undo"):
        undo(root)
    write(edits_of(root), "run-1", root)
    with pytest.raises(PerfoptError, match=r"no run \.\./x; there are: run-1"):
        undo(root, "../x")


def test_undo_tries_a_file_again_that_failed(root: Path) -> None:
    write(edits_of(root), "run", root)
    (root / "two.py").chmod(0o444)
    assert states(undo(root)) == [("pkg/one.py", "restored"), ("two.py", "failed")]
    (root / "two.py").chmod(0o644)
    assert states(undo(root)) == [("pkg/one.py", "unchanged"), ("two.py", "restored")]
    assert texts(root) == OLD


def test_a_kept_text_that_is_spoilt_is_not_written(root: Path) -> None:
    write(edits_of(root), "run", root)
    (run_folder(root, "run") / "files" / digest(OLD[1])).write_bytes(b"spoilt\n")
    results = undo(root)
    assert states(results) == [("pkg/one.py", "restored"), ("two.py", "failed")]
    assert texts(root) == [OLD[0], NEW[1]]


def tamper(root: Path, change: Callable[[dict[str, object]], None]) -> None:
    path = run_folder(root, "run") / "edits.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    "entry",
    [{"path": "../out.py"}, {"path": "/tmp/out.py"}, {"before": "../../x"}, {"after": 3}],
    ids=["above", "absolute", "no digest", "a number"],
)
def test_a_journal_that_reaches_outside_is_refused(root: Path, entry: dict[str, object]) -> None:
    write(edits_of(root), "run", root)
    tamper(root, lambda data: data["entries"][0].update(entry))  # type: ignore[index]
    assert [run.state for run in list_runs(root)] == ["broken"]
    with pytest.raises(PerfoptError, match="can't be read"):
        undo(root)
    assert texts(root) == NEW


def test_a_broken_journal_does_not_hide_the_others(root: Path) -> None:
    edits = edits_of(root)
    write(edits[:1], "old", root)
    write(edits[1:], "run", root)
    (run_folder(root, "run") / "edits.json").write_bytes(b"{")
    with pytest.raises(PerfoptError, match=r"edits\.json"):
        undo(root)
    undo(root, "old")
    assert texts(root) == [OLD[0], NEW[1]]


def test_other_files_of_a_run_do_not_make_it_a_run_that_wrote(root: Path) -> None:
    folder = run_folder(root, "report-only")
    folder.mkdir(parents=True)
    (folder / "report.json").write_text("{}")
    assert list_runs(root) == ()


# Interruptions

STEPS = [
    "journal",
    "temporary pkg/one.py",
    "replace pkg/one.py",
    "sync pkg/one.py",
    "temporary two.py",
    "replace two.py",
    "sync two.py",
    "done",
]

CHILD = """
import os, pathlib, signal, sys
from perfopt_cli.apply import Edit, undo, write
from perfopt_cli.source import digest

root, job, last = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def step(name):
    print(name, flush=True)
    if name == last:
        os.kill(os.getpid(), signal.SIGKILL)

if job == "write":
    edits = []
    for name in ("pkg/one.py", "two.py"):
        old, new = (root / name).read_bytes(), (root / (name + ".new")).read_bytes()
        edits.append(Edit(name, digest(old), old, new))
    write(edits, "run", root, step=step)
else:
    undo(root, step=step)
"""


def killed(root: Path, job: str, last: str) -> list[str]:
    """Run a job in a process that is killed at the step last; return the steps it came to."""
    for name, new in zip(("pkg/one.py.new", "two.py.new"), NEW, strict=True):
        (root / name).write_bytes(new)
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, str(root), job, last],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == (-signal.SIGKILL if last else 0), ran.stderr
    return ran.stdout.split("\n")[:-1]


def test_writing_goes_through_the_steps_that_are_tested(root: Path) -> None:
    assert killed(root, "write", "") == STEPS
    assert texts(root) == NEW


@pytest.mark.parametrize("last", STEPS)
def test_a_killed_write_leaves_whole_files_and_can_be_undone(root: Path, last: str) -> None:
    steps = killed(root, "write", last)
    assert steps == STEPS[: STEPS.index(last) + 1]
    written = [f"sync {name}" in steps for name in ("pkg/one.py", "two.py")]
    expected = [new if done else old for new, old, done in zip(NEW, OLD, written, strict=True)]
    assert texts(root) == expected
    if last == "journal":
        assert list_runs(root) == ()
        return
    assert [run.state for run in list_runs(root)] == ["writing"]
    assert [state for _, state in states(undo(root))] == [
        "restored" if done else "unchanged" for done in written
    ]
    assert texts(root) == OLD
    assert not list(root.rglob("*perfopt-tmp"))


@pytest.mark.parametrize("last", STEPS)
def test_a_killed_undo_leaves_whole_files_and_can_be_finished(root: Path, last: str) -> None:
    write(edits_of(root), "run", root)
    killed(root, "undo", last)
    assert all(
        text in pair for text, pair in zip(texts(root), zip(OLD, NEW, strict=True), strict=True)
    )
    assert {state for _, state in states(undo(root))} <= {"restored", "unchanged"}
    assert texts(root) == OLD
    assert not list(root.rglob("*perfopt-tmp"))


def test_the_next_run_clears_what_a_killed_one_left(root: Path) -> None:
    killed(root, "write", "replace two.py")
    assert len(list(root.rglob("*perfopt-tmp"))) == 1
    write(plan(root, [rewrite(root, "two.py", "h", "def h(): return 2\n")]), "next", root)
    assert not list(root.rglob("*perfopt-tmp"))


@pytest.mark.parametrize("last", STEPS[1:])
def test_an_interrupt_leaves_a_journal_that_undo_can_use(root: Path, last: str) -> None:
    def step(name: str) -> None:
        if name == last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(edits_of(root), "run", root, step=step)
    assert not list(root.rglob("*perfopt-tmp"))
    undo(root)
    assert texts(root) == OLD
