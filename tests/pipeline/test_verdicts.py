"""The file of verdicts: its lines, and who writes to it at the same time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from perfopt_cli.apply import state_folder
from perfopt_cli.core import PerfoptError, Reason, Rewrite, Speedup, Status, Target, Timing, Verdict
from perfopt_cli.pipeline.verdicts import append_row, record_verdict, verdict_row, was_judged

REPOSITORY = Path(__file__).parents[2]
MODULE = "import re\nLIMIT = 3\n\ndef f(a):\n    return a[:LIMIT]\n"
TARGET = Target("pkg/mod.py", "f", 4, "def f(a):\n    return a[:LIMIT]\n")
REWRITE = Rewrite(TARGET, "def f(a):\n    return take(a)\n", ("from x import take",), "rules:a", 2)
FASTER = Verdict(
    REWRITE, Status.ACCEPTED, Reason.FASTER, timing=Timing((), Speedup(1.23456, 1.1, 1.3))
)


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_verdict_is_kept_with_its_code_and_what_a_prompt_shows_of_the_module(
    tmp_path: Path,
) -> None:
    record_verdict(tmp_path, FASTER, MODULE)
    assert rows(tmp_path / ".perfopt" / "verdicts.jsonl") == [
        {
            "path": "pkg/mod.py",
            "qualname": "f",
            "slow": TARGET.source,
            "candidate": REWRITE.source,
            "imports": ["from x import take"],
            "status": "accepted",
            "reason": "FASTER",
            "speedup": {"ratio": 1.23456, "low": 1.1, "high": 1.3},
            "origin": "rules:a",
            "seconds": 0.0,
            "cached": False,
            "from": None,
            "context": "LIMIT = 3",
        }
    ]


def test_verdicts_are_added_to_those_before_and_hidden_from_git(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for _ in range(2):
        record_verdict(tmp_path, FASTER, MODULE)
    assert len(rows(tmp_path / ".perfopt" / "verdicts.jsonl")) == 2
    status = ["git", "-C", str(tmp_path), "status", "--porcelain"]
    assert subprocess.run(status, check=True, capture_output=True).stdout == b""


@pytest.mark.parametrize("ratio", [float("inf"), float("nan")])
def test_a_speedup_that_is_no_number_is_left_out(ratio: float) -> None:
    timing = Timing((), Speedup(2.0, 1.0, ratio))
    row = verdict_row(Verdict(REWRITE, Status.REJECTED, Reason.NOISY, timing=timing), MODULE)
    assert row["speedup"] is None


def test_what_no_gate_has_looked_at_is_not_kept() -> None:
    skipped = Target("m.py", "f", 1, "def f(): pass\n", skip="no test reaches it")
    passed_over = [
        Verdict(REWRITE, Status.SKIPPED, Reason.BUDGET),
        Verdict(REWRITE, Status.SKIPPED, Reason.DUPLICATE),
        Verdict(Rewrite(skipped, "def f(): 1\n"), Status.ABSTAINED, Reason.UNTESTED),
    ]
    assert [was_judged(one) for one in passed_over] == [False] * 3
    assert was_judged(Verdict(REWRITE, Status.ABSTAINED, Reason.UNTESTED))


def test_half_a_line_of_a_killed_process_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text('{"a": 1}\n{"a": ')
    append_row(path, {"a": 2})
    assert path.read_text() == '{"a": 1}\n{"a": \n{"a": 2}\n'


WRITER = """
    import sys
    from pathlib import Path
    from perfopt_cli.pipeline.verdicts import append_row, state_folder
    folder = state_folder(Path(sys.argv[1]))
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(sys.argv[3])):
        append_row(folder / "v.jsonl", {"who": sys.argv[2], "n": number, "text": "x" * 20_000})
"""


def writer(root: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(root), name, str(count)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_processes_that_write_at_once_and_one_that_is_killed_leave_whole_lines(
    tmp_path: Path,
) -> None:
    processes = [writer(tmp_path, name, 150) for name in "ab"]
    killed = writer(tmp_path, "killed", 10**6)
    for process in (*processes, killed):
        assert process.stdout is not None
        process.stdout.readline()
    for process in (*processes, killed):
        begin(process)
    path = tmp_path / ".perfopt" / "v.jsonl"
    try:
        while not path.exists() or path.read_bytes().count(b'"killed"') < 3:
            assert killed.poll() is None
    finally:
        killed.kill()
    for process in (*processes, killed):
        process.communicate()
    append_row(path, {"who": "last", "n": 0})
    found: dict[str, list[int]] = {}
    torn = 0
    for line in path.read_text().splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            torn += 1
        else:
            found.setdefault(row["who"], []).append(row["n"])
    assert torn <= 1
    assert found["a"] == found["b"] == list(range(150))
    assert found["killed"] == list(range(len(found["killed"])))
    assert found["last"] == [0]


def test_a_line_that_does_not_fit_on_the_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    append_row(path, {"a": 1})
    before = path.read_bytes()
    code = textwrap.dedent(
        """
        import resource, signal, sys
        from pathlib import Path
        from perfopt_cli.core import PerfoptError
        from perfopt_cli.pipeline.verdicts import append_row
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        try:
            append_row(Path(sys.argv[1]), {"text": "x" * 1000})
        except PerfoptError as error:
            print(error)
        """
    )
    run = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(run, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert f"{path} can't be written" in done.stdout
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_only_a_plain_file_is_written_to(tmp_path: Path, kind: str) -> None:
    (tmp_path / "mine").write_text("precious\n")
    path = state_folder(tmp_path) / "verdicts.jsonl"
    if kind == "link":
        path.symlink_to(tmp_path / "mine")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(PerfoptError, match=r"verdicts\.jsonl can't be written"):
        record_verdict(tmp_path, FASTER, MODULE)
    assert (tmp_path / "mine").read_text() == "precious\n"
