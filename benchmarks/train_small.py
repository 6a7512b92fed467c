"""Does training train? A small model from scratch: fine-tuning, then RRHF, on held-out problems.

The model (a Qwen2 of a few layers, and a tokenizer) is made here and learns
from the made-up programs of small_pairs.py alone. Candidates for programs of
problems it never saw are run, checked and timed as ``perfopt train`` does it,
before fine-tuning, after it, after RRHF, and after as much more fine-tuning on
the same programs as RRHF had (the control). A share of the targets is no
faster than the program it stands for, as in real data.

    python benchmarks/train_small.py [--seeds N] [--work DIR] [--output FILE] …

With ``--work`` a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from output_page import put_into  # noqa: E402
from small_pairs import make_pairs, with_idle_targets  # noqa: E402
from train_small_page import Answer, Stage, section  # noqa: E402

from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.train.config import TrainConfig  # noqa: E402
from perfopt_cli.train.learning.encode import Group, make_group  # noqa: E402
from perfopt_cli.train.learning.models import load_for_training, load_weights  # noqa: E402
from perfopt_cli.train.learning.sampling import sample  # noqa: E402
from perfopt_cli.train.prompts import program_from, prompt_for, target_text  # noqa: E402
from perfopt_cli.train.records import Level, Pair, Score, Task  # noqa: E402
from perfopt_cli.train.scoring.pool import Scorer  # noqa: E402

STYLE = "pie"
END = "</s>"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained on what. ``hidden`` and ``layers`` are the model's size."""

    train: int
    test: int
    idle: float
    programs: int
    hidden: int
    layers: int
    vocabulary: int


@dataclass(frozen=True, slots=True)
class Run:
    """One seed's run: its plan, settings, data and what scores candidates."""

    plan: Plan
    config: TrainConfig
    folder: Path
    train: Sequence[Pair]
    test: Sequence[Pair]
    scorer: Scorer


def main() -> None:
    """Train for each seed, and print or write the figures."""
    options = _options()
    plan = Plan(
        options.train, options.test, options.idle, options.programs,
        options.hidden, options.layers, options.vocabulary,
    )  # fmt: skip
    config = TrainConfig(
        epochs=options.epochs,
        learning_rate=options.learning_rate,
        batch=options.batch,
        device_batch=options.batch,
        max_length=512,
        max_new_tokens=200,
        steps=options.steps,
        rl_epochs=options.rl_epochs,
        rl_learning_rate=options.rl_learning_rate,
        samples=options.samples,
        rank_weight=options.rank_weight,
        tuning_loss=options.tuning_loss,
        programs_per_step=options.programs,
        bf16="auto" if options.bf16 else "off",
        limit_seconds=2.0,
    )
    with tempfile.TemporaryDirectory(prefix="perfopt-train-small-") as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        stages: list[Stage] = []
        pairs, test = make_pairs(plan.train, plan.test, seed=0)
        train = with_idle_targets(pairs, plan.idle, seed=0)
        with Scorer(
            Path(sys.executable),
            limit_seconds=config.limit_seconds,
            workers=options.workers,
            cache=work / "scores.jsonl",
        ) as scorer:
            for seed in range(options.first_seed, options.first_seed + options.seeds):
                one = replace(config, seed=seed)
                folder = work / f"seed-{seed}-{_digest(plan, one)}"
                stages += trained(Run(plan, one, folder, train, test, scorer))
    text = section(stages, asdict(plan), asdict(config))
    if options.output:
        put_into(options.output, "train_small", text)
    print(text)


def trained(run: Run) -> list[Stage]:
    """Train one model, and return what it answers after each stage."""
    base = make_model(run.folder / "base", run.train, run.plan, run.config.seed)
    loaded = load_for_training(base, run.config)
    model, tokenizer = loaded.model, loaded.tokenizer
    from perfopt_cli.train.learning.trainers import run_rrhf_step, run_sft

    found = [measured(run, model, tokenizer, "before fine-tuning", {})]
    texts = [rows_of(pair) for pair in run.train]
    start = time.monotonic()
    metrics = run_sft(model, tokenizer, texts, run.config, run.folder / "sft", resume=True)
    found.append(measured(run, model, tokenizer, "after fine-tuning", metrics, start))
    told: dict[str, float] = {}
    chosen: list[Pair] = []
    start = time.monotonic()
    for step in range(run.config.steps):
        at = step * run.plan.programs
        part = [run.train[(at + n) % len(run.train)] for n in range(run.plan.programs)]
        chosen += part
        groups, shares = explored(run, model, tokenizer, part, step)
        folder = run.folder / f"rrhf-{step}"
        metrics = run_rrhf_step(model, tokenizer, groups, run.config, folder, resume=True)
        told |= {f"{name} of step {step + 1}": metrics[name] for name in metrics if "loss" in name}
        told |= {f"{name} of step {step + 1}": share for name, share in shares.items()}
        told[f"ordered of step {step + 1}"] = metrics.get("ordered", 0.0)
        _say(f"seed {run.config.seed} step {step + 1}: {metrics} {shares}")
    found.append(measured(run, model, tokenizer, "after RRHF", told, start))
    load_weights(model, run.folder / "sft" / "model")
    more = replace(
        run.config, epochs=run.config.rl_epochs, learning_rate=run.config.rl_learning_rate
    )
    start = time.monotonic()
    texts = [rows_of(pair) for pair in chosen]
    metrics = run_sft(model, tokenizer, texts, more, run.folder / "control", resume=True)
    found.append(measured(run, model, tokenizer, "after more fine-tuning", metrics, start))
    return found


