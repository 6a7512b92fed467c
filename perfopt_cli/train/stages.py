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

from perfopt_cli.core import Listener, PerfoptError, Target
from perfopt_cli.model.prompt import Prompt
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.encode import Group, make_group
from perfopt_cli.train.formats.verdicts import ScoredCandidate
from perfopt_cli.train.metrics import KINDS, loss_rows, rate_rows
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.prompts import BEST_TAG, messages_for, program_from, prompt_for, target_text
from perfopt_cli.train.records import Level, Pair, Score, Task
from perfopt_cli.train.rundir import Log, Unit, write_json, write_text
from perfopt_cli.train.samples import Candidate, readable
from perfopt_cli.train.scorebook import ScoreBook, score_of, score_row, task_of
from perfopt_cli.train.team import Team

CHUNK = 32
"""How many programs are sampled for between two writes to the disk."""


Trained = tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]


class Learner(Protocol):
    """The model that is trained. ``learner.py`` has the one that is used.

    Training goes on with what an earlier process left in the folder, to the
    same result; the weights are in ``folder/model`` afterwards, whole or not at
    all. It returns what was logged at each optimiser step, and figures.
    """

    @property
    def chat(self) -> bool:
        """Whether the model is asked by messages, and answers in Markdown."""

    def start(self, weights: Path | None) -> None:
        """Load the model as it is to begin with, or as a stage has left it."""

    def fine_tune(self, pairs: Sequence[tuple[str, str]], folder: Path) -> Trained:
        """Train on (prompt, response) pairs."""

    def rank(self, groups: Sequence[Group], folder: Path) -> Trained:
        """Train on ranked candidates."""

    def prefer(self, pairs: Sequence[Preference], folder: Path) -> Trained:
        """Train on pairs of a faster and a slower reply."""

    def refine(self, pairs: Sequence[tuple[str, str]], folder: Path) -> Trained:
        """Train on (prompt, response) pairs with the rate and epochs of an RL step."""

    def keep(self, folder: Path) -> None:
        """Leave the weights as they are, and put them into ``folder/model``."""

    def sample(self, prompts: Sequence[str], seed: int) -> list[list[Candidate]]:
        """Return candidates for each prompt."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a stage works with. ``folder`` is its own; ``pairs`` are those to train on.

    ``scored`` are recorded verdicts on candidates, for data that has them.
    """

    unit: Unit
    folder: Path
    samples: Path
    config: TrainConfig
    pairs: tuple[Pair, ...]
    learner: Learner
    book: ScoreBook
    listener: Listener
    team: Team
    scored: tuple[ScoredCandidate, ...] = ()


Stage = Callable[[Context], list[dict[str, Any]]]
"""Does a unit's work and returns its metrics; the weights are saved by the caller."""


def fine_tune(c: Context) -> list[dict[str, Any]]:
    """Train on slow → fast by cross-entropy."""
    c.listener.stage(f"fine-tuning on {len(c.pairs)} pairs")
    return trained_rows(c, c.learner.fine_tune(lessons(c, c.pairs), c.folder))


