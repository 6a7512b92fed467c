"""Load a checkpoint for generation. Everything here needs the ``model`` extra."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.checkpoint import (
    MINI_TYPE,
    check_adapter,
    check_model,
    check_whole,
    cpu_has_avx512_bf16,
    pick_weights,
    read_config,
)
from perfopt_cli.model.heap import frugal_heap

FAULTS = (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError)
"""What the libraries raise for a checkpoint that they can't read."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to generate.

    ``weights`` says how they are held (nf4, int8, bf16, stored), ``why`` the
    reason where perfopt picked it.
    """

    name: str
    model: Any
    tokenizer: Any
    device: str
    weights: str
    why: str = ""


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the model libraries silent, and off the network, within the block."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    chatty = logging.getLogger("bitsandbytes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from huggingface_hub import constants
        from transformers.utils import logging as transformers_logging

        offline, level = constants.HF_HUB_OFFLINE, chatty.level
        verbosity = transformers_logging.get_verbosity()
        progress = transformers_logging.is_progress_bar_enabled()
        # Offline, because bitsandbytes asks the hub for compiled kernels when it is imported.
        constants.HF_HUB_OFFLINE = True
        chatty.setLevel(logging.ERROR)
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        try:
            yield
        finally:
            constants.HF_HUB_OFFLINE = offline
            chatty.setLevel(level)
            transformers_logging.set_verbosity(verbosity)
            if progress:
                transformers_logging.enable_progress_bar()


def load(name: str, folder: Path, adapter: Path | None, quantize: str) -> Loaded:
    """Load the checkpoint for generation only.

    The model must never be saved or trained afterwards: on some processors
    bitsandbytes repacks 4-bit weights in place. Raises PerfoptError.
    """
    check_model(folder)
    if adapter is not None:
        check_adapter(adapter)
    for part in [folder] if adapter is None else [folder, adapter]:
        check_whole(part)
    with quiet(), frugal_heap():
        import torch

        cuda = torch.cuda.is_available()
        config = read_config(folder)
        stored = "quantization_config" in config
        weights, why = pick_weights(
            quantize, cuda=cuda, avx512_bf16=cpu_has_avx512_bf16(), stored=stored
        )
        if config.get("model_type") == MINI_TYPE:  # Too small to gain by less.
            weights, why = "stored", ""
        device = "cuda" if cuda else "cpu"
        model, tokenizer = _read_base(folder, weights, device)
        if adapter is not None:
            model = _read_on_top(model, adapter, folder)
        _fit_to_device(model, weights, device)
    return Loaded(name, model.eval(), tokenizer, device, weights, why)


def _read_base(folder: Path, weights: str, device: str) -> tuple[Any, Any]:
    import torch
    from safetensors import SafetensorError

    try:
        tokenizer = read_tokenizer(folder)
        model = _load_model(folder, weights, device)
        check_vocabulary(model, tokenizer)
    except torch.OutOfMemoryError:
        raise PerfoptError(
            f"the model {folder} does not fit into the GPU's memory as {weights}; "
            "use a smaller model or --quantize nf4"
        ) from None
    except (*FAULTS, SafetensorError, AttributeError) as error:
        if "auto_map" in read_config(folder):
            raise PerfoptError(
                f"the model in {folder} brings Python code of its own, which perfopt never "
                "runs, and can't be loaded without it; use a model that transformers knows "
                f"by itself ({brief(error)})"
            ) from error
        raise PerfoptError(f"the model in {folder} can't be loaded: {brief(error)}") from error
    return model, tokenizer


def _read_on_top(model: Any, adapter: Path, folder: Path) -> Any:
    from safetensors import SafetensorError

    try:
        return read_adapter(model, adapter)
    except (*FAULTS, SafetensorError) as error:
        raise PerfoptError(
            f"the adapter in {adapter} does not fit the model in {folder}: "
            f"{brief(error)}; use the model that it was trained on"
        ) from error


def _fit_to_device(model: Any, weights: str, device: str) -> None:
    from perfopt_cli.model.attention import use_grouped_attention
    from perfopt_cli.model.table import let_go_of_file, shrink_vocabulary

    if device == "cpu":
        use_grouped_attention(model)
    if weights in ("nf4", "int8"):
        shrink_vocabulary(model)
        let_go_of_file(model)


def read_tokenizer(folder: Path) -> Any:
    """Return the tokenizer of a checkpoint's folder."""
    from transformers import AutoTokenizer

    know_own(folder)
    return AutoTokenizer.from_pretrained(
        str(folder), local_files_only=True, trust_remote_code=False
    )


