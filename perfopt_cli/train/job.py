"""From what the user typed to a training run: the data, the model, the interpreter, the folder."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from perfopt_cli.core import Listener, PerfoptError
from perfopt_cli.model.checkpoint import check_available
from perfopt_cli.model.mini.tokenizer import check_words
from perfopt_cli.model.styles import MINI
from perfopt_cli.project.interpreter import probe_python
from perfopt_cli.train.bases import find_model, is_small
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.context import Learner
from perfopt_cli.train.dataset import DataSet, read_pairs
from perfopt_cli.train.energy import Meter, find_counters
from perfopt_cli.train.errors import plain_errors
from perfopt_cli.train.records import Pair
from perfopt_cli.train.rewards import METHODS
from perfopt_cli.train.run import TrainRun, check_stages
from perfopt_cli.train.rundir import FREE, Identity, RunFolder, open_folder
from perfopt_cli.train.scorebook import OpenScorer, ScoreBook, Scorer
from perfopt_cli.train.team import Team, find_team

_LIBRARIES = ("torch", "transformers", "peft", "accelerate", "bitsandbytes")
_ENDS = 2**20


@dataclass(frozen=True, slots=True)
class Job:
    """What ``perfopt train`` is asked for. ``python`` and ``output`` may be left to perfopt."""

    data: Path
    model: str
    config: TrainConfig
    output: Path | None = None
    python: str | None = None
    sandbox: str = "auto"


def train(job: Job, listener: Listener, team: Team | None = None) -> tuple[Path, dict[str, Any]]:
    """Do the job, or what is left of it; return the run folder and the result's record.

    Raises PerfoptError for what the user must mend; what is finished is kept.
    """
    team = team or find_team()
    job = replace(job, config=fitted(job.config, job.model))
    check_stages(job.config)
    check_available()
    python = interpreter(job.python)
    listener.stage(f"reading {job.data}")
    data = read_pairs(
        job.data, splits=("train", "val"), seed=job.config.seed,
        untested=uses_untested(job.config), idle=job.config.style == MINI,
    )  # fmt: skip
    pairs = data.pairs["train"]
    if not pairs:
        raise PerfoptError(f"{job.data} has no pair to train on: {without_pairs(data)}")
    for line in data.explained():
        listener.note(line)
    job = replace(job, config=with_stages(job.config, data))
    model = find_model(job.model)
    given = Path(job.model).expanduser()
    name = str(given.resolve()) if given.is_dir() else job.model
    identity = Identity(
        name, digest_model(model), str(job.data.resolve()), digest_data(data), job.config
    )
    root = job.output or default_output(identity)
    if team.leads:
        listener.note(f"the run folder is {root}")
    with plain_errors(root), ExitStack() as stack:
        folder = RunFolder(root)
        if team.leads:
            folder = stack.enter_context(open_folder(root, identity))
            stack.enter_context(Meter(root / "energy", find_counters()))
        else:
            team.read(root / "run.json")
        stages = root / "stages"
        opener = scorers(job, python, stages / "cache", listener)
        book = stack.enter_context(ScoreBook(opener, stages / "checked.jsonl", listener))
        facts = {**facts_of(data, python), "processes": team.size}

        def learner() -> Learner:
            from perfopt_cli.train.learning.learner import TorchLearner

            return TorchLearner(model, job.config, team, listener)

        scored = data.scored.get("train", ())
        run = TrainRun(folder, identity, pairs, facts, learner, book, listener, team, scored)
        return root, run.run()


def without_pairs(data: DataSet) -> str:
    """Say why there is none."""
    if data.scored.get("train"):
        told = [
            "none of the recorded candidates was accepted, and only accepted ones are targets; "
            "go on with perfopt optimize --record"
        ]
    elif not data.explained():
        told = ["all of its problems are in val or test"]
    else:
        told = []
    return "; ".join([*told, *data.explained()])


def uses_untested(config: TrainConfig) -> bool:
    """Tell whether pairs without tests are of use: to the small model, or to a reward model."""
    if config.style == MINI:
        return True
    policy = [number for number, stage in enumerate(config.stages) if stage in METHODS]
    return "reward" in config.stages and max(policy, default=-1) > config.stages.index("reward")


def scorers(job: Job, python: Path, cache: Path, listener: Listener) -> OpenScorer:
    """Return what opens the scorer of the job."""

    def open_scorer() -> AbstractContextManager[Scorer]:
        from perfopt_cli.train.scoring.pool import Scorer as Pool

        scorer = Pool(
            python,
            sandbox=job.sandbox,
            limit_seconds=job.config.limit_seconds,
            timing=job.config.timing,
            workers=job.config.workers,
            cache=cache,
        )
        for note in scorer.notes:
            listener.note(note)
        return scorer

    return open_scorer


def with_stages(config: TrainConfig, data: DataSet) -> TrainConfig:
    """Return the settings, with the stages that a project's recorded verdicts allow.

    They have no tests that RRHF could run; DPA learns from what was measured.
    """
    tested = any(pair.tests for pair in data.pairs["train"])
    if data.kind != "verdicts" or tested or config.stages != TrainConfig().stages:
        return config
    return replace(config, stages=("sft", "dpa") if data.scored.get("train") else ("sft",))


def fitted(config: TrainConfig, spec: str) -> TrainConfig:
    """Return the settings, with the style of the small model where it is what is trained.

    Raises PerfoptError for a style that isn't the model's, or for lack of a library.
    """
    folder = Path(spec).expanduser()
    is_mini = spec == MINI or is_small(folder)
    if not is_mini and config.style != MINI:
        return config
    if not is_mini or config.style not in (MINI, TrainConfig().style):
        raise PerfoptError(
            f"--style {config.style}: the style {MINI} is that of perfopt's own small model, and "
            f"that model knows no other; {spec} {'is one' if is_mini else 'is none'}"
        )
    if spec != MINI:
        check_words(folder)
    if importlib.util.find_spec("onnx") is None:
        raise PerfoptError('the small model is written with onnx: pip install "perfopt[train]"')
    return replace(config, style=MINI)


def interpreter(given: str | None) -> Path:
    """Return the interpreter that runs the data's programs: perfopt's own where none is given."""
    if given is None:
        return Path(sys.executable)
    found = shutil.which(os.path.expanduser(given))
    if found is None:
        raise PerfoptError(f"--python {given}: there is no such interpreter")
    return probe_python(Path(found).absolute(), Path.cwd(), os.environ).path


def digest_model(folder: Path) -> str:
    """Return a digest of a model's configuration and weights: sizes, beginnings and ends."""
    digest = sha256((folder / "config.json").read_bytes())
    for path in sorted(folder.glob("*.safetensors")):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}".encode())
        with path.open("rb") as file:
            digest.update(file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS))
    return digest.hexdigest()


