"""Run pairs in the sandbox, many to a process: do the sides agree, and how much is gained?"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from perfopt_cli.core import Limits, PerfoptError
from perfopt_cli.sandbox.exposure import clean_environment
from perfopt_cli.sandbox.isolate import Policy, Sandbox, open_sandbox
from perfopt_cli.train.pairs.guessing import specs_of
from perfopt_cli.train.pairs.make import NOTHING, Made
from perfopt_cli.train.pairs.regions import Region, Unrunnable, regions

SLOWER = 1.03
"""The slow side takes at least so many times the fast side's time."""

BATCH = 200
_WORKER = Path(__file__).with_name("worker")
_SECONDS = 600.0
_MEMORY = 2 * 2**30
_SIZES = {0: 30, 1: 160, 2: 30}
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a pair: the ratio of times, or why there is none."""

    ratio: float | None
    why: str = ""


class Bench:
    """Runs pairs in a sandbox. Raises SandboxError where none holds."""

    def __init__(self, sandbox: str) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="perfopt-pairs-")
        self.python = Path(sys.executable)
        try:
            place = Path(self._scratch.name)
            self._sandbox: Sandbox = open_sandbox(sandbox, python=self.python, scratch=place)
            for name in ("values.py", "trial.py"):
                self._entry = place / name
                self._entry.write_bytes((_WORKER / name).read_bytes())
                self._entry.chmod(0o644)
            place.chmod(0o755)
        except BaseException:
            self._scratch.cleanup()
            raise

    def __enter__(self) -> Bench:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._scratch.cleanup()

    def run(self, pairs: Sequence[Made]) -> list[Trial]:
        """Run pairs, and return what came of each; a pair that has nothing to do is not run."""
        trials: list[Trial | None] = [None] * len(pairs)
        orders: list[tuple[int, list[dict[str, Any]]]] = []
        for at, pair in enumerate(pairs):
            if pair.family == NOTHING:
                trials[at] = Trial(1.0)
                continue
            try:
                orders.append((at, list(_orders(pair))))
            except Unrunnable as error:
                trials[at] = Trial(None, str(error))
            except (RecursionError, SyntaxError, ValueError, AttributeError, TypeError) as error:
                trials[at] = Trial(None, f"can't be cut out: {type(error).__name__}")
        for number in range(2):  # an innermost piece is run only where the larger one does not
            todo = [(at, tries[number]) for at, tries in orders if len(tries) > number]
            todo = [one for one in todo if (known := trials[one[0]]) is None or _again(known)]
            answers = self._answers([order for _, order in todo])
            for (at, _), answer in zip(todo, answers, strict=True):
                trials[at] = _trial(answer)
        return [one if one is not None else Trial(None, "not run") for one in trials]

    def _answers(self, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = []
        empty = Path(self._scratch.name) / "empty"
        empty.mkdir(exist_ok=True)
        environment = clean_environment(os.environ, home=empty, tmp=empty)
        policy = Policy((self._entry.parent,), (), Limits(_SECONDS, _MEMORY, processes=8))
        while len(answers) < len(orders):
            text = "".join(json.dumps(one) + "\n" for one in orders[len(answers) :])
            done = self._sandbox.run(
                [str(self.python), "-I", "-S", "-B", str(self._entry)],
                cwd=empty,
                env={**environment, "PYTHONHASHSEED": "0"},
                policy=policy,
                stdin=text.encode(),
            )
            lines = done.stdout.decode("utf-8", "replace").split("\n")[:-1]
            answers += [json.loads(line) for line in lines]
            if not lines and done.returncode not in (0, -9, -11, -6, 1):
                raise PerfoptError(
                    f"pairs can't be run in the sandbox: {done.stderr.decode()[-300:].strip()}"
                )
            if len(answers) < len(orders):
                answers.append({"why": "ended the process"})
        return answers


def _again(trial: Trial) -> bool:
    return trial.ratio is None and trial.why.startswith(("raises", "no inputs"))


def _trial(answer: dict[str, Any]) -> Trial:
    ratio = answer.get("ratio")
    if ratio is None:
        return Trial(None, str(answer.get("why", "no answer")))
    return Trial(ratio) if ratio >= SLOWER else Trial(None, "the slow side is not slower")


def _orders(pair: Made) -> Iterator[dict[str, Any]]:
    for region in regions(pair.slow, pair.fast, pair.imports):
        yield _order(region)


def _order(region: Region) -> dict[str, Any]:
    slow, fast = region.texts
    return {
        "slow": slow,
        "fast": fast,
        "modules": region.modules,
        "skipped": list(region.skipped),
        "watched": sorted(region.watched),
        "rebound": [at for at, name in enumerate(region.free) if name in region.set],
        "specs": list(specs_of(region.free, (region.fast, region.slow))),
        "size": _SIZES.get(region.repeats, _DEEPEST),
        "copies": 12 if region.repeats == 0 else 1,
    }


def batches(pairs: Iterable[Made], size: int = BATCH) -> Iterator[list[Made]]:
    """Yield pairs in lists of ``size``."""
    batch: list[Made] = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
