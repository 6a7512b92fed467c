"""A small model with random weights, to be trained: perfopt train --model FOLDER --preset mini.

python benchmarks/small_model_init.py FOLDER [--seed N] [--size mini|mini-xs]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from perfopt_cli.model.mini.shipped import new_model  # noqa: E402
from perfopt_cli.model.mini.sizes import SIZES  # noqa: E402


def main() -> None:
    """Write the model."""
    parser = argparse.ArgumentParser(description="Make a small model with random weights.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0, help="of the weights")
    parser.add_argument("--size", choices=tuple(SIZES), default="mini")
    options = parser.parse_args()
    new_model(options.folder, seed=options.seed, size=options.size)
    print(options.folder)


if __name__ == "__main__":
    main()
