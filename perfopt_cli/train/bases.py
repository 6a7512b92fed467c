"""The checkpoints that training begins with, and that an evaluation asks."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from perfopt_cli.model.checkpoint import (
    MINI_TYPE,
    check_available,
    check_model,
    looks_like_hub_name,
    read_config,
)
from perfopt_cli.model.mini.vocabulary import VOCABULARY
from perfopt_cli.model.mini.weights import MANIFEST, SHIPPED, check_weights
from perfopt_cli.model.pull import fetch
from perfopt_cli.model.styles import MINI


def find_model(spec: str) -> Path:
    """Return the folder of the model, downloaded where it is a name on the hub."""
    if spec == MINI:
        return shipped_model(SHIPPED)
    folder = Path(spec).expanduser()
    if not folder.is_dir() and looks_like_hub_name(spec):
        folder = fetch(spec)
    check_model(folder)
    return folder.resolve()


def shipped_model(folder: Path) -> Path:
    """Return the small model that perfopt brings as a folder that can be trained.

    Raises PerfoptError where the libraries for that, or the weights, are not here.
    """
    check_available()
    from perfopt_cli.model.mini.shipped import load_shipped, save_model

    check_weights(folder, VOCABULARY)
    digest = sha256((folder / MANIFEST).read_bytes()).hexdigest()
    found = Path("perfopt-runs") / f"{MINI}-{digest[:8]}-base"
    if not found.is_dir():
        draft = found.with_name(f".{found.name}.{os.getpid()}")
        save_model(load_shipped(folder), draft)
        draft.replace(found)
    return found.resolve()


def is_small(folder: Path) -> bool:
    """Tell whether a folder has a checkpoint of the small model."""
    if not (folder / "config.json").is_file():
        return False
    return bool(read_config(folder).get("model_type") == MINI_TYPE)
