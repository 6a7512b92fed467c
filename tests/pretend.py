"""A learner and a scorer that only pretend, so that runs of the stages take no time.

As a script: does a run in the folder given, and is killed at the Nth write to the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perfopt_cli.core import Speedup
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.context import Trained
from perfopt_cli.train.formats.verdicts import ScoredCandidate
from perfopt_cli.train.learning.encode import Group
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.records import Check, Level, Pair, Score, Task, Tests
from perfopt_cli.train.rewards import PolicyGroup
from perfopt_cli.train.run import TrainRun
from perfopt_cli.train.rundir import Identity, open_folder
from perfopt_cli.train.samples import Candidate
from perfopt_cli.train.scorebook import ScoreBook
from perfopt_cli.train.team import Team

TESTS = Tests((Check("", "1\n"),))


def pair(number: int, slow: str = "", fast: str = "") -> Pair:
    slow = slow or f"print(1)  # slow {number}\n"
    return Pair(
        f"p{number}", slow, fast or f"print(1)  # faster {number}\n", TESTS, f"here:{number}"
    )


class Quiet:
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.stages: list[str] = []

    def stage(self, text: str) -> None:
        self.stages.append(text)

    def tests(self, done: int, total: int) -> None:
        pass

    def verdict(self, verdict: object) -> None:
        pass

    def note(self, text: str) -> None:
        self.notes.append(text)


class PretendLearner:
    """Its weights are a digest of all that it was ever taught, and decide what it samples."""

    chat = False

    def __init__(self) -> None:
        self.state = ""
        self.asked: list[str] = []
        self.groups: list[Group] = []
        self.preferences: list[Preference] = []
        self.refined: list[tuple[str, str]] = []
        self.reinforced: list[PolicyGroup] = []
        self.held_to: list[Path | None] = []
        self.held_out: list[Preference] = []
        self.judged: list[tuple[str, str]] = []

    def start(self, weights: Path | None) -> None:
        self.state = (weights / "model.safetensors").read_text() if weights else "base"

    def fine_tune(self, pairs: Sequence[tuple[str, str]], folder: Path) -> Trained:
        return self._train(repr(list(pairs)), folder)

    def rank(self, groups: Sequence[Group], folder: Path) -> Trained:
        self.groups = list(groups)
        return self._train(repr(groups), folder)

    def prefer(self, pairs: Sequence[Preference], folder: Path) -> Trained:
        self.preferences = list(pairs)
        return self._train(repr(pairs), folder)

    def refine(self, pairs: Sequence[tuple[str, str]], folder: Path) -> Trained:
        self.refined = list(pairs)
        return self._train(repr(list(pairs)), folder)

    def reinforce(
        self, method: str, groups: Sequence[PolicyGroup], folder: Path, reference: Path | None
    ) -> Trained:
        self.reinforced = list(groups)
        self.held_to.append(reference)
        held = (reference / "model.safetensors").read_text() if reference else "base"
        return self._train(repr((method, groups, held)), folder)

    def keep(self, folder: Path) -> None:
        self._write(folder, self.state)

    def fit_reward(
        self, pairs: Sequence[Preference], held_out: Sequence[Preference], folder: Path
    ) -> Trained:
        self.preferences, self.held_out = list(pairs), list(held_out)
        self._write(folder, hashlib.sha256(repr(pairs).encode()).hexdigest())
        return [{"loss": 0.5, "step": 1}], {"held_out_accuracy": 0.75, "held_out": 4}

    def values(self, replies: Sequence[tuple[str, str]], reward: Path) -> list[float]:
        self.judged = list(replies)
        known = (reward / "model.safetensors").read_text()
        digests = [hashlib.sha256((known + text).encode()).hexdigest() for _, text in replies]
        return [int(digest[:2], 16) / 32 - 4 for digest in digests]

    def sample(self, prompts: Sequence[str], seed: int) -> list[list[Candidate]]:
        self.asked += prompts
        return [
            [Candidate(kind, self._reply(f"{seed} {place} {prompt}"))
             for place, kind in enumerate(("random", "random", "greedy"))]
            for prompt in prompts
        ]  # fmt: skip

    def _reply(self, about: str) -> str:
        digest = hashlib.sha256((self.state + about).encode()).hexdigest()
        words = ("broken(", "print(2)", "print(1)", "print(1)  # faster")
        return f"{words[int(digest[0], 16) % 4]}\nx = '{digest[:6]}'\n"

    def _train(self, data: str, folder: Path) -> Trained:
        self.state = hashlib.sha256((self.state + data).encode()).hexdigest()
        self._write(folder, self.state)
        return [{"loss": int(self.state[:2], 16) / 100, "step": 1}], {"rows": 1}

    def _write(self, folder: Path, text: str) -> None:
        model = folder / "model"
        model.mkdir(parents=True, exist_ok=True)
        for name, content in (("model.safetensors", text), ("config.json", "{}")):
            (model / name).write_text(content)


@dataclass
class PretendScorer:
    """Judges a program by its words; counts what it was asked."""

    asked: list[tuple[Task, str]] = field(default_factory=list)

    def submit(self, task: Task, code: str) -> Future[Score]:
        self.asked.append((task, code))
        future: Future[Score] = Future()
        future.set_result(self.judge(code))
        return future

    def judge(self, code: str) -> Score:
        if "broken" in code:
            return Score(Level.BROKEN, "SyntaxError")
        if "print(1)" not in code:
            return Score(Level.FAILED, "printed 2")
        if "faster" in code:
            return Score(Level.FASTER, "", Speedup(2.0, 1.8, 2.2))
        return Score(Level.PASSED)


@dataclass
class Trial:
    """A run in a folder, with what it works with."""

    root: Path
    pairs: tuple[Pair, ...] = tuple(pair(number) for number in range(5))
    config: TrainConfig = field(default_factory=lambda: TrainConfig(steps=3))
    model: str = "base-model"
    listener: Quiet = field(default_factory=Quiet)
    learner: PretendLearner = field(default_factory=PretendLearner)
    scorer: PretendScorer = field(default_factory=PretendScorer)
    scored: tuple[ScoredCandidate, ...] = ()

    @contextmanager
    def open_scorer(self) -> Iterator[PretendScorer]:
        yield self.scorer

    def run(self) -> dict[str, Any]:
        identity = Identity(self.model, self.model, "data", repr(self.pairs), self.config)
        checked = self.root / "stages" / "checked.jsonl"
        with (
            open_folder(self.root, identity) as folder,
            ScoreBook(self.open_scorer, checked, self.listener) as book,
        ):
            facts = {"pairs": {"train": len(self.pairs)}}
            return TrainRun(
                folder, identity, self.pairs, facts, lambda: self.learner, book, self.listener,
                Team(), self.scored,
            ).run()  # fmt: skip


def files(root: Path) -> Mapping[str, str]:
    """All that a run leaves, but the lock; what is logged as it comes is sorted."""
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name != "lock":
            text = path.read_text()
            if path.name in ("checked.jsonl", "scores.jsonl"):
                text = "".join(sorted(text.splitlines(keepends=True)))
            found[str(path.relative_to(root))] = text
    return found


def die_at(number: int) -> None:
    """Kill this process when it is about to touch the disk for the Nth time."""
    count = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        writes = event in ("os.rename", "os.link", "os.remove", "os.mkdir", "os.truncate")
        if event == "open":
            writes = isinstance(arguments[1], str) and set(arguments[1]) & set("wa")
        count += bool(writes)
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def killed_and_resumed(root: Path, number: int, config: TrainConfig) -> Mapping[str, str] | None:
    """Kill a run at a write, go on with it; None where it ended before so many writes."""
    child = os.fork()
    if child == 0:
        die_at(number)
        Trial(root, config=config).run()
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        return None
    Trial(root, config=config).run()
    return files(root)


def main(folder: Path, every: int, steps: int, stages: Sequence[str]) -> None:
    """Kill runs at every so many writes; print how many, and where the result differs."""
    os.fsync = lambda _: None  # What a killed process has written is there without it.
    config = TrainConfig(stages=tuple(stages), steps=steps)
    Trial(folder / "whole", config=config).run()
    whole = files(folder / "whole")
    wrong, kills, number = [], 0, 1
    while (now := killed_and_resumed(folder / str(number), number, config)) is not None:
        if now != whole:
            names = sorted(name for name in {*now, *whole} if now.get(name) != whole.get(name))
            wrong.append((number, names))
        kills, number = kills + 1, number + every
    print(json.dumps({"kills": kills, "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
