"""The command itself, on a data set of three programs, with the real scorer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SLOW = """\
n = int(input())
total = 0
for i in range(n):
    for j in range(40):
        total += i % 7
print(total)
"""
FAST = """\
n = int(input())
print(40 * sum(i % 7 for i in range(n)))
"""
RUNS = [
    {"input": f"{n}\n", "output": f"{40 * sum(i % 7 for i in range(n))}\n"} for n in (3, 50, 20000)
]


@pytest.fixture
def data(tmp_path):
    rows = [
        {"group": "sum", "slow": SLOW, "fast": FAST},
        {"group": "sum", "slow": SLOW.replace("total", "s"), "fast": FAST},
        {"group": "fails", "slow": "print(1)\n", "fast": FAST},
    ]
    folder = tmp_path / "data"
    folder.mkdir()
    lines = [json.dumps({**row, "tests": {"runs": RUNS}, "split": "test"}) for row in rows]
    (folder / "pairs.jsonl").write_text("\n".join(lines))
    return folder


def perfopt(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "perfopt_cli", "evaluate", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "140"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_an_evaluation_runs_is_resumed_and_shown(data, tmp_path):
    answers = [
        {"row": 0, "source": "print(0)\n"},
        {"row": 0, "source": FAST},
        {"row": 1, "source": "while True: pass\n"},
        {"row": 1, "source": "n = ("},
    ]
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, answers)))
    chosen = (
        *("--data", data, "--model", f"replay:{path}", "--preset", "perfrl"),
        *("--output", tmp_path / "out" / "result.json", "--limit-seconds", "2"),
        "--no-instructions",
    )
    ran = perfopt(*chosen, "--format", "json")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    levels = found["levels"]
    assert (levels["broken"], levels["failed"]) == (1, 2)
    # A busy machine may not be able to prove the fast one faster.
    assert levels["passed"] + levels["faster"] == 1
    assert found["best"][0]["correct"]["value"] == 0.0
    assert found["best"][1]["correct"]["value"] == 0.5
    assert found["best"][1]["faster"]["value"] == levels["faster"] / 2
    assert [row["row"] for row in found["skipped"]] == [2]
    assert json.loads((tmp_path / "out" / "result.json").read_text()) == found

    again = perfopt(*chosen)
    assert again.returncode == 0, again.stderr
    assert "published, not measured here" in again.stdout
    assert "2 programs of 1 problems (1 more skipped)" in again.stdout


def test_a_folder_without_data_is_wrong_use(tmp_path):
    ran = perfopt("--data", tmp_path)
    assert ran.returncode == 2
    assert "perfopt: error:" in ran.stderr
    assert "Traceback" not in ran.stderr