def lessons(c: Context, pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Return prompt and response of each pair."""
    return [
        (
            prompt(c, pair, pair.tag if c.config.conditioning else None),
            target_text(pair.fast, chat=c.learner.chat),
        )
        for pair in pairs
    ]


def trained_rows(c: Context, trained: Trained) -> list[dict[str, Any]]:
    """Return the metrics of a training: its figures, then its losses."""
    history, figures = trained
    if left_out := figures.get("left_out"):
        c.listener.note(f"{left_out} texts are too long for the model and were left out")
    summary = {"stage": c.unit.stage, "step": c.unit.step, "figures": dict(figures)}
    return [summary, *loss_rows(c.unit.stage, c.unit.step, history)]


def rank(c: Context) -> list[dict[str, Any]]:
    """Do one RL step: choose programs, sample, score, train on the ranking."""
    step = c.unit.step
    c.listener.stage(f"RL step {step} of {c.config.steps}: programs that run")
    chosen = c.team.once(c.folder / "chosen.json", lambda: choose(c))
    targets = {int(place): score_of(row) for place, row in chosen["targets"].items()}
    c.listener.stage(f"RL step {step}: sampling for {len(targets)} programs")
    drawn = draw(c, list(targets))
    c.listener.stage(f"RL step {step}: scoring")
    scored = judge(c, drawn, targets)
    levels = [(one.kind, score.level) for rows in scored.values() for one, score in rows]
    counts = {
        "programs": len(targets),
        "not_running": chosen["not_running"],
        "too_long": sum(not candidates for candidates in drawn.values()),
    }
    rows = [{"stage": c.unit.stage, "step": step, **counts}]
    rows += rate_rows(c.unit.stage, step, levels)
    if c.team.leads:
        write_text(c.samples / f"step-{step}.md", readable(f"step {step}", c.pairs, scored))
    right = {
        place: ranked
        for place, ranked in scored.items()
        if any(score.level >= Level.PASSED for _, score in ranked)
    }
    # What is best in a group is taught: where nothing is right, it would be a mistake.
    rows[0]["no_right_candidate"] = len(scored) - len(right)
    if not right:
        raise PerfoptError(
            f"RL step {step}: of {len(scored)} programs none has a candidate or target that passes "
            "the tests, so there is nothing to learn from; look at samples/ in the run folder"
        )
    groups = [
        make_group(asked(c, place), [(one.kind, one.text, score.reward) for one, score in ranked])
        for place, ranked in right.items()
    ]
    c.listener.stage(f"RL step {step}: training on {len(groups)} groups")
    return rows + trained_rows(c, c.learner.rank(groups, c.folder))


REGISTRY: Mapping[str, Stage] = {"sft": fine_tune, "rrhf": rank}


def prompt(c: Context, pair: Pair, tag: int | None) -> str:
    """Return the prompt for a pair's slow program; with messages where there is a form of them."""
    plain = prompt_for(pair.slow, style=c.config.style, tag=tag)
    if c.config.style != "optimize":
        return plain
    target = Target("", "", 1, pair.slow)
    return Prompt(plain, messages_for(pair.slow, group=pair.group), target)


def asked(c: Context, place: int) -> str:
    """Return the prompt of a program, asking for the best where prompts say how good."""
    return wanted(c, c.pairs[place])


def wanted(c: Context, pair: Pair) -> str:
    """Return the prompt of a pair's slow program, asking for the best as ``asked`` does."""
    return prompt(c, pair, BEST_TAG if c.config.conditioning else None)


def choose(c: Context) -> dict[str, Any]:
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
        found |= c.book.check(c.pairs, order[:block])
        order = order[block:]
    if not found:
        told = sorted({" ".join(one.detail.split())[:200] for one in c.book.checked()})[:3]
        raise PerfoptError(
            f"none of the {size} slow programs passes its own tests, so there is nothing to rank "
            f"candidates against; is --python the right interpreter, --limit long enough? They "
            f"say: {' | '.join(told)}"
        )
    kept = list(found.items())[: wanted or size]
    return {
        "targets": {place: score_row(score) for place, score in kept},
        "not_running": c.book.not_running(),
    }


def draw(c: Context, places: Sequence[int]) -> dict[int, list[Candidate]]:
    """Return candidates for the programs; each chunk is on the disk once it is drawn."""
    prompts = {place: asked(c, place) for place in places}
    # Of like length, so that little of a batch is padding.
    order = sorted(places, key=lambda place: (len(prompts[place]), place))
    chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
    paths = [c.folder / "candidates" / f"{number:05}.json" for number in range(len(chunks))]
    for number, (chunk, path) in enumerate(zip(chunks, paths, strict=True)):
        c.listener.tests(number * CHUNK, len(order))
        if c.team.has(number) and not path.exists():
            seed = seed_of(c.config.seed, c.unit.name, number)
            drawn = c.learner.sample([prompts[place] for place in chunk], seed)
            rows = [[[one.kind, one.text] for one in row] for row in drawn]
            write_json(path, {"places": chunk, "candidates": rows})
    found: dict[int, list[Candidate]] = {}
    for path in paths:
        kept = c.team.read(path)
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
    scores = c.team.once(c.folder / "scored.json", lambda: score_all(c, items))
    found = {}
    for place, candidates in drawn.items():
        rows = []
        for one in sorted(candidates, key=lambda one: KINDS.index(one.kind)):
            known = codes[place].get(program_from(one.text))
            rows.append((one, targets[place] if known is None else score_of(scores[known])))
        target = target_text(c.pairs[place].fast, chat=c.learner.chat)
        rows.append((Candidate("target", target), targets[place]))
        found[place] = rows
    return found


def score_all(c: Context, items: Mapping[str, tuple[Task, str]]) -> dict[str, Any]:
    """Return the programs' scores as JSON, by key."""
    log = Log(c.folder / "scores.jsonl")
    scores = c.book.scores(log, items)
    return {key: score_row(score) for key, score in scores.items()}


def seed_of(*parts: object) -> int:
    """Return a seed that depends on the parts alone, from 0 to 2**31 - 1."""
    return int.from_bytes(sha256(repr(parts).encode()).digest()[:4], "big") >> 1
