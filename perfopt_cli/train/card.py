"""The model card: what was trained, on what, how it went, and how to use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from perfopt_cli import __version__
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.energy import Energy
from perfopt_cli.train.rundir import Identity
from perfopt_cli.train.units import BESIDE

_RATES = ("compiled", "passed", "optimised", "reward")


def card(
    identity: Identity,
    facts: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    energy: Energy,
) -> str:
    """Return the card as Markdown with the header that model hubs read.

    ``facts`` are counts and versions in words; ``rows`` the run's metrics.
    """
    config = identity.config
    parts = [
        _header(identity),
        f"# {_name(identity.model)}, taught to make Python programs faster\n",
        f"Made by perfopt {__version__} with `perfopt train`: {_method(config)}.\n",
        "## Use\n",
        _use(config, identity.model),
        _reward(config, rows),
        "## Data\n",
        f"`{identity.data}`, SHA-256 of the pairs `{identity.data_digest[:16]}`.\n",
        _listed(facts),
        "## Training\n",
        _losses(rows),
        _rates(rows),
        f"Energy: {energy.text}.\n",
        "## Settings\n",
        _listed(asdict(config)),
        "## Limits\n",
        "The figures above are of the programs that it was trained on, sampled during training: "
        "they say how training went, not how good the model is. Measure that with "
        "`perfopt evaluate` on problems that it has not seen. What it writes may be wrong; "
        "`perfopt optimize` applies only what passes its gates.\n",
    ]
    return "\n".join(part for part in parts if part)


def _name(model: str) -> str:
    return model.rstrip("/").rpartition("/")[2]


def _header(identity: Identity) -> str:
    library = "transformers" if identity.config.tuning == "full" else "peft"
    tags = ["code", "performance", *identity.config.stages]
    return (
        f'---\nlibrary_name: {library}\nbase_model: "{identity.model}"\n'
        f"tags: [{', '.join(tags)}]\n---\n"
    )


def _method(config: TrainConfig) -> str:
    words = {
        "sft": f"supervised fine-tuning ({config.epochs:g} epochs)",
        "rrhf": f"RRHF on execution rewards ({config.steps} steps of {config.rl_epochs:g} epochs)",
        "reward": f"a reward model on measured speedups ({config.reward_epochs:g} epochs)",
        "rloo": f"RLOO on measured speedups ({config.steps} steps, KL {config.kl:g})",
        "grpo": f"GRPO on measured speedups ({config.steps} steps, KL {config.kl:g})",
        "dpa": f"DPA on measured speedups (beta {config.beta:g}, {config.dpa_epochs:g} epochs)",
        "selfplay": f"self-play ({config.rl_epochs:g} epochs on faster rewrites of its own)",
    }
    tuning = {"full": "all weights", "lora": "LoRA", "qlora": "QLoRA (4-bit base)"}
    stages = ", then ".join(words.get(stage, stage) for stage in config.stages)
    return f"{stages}; {tuning[config.tuning]}; seed {config.seed}"


def _use(config: TrainConfig, model: str) -> str:
    if set(config.stages) <= set(BESIDE):
        return "No model that writes programs was trained.\n"
    option = "--model RUN" if config.tuning == "full" else f"--model {model} --adapter RUN"
    return f"```sh\nperfopt optimize {option}\n```\n\nwith this folder as `RUN`.\n"


def _reward(config: TrainConfig, rows: Sequence[Mapping[str, Any]]) -> str:
    if "reward" not in config.stages:
        return ""
    told = "`reward/` is the reward model, a sequence classifier with one output"
    for row in rows:
        figures = row.get("figures", {})
        if row["stage"] == "reward" and "held_out_accuracy" in figures:
            told += (
                f"; it puts {figures['held_out_accuracy']:.1%} of {figures['held_out']} held-out "
                "pairs in the right order"
            )
    return f"{told}.\n"


def _losses(rows: Sequence[Mapping[str, Any]]) -> str:
    found: dict[tuple[str, int], list[float]] = {}
    for row in rows:
        if "loss" in row:
            found.setdefault((row["stage"], row["step"]), []).append(row["loss"])
    if not found:
        return ""
    lines = ["| stage | step | first loss | last loss |", "| --- | --- | --- | --- |"]
    for (stage, step), losses in found.items():
        lines.append(f"| {stage} | {step or ''} | {losses[0]:.4g} | {losses[-1]:.4g} |")
    return "\n".join([*lines, ""])


def _rates(rows: Sequence[Mapping[str, Any]]) -> str:
    kinds = [row for row in rows if "kind" in row]
    if not kinds:
        return ""
    stages = {row["stage"] for row in kinds}
    lines = [
        "Samples at the beginning of each RL step (so those of step 1 are from before RL):\n",
        "| step | kind | samples | compile | pass | faster | mean reward |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in kinds:
        shares = [f"{row[name]:.1%}" for name in _RATES[:3]]
        several = f"{row['stage']} {row['step'] or ''}".rstrip()
        step = str(row["step"] or row["stage"]) if len(stages) == 1 else several
        figures = [step, row["kind"], str(row["samples"]), *shares]
        lines.append("| " + " | ".join([*figures, f"{row['reward']:.3f}"]) + " |")
    return "\n".join([*lines, ""])


def _listed(values: Mapping[str, Any]) -> str:
    return "".join(f"- {name.replace('_', ' ')}: {_shown(v)}\n" for name, v in values.items())


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)
