"""One call in a process of its own: what goes in, what comes out, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import bare
import pytest

from perfopt_cli.assistant.work import words_of

ROOT = Path(__file__).resolve().parent.parent.parent
NOISY = """
import os, sys
from perfopt_cli.assistant import work

def noisy(request, news):
    print("Python", flush=True)
    os.system("echo child")
    return {"read": sys.stdin.read()}

work.JOBS["noisy"] = noisy
work.main()
"""


def start(tmp_path: Path, *program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *(program or ("-m", "perfopt_cli.assistant.work"))],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def asked(tmp_path: Path, *program: str, **request: Any) -> tuple[dict[str, Any], str]:
    """Return the last event, and what went to stderr; stdin stays open until the end."""
    with start(tmp_path, *program) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        events = [json.loads(line) for line in process.stdout]
        return events[-1], process.stderr.read()


def test_an_error_for_people_comes_without_a_traceback(tmp_path: Path) -> None:
    event, said = asked(tmp_path, job="undo", root=str(tmp_path), run=None)
    assert "nothing to undo" in event["error"]
    assert said == ""


def test_a_bug_is_said_to_be_one_with_its_traceback_on_stderr(tmp_path: Path) -> None:
    event, said = asked(tmp_path, job="no such job", root=str(tmp_path))
    assert event["error"].startswith("this is a bug in perfopt")
    assert "Traceback" in said


def test_what_libraries_print_is_no_event_and_what_they_read_no_request(tmp_path: Path) -> None:
    event, said = asked(tmp_path, "-c", NOISY, job="noisy", root=str(tmp_path))
    assert event == {"result": {"read": ""}}
    assert said.split() == ["Python", "child"]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (
            {
                "job": "optimize",
                "paths": ["pkg/mod.py"],
                "apply": False,
                "options": {"top": 3, "model": ["rules", "org/name"], "budget": None},
            },
            "optimize pkg/mod.py --top 3 --model rules --model org/name --no-apply",
        ),
        (
            {
                "job": "verify",
                "paths": [],
                "base": "main",
                "speed": True,
                "options": {"python": "/p"},
            },
            "verify --python /p --base main --speed",
        ),
        ({"job": "judge", "paths": ["a.py::f"], "candidates": [], "options": {}}, "mcp"),
    ],
)
def test_the_kept_command_is_the_one_that_does_the_same(
    request_: dict[str, Any], words: str
) -> None:
    assert " ".join(words_of(request_)) == words


def test_nothing_asked_is_nothing_done(tmp_path: Path) -> None:
    with start(tmp_path) as process:
        out, said = process.communicate("")
    assert json.loads(out) == {"error": "stopped before anything was asked"}
    assert said == ""


@pytest.mark.slow
def test_the_end_of_stdin_ends_the_tests_that_run(tmp_path: Path) -> None:
    project, scratch = tmp_path / "project", tmp_path / "tmp"
    project.mkdir()
    scratch.mkdir()
    (project / "pyproject.toml").write_text("")
    (project / "mod.py").write_text("def f():\n    return 1\n")
    (project / "test_mod.py").write_text("import time\ndef test_long():\n    time.sleep(600)\n")
    request = {"job": "locate", "root": str(project), "paths": []}
    request["options"] = {"python": bare.python()}
    with start(scratch) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if "under the profiler" in line:
                break
        out, _ = process.communicate(timeout=60)
    assert json.loads(out.splitlines()[-1])["error"].startswith("stopped")
    assert list(scratch.iterdir()) == []
