"""What models say of samples before a step of RLOO or GRPO. Needs the ``model`` extra."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from perfopt_cli.model.loading import quiet
from perfopt_cli.train.learning.models import load_weights

with quiet():
    import torch
    from safetensors import safe_open
    from safetensors.torch import save_file

Reference = Callable[[Any], AbstractContextManager[None]]
"""Puts the weights that the KL penalty holds on to into a model, for the time of a block."""


@contextmanager
def without_adapter(model: Any) -> Iterator[None]:
    """Have the model be its base for a while."""
    with model.disable_adapter():
        yield


def with_weights(folder: Path) -> Reference:
    """Return what has the model be as a stage, or the hub, left it, for a while."""

    @contextmanager
    def held(model: Any) -> Iterator[None]:
        kept = {name: one.detach().to("cpu", copy=True) for name, one in _trained(model)}
        load_weights(model, folder)
        try:
            yield
        finally:
            with torch.no_grad():
                for name, one in _trained(model):
                    one.copy_(kept[name])

    return held


def _trained(model: Any) -> list[tuple[str, Any]]:
    return [(name, one) for name, one in model.named_parameters() if one.requires_grad]


def like(responses: Sequence[Sequence[int]], values: Iterator[float]) -> tuple[Any, ...]:
    """Return the next values, as many as the responses have tokens, in their shape."""
    return tuple(tuple(next(values) for _ in response) for response in responses)


def read_said(path: Path, digest: str) -> dict[str, list[float]] | None:
    """Return log P by ``before`` and ``reference``, or None where they are of other rows."""
    if not path.is_file():
        return None
    with safe_open(path, "pt") as file:
        if (file.metadata() or {}).get("rows") != digest:
            return None
        return {name: file.get_tensor(name).tolist() for name in ("before", "reference")}


def write_said(path: Path, digest: str, said: dict[str, list[float]]) -> None:
    """Write log P of the rows with that digest, whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    tensors = {name: torch.tensor(values) for name, values in said.items()}
    save_file(tensors, str(draft), {"rows": digest})
    draft.replace(path)
