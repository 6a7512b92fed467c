"""The command ``perfopt train``: its options and what it prints."""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from perfopt_cli import __version__
from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.weights import EXPORTED
from perfopt_cli.options import Format, FormatOption, Quiet, SandboxOption, Verbose


class Tuning(str, Enum):
    """Which weights are trained."""

    FULL = "full"
    LORA = "lora"
    QLORA = "qlora"


def train(
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help="Pairs of slow and fast programs.")
    ],
    model: Annotated[
        str,
        typer.Option(
            "--model", metavar="SPEC", help="A folder or hub name: transformers model; or mini."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="RUN",
            help="The run folder; the same command goes on there after a stop. "
            "Default: in perfopt-runs, named by model, data and settings.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE.toml", help="Settings; options win over them."),
    ] = None,
    preset: Annotated[
        str | None, typer.Option("--preset", help="Settings to begin with: perfrl (default), mini.")
    ] = None,
    stages: Annotated[
        str | None,
        typer.Option(
            "--stages",
            help="In order, of sft, rrhf, dpa, reward, rloo, grpo, selfplay. Default: sft,rrhf; "
            "for a project's own verdicts sft,dpa.",
        ),
    ] = None,
    tuning: Annotated[
        Tuning | None, typer.Option("--tuning", help="Which weights. Default: full.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Default: 0.")] = None,
    epochs: Annotated[
        float | None, typer.Option("--epochs", help="Of fine-tuning. Default: 3.")
    ] = None,
    lr: Annotated[
        float | None, typer.Option("--lr", help="Learning rate of fine-tuning. Default: 5e-5.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", help="Fine-tuning ends then. Default: no limit.")
    ] = None,
    steps: Annotated[int | None, typer.Option("--steps", help="RL steps. Default: 8.")] = None,
    rl_epochs: Annotated[
        float | None, typer.Option("--rl-epochs", help="Of each RL step. Default: 3.")
    ] = None,
    rl_lr: Annotated[
        float | None, typer.Option("--rl-lr", help="Learning rate of RL. Default: 2e-5.")
    ] = None,
    rl_batch: Annotated[
        int | None, typer.Option("--rl-batch", help="Of an optimiser step of RL. Default: --batch.")
    ] = None,
    policy_lr: Annotated[
        float | None,
        typer.Option("--policy-lr", help="Learning rate of rloo and grpo. Default: 1.41e-5."),
    ] = None,
    kl: Annotated[
        float | None,
        typer.Option("--kl", help="Weight of the KL penalty of rloo and grpo. Default: 0.1."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", help="Random ones a program. Default: 2.")
    ] = None,
    programs_per_step: Annotated[
        int | None,
        typer.Option("--programs-per-step", metavar="N", help="Default: all programs."),
    ] = None,
    batch: Annotated[
        int | None, typer.Option("--batch", help="Of an optimiser step. Default: 32.")
    ] = None,
    device_batch: Annotated[
        int | None, typer.Option("--device-batch", help="Held at once. Default: 8.")
    ] = None,
    max_length: Annotated[
        int | None, typer.Option("--max-length", help="Tokens of a text. Default: 1024.")
    ] = None,
    max_new_tokens: Annotated[
        int | None, typer.Option("--max-new-tokens", help="Of a sample. Default: 512.")
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(
            "--style", help="Prompts: optimize (default), perfrl, pie, pie2; mini of itself."
        ),
    ] = None,
    limit: Annotated[
        float | None,
        typer.Option("--limit", metavar="SECONDS", help="For one run of a program. Default: 5."),
    ] = None,
    timing: Annotated[
        bool | None,
        typer.Option("--timing/--no-timing", help="Time candidates that pass, or only test them."),
    ] = None,
    remeasure: Annotated[
        bool | None,
        typer.Option("--remeasure", help="Keep only pairs whose target is faster here."),
    ] = None,
    gradient_checkpointing: Annotated[
        bool | None, typer.Option("--gradient-checkpointing", help="Less memory, more time.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Programs run at once. Default: all cores.")
    ] = None,
    python: Annotated[
        str | None,
        typer.Option("--python", metavar="PATH", help="Runs the programs. Default: perfopt's own."),
    ] = None,
    sandbox: SandboxOption = None,
    form: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Teach a model to make programs faster: fine-tuning, then RRHF on tests and clocks.

    Killed at any moment, the same command goes on to the same result. All settings, also those
    without an option, can be given in a TOML file; RUN/config.toml lists them.
    """
    if sys.platform == "win32":
        raise PerfoptError(
            "perfopt train doesn't run on Windows itself: programs are run in a sandbox that only "
            "Linux has; use the Windows Subsystem for Linux"
        )
    from perfopt_cli.console import Screen
    from perfopt_cli.train.config_file import load_config
    from perfopt_cli.train.job import Job
    from perfopt_cli.train.job import train as run
    from perfopt_cli.train.team import find_team

    settings = load_config(
        {
            "preset": preset,
            "stages": stages,
            "tuning": tuning and tuning.value,
            "seed": seed,
            "epochs": epochs,
            "learning_rate": lr,
            "minutes": minutes,
            "steps": steps,
            "rl_epochs": rl_epochs,
            "rl_learning_rate": rl_lr,
            "rl_batch": rl_batch,
            "policy_learning_rate": policy_lr,
            "kl": kl,
            "samples": samples,
            "programs_per_step": programs_per_step,
            "batch": batch,
            "device_batch": device_batch,
            "max_length": max_length,
            "max_new_tokens": max_new_tokens,
            "style": style,
            "limit_seconds": limit,
            "timing": timing,
            "remeasure": remeasure,
            "gradient_checkpointing": gradient_checkpointing,
            "workers": workers,
        },
        config,
    )
    team = find_team()
    job = Job(data, model, settings, output, python, sandbox.value if sandbox else "auto")
    with Screen((-1 if quiet else int(verbose)) if team.leads else -1) as screen:
        try:
            root, record = run(job, screen, team)
        except KeyboardInterrupt:
            screen.note("what is finished is kept: the same command goes on from there")
            raise
    if team.leads:
        _show(root, record, form, quiet=quiet)


def _show(root: Path, record: dict[str, Any], form: Format, *, quiet: bool) -> None:
    if form is Format.JSON:
        print(json.dumps({"perfopt": __version__, "run": str(root), **record}))
        return
    for row in [] if quiet else record["metrics"]:
        if "kind" in row:
            print(
                f"{row['stage']} {row['step'] or '':<3} {row['kind']:7} "
                f"{row['samples']:5} samples: "
                f"{row['compiled']:6.1%} compile, {row['passed']:6.1%} pass, "
                f"{row['optimised']:6.1%} are faster, mean reward {row['reward']:.3f}"
            )
    if record["units"] == ["reward"]:
        print(f"trained: {root / 'reward'}, a reward model")
    else:
        used = f"--adapter {root}"
        if (root / EXPORTED).is_dir():
            used = f"--model {root}"
        print(f"trained: {root}; use it with: perfopt optimize {used}")
