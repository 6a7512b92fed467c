"""The published schema of ``--format json`` is that of what the commands print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jsonschema", reason='needs perfopt\'s extra: pip install "perfopt[dev]"')

import jsonschema
from report_runs import HOT, SUPPORT, accepted, summary
from schemas import check, schema

from perfopt_cli.apply import FileState
from perfopt_cli.core import (
    Baseline,
    Judged,
    Outcome,
    Reason,
    Review,
    Rewrite,
    Status,
    Summary,
    Verdict,
    Workload,
)
from perfopt_cli.report import review_json, to_json

ROOT = Path(__file__).parent.parent
WORKLOADS = (Workload("python bench.py", 0.5, "digest"),)
BASELINE = Baseline({"t::a": "passed", "t::b": "failed"}, 1.5, WORKLOADS)
BARE = Verdict(Rewrite(HOT, HOT.source, (), "rules:x", 0), Status.REJECTED, Reason.DIVERGED)
FULL = replace(accepted(), support=replace(SUPPORT, test="def test(): ..."))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("verdict", [BARE, FULL], ids=["bare", "full"])
def test_a_run_has_the_form_of_the_schema(verdict: Verdict) -> None:
    outcome = Outcome(HOT, verdict, applied=verdict is FULL, diff="diff")
    check("run", json.loads(json.dumps(to_json(summary(outcome)))))


@pytest.mark.parametrize("verdict", [BARE, FULL], ids=["bare", "full"])
@pytest.mark.parametrize("known", [None, True])
def test_a_review_has_the_form_of_the_schema(verdict: Verdict, known: bool | None) -> None:
    judged = (Judged(verdict, 4, known, known),)
    review = Review("run", Path("/p"), "a" * 40, BASELINE, BASELINE, judged, ("bad",), ("so",))
    check("review", json.loads(json.dumps(review_json(review))))


def test_a_key_that_the_schema_does_not_name_is_seen() -> None:
    told = to_json(summary(Outcome(HOT, BARE)))
    told["candidates"][0]["new"] = 1
    with pytest.raises(jsonschema.ValidationError, match="'new'"):
        check("run", told)


def test_closed_sets_are_those_of_the_code() -> None:
    defined = schema()["$defs"]
    assert defined["status"]["enum"] == [one.value for one in Status]
    assert defined["reason"]["enum"] == [one.value for one in Reason]
    states = defined["undo"]["properties"]["files"]["items"]["properties"]["state"]["enum"]
    assert states == [one.value for one in FileState]


def printed(folder: Path, *words: str) -> Any:
    """Return what a command prints in a repository of one file."""
    (folder / "pyproject.toml").write_text("")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "perfopt_cli", *words, "--format", "json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_what_doctor_prints_has_the_form_of_the_schema(tmp_path: Path) -> None:
    check("doctor", printed(tmp_path, "doctor", "--python", sys.executable))


@pytest.mark.parametrize("words", [(), ("--diff",)])
def test_what_init_prints_has_the_form_of_the_schema(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    told = printed(tmp_path, "init", *words)
    assert [row["state"] for row in told["files"]] == ["to add" if words else "added"] * 2
    check("init", told)
    check("init", printed(tmp_path, "init"))


def test_what_the_hook_prints_where_nothing_is_staged_has_the_form_of_the_schema(
    tmp_path: Path,
) -> None:
    check("hook", printed(tmp_path, "hook"))


def test_a_run_without_regressions_is_not_what_the_hook_prints() -> None:
    told = to_json(Summary("run", Path("/python"), BASELINE, (HOT,), (HOT,)))
    check("hook", {**told, "regressions": [], "said": []})
    with pytest.raises(jsonschema.ValidationError):
        check("hook", {**told, "said": []})
    with pytest.raises(jsonschema.ValidationError):
        check("hook", {**told, "regressions": [{"path": "m.py"}], "said": []})
