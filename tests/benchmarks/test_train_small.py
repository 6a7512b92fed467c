"""The script that trains a small model, from end to end on very little."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from preloaded import Preloaded

ROOT = Path(__file__).resolve().parent.parent.parent
LITTLE = {
    "seeds": 1, "train": 12, "test": 2, "epochs": 1, "programs": 2, "steps": 1, "rl-epochs": 1,
    "hidden": 16, "layers": 1,
}  # fmt: skip
STAGES = ("before fine-tuning", "after fine-tuning", "after RRHF", "after more fine-tuning")


@pytest.mark.slow
def test_every_stage_is_measured_and_written_into_the_page(
    preloaded: Preloaded, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    shutil.copy(ROOT / "docs" / "training-results.md", page)
    options = [f"--{name}={value}" for name, value in LITTLE.items()]
    script = str(ROOT / "benchmarks" / "train_small.py")
    work = tmp_path / "work"
    done = preloaded.run([script, *options, f"--work={work}", f"--output={page}"])
    assert done.returncode == 0, done.stderr
    for name in STAGES:
        assert f"| {name} | random |" in page.read_text(encoding="utf-8")
        (found,) = work.glob(f"seed-0-*/{name.replace(' ', '-')}.json")
        answers = json.loads(found.read_text(encoding="utf-8"))["answers"]
        assert [answer["kind"] for answer in answers] == ["random", "random", "greedy"] * 2
