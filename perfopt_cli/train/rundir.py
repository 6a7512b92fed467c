"""The folder of a training run: what is in it, and writes that a kill can't spoil.

run.json        what the run was begun with; the lock is beside it
config.toml     its settings, for --config
metrics.jsonl   figures of all finished stages
samples/        candidates with their scores, to read
plots/          losses and rewards as SVG
energy/         a file for each process that worked here
stages/NAME/    the work of a stage or RL step; ``done.json`` is written last
README.md       the model card, and beside it the resulting weights
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from perfopt_cli import __version__
from perfopt_cli.core import PerfoptError
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.units import Unit, grows

FREE = ("workers", "device_batch", "gradient_checkpointing", "minutes", "save_minutes")
"""Settings that may differ on resuming: they say how fast a run is, or when it has to end."""

_TELL = "give the run another folder with --output, or the same {} as before"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a run is begun with; two runs with equal ones come to the same result.

    ``model`` and ``data`` are as the user named them; the digests tell whether
    what is there is the same.
    """

    model: str
    model_digest: str
    data: str
    data_digest: str
    config: TrainConfig


class RunFolder:
    """A run folder that is open: this process holds its lock."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def unit(self, unit: Unit) -> Path:
        """Return the folder of a unit."""
        return self.root / "stages" / unit.name

    def weights(self, unit: Unit) -> Path:
        """Return the folder of a unit's weights; there once the unit is done."""
        return self.unit(unit) / "model"

    def done(self, unit: Unit) -> dict[str, Any] | None:
        """Return what was noted of a finished unit, or None."""
        return read_json(self.unit(unit) / "done.json")

    def finish(self, unit: Unit, record: Mapping[str, Any]) -> None:
        """Note that a unit is finished. What it wrote before is safe on the disk then."""
        for path in self.weights(unit).iterdir():
            _sync(path)
        write_json(self.unit(unit) / "done.json", record)

    def result(self) -> dict[str, Any] | None:
        """Return what was noted of the finished run, or None."""
        return read_json(self.root / "result.json")


@contextmanager
def open_folder(root: Path, identity: Identity) -> Iterator[RunFolder]:
    """Make the run folder, or go on with it, alone.

    Raises PerfoptError where it is in use, is of another run (naming each
    difference and what to do), or holds something else.
    """
    begun = read_json(root / "run.json")
    if begun is None and root.exists() and (not root.is_dir() or _foreign(root)):
        raise PerfoptError(f"{root} exists and is no run folder; choose another with --output")
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root):
        begun = read_json(root / "run.json")
        if begun is not None and (found := differences(begun, identity)):
            raise PerfoptError(f"{root} is the folder of another run: {'; '.join(found)}")
        write_json(root / "run.json", {"perfopt": __version__, **_plain(identity)})
        yield RunFolder(root)


def _foreign(root: Path) -> bool:
    return any(path.name not in ("lock", ".run.json.part") for path in root.iterdir())


def _plain(identity: Identity) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(identity)))  # type: ignore[no-any-return]


def differences(begun: Mapping[str, Any], identity: Identity) -> list[str]:
    """Return what keeps the run that was begun from going on as this one, in words.

    A run may be given more steps where its RL steps were its last stage, and
    further stages at its end, with their own settings.
    """
    now = _plain(identity)
    found = []
    for name in ("model", "data"):
        if begun[f"{name}_digest"] != now[f"{name}_digest"]:
            same = begun[name] == now[name]
            was = f"{begun[name]} was other then" if same else f"it was {begun[name]}"
            found.append(f"the {name} differs ({was}): {_TELL.format(name)}")
    old, new = begun["config"], now["config"]
    for name in sorted({*old, *new} - set(FREE)):
        before, after = old.get(name), new.get(name)
        if before != after and not grows(name, before, after, old):
            found.append(f"{name} is {after!r} now and was {before!r}: {_TELL.format('value')}")
    return found


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    with (root / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PerfoptError(
                f"{root} is in use by another perfopt train; wait for it, or choose another "
                "folder with --output"
            ) from None
        yield


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all; it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON, whole or not at all."""
    write_text(path, json.dumps(value, indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any] | None:
    """Return a JSON object that ``write_json`` wrote, or None where there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise PerfoptError(
            f"{path} can't be read: {error}; delete it to do its work again"
        ) from None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Log:
    """A file of JSON objects, a line each, that grows; a line cut short by a kill is dropped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[dict[str, Any]] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = 0
        data = path.read_bytes() if path.exists() else b""
        for line in data.splitlines(keepends=True):
            try:
                row = json.loads(line)
            except ValueError:
                break
            if not line.endswith(b"\n"):
                break
            self.rows.append(row)
            whole += len(line)
        if whole < len(data):
            os.truncate(path, whole)

    def append(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows; a kill no longer loses them when this returns, a loss of power may."""
        text = "".join(json.dumps(row) + "\n" for row in rows)
        with self.path.open("ab") as file:
            file.write(text.encode())
        self.rows += map(dict, rows)