def know_own(folder: Path) -> None:
    """Have transformers know perfopt's own model, where the folder holds one."""
    if read_config(folder).get("model_type") == MINI_TYPE:
        from perfopt_cli.model.mini.network import register

        register()


def check_vocabulary(model: Any, tokenizer: Any) -> None:
    """Raise ValueError where the tokenizer has tokens that the model hasn't."""
    entry = model.get_input_embeddings()
    known = entry.weight.shape[0]
    if len(tokenizer) > known:
        raise ValueError(
            f"its tokenizer has {len(tokenizer)} tokens and its weights know {known}: they don't "
            "belong together; copy the tokenizer's files from where the weights came from"
        )


def _load_model(folder: Path, weights: str, device: str) -> Any:
    import torch
    from transformers import BitsAndBytesConfig

    quantization = None
    if weights == "nf4":
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_compute_dtype=torch.bfloat16,
        )
    elif weights == "int8":
        quantization = BitsAndBytesConfig(load_in_8bit=True)
    dtype = "auto" if weights == "stored" else torch.bfloat16
    return read_model(folder, dtype, 0 if device == "cuda" else "cpu", quantization)


def read_model(folder: Path, dtype: Any, place: int | str, quantization: Any = None) -> Any:
    """Return the model of a checkpoint's folder on a device (a GPU's number, or ``cpu``).

    Code that the checkpoint brings is not run. Raises ValueError where it lacks weights.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    know_own(folder)
    config = AutoConfig.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    options: dict[str, Any] = {} if quantization is None else {"quantization_config": quantization}
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    model, info = kind.from_pretrained(
        str(folder),
        config=config,
        dtype=dtype,
        device_map={"": place},
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
        output_loading_info=True,
        **options,
    )
    # transformers fills missing weights with random numbers and goes on.
    if info["missing_keys"]:
        raise ValueError(
            f"its files lack the weights {', '.join(sorted(info['missing_keys'])[:3])}"
        )
    return model


def read_adapter(model: Any, adapter: Path, *, trainable: bool = False) -> Any:
    """Return the model with the adapter on it. Raises ValueError where they don't match."""
    from peft import PeftModel, get_peft_model_state_dict
    from safetensors import safe_open

    with warnings.catch_warnings():
        # An adapter that lacks weights for some layers is told by a warning only.
        warnings.filterwarnings("error", message="Found missing adapter keys")
        try:
            adapted = PeftModel.from_pretrained(model, str(adapter), is_trainable=trainable)
        except UserWarning as warning:
            raise ValueError(str(warning)) from None
    # Weights for layers that the model doesn't have are left out without a word.
    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        given = {key for key in file.keys() if ".lora_" in key}  # noqa: SIM118
    surplus = sorted(given - set(get_peft_model_state_dict(adapted, save_embedding_layers=False)))
    if surplus:
        raise ValueError(f"the model has no place for {', '.join(surplus[:3])}")
    return adapted


def brief(error: BaseException) -> str:
    """Return what a library's error says, on one line."""
    lines = str(error).strip().split("\n")
    text = lines[0] if len(lines) == 1 else " ".join(line.strip() for line in lines[:3])
    return f"{type(error).__name__}: {text[:300]}"
