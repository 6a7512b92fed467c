from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from perfopt_cli.core import Reason, Rewrite, Speedup, Status, Target, Timing, Verdict
from perfopt_cli.model.examples import own
from perfopt_cli.model.examples.builtin import BUILTIN
from perfopt_cli.model.examples.example import Example
from perfopt_cli.model.examples.library import Library
from perfopt_cli.model.examples.of_rules import rule_examples
from perfopt_cli.model.examples.own import library_of, own_examples
from perfopt_cli.pipeline.verdicts import record_verdict

SLOW, FAST = "def f(a):\n    return [x for x in a]\n", "def f(a):\n    return list(a)\n"


def row(**changes: Any) -> dict[str, Any]:
    return {
        "path": "shop.py", "qualname": "f", "slow": SLOW, "candidate": FAST, "imports": [],
        "status": "accepted", "reason": "FASTER",
        "speedup": {"ratio": 2.0, "low": 1.9, "high": 2.1}, "origin": "m", "context": "",
        **changes,
    }  # fmt: skip


def written(folder: Path, *rows: object) -> Path:
    path = folder / "verdicts.jsonl"
    lines = [one if isinstance(one, str) else json.dumps(one) for one in rows]
    path.write_text("\n".join(lines))
    return path


def test_an_accepted_verdict_is_an_example_with_its_imports(tmp_path: Path) -> None:
    path = written(tmp_path, row(imports=["import math"]))
    fast = f"import math\n\n{FAST}"
    assert own_examples(path) == [Example("shop.py::f", SLOW, fast, "2.0x as fast")]


def test_what_the_pipeline_records_is_read(tmp_path: Path) -> None:
    target = Target("shop.py", "f", 1, SLOW)
    timing = Timing((), Speedup(3.0, 2.9, 3.1))
    verdict = Verdict(
        Rewrite(target, FAST), Status.ACCEPTED, Reason.FASTER, timing=timing
    )
    record_verdict(tmp_path, verdict, SLOW)
    assert library_of(tmp_path).examples[0] == Example("shop.py::f", SLOW, FAST, "3.0x as fast")


@pytest.mark.parametrize(
    "bad",
    [
        row(status="rejected", reason="DIVERGED"),
        row(reason="EQUIVALENT"),
        row(speedup=None),
        row(speedup={"ratio": 1.1}),
        row(slow=3),
        row(imports=[3]),
        row(imports=None),
        {"status": "accepted"},
        [1],
        "{",
        "",
        "\x00",
    ],
)
def test_other_lines_are_passed_over(tmp_path: Path, bad: object) -> None:
    assert len(own_examples(written(tmp_path, bad, row(), bad))) == 1


def test_the_newest_come_first_and_the_oldest_are_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, *(row(qualname=f"f{number}") for number in range(5)))
    monkeypatch.setattr(own, "MOST_PAIRS", 2)
    assert [one.name for one in own_examples(path)] == ["shop.py::f4", "shop.py::f3"]


def test_of_a_large_file_the_end_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, *(row(qualname=f"f{number}") for number in range(5)))
    monkeypatch.setattr(own, "MOST_BYTES", len(json.dumps(row())) * 2)
    assert [one.name for one in own_examples(path)] == ["shop.py::f4"]


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(written(tmp_path, row()))
    for name in ("pipe", "link", "missing", "."):
        assert own_examples(tmp_path / name) == []


def test_a_project_without_verdicts_has_the_pairs_of_perfopt_and_its_rules(tmp_path: Path) -> None:
    built_in = Library([*BUILTIN, *rule_examples()])
    assert library_of(tmp_path).examples == built_in.examples
