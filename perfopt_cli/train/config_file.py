"""Settings of a training run: a preset, a TOML file over it, options over both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from perfopt_cli.config import Checks, check_table, check_value, count, flag, number, one_of
from perfopt_cli.config import read_toml as _read_toml
from perfopt_cli.core import PerfoptError
from perfopt_cli.train.config import (
    BF16,
    OPTIMIZERS,
    SCHEDULES,
    STAGES,
    STYLES,
    TUNING,
    TrainConfig,
)

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "perfrl": {},
    "mini": {
        "style": "mini",
        "optimizer": "muon",
        "weight_decay": 0.05,
        "schedule": "wsd",
        "warmup": 0.02,
        "save_minutes": 5.0,
        "learning_rate": 4e-3,
        "batch": 64,
        "device_batch": 64,
        "max_length": 512,
        "max_new_tokens": 160,
        "steps": 2,
        "rl_epochs": 1.0,
        "rl_learning_rate": 3e-4,
        "samples": 7,
        "tuning_loss": "mean",
    },
}
"""What each preset changes; the defaults are PerfRL's. ``mini`` is for perfopt's small model."""

OPTIONS = {
    "learning_rate": "lr", "rl_learning_rate": "rl_lr", "policy_learning_rate": "policy_lr",
    "limit_seconds": "limit",
}  # fmt: skip
"""Options of another name than their setting."""

_JOB = ("data", "model", "output", "python", "sandbox", "config")


def load_config(options: Mapping[str, object], file: Path | None = None) -> TrainConfig:
    """Return the settings: those of the preset, then the file's, then the options'.

    Options that are None were not given. Raises PerfoptError naming the file or
    option, what was found and what is wanted.
    """
    table = _table(file) if file is not None else {}
    given: dict[str, Any] = {}
    for name, value in options.items():
        if name not in CHECKS:
            raise TypeError(f"no setting named {name}")
        if value is not None:
            option = OPTIONS.get(name, name).replace("_", "-")
            given[name] = check_value(f"--{option}", value, CHECKS[name])
    preset = given.get("preset") or table.get("preset") or TrainConfig().preset
    config = replace(TrainConfig(), **{**PRESETS[preset], **table, **given})
    if config.conditioning and config.style in ("optimize", "mini"):
        raise PerfoptError(
            "conditioning = true needs a prompt that says how good a program is to be, and the "
            f"style {config.style} has none; use --style pie2"
        )
    return config


def _table(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise PerfoptError(f"{file}: there is no such file; check --config")
    content = _read_toml(file)
    for name in _JOB:
        if name in content:
            raise PerfoptError(f"{file}: {name} is not a setting; give it as --{name}")
    return check_table(f"{file}: ", content, CHECKS)


def to_toml(config: TrainConfig) -> str:
    """Return the settings as TOML that ``load_config`` reads back."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in asdict(config).items())


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _stages(value: object) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple):
        raise TypeError
    stages = tuple(str(name).strip() for name in names)
    if not stages or len(set(stages)) < len(stages) or not set(stages) <= set(STAGES):
        raise ValueError
    return stages


_COUNT = ("a whole number from 1", count(1))
_FROM_0 = ("a whole number from 0", count(0))
_POSITIVE = ("a number above 0", number(0, over=True))
_WEIGHT = ("a number from 0", number(0))
_FLAG = ("true or false", flag)


def _choice(*names: str) -> tuple[str, Any]:
    return f"one of {', '.join(names)}", one_of(*names)


CHECKS: Checks = {
    "stages": (f"a list of stages, each once, of {', '.join(STAGES)}", _stages),
    "preset": _choice(*PRESETS),
    "tuning": _choice(*TUNING),
    "seed": _FROM_0,
    "epochs": _POSITIVE,
    "learning_rate": _POSITIVE,
    "batch": _COUNT,
    "device_batch": _COUNT,
    "max_length": ("a whole number from 16", count(16)),
    "steps": _COUNT,
    "rl_epochs": _POSITIVE,
    "rl_learning_rate": _POSITIVE,
    "rl_batch": ("a whole number from 0 (as batch)", count(0)),
    "samples": _FROM_0,
    "temperature": _POSITIVE,
    "top_k": _FROM_0,
    "max_new_tokens": _COUNT,
    "rank_weight": _WEIGHT,
    "tuning_loss": _choice("sum", "mean"),
    "length_penalty": _WEIGHT,
    "programs_per_step": ("a whole number from 0 (all programs)", count(0)),
    "limit_seconds": ("a number of seconds above 0", number(0, over=True)),
    "timing": _FLAG,
    "conditioning": _FLAG,
    "lora_rank": _COUNT,
    "lora_alpha": _COUNT,
    "lora_dropout": ("a number from 0 to 1", number(0, high=1)),
    "gradient_checkpointing": _FLAG,
    "bf16": _choice(*BF16),
    "workers": ("a whole number from 0 (as many as there are processors)", count(0)),
    "remeasure": _FLAG,
    "beta": _POSITIVE,
    "margin_cap": _WEIGHT,
    "style": _choice(*STYLES),
    "dpa_epochs": _POSITIVE,
    "dpa_learning_rate": _POSITIVE,
    "dpa_batch": _COUNT,
    "reward_epochs": _POSITIVE,
    "reward_learning_rate": _POSITIVE,
    "reward_batch": _COUNT,
    "policy_epochs": _POSITIVE,
    "policy_learning_rate": _POSITIVE,
    "policy_batch": _COUNT,
    "kl": _WEIGHT,
    "clip": _POSITIVE,
    "reward_cap": _POSITIVE,
    "selfplay_pairs": _COUNT,
    "optimizer": _choice(*OPTIMIZERS),
    "weight_decay": _WEIGHT,
    "schedule": _choice(*SCHEDULES),
    "warmup": ("a number from 0 to 1", number(0, high=1)),
    "minutes": ("a number of minutes from 0 (no limit)", number(0)),
    "save_minutes": ("a number of minutes from 0 (by steps)", number(0)),
}
"""What each setting must be, in words and as a function that returns it or raises."""

assert {field.name for field in fields(TrainConfig)} == set(CHECKS)
