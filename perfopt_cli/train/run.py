"""A training run: its parts in order, each finished before the next, and the result."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.core import Listener, PerfoptError
from perfopt_cli.train.bench import Bench
from perfopt_cli.train.card import card
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.config_file import to_toml
from perfopt_cli.train.energy import total
from perfopt_cli.train.metrics import to_jsonl
from perfopt_cli.train.plots import loss_chart, rate_chart
from perfopt_cli.train.records import Pair
from perfopt_cli.train.rundir import (
    Identity,
    RunFolder,
    Unit,
    draft_folder,
    units_of,
    write_json,
    write_text,
)
from perfopt_cli.train.stages import REGISTRY, Context, Learner

CONFIGS = ("adapter_config.json", "config.json")
"""Files that make a folder one that can be loaded; they are put in place last."""


@dataclass(frozen=True, slots=True)
class TrainRun:
    """A run in its open folder. ``facts`` (counts of the data and the like) go into the card."""

    folder: RunFolder
    identity: Identity
    pairs: tuple[Pair, ...]
    facts: Mapping[str, Any]
    learner: Learner
    bench: Bench
    listener: Listener

    @property
    def config(self) -> TrainConfig:
        """The settings."""
        return self.identity.config

    def run(self) -> dict[str, Any]:
        """Do what is not done yet, and return the result's record.

        Raises PerfoptError where a stage can't be done; what is finished stays.
        """
        check_stages(self.config)
        write_text(self.folder.root / "config.toml", to_toml(self.config))
        units = units_of(self.config)
        finished = [unit for unit in units if self.folder.done(unit) is not None]
        if finished != list(units[: len(finished)]):
            raise PerfoptError(
                f"{self.folder.root}: {finished[-1].name} is done and a part before it is not; "
                "start again in another folder (--output)"
            )
        if len(finished) < len(units):
            self._start(finished)
            for unit in units[len(finished) :]:
                self._do(unit)
        return self._publish(units)

    def _start(self, finished: list[Unit]) -> None:
        weights = self.folder.weights(finished[-1]) if finished else None
        if weights is not None and not weights.is_dir():
            raise PerfoptError(
                f"{weights} is gone, and the run can't go on without it; delete "
                f"{weights.parent / 'done.json'} to do that part again"
            )
        if finished:
            self.listener.note(f"going on after {finished[-1].name}")
            self._tidy(finished[-1])
        self.listener.stage("loading the model")
        self.learner.start(weights)

    def _do(self, unit: Unit) -> None:
        folder = self.folder.unit(unit)
        folder.mkdir(parents=True, exist_ok=True)
        rows = REGISTRY[unit.stage](
            Context(
                unit,
                folder,
                self.folder.root / "samples",
                self.config,
                self.pairs,
                self.learner,
                self.bench,
                self.listener,
            )
        )
        with draft_folder(self.folder.weights(unit)) as draft:
            self.learner.save(draft)
        self.folder.finish(unit, {"metrics": rows})
        self._tidy(unit)

    def _tidy(self, unit: Unit) -> None:
        """Write what follows from finished parts, and remove what is no longer needed."""
        rows = self.rows()
        root = self.folder.root
        write_text(root / "metrics.jsonl", to_jsonl(rows))
        write_text(root / "plots" / "loss.svg", loss_chart(rows))
        if any("kind" in row for row in rows):
            for figure, title in (("reward", "Mean reward"), ("passed", "Share that passes")):
                chart = rate_chart(rows, figure, title)
                write_text(root / "plots" / f"{figure}.svg", chart)
            chart = rate_chart(rows, "optimised", "Share that is faster")
            write_text(root / "plots" / "optimised.svg", chart)
        shutil.rmtree(self.folder.unit(unit) / "trainer", ignore_errors=True)
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
        weights = self.folder.weights(units[-1])
        names = sorted(path.name for path in weights.iterdir() if path.is_file())
        for name in sorted(names, key=CONFIGS.__contains__):
            _place(weights / name, self.folder.root / name)
        energy = total(self.folder.root / "energy")
        record = {
            "units": [unit.name for unit in units],
            "facts": dict(self.facts),
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
    """Raise PerfoptError for a stage that this version doesn't have."""
    missing = [stage for stage in config.stages if stage not in REGISTRY]
    if missing:
        raise PerfoptError(
            f"--stages: {missing[0]} is not in this version; there are {', '.join(REGISTRY)}"
        )


def _place(source: Path, target: Path) -> None:
    """Put a file in another place: a second name of it where the disk can, else a copy."""
    draft = target.with_name(f".{target.name}.part")
    with suppress(FileNotFoundError):
        draft.unlink()
    try:
        os.link(source, draft)
    except OSError:
        shutil.copyfile(source, draft)
    draft.replace(target)
