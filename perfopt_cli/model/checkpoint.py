"""Model files: where they are and whether they will do.

The checks read file names and small JSON files only, and import nothing heavy.
"""

from __future__ import annotations

import importlib.util
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError

MINI_TYPE = "perfopt-mini"
"""The model_type of perfopt's own small model."""

QUANTIZATIONS = ("auto", "nf4", "int8", "none")
INSTALL = 'pip install "perfopt[model]"'

_EXTRA = ("torch", "transformers", "peft", "bitsandbytes", "accelerate")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_LONGEST_HEADER = 100_000_000
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt")


def looks_like_hub_name(spec: str) -> bool:
    """Tell whether spec has the form org/name."""
    return _HUB_NAME.fullmatch(spec) is not None and not spec.endswith((".jsonl", ".json", ".py"))


def check_available(find: Callable[[str], object] = importlib.util.find_spec) -> None:
    """Raise PerfoptError where the libraries for local models are not installed."""
    missing = [name for name in _EXTRA if find(name) is None]
    if missing:
        raise PerfoptError(
            f"local models need libraries that are not installed ({', '.join(missing)}): {INSTALL}"
        )


def check_quantize(quantize: str) -> None:
    """Raise PerfoptError for an unknown way to hold weights."""
    if quantize not in QUANTIZATIONS:
        raise PerfoptError(f"--quantize {quantize}: use one of {', '.join(QUANTIZATIONS)}")


def check_model(folder: Path) -> None:
    """Raise PerfoptError where the folder holds no checkpoint that perfopt loads."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise PerfoptError(f"the model folder {folder} {what}; check --model")
    if not (folder / "config.json").is_file():
        if (folder / "adapter_config.json").is_file():
            raise PerfoptError(
                f"{folder} holds a peft adapter, not a model; name its base model with --model "
                f"and use --adapter {folder}"
            )
        _check_unfinished(folder)
        raise PerfoptError(f"{folder} is not a transformers model: it has no config.json")
    read_config(folder)
    _check_weights(folder, "model")
    if not any((folder / name).is_file() for name in TOKENIZERS):
        raise PerfoptError(
            f"{folder} has no tokenizer ({', '.join(TOKENIZERS[:3])} …); "
            "copy the tokenizer's files of the model into the folder"
        )


def check_adapter(folder: Path) -> None:
    """Raise PerfoptError where the folder holds no peft adapter that perfopt loads."""
    if not folder.is_dir():
        raise PerfoptError(f"the adapter folder {folder} does not exist; check --adapter")
    if not (folder / "adapter_config.json").is_file():
        _check_unfinished(folder)
        if is_whole_model(folder):
            raise PerfoptError(
                f"{folder} holds a whole model, not an adapter; use it with --model {folder}"
            )
        raise PerfoptError(f"{folder} is not a peft adapter: it has no adapter_config.json")
    read_config(folder, "adapter_config.json")
    _check_weights(folder, "adapter", "adapter_model.safetensors")


def is_whole_model(folder: Path) -> bool:
    """Tell whether the folder holds a model and not an adapter, by its files' names."""
    return (folder / "config.json").is_file() and not (folder / "adapter_config.json").is_file()


def base_of(folder: Path) -> str | None:
    """Return the model that the adapter in the folder names as its base, or None."""
    if not (folder / "adapter_config.json").is_file():
        return None
    base = read_config(folder, "adapter_config.json").get("base_model_name_or_path")
    return base if isinstance(base, str) and base else None


def _check_unfinished(folder: Path) -> None:
    if (folder / "run.json").is_file() and not (folder / "result.json").is_file():
        raise PerfoptError(
            f"{folder} is a training run that is not finished; go on with it by the same "
            "perfopt train command as before"
        )


def read_config(folder: Path, name: str = "config.json") -> dict[str, Any]:
    """Return the folder's configuration. Raises PerfoptError where it can't be read."""
    try:
        config = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PerfoptError(f"{folder / name} can't be read: {error}") from None
    if not isinstance(config, dict):
        raise PerfoptError(f"{folder / name} is not a JSON object")
    return config


def _check_weights(folder: Path, what: str, pattern: str = "*.safetensors") -> None:
    if any(folder.glob(pattern)):
        return
    pickles = sorted(path.name for one in PICKLES for path in folder.glob(one))
    if pickles:
        raise PerfoptError(
            f"the {what} in {folder} has its weights in pickle files only ({pickles[0]}), which "
            "can run code when they are loaded; convert it to safetensors, for instance with "
            "transformers' save_pretrained"
        )
    raise PerfoptError(f"the {what} folder {folder} has no weights ({pattern})")


def check_whole(folder: Path) -> None:
    """Raise PerfoptError where weights are missing or cut short, as after a broken download."""
    again = "copy or download it again"
    for index in sorted(folder.glob("*.safetensors.index.json")):
        parts = read_config(folder, index.name).get("weight_map")
        names = set(parts.values()) if isinstance(parts, dict) else set()
        lacking = sorted(str(name) for name in names if not (folder / str(name)).is_file())
        if lacking:
            raise PerfoptError(
                f"{folder} lacks {lacking[0]}, one of {len(names)} files of its weights "
                f"({len(lacking)} are missing); {again}"
            )
    for path in sorted(folder.glob("*.safetensors")):
        try:
            expected, size = _length_of(path), path.stat().st_size
        except (OSError, ValueError, TypeError, LookupError, AttributeError, struct.error) as error:
            raise PerfoptError(f"{path} is not a safetensors file ({error}); {again}") from None
        if size < expected:
            raise PerfoptError(f"{path} is cut short: {size} bytes of {expected}; {again}")


def _length_of(path: Path) -> int:
    """Return how long a safetensors file should be, by its header."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > _LONGEST_HEADER:
            raise ValueError("its header makes no sense")
        header = json.loads(file.read(length))
    ends = [one["data_offsets"][1] for name, one in header.items() if name != "__metadata__"]
    return 8 + int(length) + max(ends, default=0)


def pick_weights(quantize: str, *, cuda: bool, avx512_bf16: bool, stored: bool) -> tuple[str, str]:
    """Return how to hold the weights, and why where that is perfopt's choice.

    It is nf4, int8, bf16, or stored where the checkpoint is quantised. What
    ``auto`` picks is from docs/models.md.
    """
    if stored:
        return "stored", "the checkpoint is quantised already"
    if quantize != "auto":
        return ("bf16" if quantize == "none" else quantize), ""
    if cuda:
        return "nf4", "picked for the GPU's memory"
    if avx512_bf16:
        return "nf4", "picked as this processor has AVX512-BF16"
    return "bf16", "picked as 4 bits are slow on a processor without AVX512-BF16"


def cpu_has_avx512_bf16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Tell whether the processor multiplies bf16 vectors natively; False where it can't be told."""
    try:
        return re.search(r"\bavx512_bf16\b", cpuinfo.read_text(encoding="utf-8")) is not None
    except OSError:
        return False