def digest_data(data: DataSet) -> str:
    """Return a digest of what is learnt from the data: pairs, and verdicts where it has them."""
    pairs, scored = digest_pairs(data.pairs["train"]), data.scored.get("train", ())
    rows = [(one.group, one.slow, one.code, one.level, one.speedup) for one in scored]
    return sha256(f"{pairs} {rows!r}".encode()).hexdigest() if rows else pairs


def digest_pairs(pairs: Sequence[Pair]) -> str:
    """Return a digest of what is learnt from the pairs, in their order."""
    digest, known = sha256(), dict[int, bytes]()
    for pair in pairs:
        key = id(pair.tests)  # Shared by all pairs of a problem.
        if key not in known:
            known[key] = sha256(repr(pair.tests).encode()).digest()
        row: tuple[object, ...] = (pair.group, pair.slow, pair.fast, pair.ratio, pair.tag)
        row += (pair.family,) if pair.family else ()
        digest.update(repr(row).encode() + known[key])
    return digest.hexdigest()


def default_output(identity: Identity) -> Path:
    """Return a folder named by what the run is begun with: the same for the same command."""
    config = {name: value for name, value in asdict(identity.config).items() if name not in FREE}
    text = repr((identity.model_digest, identity.data_digest, config))
    name = re.sub(r"[^\w.-]+", "-", Path(identity.model).name)
    return Path("perfopt-runs") / f"{name}-{sha256(text.encode()).hexdigest()[:8]}"


def facts_of(data: DataSet, python: Path) -> dict[str, Any]:
    """Return what the model card tells of the data and the software."""
    return {
        "kind": data.kind,
        "pairs": {split: len(pairs) for split, pairs in data.pairs.items()},
        "rows_skipped": len(data.skipped),
        "interpreter_of_the_programs": str(python),
        "libraries": {name: _version(name) for name in _LIBRARIES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
