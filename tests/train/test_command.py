"""The whole of ``perfopt train`` with tiny models: what it leaves, kills, and bad input."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkpoints import Tiny
from pair_rows import verdict, write_rows
from preloaded import Preloaded

from perfopt_cli.core import PerfoptError
from perfopt_cli.main import guarded
from perfopt_cli.train.errors import plain_errors

ROOT = Path(__file__).resolve().parents[2]
FEW = ("--steps", "1", "--epochs", "2", "--rl-epochs", "1", "--max-new-tokens", "8")
SMALL = (*FEW, "--batch", "2", "--device-batch", "2", "--no-timing", "--workers", "2")


def write_data(folder: Path, pairs: int = 4) -> Path:
    rows = []
    for number in range(pairs):
        slow = f"n = int(input())\nt = 0\nfor _ in range(n):\n    t += {number}\nprint(t)\n"
        tests = [{"input": "4\n", "output": f"{4 * number}\n"}]
        fast = f"print(int(input()) * {number})\n"
        rows.append({"group": f"g{number}", "slow": slow, "fast": fast, "tests": tests})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def command(data: Path, model: Path, run: Path, *options: str) -> list[str]:
    where = ["--data", str(data), "--model", str(model), "--output", str(run)]
    return ["-m", "perfopt_cli", "train", *where, *SMALL, *options]


def started_anew(argv: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *argv],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def rows(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_an_adapter_is_trained_and_used_at_once(tiny: Tiny, tmp_path: Path) -> None:
    from perfopt_cli.core import Target
    from perfopt_cli.model.sources import open_proposers

    data, run = write_data(tmp_path / "data"), tmp_path / "run"
    told = started_anew(command(data, tiny.causal(), run, "--tuning", "lora", "--format", "json"))
    assert told.returncode == 0, told.stderr
    record = json.loads(told.stdout)
    assert record["run"] == str(run)
    assert record["facts"]["pairs"] == {"train": 4, "val": 0}
    assert [row["kind"] for row in rows(run) if "kind" in row] == ["random", "greedy", "target"]
    assert [row["passed"] for row in rows(run) if row.get("kind") == "target"] == [1.0]
    for name in ("README.md", "samples/step-1.md", "plots/reward.svg", "plots/loss-sft.svg"):
        assert (run / name).stat().st_size > 100
    _, proposer = open_proposers(["rules"], adapter=run, quantize="none", root=tmp_path)
    assert proposer.name == f"{tiny.causal().resolve()}+{run}"
    source = "def f(x):\n    return x + 0\n"
    proposer.propose(Target("m.py", "f", 1, source), source, n=2)


@pytest.mark.slow
def test_an_encoder_decoder_model_is_trained_whole(
    tiny: Tiny, preloaded: Preloaded, tmp_path: Path
) -> None:
    from perfopt_cli.model.checkpoint import check_model

    data, run = write_data(tmp_path / "data"), tmp_path / "run"
    told = preloaded.run(command(data, tiny.t5(), run, "--style", "perfrl"))
    assert told.returncode == 0, told.stderr
    assert "mean reward" in told.stdout
    check_model(run)


@pytest.mark.slow
def test_self_play_that_finds_nothing_faster_leaves_the_weights(
    tiny: Tiny, preloaded: Preloaded, tmp_path: Path
) -> None:
    data, run = write_data(tmp_path / "data"), tmp_path / "run"
    options = ("--tuning", "lora", "--stages", "sft,selfplay")
    told = preloaded.run(command(data, tiny.causal(), run, *options))
    assert told.returncode == 0, told.stderr
    assert "the weights stay as they are" in told.stderr
    name = "adapter_model.safetensors"
    assert (run / name).read_bytes() == (run / "stages" / "sft" / "model" / name).read_bytes()


@pytest.mark.slow
def test_policy_gradients_learn_from_programs_that_were_run(
    tiny: Tiny, preloaded: Preloaded, tmp_path: Path
) -> None:
    # Fine-tuned so far that some of the drawn programs pass their tests, and some don't.
    data, run = write_data(tmp_path / "data"), tmp_path / "run"
    learning = ("--epochs", "40", "--lr", "3e-3", "--samples", "6", "--max-new-tokens", "24")
    told = preloaded.run(command(data, tiny.causal(), run, "--stages", "sft,grpo", *learning))
    assert told.returncode == 0, told.stderr
    (step,) = [row for row in rows(run) if row["stage"] == "grpo" and "signal" in row]
    (drawn,) = [row for row in rows(run) if row.get("kind") == "random"]
    assert drawn["samples"] == 4 * 6
    assert 0 < drawn["passed"] < 1
    assert step["signal"] > 0
    name = "model.safetensors"
    assert (run / name).read_bytes() != (run / "stages" / "sft" / "model" / name).read_bytes()


def appears(run: Path, pattern: str) -> bool:
    return any(run.glob(pattern))


def killed_when(forks: Preloaded, argv: list[str], ready: Callable[[], bool]) -> bool:
    """Kill the command as soon as it is that far; False where it ended before."""
    program = forks.start(argv)
    while program.poll() is None:
        if ready():
            os.kill(program.pid, signal.SIGKILL)
            program.wait()
            return True
        time.sleep(0.002)
    return False


@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_same_weights(
    tiny: Tiny, preloaded: Preloaded, tmp_path: Path
) -> None:
    data, model = write_data(tmp_path / "data", 6), tiny.causal()
    options = ("--tuning", "lora", "--rl-epochs", "3", "--steps", "1")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    told = preloaded.run(command(data, model, whole, *options))
    assert told.returncode == 0, told.stderr
    kills = 0
    for pattern in (
        "stages/rrhf-1/candidates/00000.json",
        "stages/rrhf-1/checkpoints/checkpoint-1/complete",
    ):
        argv = command(data, model, broken, *options)
        kills += killed_when(preloaded, argv, lambda pattern=pattern: appears(broken, pattern))
    told = preloaded.run(command(data, model, broken, *options))
    assert told.returncode == 0, told.stderr
    assert kills >= 1
    for name in ("adapter_model.safetensors", "metrics.jsonl", "samples/step-1.md"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes(), name


@pytest.mark.slow
def test_a_killed_policy_gradient_goes_on_to_the_same_weights(
    tiny: Tiny, preloaded: Preloaded, tmp_path: Path
) -> None:
    # Nothing of recorded verdicts is run, so no clock's noise is in the weights.
    data, model = tmp_path / "project", tiny.t5()
    judged = [
        verdict(
            qualname=f"f{number}", slow=f"def f{number}(a):\n    return a\n",
            candidate=f"def f{number}(a):\n    return fast(a)\n",
        )
        for number in range(8)
    ]  # fmt: skip
    write_rows(data / ".perfopt" / "verdicts.jsonl", judged)
    settings = tmp_path / "train.toml"
    settings.write_text("policy_batch = 2\nreward_batch = 2\npolicy_epochs = 3\n")
    options = (
        "--stages", "sft,reward,grpo", "--steps", "1", "--style", "pie",
        "--config", str(settings), "--policy-lr", "1e-3", "--samples", "3",
    )  # fmt: skip
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    told = preloaded.run(command(data, model, whole, *options))
    assert told.returncode == 0, told.stderr
    argv = command(data, model, broken, *options)
    assert killed_when(preloaded, argv, lambda: appears(broken, "stages/grpo-1/said.safetensors"))
    told = preloaded.run(command(data, model, broken, *options))
    assert told.returncode == 0, told.stderr
    found = rows(whole)
    assert [row for row in found if row["stage"] == "grpo" and "loss" in row]
    for name in ("model.safetensors", "reward/model.safetensors"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes(), name


def train(*options: str) -> int:
    from perfopt_cli.main import app

    return guarded(lambda: app(["train", *options], prog_name="perfopt", standalone_mode=False))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    pytest.importorskip("torch")
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (folder / name).write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (None, "has no pairs to learn from"),
        ("", "has no pair"),
        ('{"group": "a", "slow": "x = 1\\n", "fast": "x = 2\\n"}\n', "no tests for it"),
        (
            '{"path": "m.py", "qualname": "f", "slow": "def f(): pass\\n", "candidate": '
            '"def f(): return\\n", "status": "rejected", "reason": "NOT_FASTER"}\n',
            "go on with perfopt optimize --record",
        ),
    ],
)
def test_data_that_will_not_do_is_told(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str], rows: str | None, told: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    if rows is not None:
        (data / "train.jsonl").write_text(rows)
    run = tmp_path / "run"
    code = train("--data", str(data), "--model", str(model), "--output", str(run))
    assert code == 2
    assert told in capsys.readouterr().err
    assert not run.exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--model", "nowhere"), "the model folder nowhere does not exist; check --model"),
        (("--python", "nopython"), "--python nopython: there is no such interpreter"),
        (("--stages", "sft,later"), "wanted a list of stages, each once, of sft"),
        (("--stages", "grpo", "--samples", "1"), "--samples 1: the stage grpo compares samples"),
        (("--lr", "0"), "--lr is the float 0.0; wanted a number above 0"),
        (("--config", "none.toml"), "none.toml: there is no such file; check --config"),
    ],
)
def test_options_that_will_not_do_are_told(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...], told: str,
) -> None:  # fmt: skip
    data = write_data(tmp_path / "data")
    assert train("--data", str(data), "--model", str(model), *options) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk of run is full; make room"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), "the disk of run is"),
        (PermissionError(errno.EACCES, "Permission denied", "run/x"), "run/x can't be written"),
        (MemoryError(), "there is too little memory"),
    ],
)
def test_troubles_of_the_machine_are_told_with_what_to_do(error: Exception, told: str) -> None:
    with pytest.raises(PerfoptError, match=told) as raised, plain_errors(Path("run")):
        raise error
    assert "What is finished is kept; run the same command again" in str(raised.value)


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(ZeroDivisionError), plain_errors(Path("run")):
        raise ZeroDivisionError


def test_a_gpu_out_of_memory_is_told_with_what_to_do() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(PerfoptError, match="smaller device_batch"), plain_errors(Path("run")):
        raise torch.OutOfMemoryError("CUDA out of memory")
