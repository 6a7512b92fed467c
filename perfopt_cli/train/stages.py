"""What each stage does. A stage that is stopped goes on where it was, to the same result.

What is drawn at random depends on the seed, the stage and the place in it alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from perfopt_cli.core import Listener, PerfoptError
from perfopt_cli.train.bench import Bench, task_of
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.metrics import KINDS, loss_rows, rate_rows
from perfopt_cli.train.prompts import program_from, prompt_for, target_text
from perfopt_cli.train.records import Level, Pair, Score, Task
from perfopt_cli.train.rundir import Log, Unit, read_json, write_json, write_text

CHUNK = 32
"""How many programs are sampled for between two writes to the disk."""

BEST_TAG = 10
"""What is asked for at sampling where prompts name how good a program is to be."""

TO_READ = 20
"""How many programs of a step are shown in ``samples/``."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reply of the model, or the data set's target, to a program's prompt."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A prompt's candidates with their rewards, in the order that breaks ties."""

    prompt: str
    responses: tuple[str, ...]
    rewards: tuple[float, ...]


class Learner(Protocol):
    """The model that is trained. ``learner.py`` has the one that is used."""

    def start(self, weights: Path | None) -> None:
        """Load the model as it is to begin with, or as a stage has saved it."""

    def fine_tune(self, pairs: Sequence[Pair], folder: Path) -> Sequence[Mapping[str, Any]]:
        """Train on targets; go on with what is in the folder. Return what was logged."""

    def sample(self, prompts: Sequence[str], seed: int) -> list[list[Candidate]]:
        """Return candidates for each prompt."""

    def rank(self, groups: Sequence[Ranked], folder: Path) -> Sequence[Mapping[str, Any]]:
        """Train on ranked candidates; go on with what is in the folder. Return what was logged."""

    def save(self, folder: Path) -> None:
        """Write the weights, so that ``start`` and users can load them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a stage works with. ``folder`` is its own; ``pairs`` are those to train on."""

    unit: Unit
    folder: Path
    samples: Path
    config: TrainConfig
    pairs: tuple[Pair, ...]
    learner: Learner
    bench: Bench
    listener: Listener

    @property
    def trainer(self) -> Path:
        """The folder of the trainer's checkpoints; it goes once the unit is done."""
        return self.folder / "trainer"


Stage = Callable[[Context], list[dict[str, Any]]]
"""Does a unit's work and returns its metrics; the weights are saved by the caller."""


def fine_tune(c: Context) -> list[dict[str, Any]]:
    """Train on slow → fast by cross-entropy."""
    c.listener.stage(f"fine-tuning on {len(c.pairs)} pairs")
    return loss_rows("sft", 0, c.learner.fine_tune(c.pairs, c.trainer))


def rank(c: Context) -> list[dict[str, Any]]:
    """Do one RL step: choose programs, sample, score, train on the ranking."""
    step = c.unit.step
    c.listener.stage(f"RL step {step} of {c.config.steps}: programs that run")
    targets = choose(c)
    c.listener.stage(f"RL step {step}: sampling for {len(targets)} programs")
    drawn = draw(c, list(targets))
    c.listener.stage(f"RL step {step}: scoring")
    scored = judge(c, drawn, targets)
    levels = [(one.kind, score.level) for rows in scored.values() for one, score in rows]
    counts = {"programs": len(targets), "not_running": c.bench.not_running()}
    rows = [{"stage": c.unit.stage, "step": step, **counts}]
    rows += rate_rows(c.unit.stage, step, levels)
    write_text(c.samples / f"step-{step}.md", readable(c, scored))
    groups = [
        Ranked(
            prompt(c, place),
            tuple(one.text for one, _ in ranked),
            tuple(score.reward for _, score in ranked),
        )
        for place, ranked in scored.items()
    ]
    c.listener.stage(f"RL step {step}: training on {len(groups)} groups")
    return rows + loss_rows(c.unit.stage, step, c.learner.rank(groups, c.trainer))


REGISTRY: Mapping[str, Stage] = {"sft": fine_tune, "rrhf": rank}


def prompt(c: Context, place: int) -> str:
    """Return the prompt of a program, asking for the best where prompts say how good."""
    tag = BEST_TAG if c.config.conditioning else None
    return prompt_for(c.pairs[place].slow, style=c.config.style, tag=tag)