def rows_of(pair: Pair) -> tuple[str, str]:
    """Return what fine-tuning learns from: the prompt and the target."""
    return prompt_for(pair.slow, style=STYLE), target_text(pair.fast)


def explored(
    run: Run, model: Any, tokenizer: Any, pairs: Sequence[Pair], step: int
) -> tuple[list[Group], dict[str, float]]:
    """Draw and score candidates for programs to train on; also tell the shares of each level."""
    drawn = candidates(run, model, tokenizer, pairs, seed=1000 * run.config.seed + step)
    groups, levels = [], []
    for pair, answers in zip(pairs, drawn, strict=True):
        named = [*answers, ("target", pair.fast)]
        scores = _scored(run, pair, [code for _, code in named])
        levels += [score.level for score in scores[:-1]]
        ranked = [
            (kind, target_text(code), score.reward)
            for (kind, code), score in zip(named, scores, strict=True)
        ]
        groups.append(make_group(prompt_for(pair.slow, style=STYLE), ranked))
    return groups, {level.name.lower(): levels.count(level) / len(levels) for level in Level}


def candidates(
    run: Run, model: Any, tokenizer: Any, pairs: Sequence[Pair], seed: int
) -> list[list[tuple[str, str]]]:
    """Return (kind, program) of each program's candidates."""
    prompts = [prompt_for(pair.slow, style=STYLE) for pair in pairs]
    return [
        [(one.kind, program_from(one.text)) for one in answers]
        for answers in sample(model, tokenizer, prompts, run.config, seed)
    ]


def measured(
    run: Run, model: Any, tokenizer: Any, name: str, told: dict[str, float], start: float = 0.0
) -> Stage:
    """Return what the model answers for the held-out problems, scored."""
    seconds = time.monotonic() - start if start else 0.0
    drawn = candidates(run, model, tokenizer, run.test, seed=7)
    answers = []
    for number, (pair, found) in enumerate(zip(run.test, drawn, strict=True)):
        scores = _scored(run, pair, [code for _, code in found])
        for (kind, code), score in zip(found, scores, strict=True):
            ratio = score.speedup.ratio if score.speedup else None
            answers.append(Answer(number, kind, int(score.level), ratio, code))
    stage = Stage(name, run.config.seed, tuple(answers), told)
    shares = {
        kind: [sum(a.kind == kind and a.level >= level for a in answers) for level in (2, 3, 4)]
        for kind in ("greedy", "random")
    }
    _say(f"seed {run.config.seed} {name}: {shares} of {len(run.test)}; {told}, {seconds:.0f} s")
    text = json.dumps(asdict(stage))
    (run.folder / f"{name.replace(' ', '-')}.json").write_text(text, encoding="utf-8")
    return stage


def _scored(run: Run, pair: Pair, codes: Sequence[str]) -> list[Score]:
    return run.scorer.score(Task(pair.slow, pair.tests, pair.group), codes)


def make_model(folder: Path, pairs: Sequence[Pair], plan: Plan, seed: int) -> Path:
    """Save a model with random weights and a tokenizer trained on the pairs' programs."""
    texts = [text for pair in pairs for text in rows_of(pair)]
    with quiet():
        import torch
        from transformers import Qwen2Config, Qwen2ForCausalLM

        tokenizer = make_tokenizer(texts, plan.vocabulary)
        tokenizer.save_pretrained(folder)
        torch.manual_seed(seed)
        config = Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=plan.hidden,
            intermediate_size=3 * plan.hidden,
            num_hidden_layers=plan.layers,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=512,
            tie_word_embeddings=True,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
        )
        Qwen2ForCausalLM(config).save_pretrained(folder)
    return folder


def make_tokenizer(texts: Sequence[str], size: int) -> Any:
    """Return a byte-level BPE tokenizer of at most this many tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<pad>", END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token=END, model_max_length=512
    )


def _digest(plan: Plan, config: TrainConfig) -> str:
    """Return a name for the settings, so that a run goes on only from one of its own kind."""
    return hashlib.sha256(repr((plan, config)).encode()).hexdigest()[:8]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train a small model from scratch on made-up programs, and measure it."
    )
    whole = {
        "seeds": 3, "first-seed": 0, "train": 6000, "test": 60, "programs": 150, "hidden": 128,
        "layers": 4, "vocabulary": 512, "batch": 8, "steps": 3, "samples": 2, "workers": 1,
    }  # fmt: skip
    real = {
        "idle": 0.3, "epochs": 5.0, "learning-rate": 2e-3, "rl-epochs": 3.0,
        "rl-learning-rate": 2e-4, "rank-weight": 1.0,
    }  # fmt: skip
    for name, number in whole.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    for name, share in real.items():
        parser.add_argument(f"--{name}", type=float, default=share)
    parser.add_argument("--tuning-loss", choices=("sum", "mean"), default="mean")
    parser.add_argument("--bf16", action="store_true", help="compute in bf16 where it is fast")
    parser.add_argument("--work", type=Path, help="keep models, scores and answers here")
    parser.add_argument("--output", type=Path, help="the page to write the figures into")
    return parser.parse_args()


if __name__ == "__main__":
    main()
