"""What a step of fine-tuning costs: perfopt's against trl's SFTTrainer.

Same model, rows, batch and settings, each in a process of its own, in turn.
Prints the median time of a step, tokens a second, and the peak of the process's
memory less what it was before training. Needs trl (1.16 was used) in the
Python that runs this.

    python benchmarks/train_step.py [--repeats 3] [--steps 20] [--output FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from output_page import put_into  # noqa: E402
from small_pairs import make_pairs  # noqa: E402
from train_small import Plan, make_model, rows_of  # noqa: E402

from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.train.config import TrainConfig  # noqa: E402

KINDS = ("perfopt", "trl")


def main() -> None:
    """Run both in turn, and print or write the table."""
    parser = argparse.ArgumentParser(description="Time a training step against trl's.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--output", type=Path, help="the page to write the table into")
    parser.add_argument("--kind", choices=KINDS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.kind:
        print(json.dumps(timed(options)))
        return
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for _ in range(options.repeats):
        for kind in KINDS:
            command = [sys.executable, __file__, *sys.argv[1:], "--kind", kind]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{kind} failed:\n{done.stderr[-2000:]}")
            found[kind].append(json.loads(done.stdout.splitlines()[-1]))
            print(kind, found[kind][-1], file=sys.stderr)
    text = table(found, options)
    if options.output:
        put_into(options.output, "train_step", text)
    print(text)


def timed(options: argparse.Namespace) -> dict[str, float]:
    """Train in this process, and return seconds a step, tokens a second, and memory."""
    with tempfile.TemporaryDirectory(prefix="perfopt-train-step-") as temporary:
        folder = Path(temporary)
        pairs, _ = make_pairs(options.batch * options.steps, 0, seed=0)
        texts = [rows_of(pair) for pair in pairs]
        config = TrainConfig(
            epochs=1.0, batch=options.batch, device_batch=options.batch, max_length=512, bf16="off"
        )
        plan = Plan(0, 0, 0.0, 0, options.hidden, options.layers, 512)
        base = make_model(folder / "base", pairs, plan, seed=0)
        clock = clock_of()
        trainer = (ours if options.kind == "perfopt" else theirs)(base, texts, config, clock)
        before = peak()
        if options.kind == "perfopt":
            trainer(folder / "run")
        else:
            trainer.train()
        tokens = sum(lengths(base, texts))
    # The first steps make caches and choose kernels.
    steps = [b - a for a, b in zip(clock.times, clock.times[1:], strict=False)][2:]
    step = statistics.median(steps)
    return {
        "step": step,
        "tokens": tokens / options.steps / statistics.mean(steps),
        "memory": (peak() - before) / 2**20,
    }


def clock_of() -> Any:
    """Return a callback that notes when each step ends."""
    from transformers import TrainerCallback

    class Clock(TrainerCallback):  # type: ignore[misc]
        def __init__(self) -> None:
            self.times: list[float] = []

        def on_step_end(self, args: Any, state: Any, control: Any, **options: Any) -> None:
            control.should_save = False
            self.times.append(time.perf_counter())

    return Clock()


def ours(base: Path, texts: Sequence[tuple[str, str]], config: TrainConfig, clock: Any) -> Any:
    """Return a function that trains in a folder."""
    from perfopt_cli.train.learning.models import load_for_training
    from perfopt_cli.train.learning.trainers import run_sft

    loaded = load_for_training(base, config)
    return lambda folder: run_sft(
        loaded.model, loaded.tokenizer, texts, config, folder, resume=False, callbacks=[clock]
    )


def theirs(base: Path, texts: Sequence[tuple[str, str]], config: TrainConfig, clock: Any) -> Any:
    """Return trl's trainer, set up to do the same."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    with quiet():
        from datasets import Dataset
        from trl import SFTConfig, SFTTrainer

        from perfopt_cli.train.learning.models import load_for_training

        loaded = load_for_training(base, config)
        rows = [{"prompt": prompt, "completion": target} for prompt, target in texts]
        arguments = SFTConfig(
            output_dir=str(base / "trl"),
            per_device_train_batch_size=config.batch,
            num_train_epochs=config.epochs,
            learning_rate=config.learning_rate,
            max_length=config.max_length,
            completion_only_loss=True,
            gradient_checkpointing=False,
            bf16=False,
            use_cpu=loaded.device == "cpu",
            save_strategy="no",
            logging_steps=1,
            report_to="none",
            disable_tqdm=True,
            log_level="error",
        )
        return SFTTrainer(
            model=loaded.model,
            args=arguments,
            train_dataset=Dataset.from_list(rows),
            processing_class=loaded.tokenizer,
            callbacks=[clock],
        )


def lengths(base: Path, texts: Sequence[tuple[str, str]]) -> list[int]:
    """Return how many tokens each row has, without padding."""
    from perfopt_cli.model.loading import read_tokenizer

    tokenizer = read_tokenizer(base)
    return [len(tokenizer(prompt + target)["input_ids"]) + 1 for prompt, target in texts]


def peak() -> float:
    """Return the highest memory of this process so far, in bytes; the GPU's where there is one."""
    import resource

    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated())
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def table(found: dict[str, list[dict[str, float]]], options: argparse.Namespace) -> str:
    """Return the figures as Markdown: medians, with the range of the repeats."""
    lines = [
        f"A Qwen2 with {options.layers} layers of width {options.hidden}, fp32, {options.steps} "
        f"steps of {options.batch} rows, {options.repeats} runs each.",
        "",
        "| | seconds a step | tokens a second | memory for training, MiB |",
        "| --- | ---: | ---: | ---: |",
    ]
    for kind, runs in found.items():
        cells = []
        for name, form in (("step", ".3f"), ("tokens", ".0f"), ("memory", ".0f")):
            values = sorted(run[name] for run in runs)
            middle = statistics.median(values)
            cells.append(f"{middle:{form}} ({values[0]:{form}} to {values[-1]:{form}})")
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
