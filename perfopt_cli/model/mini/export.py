"""Write the small model as it is shipped: graphs for onnxruntime, weights as bytes.

A matrix has a byte for each number and a scale for each row, which is an output
of the layer (symmetric, rounded to nearest).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.sizes import sizes_of

WEIGHTS = "weights.safetensors"
SCALE = ".scale"
MOST = 127
_WHOLE = ("encoder.near",)
"""Matrices that are kept in full: small ones."""

Tensors = dict[str, Any]


def export(folder: Path, to: Path) -> None:
    """Write what ``perfopt optimize`` runs of the checkpoint in the folder.

    The same sizes give the same graphs, byte for byte. Raises PerfoptError where
    the folder holds no small model, and OSError.
    """
    from safetensors.numpy import load_file

    from perfopt_cli.model.mini.graphs import Graph, decoder, encoder
    from perfopt_cli.model.mini.tokenizer import check_words
    from perfopt_cli.model.mini.vocabulary import VOCABULARY
    from perfopt_cli.model.mini.weights import write_manifest

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        sizes = sizes_of(config)
    except (OSError, ValueError, KeyError, TypeError):
        raise PerfoptError(f"{folder} holds no small model") from None
    check_words(folder)
    tensors = quantised(load_file(folder / "model.safetensors"))
    to.mkdir(parents=True, exist_ok=True)
    places = write_tensors(to / WEIGHTS, tensors)
    for name, build in (("encoder", encoder), ("decoder", decoder)):
        (to / f"{name}.onnx").write_bytes(build(Graph(sizes, places, WEIGHTS)))
    kept = {"model_type": config["model_type"], **sizes.as_dict()}
    (to / "config.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    write_manifest(to, VOCABULARY)


def quantised(tensors: Mapping[str, Any]) -> Tensors:
    """Return the tensors as they are shipped."""
    found: Tensors = {}
    for name, tensor in sorted(tensors.items()):
        numbers = np.asarray(tensor, dtype=np.float32)
        if numbers.ndim == 2 and name not in _WHOLE:
            scale = np.abs(numbers).max(axis=1, keepdims=True) / np.float32(MOST)
            scale = np.where(scale == 0, np.float32(1), scale).astype(np.float32)
            found[name] = np.rint(numbers / scale).clip(-MOST, MOST).astype(np.int8)
            found[name + SCALE] = scale
        else:
            found[name] = numbers
    return found


def restored(tensors: Mapping[str, Any]) -> Tensors:
    """Return the tensors as floats: what ``quantised`` has kept of them."""
    return {
        name: tensor.astype(np.float32) * tensors[name + SCALE]
        if name + SCALE in tensors
        else tensor
        for name, tensor in tensors.items()
        if not name.endswith(SCALE)
    }


def write_tensors(path: Path, tensors: Tensors) -> dict[str, Any]:
    """Write a safetensors file, and return where in it each tensor is: see ``graphs.Place``.

    Written here and not by the library, as the order and so the places are to be
    the same for each version of it.
    """
    kinds = {np.dtype(np.int8): "I8", np.dtype(np.float32): "F32"}
    # Floats first, so that each is at a multiple of its size.
    names = sorted(tensors, key=lambda name: (tensors[name].dtype == np.int8, name))
    header: dict[str, Any] = {}
    at = 0
    for name in names:
        tensor = tensors[name]
        end = at + tensor.nbytes
        header[name] = {
            "dtype": kinds[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, end],
        }  # fmt: skip
        at = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    parts = [struct.pack("<Q", len(text)), text]
    parts += [np.ascontiguousarray(tensors[name]).tobytes() for name in names]
    path.write_bytes(b"".join(parts))
    start = 8 + len(text)
    return {
        name: (
            one["dtype"],
            tuple(one["shape"]),
            start + one["data_offsets"][0],
            tensors[name].nbytes,
        )
        for name, one in header.items()
    }
