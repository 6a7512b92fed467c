"""Weights where people look for them: at the top of the run folder."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from perfopt_cli.model.mini.weights import EXPORTED, OWN
from perfopt_cli.train.rundir import read_json, write_json

CONFIGS = ("adapter_config.json", "config.json")
"""Files that make a folder one that can be loaded; they are put in place last."""

_OWN = ("README.md", "metrics.json")


def place_weights(weights: Path, folder: Path, model: str) -> None:
    """Put a stage's weights into a folder; ``model`` is what an adapter says it is for."""
    folder.mkdir(exist_ok=True)
    files = [path for path in sorted(weights.iterdir()) if path.name not in _OWN]
    for path in sorted(files, key=lambda path: path.name in CONFIGS):
        if path.name == "adapter_config.json":
            # peft notes where the base was loaded from, which may be the hub's cache.
            config = read_json(path) or {}
            config["base_model_name_or_path"] = model
            write_json(folder / path.name, config)
        elif path.is_file():
            _place(path, folder / path.name)


def ship(folder: Path, data: Path) -> None:
    """Write the small model as ``perfopt optimize`` runs it, into ``shipped`` in the folder.

    Where the data is what ``perfopt optimize --record`` keeps in a project
    (``.perfopt``), it is put there too, where ``perfopt optimize`` finds it unasked.
    """
    from perfopt_cli.model.mini.export import export

    export(folder, folder / EXPORTED)
    if data.name == OWN.parent.name and data.is_dir():
        draft, own = data / f".{OWN.name}.part", data / OWN.name
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(folder / EXPORTED, draft)
        shutil.rmtree(own, ignore_errors=True)
        draft.replace(own)


def _place(source: Path, target: Path) -> None:
    """Put a file in another place: a second name of it where the disk can, else a copy."""
    draft = target.with_name(f".{target.name}.part")
    with suppress(FileNotFoundError):
        draft.unlink()
    if target.exists() and target.samefile(source):
        return  # Renaming one name of a file to another of its names does nothing.
    try:
        os.link(source, draft)
    except OSError:
        shutil.copyfile(source, draft)
    draft.replace(target)
