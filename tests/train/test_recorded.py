"""What ``perfopt optimize --record`` keeps is what ``perfopt train`` learns from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import bare
import pytest

from perfopt_cli.core import Outcome, Verdict
from perfopt_cli.model.prompt import Prompt
from perfopt_cli.model.propose import ModelProposer
from perfopt_cli.pipeline.prepare import prepare_run
from perfopt_cli.train.dataset import read_pairs
from perfopt_cli.train.prompts import messages_for, prompt_for
from perfopt_cli.train.records import Level

REPOSITORY = Path(__file__).parents[2]
MODULE = '''
    """Words."""
    import re
    from math import (
        floor,
    )

    UNUSED = 3
    STEP = 1


    def count_known(words: list[str], known: list[str]) -> int:
        count = 0
        for word in words:
            if word in known:  # slow
                count += floor(STEP)

        return count
'''
TESTS = """
    import pytest
    from pkg.mod import count_known

    @pytest.mark.parametrize("size", range(0, 180, 6))
    def test_count(size):
        known = [f"w{i}" for i in range(size)]
        words = [f"w{i}" for i in range(0, 2 * size, 2)]
        assert count_known(words, known) == (size + 1) // 2
"""
HEAD = "def count_known(words: list[str], known: list[str]) -> int:\n"
FAST = HEAD + (
    "    lookup = set(known)\n"
    "    count = 0\n"
    "    for word in words:\n"
    "        if word in lookup:\n"
    "            count += floor(STEP)\n"
    "    return count\n"
)
WRONG = HEAD + "    return len(words) // 2 + 1\n"


class Backend:
    """A model that has learnt two replies by heart."""

    name = "by-heart"

    def __init__(self, *replies: str) -> None:
        self.replies = replies
        self.prompts: list[Prompt] = []

    def generate(self, prompt: str, *, n: int) -> Sequence[str]:
        assert isinstance(prompt, Prompt)
        self.prompts.append(prompt)
        return [f"```python\n{code}```" for code in self.replies]


class Silent:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, text: str) -> None: ...

    def tests(self, done: int, total: int) -> None: ...

    def verdict(self, verdict: Verdict) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    files = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "pkg/__init__.py": "",
        "pkg/mod.py": textwrap.dedent(MODULE),
        "tests/test_mod.py": textwrap.dedent(TESTS),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def optimized(root: Path, backend: Backend, **options: object) -> tuple[list[Outcome], Silent]:
    listener = Silent()
    settings = {"python": bare.python(), "rounds": 1, **options}
    run = prepare_run([str(root)], root, settings, listener, write_files=False)
    return list(run.optimize([ModelProposer(backend)])), listener


def test_recorded_verdicts_are_read_back_with_what_optimize_asked_but_did_not_measure(
    project: Path,
) -> None:
    backend = Backend(WRONG, FAST)
    outcomes, _ = optimized(project, backend, record=True)
    reasons = [one.verdict.reason.value for one in outcomes if one.verdict]
    assert reasons == ["TESTS_FAILED", "FASTER"]
    data = read_pairs(project)
    assert (data.kind, data.skipped) == ("verdicts", ())
    (pair,) = data.pairs["train"]
    assert pair.fast == FAST
    assert pair.ratio == outcomes[1].verdict.speedup.ratio  # type: ignore[union-attr]
    assert [one.level for one in data.scored["train"]] == [Level.FAILED, Level.FASTER]
    (prompt,) = backend.prompts
    assert "STEP = 1" in prompt
    assert prompt_for(pair.slow, style="optimize").encode() == str(prompt).encode()
    asked = messages_for(pair.slow, group=pair.group)
    assert asked.system == prompt.messages.system
    # What was measured (shares, types, lines) is known while the function's tests run only.
    sent = prompt.messages.user.split("\n\n")
    sent = [part.partition(" It takes ")[0] for part in sent]
    rest = iter(sent)
    assert all(any(part == one for one in rest) for part in asked.user.split("\n\n"))


def test_where_nothing_can_be_recorded_the_run_says_so_once_and_goes_on(project: Path) -> None:
    (project / ".perfopt" / "verdicts.jsonl").mkdir(parents=True)
    outcomes, listener = optimized(project, Backend(WRONG, HEAD + "    return 1\n"), record=True)
    assert len(outcomes) == 2
    (note,) = [note for note in listener.notes if "recorded" in note]
    assert "verdicts.jsonl can't be written: Is a directory" in note


def test_the_option_goes_before_the_setting(project: Path) -> None:
    def settled(option: bool | None) -> bool:
        options = {"python": bare.python(), "record": option}
        return prepare_run([], project, options, Silent(), write_files=False).settings.record

    assert [settled(option) for option in (None, True, False)] == [False, True, False]
    with (project / "pyproject.toml").open("a") as file:
        file.write("\n[tool.perfopt]\nrecord = true\n")
    assert [settled(option) for option in (None, True, False)] == [True, True, False]


def test_the_command_records_where_it_is_told_to(project: Path) -> None:
    candidates = project.parent / "candidates.jsonl"
    row = {"path": "pkg/mod.py", "qualname": "count_known", "source": WRONG}
    candidates.write_text(json.dumps(row) + "\n")
    paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
    command = [
        sys.executable, "-m", "perfopt_cli", "optimize", "--python", bare.python(),
        "--model", f"replay:{candidates}", "--diff", "--record",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": paths, "PYTEST_ADDOPTS": ""}
    subprocess.run(command, cwd=project, env=environment, capture_output=True, check=True)
    (line,) = (project / ".perfopt" / "verdicts.jsonl").read_text().splitlines()
    kept = json.loads(line)
    assert (kept["candidate"], kept["reason"]) == (WRONG, "TESTS_FAILED")
    assert kept["origin"] == f"replay:{candidates}"
