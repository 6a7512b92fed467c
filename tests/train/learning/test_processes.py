"""Training in processes of their own: killed ones, and several at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from preloaded import Preloaded

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from safetensors.torch import load_file  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """\
import os, signal, sys
import torch
from pathlib import Path

from functools import partial
from tuning import GROUPS, PREFERENCES, SAMPLED, fresh, small
from perfopt_cli.train.learning.dpa import run_dpa
from perfopt_cli.train.learning.policy import run_policy_step
from perfopt_cli.train.learning.reward_model import load_reward_model, run_reward
from perfopt_cli.train.learning.trainers import PartialState, TrainerCallback, run_rrhf_step

class Kill(TrainerCallback):
    def on_step_begin(self, args, state, control, **options):
        if state.global_step == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

config = small(batch=4, device_batch=2, dpa_learning_rate=1e-3, dpa_epochs=2.0)
if sys.argv[5] == "reward":
    loaded = load_reward_model(Path(sys.argv[1]), config)
    for module in loaded.model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
else:
    loaded = fresh(Path(sys.argv[1]), config, dropout=sys.argv[4] == "dropout")
grpo = partial(run_policy_step, method="grpo")
run, data = {
    "rrhf": (run_rrhf_step, GROUPS), "dpa": (run_dpa, PREFERENCES), "grpo": (grpo, SAMPLED),
    "reward": (run_reward, PREFERENCES),
}[sys.argv[5]]
run(
    loaded.model, loaded.tokenizer, data[:8], config, Path(sys.argv[2]), resume=True,
    callbacks=[Kill()],
)
print("processes", PartialState().num_processes, PartialState().distributed_type)
"""


TWO = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2")


def arguments(
    base: Path, folder: Path, *, stage: str = "rrhf", kill: int = -1, dropout: bool = True
) -> list[str]:
    folder.mkdir(exist_ok=True)
    script = folder / "script.py"
    script.write_text(SCRIPT)
    return [str(script), str(base), str(folder), str(kill), "dropout" if dropout else "none", stage]


def started_twice(forks: Preloaded, argv: list[str]) -> list[str]:
    """Do what ``torch.distributed.run`` does for two processes; return what they say."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
    both = [
        forks.start(argv, {**where, "RANK": rank, "LOCAL_RANK": rank, "LOCAL_WORLD_SIZE": "2"})
        for rank in ("0", "1")
    ]
    ended = [one.wait() for one in both]
    assert [one.returncode for one in ended] == [0, 0], ended
    return [one.stdout for one in ended]


def weights(folder: Path) -> dict[str, Any]:
    return dict(load_file(folder / "model" / "model.safetensors"))


def same_weights(one: Path, other: Path) -> bool:
    expected, found = weights(one), weights(other)
    return max(float((expected[name] - found[name]).abs().max()) for name in expected) < 5e-5


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_result(
    tiny: Any, preloaded: Preloaded, tmp_path: Path
) -> None:
    base = tiny.t5()
    assert preloaded.run(arguments(base, tmp_path / "whole")).returncode == 0
    killed = preloaded.run(arguments(base, tmp_path / "killed", kill=2))
    assert killed.returncode == -signal.SIGKILL
    assert preloaded.run(arguments(base, tmp_path / "killed")).returncode == 0
    expected, found = weights(tmp_path / "whole"), weights(tmp_path / "killed")
    assert all(torch.equal(expected[name], found[name]) for name in expected)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["dpa", "grpo"])
def test_two_processes_train_as_one_does(
    tiny: Any, preloaded: Preloaded, tmp_path: Path, stage: str
) -> None:
    base = tiny.t5()
    one, two = (
        arguments(base, tmp_path / name, stage=stage, dropout=False) for name in ("one", "two")
    )
    alone = preloaded.run(one)
    assert alone.returncode == 0, alone.stderr
    said = started_twice(preloaded, two)
    assert all("2 DistributedType.MULTI_CPU" in text for text in said)
    assert same_weights(tmp_path / "one", tmp_path / "two")


@pytest.mark.slow
def test_torchrun_starts_two_processes_that_train_as_one_does(
    tiny: Any, preloaded: Preloaded, tmp_path: Path
) -> None:
    base = tiny.causal("plain", template=None)
    one, two = (arguments(base, tmp_path / name, dropout=False) for name in ("one", "two"))
    alone = preloaded.run(one)
    assert alone.returncode == 0, alone.stderr
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    both = subprocess.run(
        [sys.executable, *TWO, *two],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert both.returncode == 0, both.stderr
    assert both.stdout.count("2 DistributedType.MULTI_CPU") == 2
    assert same_weights(tmp_path / "one", tmp_path / "two")
