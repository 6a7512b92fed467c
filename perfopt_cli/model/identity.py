"""Which model a backend is, as far as its replies depend on it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from perfopt_cli.core import Backend
from perfopt_cli.model.local import LocalModel
from perfopt_cli.model.server.model import ServedModel
from perfopt_cli.model.shelf import Shelf


def identity_of(backend: Backend) -> list[Any] | None:
    """Return JSON that is another one where the same prompt may get other replies.

    None where that can't be told: a server of which no model was named. For a
    backend of another kind it is its ``identity``, if it has one.
    """
    if isinstance(backend, LocalModel):
        folder: Path | None = Path(backend.spec).expanduser()
        if backend.is_on_hub():
            folder = Shelf().find(backend.spec)
        folders = [one for one in (folder, backend.adapter) if one is not None]
        weights = [_files(Path(one)) for one in folders]
        return [backend.name, backend.quantize, repr(backend.sampling), weights]
    if isinstance(backend, ServedModel):
        named = bool(backend.address.model)
        return [backend.address.spec, repr(backend.sampling)] if named else None
    identity = getattr(backend, "identity", None)
    return None if identity is None else [identity]


def _files(folder: Path) -> list[list[Any]]:
    """Return name, size and time of change of a model's files."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with suppress(OSError):
            status = path.stat()
            found.append([path.name, status.st_size, status.st_mtime_ns])
    return found
