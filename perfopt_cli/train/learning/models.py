"""Models to be trained: whole, by LoRA, or by LoRA on 4-bit weights (QLoRA)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.checkpoint import (
    check_adapter,
    check_model,
    cpu_has_avx512_bf16,
    read_config,
)
from perfopt_cli.model.loading import (
    FAULTS,
    brief,
    quiet,
    read_adapter,
    read_model,
    read_tokenizer,
)
from perfopt_cli.train.config import TUNING, TrainConfig


class Reader(Protocol):
    """Reads a kind of model; ``head`` matches the name of the layer that is its alone."""

    head: str

    def read(self, folder: Path, dtype: Any, place: int | str, quantization: Any) -> Any:
        """Return the model of a folder. Raises ValueError where there is none of this kind."""


@dataclass(frozen=True, slots=True)
class Trainable:
    """A model ready to train and to sample from. ``weights``: fp32, bf16, nf4 or stored."""

    model: Any
    tokenizer: Any
    device: str
    weights: str


def load_for_training(
    folder: Path, config: TrainConfig, adapter: Path | None = None, *, reader: Reader | None = None
) -> Trainable:
    """Load a checkpoint, with a new adapter or the one in ``adapter`` where an adapter is trained.

    New LoRA weights depend on ``config.seed`` alone. ``reader`` reads another
    kind of model than one that writes. Raises PerfoptError.
    """
    _check(folder, config, adapter)
    with quiet():
        import torch
        from safetensors import SafetensorError

        device = "cuda" if torch.cuda.is_available() else "cpu"
        bf16 = uses_bf16(config)
        stored = "quantization_config" in read_config(folder)
        weights = _weights(config.tuning, bf16=bf16, stored=stored)
        try:
            tokenizer = read_tokenizer(folder)
            read = reader.read if reader else read_model
            model = read(folder, *_form(weights, device, bf16=bf16))
            keep_weights_unpacked(model)
            model = _prepared(model, config, quantised=weights in ("nf4", "stored"))
            if config.tuning != "full":
                model = _with_adapter(model, config, adapter, reader.head if reader else "")
        except torch.OutOfMemoryError:
            raise PerfoptError(
                f"the model {folder} does not fit into the GPU's memory as {weights}; "
                "use a smaller model, or tuning = qlora"
            ) from None
        except (*FAULTS, SafetensorError, AttributeError) as error:
            what = f" with the adapter {adapter}" if adapter else ""
            raise PerfoptError(
                f"the model in {folder} can't be loaded for training{what}: {brief(error)}"
            ) from error
    return Trainable(model, tokenizer, device, weights)


def load_weights(model: Any, folder: Path) -> None:
    """Put the weights that a stage left in the folder into the model. Raises PerfoptError."""
    from peft import PeftModel, load_peft_weights, set_peft_model_state_dict

    with quiet():
        try:
            if isinstance(model, PeftModel):
                set_peft_model_state_dict(model, load_peft_weights(str(folder), device="cpu"))
            else:
                # In fp32, as they were trained.
                saved = type(model).from_pretrained(
                    str(folder), local_files_only=True, dtype=model.dtype
                )
                model.load_state_dict(saved.state_dict())
        except FAULTS as error:
            raise PerfoptError(
                f"the weights in {folder} can't be read: {brief(error)}; delete the folder to "
                "train them again"
            ) from error


def uses_bf16(config: TrainConfig) -> bool:
    """Tell whether to compute in bf16 on this machine; PerfoptError where it must, and can't."""
    import torch

    cuda = torch.cuda.is_available()
    supported = (
        torch.cuda.is_bf16_supported(including_emulation=False) if cuda else cpu_has_avx512_bf16()
    )
    return pick_bf16(config.bf16, supported=supported, cuda=cuda)


def pick_bf16(choice: str, *, supported: bool, cuda: bool) -> bool:
    """Return whether bf16 is used: auto, on or off; raises PerfoptError for on without support."""
    if choice not in ("auto", "on", "off"):
        raise PerfoptError(f"bf16 = {choice!r}: use one of auto, on, off")
    if choice == "on" and not supported:
        where = "GPU" if cuda else "processor"
        raise PerfoptError(f"bf16 = on: this {where} does not compute in bf16; use auto or off")
    return supported and choice != "off"


def keep_weights_unpacked(model: Any) -> None:
    """Keep bitsandbytes from repacking 4-bit weights in place, as it does on some processors.

    It would do so on the first ``generate``, and training gets wrong gradients
    from then on: none at all, or an error.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def _check(folder: Path, config: TrainConfig, adapter: Path | None) -> None:
    if config.tuning not in TUNING:
        raise PerfoptError(f"tuning = {config.tuning!r}: use one of {', '.join(TUNING)}")
    check_model(folder)
    if adapter is not None:
        if config.tuning == "full":
            raise PerfoptError(
                f"tuning = full trains no adapter, and {adapter} is one; use lora or qlora"
            )
        check_adapter(adapter)
    if config.tuning == "full" and "quantization_config" in read_config(folder):
        raise PerfoptError(
            f"the weights in {folder} are quantised, and can't be trained whole; "
            "use tuning = qlora, or the unquantised model"
        )


def _weights(tuning: str, *, bf16: bool, stored: bool) -> str:
    if stored:
        return "stored"
    if tuning == "qlora":
        return "nf4"
    return "bf16" if tuning == "lora" and bf16 else "fp32"


def _form(weights: str, device: str, *, bf16: bool) -> tuple[Any, int | str, Any]:
    """Return data type, place and quantisation to load the weights with."""
    import torch
    from transformers import BitsAndBytesConfig

    sharded = os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true"
    place: int | str = "cpu"
    if device == "cuda" and not sharded:
        place = int(os.environ.get("LOCAL_RANK", "0"))
    compute = torch.bfloat16 if bf16 else torch.float32
    if weights == "stored":
        return "auto", place, None
    if weights != "nf4":
        return (torch.bfloat16 if weights == "bf16" else torch.float32), place, None
    quantization = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute,
        # FSDP shards weights of one data type only, and of floating point.
        bnb_4bit_quant_storage=torch.bfloat16 if sharded else torch.uint8,
    )
    return compute, place, quantization


def _prepared(model: Any, config: TrainConfig, *, quantised: bool) -> Any:
    checkpointing: dict[str, Any] = {"use_reentrant": False}
    if quantised:
        from peft import prepare_model_for_kbit_training

        return prepare_model_for_kbit_training(model, config.gradient_checkpointing, checkpointing)
    if config.gradient_checkpointing:
        model.gradient_checkpointing_enable(checkpointing)
    return model


def _with_adapter(model: Any, config: TrainConfig, adapter: Path | None, head: str) -> Any:
    import torch
    from peft import LoraConfig, TaskType, get_peft_model

    if adapter is not None:
        return read_adapter(model, adapter, trainable=True)
    is_seq2seq = model.config.is_encoder_decoder
    writes = TaskType.SEQ_2_SEQ_LM if is_seq2seq else TaskType.CAUSAL_LM
    heads = {name for name, _ in model.named_children() if re.fullmatch(head, name)}
    lora = LoraConfig(
        task_type=None if heads else writes,
        modules_to_save=sorted(heads) or None,
        exclude_modules=rf"({'|'.join(heads)})(\..*)?" if heads else None,
        r=config.lora_rank,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules="all-linear",
    )
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)
        return get_peft_model(model, lora)
