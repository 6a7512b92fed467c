"""The small model's files: where they are, and whether they are whole. Loads no library.

A folder holds the network's two graphs, its weights beside them, and a manifest
with the digest of each and of the words that the model was made for.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.checkpoint import MINI_TYPE

NAME = "mini"
SHIPPED = Path(__file__).with_name("weights")
OWN = Path(".perfopt/mini")
"""Where a project's own fine-tuned model is, under its root."""
EXPORTED = "shipped"
"""Where a run of training puts what ``perfopt optimize`` runs."""
GRAPHS = ("encoder.onnx", "decoder.onnx")
FILES = ("config.json", *GRAPHS, "weights.safetensors")
MANIFEST = "manifest.json"
LIBRARIES = ("onnxruntime", "numpy")
INSTALL = 'pip install "perfopt[mini]"'
LARGEST = 256 * 2**20
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder whose files are those of its manifest. ``identity`` is the manifest's digest."""

    folder: Path
    identity: str


def identity_of(folder: Path) -> str | None:
    """Return what changes with the files, as their manifest has it; None where there is none."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return None


def write_manifest(folder: Path, vocabulary: Sequence[str]) -> None:
    """Write the manifest of the files in the folder. Raises OSError."""
    content = {
        "format": FORMAT,
        "vocabulary": digest_of_words(vocabulary),
        "files": {name: _digest(folder / name) for name in FILES},
    }
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def digest_of_words(vocabulary: Sequence[str]) -> str:
    """Return the SHA-256 of the words in their order."""
    return hashlib.sha256("\n".join(vocabulary).encode()).hexdigest()


def missing_libraries(find: Callable[[str], object] = importlib.util.find_spec) -> list[str]:
    """Return which of the libraries that the model runs on are not installed."""
    return [name for name in LIBRARIES if find(name) is None]


def check_libraries(find: Callable[[str], object] = importlib.util.find_spec) -> None:
    """Raise PerfoptError where the model can't run here."""
    if missing := missing_libraries(find):
        raise PerfoptError(f"the small model needs {' and '.join(missing)}: {INSTALL}")


def is_there(folder: Path = SHIPPED) -> bool:
    """Tell whether the folder has a model's files; whether they are whole is not looked at."""
    return all((folder / name).is_file() for name in (*FILES, MANIFEST))


def is_mini(spec: str) -> bool:
    """Tell whether ``--model`` names a small model: ``mini`` or ``mini:FOLDER``."""
    return spec == NAME or spec.startswith(f"{NAME}:")


def folder_of(spec: str, root: Path, *, by_user: bool, shipped: Path = SHIPPED) -> Path:
    """Return the folder of the model that a spec names.

    A folder of the command line may hold any graphs; one that only the project's
    files name has to have those that perfopt brings. Raises PerfoptError.
    """
    name = spec.removeprefix(NAME).removeprefix(":")
    if not name:
        return find_weights(root, shipped)
    folder = Path(name).expanduser()
    if not by_user:
        folder = root / folder
        if is_there(folder) and not (_is_plain(folder) and _same_graphs(folder, shipped)):
            raise PerfoptError(
                f"the project's settings name the small model {folder}, whose graphs are not "
                f"perfopt's own; --model {NAME}:{name} runs them nevertheless"
            )
    return folder


def exported(folder: Path) -> Path | None:
    """Return where a folder of training keeps the small model as it is run; None if it has none.

    The folder is that itself, or that of a run. Raises PerfoptError for a checkpoint that
    was not exported.
    """
    for place in (folder, folder / EXPORTED):
        if is_there(place):
            return place
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(config, dict) or config.get("model_type") != MINI_TYPE:
        return None
    raise PerfoptError(
        f"{folder} is a checkpoint of the small model as training has it; perfopt train writes "
        f"what can be asked into RUN/{EXPORTED} at its end: --model RUN"
    )


def find_weights(root: Path | None, shipped: Path = SHIPPED) -> Path:
    """Return the folder of the project's own model where that may be taken, else the shipped one.

    A project's files may be a stranger's. What is taken of them unasked is numbers:
    the graphs that are run have to be those that perfopt brings.
    """
    own = None if root is None else root / OWN
    if own is not None and is_there(own) and _is_plain(own) and _same_graphs(own, shipped):
        return own
    return shipped


def check_weights(folder: Path, vocabulary: Sequence[str]) -> Weights:
    """Raise PerfoptError where files are missing, damaged, or made for other words."""
    if not is_there(folder):
        if folder == SHIPPED:
            raise PerfoptError("this perfopt came without the weights of the small model")
        lacking = [name for name in (*FILES, MANIFEST) if not (folder / name).is_file()]
        raise PerfoptError(f"{folder} is no small model: it has no {', '.join(lacking)}")
    text, manifest = _manifest(folder)
    for name in FILES:
        path = folder / name
        try:
            whole = path.stat().st_size <= LARGEST and _digest(path) == manifest["files"][name]
        except OSError as error:
            raise PerfoptError(f"{path} can't be read: {error.strerror}") from None
        if not whole:
            raise PerfoptError(f"{path} is damaged: {_remedy(folder)}")
    if manifest["vocabulary"] != digest_of_words(vocabulary):
        raise PerfoptError(f"{folder} is of another version of perfopt: {_remedy(folder)}")
    return Weights(folder, hashlib.sha256(text).hexdigest())


def _manifest(folder: Path) -> tuple[bytes, dict[str, Any]]:
    path = folder / MANIFEST
    try:
        text = path.read_bytes()[: 2**20]
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise PerfoptError(f"{folder} is of another version of perfopt: {_remedy(folder)}")
        _ = found["vocabulary"], [found["files"][name] for name in FILES]
    except OSError as error:
        raise PerfoptError(f"{path} can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PerfoptError(f"{path} is damaged: {_remedy(folder)}") from None
    return text, found


def _remedy(folder: Path) -> str:
    return "install perfopt anew" if folder == SHIPPED else "export the model again"


def _is_plain(folder: Path) -> bool:
    paths = [folder.parent, folder, *(folder / name for name in (*FILES, MANIFEST))]
    return not any(path.is_symlink() for path in paths)


def _same_graphs(folder: Path, shipped: Path) -> bool:
    try:
        sizes = [
            ((folder / name).stat().st_size, (shipped / name).stat().st_size) for name in GRAPHS
        ]
        return all(own == ours <= LARGEST for own, ours in sizes) and all(
            _digest(folder / name) == _digest(shipped / name) for name in GRAPHS
        )
    except OSError:
        return False


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
