"""The models on this machine: perfopt's own folder and record, and the hub library's cache."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.hub import hub_cache


class Presence(str, Enum):
    """Whether a model is on this machine."""

    PULLED = "pulled"
    CACHED = "cached"
    PARTIAL = "partial"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A model's revision (a full commit hash), fixed when it was first pulled.

    ``files`` maps names to sizes in bytes. ``complete``: all have arrived.
    """

    revision: str
    files: Mapping[str, int]
    complete: bool = False
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What the record's file says: pinned models by name, and which is the default."""

    models: Mapping[str, Pinned] = field(default_factory=dict)
    default: str | None = None


class Shelf:
    """Where models are kept, as the environment has it. Making one touches nothing."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.folder = data_folder(environ) / "models"
        self.cache = hub_cache(environ)
        self.path = self.folder / "models.json"

    def read(self) -> Record:
        """Return the record, empty where there is none. Raises PerfoptError for a broken one."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            models = {name: Pinned(**one) for name, one in found["models"].items()}
            return Record(models, found.get("default"))
        except FileNotFoundError:
            return Record()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise PerfoptError(
                f"{self.path} can't be read ({error}); remove it and pull the models again: "
                "what was downloaded is found"
            ) from None

    def pin(self, name: str, pinned: Pinned, *, default: bool = False) -> None:
        """Write the model into the record. Raises PerfoptError where that fails."""
        record = self.read()
        models = {**record.models, name: pinned}
        chosen = name if default else record.default
        self._write({"default": chosen, "models": {key: _row(models[key]) for key in models}})

    def _write(self, content: dict[str, Any]) -> None:
        part = self.path.with_name(f"models.{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
            part.replace(self.path)
        except OSError as error:
            raise PerfoptError(f"{self.path} can't be written: {error.strerror}") from None

    def place(self, name: str, revision: str) -> Path:
        """Return perfopt's own folder for a revision of a model, there or not."""
        return self.folder / name.replace("/", "--") / revision

    def find(self, name: str) -> Path | None:
        """Return the folder of a model that is here whole, or None.

        It is the pinned revision's; without one the hub library's cache decides.
        """
        pinned = self.read().models.get(name)
        return self.whole(name, pinned) if pinned else self.cached(name)

    def whole(self, name: str, pinned: Pinned) -> Path | None:
        """Return the folder that holds all files of the pinned revision, or None."""
        repository = self.cache / f"models--{name.replace('/', '--')}"
        for folder in (
            self.place(name, pinned.revision),
            repository / "snapshots" / pinned.revision,
        ):
            if pinned.files and all(
                _size(folder / file) == size for file, size in pinned.files.items()
            ):
                return folder
        return None

    def cached(self, name: str) -> Path | None:
        """Return the model's folder in the hub library's cache where it is whole, or None."""
        repository = self.cache / f"models--{name.replace('/', '--')}"
        try:
            revision = (repository / "refs" / "main").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        folder = repository / "snapshots" / revision
        return (
            folder if revision and (folder / "config.json").is_file() and _weights(folder) else None
        )

    def cached_pin(self, name: str) -> Pinned | None:
        """Return a pin of what the hub library's cache holds whole, or None."""
        folder = self.cached(name)
        if folder is None:
            return None
        return Pinned(
            folder.name, {one.name: _size(one) for one in folder.iterdir() if one.is_file()}
        )

    def presence(self, name: str) -> Presence:
        """Tell whether the model is here."""
        pinned = self.read().models.get(name)
        if pinned is None:
            return Presence.CACHED if self.cached(name) else Presence.ABSENT
        if self.whole(name, pinned):
            return Presence.PULLED if pinned.complete else Presence.CACHED
        return Presence.PARTIAL if self.place(name, pinned.revision).is_dir() else Presence.ABSENT

    def arrived(self, name: str, pinned: Pinned) -> int:
        """Return how many bytes of the pinned revision are in perfopt's folder."""
        folder = self.place(name, pinned.revision)
        return sum(
            max(_size(folder / file), _size(folder / f"{file}.part"), 0) for file in pinned.files
        )


def completed(pinned: Pinned) -> Pinned:
    """Return the pin of a model whose files have all arrived."""
    return replace(pinned, complete=True)


def data_folder(environ: Mapping[str, str]) -> Path:
    """Return where perfopt keeps what it can't make again; nothing is made.

    $XDG_DATA_HOME counts where it is absolute, as the XDG Base Directory
    Specification has it.
    """
    named = environ.get("XDG_DATA_HOME", "")
    if os.path.isabs(named):
        return Path(named, "perfopt")
    return Path(environ.get("HOME") or Path.home(), ".local", "share", "perfopt")


def _row(pinned: Pinned) -> dict[str, Any]:
    return {
        "revision": pinned.revision,
        "files": dict(pinned.files),
        "complete": pinned.complete,
        "licence": pinned.licence,
    }


def _weights(folder: Path) -> bool:
    """Tell whether the folder has safetensors, and all that their index names."""
    try:
        index = json.loads((folder / "model.safetensors.index.json").read_text(encoding="utf-8"))
        shards = set(index["weight_map"].values())
    except FileNotFoundError:
        return any(path.is_file() for path in folder.glob("*.safetensors"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return all((folder / str(shard)).is_file() for shard in shards)


def _size(path: Path) -> int:
    """Return a file's size, or -1 where there is none."""
    try:
        return path.stat().st_size if path.is_file() else -1
    except OSError:
        return -1
