"""The parts of a training run, and which settings say nothing to which of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perfopt_cli.train.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the run that is finished as a whole: a stage, or one step of an RL stage."""

    stage: str
    step: int = 0

    @property
    def name(self) -> str:
        """The name of its folder."""
        return f"{self.stage}-{self.step}" if self.step else self.stage


RL_ONLY = (
    *("steps", "rl_epochs", "rl_learning_rate", "rl_batch", "samples", "temperature", "top_k"),
    *("max_new_tokens", "rank_weight", "tuning_loss", "length_penalty", "programs_per_step"),
)
"""Settings that say nothing where there is no RL stage."""

OWN = {
    **dict.fromkeys(("dpa_epochs", "dpa_learning_rate", "dpa_batch", "beta"), ("dpa",)),
    "margin_cap": ("dpa", "reward"),
    **dict.fromkeys(("reward_epochs", "reward_learning_rate", "reward_batch"), ("reward",)),
    **dict.fromkeys(("policy_epochs", "policy_learning_rate", "policy_batch"), ("rloo", "grpo")),
    **dict.fromkeys(("kl", "clip", "reward_cap"), ("rloo", "grpo")),
    "selfplay_pairs": ("selfplay",),
}
"""Settings that say nothing where there is none of these stages."""

SAMPLING = ("rrhf", "dpa", "reward", "rloo", "grpo", "selfplay")
"""Stages that ask the model for candidates."""

STEPPED = ("rrhf", "rloo", "grpo")
"""Stages of ``TrainConfig.steps`` steps."""

BESIDE = ("reward",)
"""Stages that train another model than the one that the run is for."""


def units_of(config: TrainConfig) -> tuple[Unit, ...]:
    """Return the parts of a run in order."""
    found: list[Unit] = []
    for stage in config.stages:
        if stage in STEPPED:
            found += [Unit(stage, step) for step in range(1, config.steps + 1)]
        else:
            found.append(Unit(stage))
    return tuple(found)


def grows(name: str, before: Any, after: Any, old: Mapping[str, Any]) -> bool:
    """Tell whether a run with the settings ``old`` can go on with another value of one of them."""
    if name == "stages":
        return list(after[: len(before)]) == list(before)
    if name in OWN:
        return not set(old["stages"]) & set(OWN[name])
    if name in RL_ONLY and not set(old["stages"]) & set(SAMPLING):
        return True
    stepped = [stage for stage in old["stages"] if stage in STEPPED]
    return bool(name == "steps" and stepped == old["stages"][-1:] and before < after)
