"""Small training runs for the tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.learning.encode import Group
from perfopt_cli.train.learning.models import Trainable, load_for_training
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.rewards import PolicyGroup

CONFIG = TrainConfig(
    bf16="off",
    epochs=2.0,
    rl_epochs=2.0,
    learning_rate=1e-3,
    rl_learning_rate=1e-3,
    batch=4,
    device_batch=2,
    max_length=128,
    max_new_tokens=8,
    lora_rank=4,
)

PAIRS = [
    (f"slow {n} " + "x" * (n % 5) + "\n", f"def f{n}(a):\n    return a" + " + 1" * (n % 4) + "\n")
    for n in range(10)
]
"""Of many lengths, and two and a half batches."""

GROUPS = [
    Group(
        prompt,
        (fast + "# random", "while True:\n    pass\n", fast, "x"),
        (1.0, 0.0, 2.0, 1.3) if n % 2 else (2.0, 1.0, 2.0, 1.0),
    )
    for n, (prompt, fast) in enumerate(PAIRS)
]


PREFERENCES = [
    Preference(prompt, fast, "while True:\n    pass\n" + "#" * n, (0.0, 1.5, 3.0)[n % 3])
    for n, (prompt, fast) in enumerate(PAIRS)
]

SAMPLED = [
    PolicyGroup(prompt, (fast, "while True:\n    pass\n"), (1.0, -1.0), (True, n % 3 > 0))
    for n, (prompt, fast) in enumerate(PAIRS)
]


def small(**options: Any) -> TrainConfig:
    return replace(CONFIG, **options)


def fresh(folder: Path, config: TrainConfig = CONFIG, *, dropout: bool = True) -> Trainable:
    """The model, as it is before training; without dropout, losses can be compared."""
    import torch

    loaded = load_for_training(folder, config)
    for module in loaded.model.modules():
        if not dropout and isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        elif not dropout and isinstance(getattr(module, "dropout", None), float):
            module.dropout = 0.0
    return loaded


def trained(model: Any) -> dict[str, Any]:
    """A copy of the weights that are trained."""
    return {
        name: value.detach().clone()
        for name, value in model.named_parameters()
        if value.requires_grad
    }


def farthest(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The largest difference between two sets of weights."""
    assert one.keys() == other.keys()
    return max(float((one[name] - other[name]).abs().max()) for name in one)
