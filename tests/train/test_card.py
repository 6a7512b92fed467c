from __future__ import annotations

from perfopt_cli.train.card import card
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.energy import Energy
from perfopt_cli.train.rundir import Identity

ROWS = [
    {"stage": "sft", "step": 0, "update": 1, "loss": 4.0},
    {"stage": "sft", "step": 0, "update": 2, "loss": 2.5},
    {"stage": "rrhf", "step": 1, "kind": "random", "samples": 8, "compiled": 1.0, "passed": 0.5,
     "optimised": 0.25, "reward": 1.2},
]  # fmt: skip


def text(config: TrainConfig, energy: Energy | None = None) -> str:
    identity = Identity("org/base", "m", "/data/pie", "d" * 64, config)
    used = energy or Energy(10.0, 500.0, {"processor, estimated": 500.0}, False)
    return card(identity, {"pairs": {"train": 3}, "rows_skipped": 2}, ROWS, used)


def test_a_card_begins_with_what_hubs_read() -> None:
    lines = text(TrainConfig(tuning="lora")).splitlines()
    assert lines[:3] == ["---", "library_name: peft", 'base_model: "org/base"']
    assert "library_name: transformers" in text(TrainConfig())


def test_a_card_says_how_to_use_the_result() -> None:
    assert "perfopt optimize --model org/base --adapter RUN" in text(TrainConfig(tuning="qlora"))
    assert "perfopt optimize --model RUN" in text(TrainConfig())


def test_a_card_tells_losses_rates_counts_and_settings() -> None:
    found = text(TrainConfig(seed=7))
    assert "| sft |  | 4 | 2.5 |" in found
    assert "| 1 | random | 8 | 100.0% | 50.0% | 25.0% | 1.200 |" in found
    assert "- rows skipped: 2" in found
    assert "- seed: 7" in found


def test_an_estimate_of_energy_is_said_to_be_one() -> None:
    assert "(estimated in part or in whole), 50 W" in text(TrainConfig())
    measured = Energy(10.0, 500.0, {"1 GPU, NVML": 500.0}, True)
    assert "(measured), 50 W" in text(TrainConfig(), measured)
