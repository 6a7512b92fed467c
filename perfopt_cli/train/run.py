"""A training run: its parts in order, each finished before the next, and the result."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from perfopt_cli.core import Listener, PerfoptError
from perfopt_cli.model.styles import MINI
from perfopt_cli.train.align import align
from perfopt_cli.train.card import card
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.config_file import to_toml
from perfopt_cli.train.context import Context, Learner, Stage
from perfopt_cli.train.energy import total
from perfopt_cli.train.formats.verdicts import ScoredCandidate
from perfopt_cli.train.metrics import to_jsonl
from perfopt_cli.train.placing import place_weights, ship
from perfopt_cli.train.plots import loss_chart, rate_chart
from perfopt_cli.train.records import Level, Pair
from perfopt_cli.train.reinforce import judge_pairs, reinforce
from perfopt_cli.train.rewards import METHODS
from perfopt_cli.train.rundir import Identity, RunFolder, write_json, write_text
from perfopt_cli.train.scorebook import ScoreBook
from perfopt_cli.train.selfplay import play
from perfopt_cli.train.stages import REGISTRY
from perfopt_cli.train.team import Team
from perfopt_cli.train.units import BESIDE, Unit, units_of

KNOWN: Mapping[str, Stage] = {
    **REGISTRY, "dpa": align, "reward": judge_pairs, "rloo": reinforce, "grpo": reinforce,
    "selfplay": play,
}  # fmt: skip
"""What each stage of this version does."""

RATES = {
    "reward": "Mean reward",
    "compiled": "Share that compiles",
    "passed": "Share that passes",
    "optimised": "Share that is faster",
}
"""What is plotted over RL steps."""


@dataclass(frozen=True, slots=True)
class TrainRun:
    """A run in its open folder.

    ``facts`` (counts of the data and the like) go into the card. ``learner`` makes the one that
    learns, where there is something left to do. ``scored`` are recorded verdicts.
    """

    folder: RunFolder
    identity: Identity
    pairs: tuple[Pair, ...]
    facts: Mapping[str, Any]
    learner: Callable[[], Learner]
    book: ScoreBook
    listener: Listener
    team: Team
    scored: tuple[ScoredCandidate, ...] = ()

    @property
    def config(self) -> TrainConfig:
        """The settings."""
        return self.identity.config

    def run(self) -> dict[str, Any]:
        """Do what is not done yet, and return the result's record.

        Raises PerfoptError where a stage can't be done; what is finished stays.
        """
        check_stages(self.config)
        if self.team.leads:
            write_text(self.folder.root / "config.toml", to_toml(self.config))
        units = units_of(self.config)
        finished = [unit for unit in units if self.folder.done(unit) is not None]
        if finished != list(units[: len(finished)]):
            raise PerfoptError(
                f"{self.folder.root}: {finished[-1].name} is done and a part before it is not; "
                "start again in another folder (--output)"
            )
        if finished and self.team.leads:
            self._tidy(finished[-1])
        if len(finished) < len(units):
            pairs = self._remeasured() if self.config.remeasure else self.pairs
            learner = self._start(finished)
            for unit in units[len(finished) :]:
                self._do(unit, pairs, learner)
        return self._publish(units) if self.team.leads else {}

    def _remeasured(self) -> tuple[Pair, ...]:
        """Return the pairs whose slow program runs and whose target is faster here."""
        self.listener.stage("measuring the pairs again")
        path = self.folder.root / "stages" / "remeasured.json"
        found = self.team.once(path, self._measure)
        if not found["ratios"]:
            raise PerfoptError(
                f"of {len(self.pairs)} pairs none has a target that is faster here; "
                "train without --remeasure, or on other data"
            )
        self.listener.note(f"{len(found['ratios'])} of {len(self.pairs)} targets are faster here")
        ratios = {int(place): ratio for place, ratio in found["ratios"].items()}
        return tuple(replace(self.pairs[place], ratio=ratio) for place, ratio in ratios.items())

    def _measure(self) -> dict[str, Any]:
        scores = self.book.check(self.pairs, range(len(self.pairs)))
        faster = {place: one for place, one in scores.items() if one.level is Level.FASTER}
        ratios = {
            place: one.speedup.ratio if one.speedup else None for place, one in faster.items()
        }
        return {"ratios": ratios}

    def _start(self, finished: list[Unit]) -> Learner:
        weights = self._weights(finished)
        if weights is not None and not weights.is_dir():
            raise PerfoptError(
                f"{weights} is gone, and the run can't go on without it; delete "
                f"{weights.parent / 'done.json'} to do that part again"
            )
        if finished:
            self.listener.note(f"going on after {finished[-1].name}")
        self.listener.stage("loading the model")
        learner = self.learner()
        learner.start(weights)
        return learner

    def _weights(self, units: Sequence[Unit]) -> Path | None:
        """Return the weights of the model that the run is for after these units."""
        trained = [unit for unit in units if unit.stage not in BESIDE]
        return self.folder.weights(trained[-1]) if trained else None

    def _do(self, unit: Unit, pairs: tuple[Pair, ...], learner: Learner) -> None:
        folder = self.folder.unit(unit)
        folder.mkdir(parents=True, exist_ok=True)
        samples = self.folder.root / "samples"
        stages = self.config.stages[: self.config.stages.index(unit.stage)]
        earlier = [one for one in units_of(self.config) if one.stage in stages]
        context = Context(
            unit,
            folder,
            samples,
            self.config,
            pairs,
            learner,
            self.book,
            self.listener,
            self.team,
            self.scored,
            self._weights(earlier),
            self.folder.weights(Unit("reward")) if "reward" in stages else None,
        )
        rows = KNOWN[unit.stage](context)
        if self.team.leads:
            self.folder.finish(unit, {"metrics": rows})
            self._tidy(unit)
        else:
            self.team.read(folder / "done.json")

    def _tidy(self, unit: Unit) -> None:
        """Write what follows from finished parts, and remove what is no longer needed."""
        rows = self.rows()
        root = self.folder.root
        write_text(root / "metrics.jsonl", to_jsonl(rows))
        for stage in dict.fromkeys(row["stage"] for row in rows if "loss" in row):
            write_text(root / "plots" / f"loss-{stage}.svg", loss_chart(rows, stage))
        if any("kind" in row and row["step"] for row in rows):
            for figure, title in RATES.items():
                write_text(root / "plots" / f"{figure}.svg", rate_chart(rows, figure, title))
        before = Unit(unit.stage, unit.step - 1)
        if before.step:
            shutil.rmtree(self.folder.weights(before), ignore_errors=True)

    def rows(self) -> list[dict[str, Any]]:
        """Return the metrics of all finished parts, in order."""
        found: list[dict[str, Any]] = []
        for unit in units_of(self.config):
            record = self.folder.done(unit)
            if record is not None:
                found += record["metrics"]
        return found

    def _publish(self, units: tuple[Unit, ...]) -> dict[str, Any]:
        """Put the weights, the model card and the result's record at the top of the folder."""
        if weights := self._weights(units):
            place_weights(weights, self.folder.root, self.identity.model)
            if self.config.style == MINI:
                ship(self.folder.root, Path(self.identity.data))
        if Unit("reward") in units:
            reward = self.folder.weights(Unit("reward"))
            place_weights(reward, self.folder.root / "reward", self.identity.model)
        energy = total(self.folder.root / "energy")
        record = {
            "units": [unit.name for unit in units],
            "facts": dict(self.facts),
            "metrics": self.rows(),
            "energy": {
                "joules": round(energy.joules, 1),
                "seconds": round(energy.seconds, 1),
                "watts": round(energy.watts, 1),
                "measured": energy.measured,
                "parts": energy.parts,
            },
        }
        text = card(self.identity, self.facts, self.rows(), energy)
        write_text(self.folder.root / "README.md", text)
        write_json(self.folder.root / "result.json", record)
        return record


def check_stages(config: TrainConfig) -> None:
    """Raise PerfoptError for a stage that this version doesn't have, or can't do as it is set."""
    missing = [stage for stage in config.stages if stage not in KNOWN]
    if missing:
        raise PerfoptError(
            f"--stages: {missing[0]} is not in this version; there are {', '.join(KNOWN)}"
        )
    policy = [stage for stage in config.stages if stage in METHODS]
    if policy and config.samples < 2:
        raise PerfoptError(
            f"--samples {config.samples}: the stage {policy[0]} compares samples of a program with "
            "each other, so it needs 2 at least"
        )
