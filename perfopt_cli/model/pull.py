"""Downloading a model: safetensors, tokenizer and configuration; no pickles, no code.

The revision is written down before the first file arrives: from then on it is
used, and no other.
"""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from perfopt_cli.core import Listener, PerfoptError
from perfopt_cli.model.arrival import Arrival, alone
from perfopt_cli.model.catalog import nearest, recommended, size_text
from perfopt_cli.model.checkpoint import PICKLES, TOKENIZERS, looks_like_hub_name
from perfopt_cli.model.hub import Hub, HubFile, Listing
from perfopt_cli.model.shelf import Pinned, Shelf, completed

_WANTED = ("*.json", "*.model", "*.txt", "*.jinja", "LICENSE*")
_SHARD = re.compile(r"model-\d+-of-\d+\.safetensors")
_PLAIN = re.compile(r"\w[\w.+-]*")

SPARE = 2**26
"""Bytes of the disk that a download leaves free."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """A model that is here. ``downloaded`` counts the bytes that this took."""

    name: str
    revision: str
    folder: Path
    size: int
    downloaded: int


def free_space(folder: Path) -> int:
    """Return the bytes that the user may still write to the folder's disk."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def pull(
    name: str,
    listener: Listener,
    *,
    revision: str | None = None,
    shelf: Shelf | None = None,
    hub: Hub | None = None,
    free: Callable[[Path], int] = free_space,
    wait: Callable[[float], None] = time.sleep,
    default: bool = True,
) -> Pulled:
    """Bring the model to this machine, and make it the default where that is wanted.

    Without a revision it is the pinned one, else that of the table, else what
    ``main`` is now. What is here already is not downloaded. Raises PerfoptError;
    what has arrived by then is kept.
    """
    shelf, hub = shelf or Shelf(), hub or Hub()
    if not looks_like_hub_name(name):
        meant = nearest(name)
        raise PerfoptError(
            f"{name!r} is no name of a model on the hub (org/name)"
            + (f"; did you mean {meant}?" if meant else "; perfopt model list names some")
        )
    pinned = shelf.read().models.get(name)
    if revision not in (None, pinned and pinned.revision):
        pinned = None
    elif pinned is None and hub.offline:
        pinned = shelf.cached_pin(name)
    found = shelf.whole(name, pinned) if pinned else None
    missing = 0
    if pinned is None or found is None:
        listing = hub.listing(name, pinned.revision if pinned else revision or first(name))
        files = wanted_files(listing)
        sizes = {one.name: one.size for one in files}
        pinned = Pinned(listing.revision, sizes, False, listing.licence)
        found = shelf.whole(name, pinned)
        if found is None:
            shelf.pin(name, pinned)
            missing = sum(sizes.values()) - shelf.arrived(name, pinned)
            _check_space(shelf.place(name, pinned.revision), name, sizes, missing, free)
            found = _download(hub, listing, files, shelf, listener, wait, missing)
    shelf.pin(name, completed(pinned), default=default)
    return Pulled(name, pinned.revision, found, sum(pinned.files.values()), missing)


def first(name: str) -> str:
    """Return the revision of a model that was never pulled."""
    known = recommended(name)
    return known.revision if known else "main"


def wanted_files(listing: Listing) -> list[HubFile]:
    """Return the files that make a model, small ones first.

    Raises PerfoptError where the repository has none that perfopt loads.
    """
    name = listing.name
    plain = [one for one in listing.files if _PLAIN.fullmatch(one.name)]
    names = {one.name for one in plain}
    if "config.json" not in names:
        if "adapter_config.json" in names:
            raise PerfoptError(f"{name} is a peft adapter, not a model; pull its base model")
        if any(one.name.endswith(".gguf") for one in plain):
            raise PerfoptError(
                f"{name} has GGUF weights, for llama.cpp or Ollama: pull the original model, or "
                "serve this one and give its address to --model"
            )
        raise PerfoptError(f"{name} is not a transformers model: it has no config.json")
    weights = [one for one in plain if one.name == "model.safetensors"]
    weights = weights or [one for one in plain if _SHARD.fullmatch(one.name)]
    if not weights:
        pickles = sorted(one for one in names if any(fnmatch(one, kind) for kind in PICKLES))
        if pickles:
            raise PerfoptError(
                f"{name} has its weights in pickle files only ({pickles[0]}), which can run code "
                "when they are loaded: nothing was downloaded. Look for the same model as "
                "safetensors, or convert it and give --model the folder"
            )
        raise PerfoptError(f"{name} has no weights (model.safetensors)")
    if not names.intersection(TOKENIZERS):
        raise PerfoptError(f"{name} has no tokenizer ({', '.join(TOKENIZERS[:3])} …)")
    small = [one for one in plain if any(fnmatch(one.name, kind) for kind in _WANTED)]
    return sorted(small, key=lambda one: one.size) + sorted(weights, key=lambda one: one.name)


def _check_space(
    folder: Path, name: str, sizes: Mapping[str, int], missing: int, free: Callable[[Path], int]
) -> None:
    left = free(folder)
    if left < missing + SPARE:
        raise PerfoptError(
            f"{name} takes {size_text(sum(sizes.values()))}, of which {size_text(missing)} are to "
            f"come, and the disk of {folder} has {size_text(left)} left; make room, or set "
            "XDG_DATA_HOME to a folder on another disk"
        )


def _download(
    hub: Hub,
    listing: Listing,
    files: list[HubFile],
    shelf: Shelf,
    listener: Listener,
    wait: Callable[[float], None],
    missing: int,
) -> Path:
    folder = shelf.place(listing.name, listing.revision)
    total = sum(one.size for one in files)
    here = f", {size_text(total - missing)} of them are here" if missing < total else ""
    listener.stage(
        f"downloading {listing.name} ({size_text(total)}{here}) from {hub.endpoint} to {folder}"
    )
    arrival = Arrival(hub, listing, folder, listener, wait, total)
    try:
        with alone(folder, listing.name):
            for file in files:
                arrival.bring(file)
    except KeyboardInterrupt:
        listener.note(f"what has arrived is kept: perfopt model pull {listing.name} goes on")
        raise
    return folder


class Plain:
    """A ``Listener`` that writes lines on stderr."""

    def stage(self, text: str) -> None:
        """Say what begins."""
        print(f"perfopt: {text}", file=sys.stderr)

    def tests(self, done: int, total: int) -> None:
        """Show no bar."""

    def verdict(self, verdict: object) -> None:
        """There are none."""

    def note(self, text: str) -> None:
        """Say it."""
        print(f"perfopt: {text}", file=sys.stderr)


def fetch(name: str, listener: Listener | None = None) -> Path:
    """Return the folder of a model that the user named: what is here, else after a download.

    A model that is here is not looked up on the hub.
    """
    shelf = Shelf()
    found = shelf.find(name)
    if found is not None:
        return found
    try:
        return pull(name, listener or Plain(), shelf=shelf, default=False).folder
    except PerfoptError as error:
        raise PerfoptError(
            f"--model {name}: there is no such folder, the model is not on this machine, and "
            f"it can't be downloaded: {error}"
        ) from None