def choose(c: Context) -> dict[int, Score]:
    """Return the programs of this step by place, each with its target's score.

    Programs that don't run to begin with are passed over. With a number of
    programs for each step, the steps go through one shuffled order in turn.
    Raises PerfoptError where no program runs.
    """
    size, wanted = len(c.pairs), c.config.programs_per_step
    order = list(range(size))
    random.Random(f"programs {c.config.seed}").shuffle(order)
    if wanted:
        first = (c.unit.step - 1) * wanted % size
        order = order[first:] + order[:first]
    found: dict[int, Score] = {}
    block = wanted or size
    while order and len(found) < (wanted or size):
        found |= c.bench.check(c.pairs, order[:block])
        order = order[block:]
    if not found:
        told = sorted({" ".join(one.detail.split())[:200] for one in c.bench.checked()})[:3]
        raise PerfoptError(
            f"none of the {size} slow programs passes its own tests, so there is nothing to rank "
            f"candidates against; is --python the right interpreter, --limit long enough? They "
            f"say: {' | '.join(told)}"
        )
    return dict(list(found.items())[: wanted or size])


def draw(c: Context, places: Sequence[int]) -> dict[int, list[Candidate]]:
    """Return candidates for the programs; each chunk is on the disk once it is drawn."""
    prompts = {place: prompt(c, place) for place in places}
    # Of like length, so that little of a batch is padding.
    order = sorted(places, key=lambda place: (len(prompts[place]), place))
    found: dict[int, list[Candidate]] = {}
    for number, start in enumerate(range(0, len(order), CHUNK)):
        c.listener.tests(start, len(order))
        chunk = order[start : start + CHUNK]
        path = c.folder / "candidates" / f"{number:05}.json"
        kept = read_json(path)
        if kept is None:
            drawn = c.learner.sample(
                [prompts[place] for place in chunk],
                seed_of(c.config.seed, c.unit.name, number),
            )
            rows = [[[one.kind, one.text] for one in row] for row in drawn]
            kept = {"places": chunk, "candidates": rows}
            write_json(path, kept)
        for place, row in zip(kept["places"], kept["candidates"], strict=True):
            found[place] = [Candidate(kind, text) for kind, text in row]
    return {place: found[place] for place in places}


def judge(
    c: Context, drawn: Mapping[int, Sequence[Candidate]], targets: Mapping[int, Score]
) -> dict[int, list[tuple[Candidate, Score]]]:
    """Return the candidates of each program and its target, scored, in the order of ties."""
    items: dict[str, tuple[Task, str]] = {}
    codes: dict[int, dict[str, str]] = {}
    for place, candidates in drawn.items():
        codes[place] = {}
        for one in candidates:
            code = program_from(one.text)
            if code not in codes[place] and code != c.pairs[place].fast:
                key = f"{place} {len(codes[place])}"
                codes[place][code] = key
                items[key] = (task_of(c.pairs[place]), code)
    log = Log(c.folder / "scores.jsonl")
    scores = c.bench.scores(log, items, timing=c.bench.timing)
    found = {}
    for place, candidates in drawn.items():
        rows = []
        for one in sorted(candidates, key=lambda one: KINDS.index(one.kind)):
            key = codes[place].get(program_from(one.text))
            rows.append((one, targets[place] if key is None else scores[key]))
        rows.append((Candidate("target", target_text(c.pairs[place].fast)), targets[place]))
        found[place] = rows
    return found


def readable(c: Context, scored: Mapping[int, Sequence[tuple[Candidate, Score]]]) -> str:
    """Return a few programs of the step with their candidates, as Markdown."""
    parts = [f"# Samples of step {c.unit.step}\n"]
    for place in list(scored)[:TO_READ]:
        pair = c.pairs[place]
        parts.append(f"## {pair.group or 'a program'} ({pair.where})\n")
        parts.append(_fenced(pair.slow))
        for one, score in scored[place]:
            gain = f", {score.speedup.ratio:.2f}x" if score.speedup else ""
            said = f": {score.detail}" if score.detail and score.level < Level.PASSED else ""
            parts.append(f"### {one.kind}: {score.level.name}, {score.reward:g}{gain}{said}\n")
            parts.append(_fenced(program_from(one.text)))
    return "\n".join(parts)


def _fenced(code: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}python\n{code.rstrip()}\n{fence}\n"


def seed_of(*parts: object) -> int:
    """Return a seed that depends on the parts alone, from 0 to 2**31 - 1."""
    return int.from_bytes(sha256(repr(parts).encode()).digest()[:4], "big") >> 1
