"""What the stages of a training run work with: the model, the data, the folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from perfopt_cli.core import Listener, PerfoptError, Target
from perfopt_cli.model.prompt import Prompt
from perfopt_cli.model.styles import MINI
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.formats.verdicts import ScoredCandidate
from perfopt_cli.train.learning.encode import Group
from perfopt_cli.train.metrics import loss_rows
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.prompts import (
    BEST_TAG,
    messages_for,
    program_from,
    prompt_for,
    target_text,
)
from perfopt_cli.train.records import Pair
from perfopt_cli.train.rewards import PolicyGroup
from perfopt_cli.train.samples import Candidate
from perfopt_cli.train.scorebook import ScoreBook
from perfopt_cli.train.team import Team
from perfopt_cli.train.units import Unit

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

    def reinforce(
        self, method: str, groups: Sequence[PolicyGroup], folder: Path, reference: Path | None
    ) -> Trained:
        """Train by policy gradient: ``rloo`` or ``grpo``.

        ``reference`` are the weights that the KL penalty holds on to; None is the
        model as it is to begin with.
        """

    def refine(self, pairs: Sequence[tuple[str, str]], folder: Path) -> Trained:
        """Train on (prompt, response) pairs with the rate and epochs of an RL step."""

    def keep(self, folder: Path) -> None:
        """Leave the weights as they are, and put them into ``folder/model``."""

    def fit_reward(
        self, pairs: Sequence[Preference], held_out: Sequence[Preference], folder: Path
    ) -> Trained:
        """Train a reward model on pairs; what is learnt and sampled from stays as it was."""

    def values(self, replies: Sequence[tuple[str, str]], reward: Path) -> list[float]:
        """Return what the reward model in a folder says of (prompt, reply), as standard scores."""

    def sample(self, prompts: Sequence[str], seed: int) -> list[list[Candidate]]:
        """Return candidates for each prompt."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a stage works with. ``folder`` is its own; ``pairs`` are those to train on.

    ``scored`` are recorded verdicts on candidates, for data that has them.
    ``before`` are the weights that the stage began with (None: the model's own),
    ``reward`` those of a reward model that an earlier stage left.
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
    before: Path | None = None
    reward: Path | None = None


Stage = Callable[[Context], list[dict[str, Any]]]
"""Does a unit's work and returns its metrics; the weights are saved by the caller."""


def trained_rows(c: Context, trained: Trained) -> list[dict[str, Any]]:
    """Return the metrics of a training: its figures, then its losses."""
    history, figures = trained
    if left_out := figures.get("left_out"):
        texts = (
            "text is too long for the model and was"
            if left_out == 1
            else ("texts are too long for the model and were")
        )
        c.listener.note(f"{left_out} {texts} left out")
    summary = {"stage": c.unit.stage, "step": c.unit.step, "figures": dict(figures)}
    return [summary, *loss_rows(c.unit.stage, c.unit.step, history)]


def prompt(c: Context, pair: Pair, tag: int | None) -> str:
    """Return the prompt for a pair's slow program; with messages where there is a form of them."""
    plain = prompt_for(pair.slow, style=c.config.style, tag=tag)
    if c.config.style != "optimize":
        return plain
    target = Target("", "", 1, pair.slow)
    return Prompt(plain, messages_for(pair.slow, group=pair.group), target)


def lessons(c: Context, pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Return prompt and response of each pair.

    Pairs that the small model's language can't say are left out, with a note.
    """
    if c.config.style == MINI:
        return _in_own_language(c, pairs)
    return [
        (
            prompt(c, pair, pair.tag if c.config.conditioning else None),
            target_text(pair.fast, chat=c.learner.chat),
        )
        for pair in pairs
    ]


def _in_own_language(c: Context, pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    from perfopt_cli.model.mini.style import lessons as read_all

    def make() -> dict[str, Any]:
        given = [(pair.slow, pair.fast, pair.family) for pair in pairs]
        kept, reasons = read_all(given, c.config.workers)
        return {"lessons": kept, "left_out": reasons}

    c.listener.stage(f"reading {len(pairs)} pairs")
    found = c.team.once(c.folder / "lessons.json", make)
    for reason, count in found["left_out"].items():
        c.listener.note(f"{count} pairs were left out: {reason}")
    if not found["lessons"]:
        raise PerfoptError(f"none of the {len(pairs)} pairs can be said in the model's language")
    return [(prompt, reply) for prompt, reply in found["lessons"]]


def answer(c: Context, place: int, reply: str) -> str:
    """Return the program that a reply to a pair's prompt gives; empty where there is none."""
    return program_from(reply, style=c.config.style, slow=c.pairs[place].slow)


def target_of(c: Context, pair: Pair, fast: str) -> str | None:
    """Return the reply that gives the fast program; None where the model's language lacks it."""
    try:
        return target_text(
            fast,
            chat=c.learner.chat,
            style=c.config.style,
            slow=pair.slow,
            family=pair.family,
        )
    except PerfoptError:
        return None


def asked(c: Context, place: int) -> str:
    """Return the prompt of a program, asking for the best where prompts say how good."""
    return wanted(c, c.pairs[place])


def wanted(c: Context, pair: Pair) -> str:
    """Return the prompt of a pair's slow program, asking for the best as ``asked`` does."""
    return prompt(c, pair, BEST_TAG if c.config.conditioning else None)
