"""The mean of several small models' weights: models that were fine-tuned from the same one.

    python benchmarks/small_model_average.py FOLDER MODEL [MODEL…] [--shares S [S…]]

After Wortsman et al., "Model soups" (ICML 2022, arXiv:2203.05482) and "Robust
fine-tuning of zero-shot models" (CVPR 2022, arXiv:2109.01903): what one of two
models forgot in fine-tuning often is back in their mean, and what it learned stays.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from perfopt_cli.model.mini.export import export  # noqa: E402

WEIGHTS = "model.safetensors"
KEPT = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def main(argv: Sequence[str] | None = None) -> None:
    """Write the model, and its quantised form for perfopt optimize into ``shipped``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL", help="run folders")
    parser.add_argument("--shares", type=float, nargs="+", help="of each model; default: equal")
    chosen = parser.parse_args(argv)
    shares = chosen.shares or [1.0] * len(chosen.models)
    if len(shares) != len(chosen.models) or sum(shares) <= 0:
        parser.error("--shares has one number for each model, with a sum above 0")
    chosen.folder.mkdir(parents=True)
    for name in KEPT:
        if (chosen.models[0] / name).is_file():
            shutil.copyfile(chosen.models[0] / name, chosen.folder / name)
    tensors = mean([load_file(model / WEIGHTS) for model in chosen.models], shares)
    save_file(tensors, chosen.folder / WEIGHTS, metadata={"format": "pt"})
    export(chosen.folder, chosen.folder / "shipped")
    print(chosen.folder)


def mean(
    models: Sequence[dict[str, torch.Tensor]], shares: Sequence[float]
) -> dict[str, torch.Tensor]:
    """Return the weighted mean of each tensor; models of other tensors raise ValueError."""
    first = models[0]
    for other in models[1:]:
        if {name: one.shape for name, one in other.items()} != {
            name: one.shape for name, one in first.items()
        }:
            raise ValueError("these models are not of the same size")
    total = sum(shares)
    return {
        name: sum(
            (
                share / total * model[name].float()
                for share, model in zip(shares, models, strict=True)
            ),
            torch.zeros(tensor.shape),
        ).to(tensor.dtype)
        for name, tensor in first.items()
    }


if __name__ == "__main__":
    main()
