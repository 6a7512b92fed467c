from __future__ import annotations

import pytest

from perfopt_cli.train.metrics import loss_rows, rate_rows, rates
from perfopt_cli.train.records import Level


def test_rates_are_shares_of_all_samples() -> None:
    found = rates([Level.BROKEN, Level.FAILED, Level.PASSED, Level.FASTER])
    assert found == {
        "samples": 4,
        "compiled": 0.75,
        "passed": 0.5,
        "optimised": 0.25,
        "reward": pytest.approx((0 + 1 + 1.3 + 2) / 4),
    }


def test_kinds_have_rows_of_their_own_in_the_order_of_ties() -> None:
    levels = [("target", Level.FASTER), ("greedy", Level.PASSED), ("random", Level.FAILED)]
    rows = rate_rows("rrhf", 2, levels)
    assert [row["kind"] for row in rows] == ["random", "greedy", "target"]
    assert [row["reward"] for row in rows] == [1.0, 1.3, 2.0]
    assert {(row["stage"], row["step"]) for row in rows} == {("rrhf", 2)}


def test_only_logged_losses_become_rows() -> None:
    history = [{"loss": 2.0, "step": 5, "epoch": 0.5}, {"train_runtime": 3.0, "step": 5}]
    assert loss_rows("sft", 0, history) == [
        {"stage": "sft", "step": 0, "update": 5, "loss": 2.0, "epoch": 0.5}
    ]
