"""A run that judges several functions at once comes to what a run of one at a time does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import bare
import pytest

REPOSITORY = Path(__file__).parent.parent.parent
NAMES = ("alpha", "beta")
HEAD = "def {name}(n: int) -> int:\n"
LOOP = "    total = 0\n    for i in range(n):\n        total += i * i\n    return total\n"
MODULE = HEAD + LOOP
WRONG = HEAD + "    return sum(i * i for i in range(n)) + (n == 7)\n"
SLOWER = HEAD + "    return sorted([sum([j * j for j in range(n)]) for i in range(9)])[0]\n"
SHELL = HEAD + "    import os\n    return os.getpid()\n"
ENDLESS = HEAD + "    while True:\n        pass\n"
# Without a sandbox a test can leave a line outside of the copy for each time it runs.
TESTS = """
    import pathlib
    import pytest
    from {name} import {name}

    def test_what_is_there():
        assert {name}(3) == 5
        files = {{name: pathlib.Path(name + ".py").read_text() for name in {names}}}
        changed = [name for name in files if files[name] != {texts}[name]]
        with open({log!r}, "a") as file:
            file.write(" ".join(["{name}:", *changed]) + "\\n")

    @pytest.mark.parametrize("n", range(0, 60, 3))
    def test_{name}(n):
        for _ in range({times}):
            assert {name}(n) == sum(i ** 2 for i in range(n))
"""
THREAD = """
    import threading
    import time

    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
"""


class Project:
    """Two modules of a function each; its tests write down which files they find changed.

    The first function takes much more time, as the order of the verdicts goes by that.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.log = folder / "log.txt"
        self.candidates = folder / "candidates.jsonl"
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.write("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["."]\n')
        texts = {name: MODULE.format(name=name) for name in NAMES}
        for name in NAMES:
            self.write(f"{name}.py", texts[name])
            parts = {"name": name, "names": NAMES, "texts": texts, "log": str(self.log)}
            text = TESTS.format(**parts, times=50 if name == NAMES[0] else 1)
            self.write(f"tests/test_{name}.py", text)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))

    def propose(self, *sources: str) -> None:
        rows = [
            {"path": f"{name}.py", "qualname": name, "source": source.format(name=name)}
            for name in NAMES
            for source in sources
        ]
        self.candidates.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def command(self, *arguments: str) -> list[str]:
        start = [sys.executable, "-m", "perfopt_cli", "optimize", "--python", bare.python()]
        model = ["--model", f"replay:{self.candidates}"]
        return [*start, *model, "--sandbox", "none", "--no-cache", "--no-apply", *arguments]

    def environment(self) -> dict[str, str]:
        paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
        return {**os.environ, "PYTHONPATH": paths, "TMPDIR": str(self.temporary)}

    def verdicts(self, jobs: int) -> list[Any]:
        done = subprocess.run(
            self.command("--format", "json", "--jobs", str(jobs)),
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        keys = ("path", "candidate", "status", "reason")
        return [tuple(one[key] for key in keys) for one in json.loads(done.stdout)["candidates"]]

    def seen(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.slow
def test_verdicts_and_their_order_do_not_depend_on_how_many_are_judged_at_once(
    project: Project,
) -> None:
    project.propose(WRONG, SHELL, SLOWER)
    serial = project.verdicts(1)
    assert [one[-1] for one in serial] == ["DIVERGED", "UNSAFE", "NOT_FASTER"] * 2
    assert project.verdicts(4) == serial


@pytest.mark.slow
def test_tests_on_one_candidates_file_never_run_while_another_file_is_changed(
    project: Project,
) -> None:
    project.write("tests/conftest.py", THREAD)  # so that each candidate's file goes to the disk
    project.propose(SLOWER, WRONG)
    project.verdicts(4)
    seen = project.seen()
    assert {"alpha: alpha", "beta: beta"} <= set(seen)
    assert set(seen) <= {"alpha:", "beta:", "alpha: alpha", "beta: beta"}


@pytest.mark.slow
def test_an_interrupt_ends_all_lanes_and_leaves_nothing(project: Project) -> None:
    project.propose(ENDLESS)
    with subprocess.Popen(
        project.command("--jobs", "4"),
        cwd=project.root,
        env=project.environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        while running.poll() is None and len(project.seen()) < 5:
            time.sleep(0.05)
        start = time.monotonic()
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)[1]
    assert running.returncode == 130, said
    assert "Traceback" not in said
    assert list(project.temporary.iterdir()) == []
    assert not processes_in(project.temporary)
    assert time.monotonic() - start < 15  # an endless candidate would run for 20 s and more


def processes_in(folder: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_text()
        except OSError:
            continue
        if str(folder) in text:
            found.append(text)
    return found
