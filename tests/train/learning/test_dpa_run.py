"""From the verdicts that perfopt recorded to an adapter, with a model of a few kilobytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checkpoints import Tiny
from pair_rows import verdict, write_rows
from pretend import Quiet

pytest.importorskip("torch")
pytest.importorskip("transformers")

from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.job import Job, train

CONFIG = TrainConfig(
    stages=("dpa",), tuning="lora", lora_rank=4, dpa_learning_rate=1e-2, dpa_epochs=2.0,
    dpa_batch=2, device_batch=2, max_length=4096, bf16="off",
)  # fmt: skip


def test_recorded_verdicts_make_an_adapter(tiny: Tiny, tmp_path: Path) -> None:
    rows = [
        verdict(
            qualname=f"Order.total{number}", slow=f"def total{number}(self):\n    return 1\n",
            candidate=f"def total{number}(self):\n    return one\n",
        )
        for number in range(6)
    ]  # fmt: skip
    write_rows(tmp_path / "project" / ".perfopt" / "verdicts.jsonl", rows)
    listener = Quiet()
    job = Job(tmp_path / "project", str(tiny.causal()), CONFIG, tmp_path / "run", sandbox="none")
    root, record = train(job, listener)
    summary, *steps = record["metrics"]
    # Of six functions, one each is kept for val and test.
    assert (summary["figures"]["rows"], summary["measured_margins"]) == (4, 4)
    assert [row["update"] for row in steps] == [1, 2, 3, 4]
    # At first as likely as before, with a margin of 3: log(1 + e^3).
    assert steps[0]["loss"] == pytest.approx(3.048587, abs=1e-3)
    assert steps[-1]["loss"] < steps[0]["loss"]
    assert (root / "adapter_model.safetensors").is_file()
    assert json.loads((root / "adapter_config.json").read_text())["r"] == 4
    assert "DPA on measured speedups (beta 0.6, 2 epochs)" in (root / "README.md").read_text()
    assert train(job, listener)[1]["metrics"] == record["metrics"]
