"""The small model's checkpoint in the form of transformers: new, or made of what is shipped.

Needs torch and transformers.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.export import WEIGHTS, restored
from perfopt_cli.model.mini.network import MiniConfig, MiniForConditionalGeneration
from perfopt_cli.model.mini.sizes import SIZES, Sizes, sizes_of
from perfopt_cli.model.mini.tokenizer import make_tokenizer
from perfopt_cli.model.mini.vocabulary import VOCABULARY


def new_model(folder: Path, *, seed: int = 0, size: str | Sizes = "mini") -> Path:
    """Save a model with random weights, which depend on the seed and the size alone.

    Raises PerfoptError for an unknown size.
    """
    import torch

    if isinstance(size, str):
        if size not in SIZES:
            raise PerfoptError(f"no size is named {size}; there are {', '.join(SIZES)}")
        size = replace(SIZES[size], vocab_size=len(VOCABULARY))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = MiniForConditionalGeneration(config_of(size))
    return save_model(model, folder)


def config_of(sizes: Sizes) -> MiniConfig:
    """Return the configuration of a model of these sizes."""
    given: dict[str, Any] = sizes.as_dict()
    return MiniConfig(**given)


def save_model(model: MiniForConditionalGeneration, folder: Path) -> Path:
    """Save a model with its tokenizer, for ``perfopt train --model FOLDER``."""
    from perfopt_cli.model.loading import quiet

    with quiet():
        model.save_pretrained(str(folder))
        make_tokenizer().save_pretrained(str(folder))
    return folder


def load_shipped(folder: Path) -> MiniForConditionalGeneration:
    """Return the model of a folder that ``export`` wrote, with the weights that its graphs use.

    Raises PerfoptError where the files are missing or damaged.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = restored(load_file(folder / WEIGHTS))
        model = MiniForConditionalGeneration(config_of(sizes_of(config)))
        model.load_state_dict({name: torch.from_numpy(one) for name, one in tensors.items()})
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise PerfoptError(f"the small model in {folder} can't be read: {error}") from error
    model.eval()
    return model
