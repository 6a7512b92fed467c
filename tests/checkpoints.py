"""Tiny models with random weights, saved the way real checkpoints are.

The libraries warn and print while they save; that is kept out of the tests.
"""

from __future__ import annotations

import gc
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

TEXTS = [
    "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n",
    "# slower version:\n# optimized version of the same code:\n```python\nreturn sum(values)\n```\n",
    "Rewrite the function so that it runs faster. Keep exactly the name and the result.",
]
TEMPLATE = (
    "{% for message in messages %}<|start|>{{ message.role }}\n{{ message.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
)


@contextmanager
def quiet() -> Iterator[None]:
    chatty = logging.getLogger("bitsandbytes")
    chatty.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    chatty.setLevel(logging.NOTSET)


def save_tokenizer(folder: Path, template: str | None = TEMPLATE, window: int = 2048) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<pad>", "</s>", "<|start|>", "<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", model_max_length=window
    )
    if template is not None:
        fast.chat_template = template
    fast.save_pretrained(folder)
    return fast


def causal(layers: int = 2, hidden: int = 64, window: int = 2048) -> Any:
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=512,
        hidden_size=hidden,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=window,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
    )
    return Qwen2ForCausalLM(config)


def save_causal(folder: Path, template: str | None = TEMPLATE, **shape: int) -> Path:
    with quiet():
        causal(**shape).save_pretrained(folder)
        save_tokenizer(folder, template)
    return folder


def save_t5(folder: Path, window: int = 512) -> Path:
    with quiet():
        import torch
        from transformers import T5Config, T5ForConditionalGeneration

        torch.manual_seed(0)
        config = T5Config(
            vocab_size=512,
            d_model=64,
            d_kv=16,
            d_ff=128,
            num_layers=2,
            num_heads=4,
            pad_token_id=0,
            eos_token_id=1,
            decoder_start_token_id=0,
        )
        T5ForConditionalGeneration(config).save_pretrained(folder)
        save_tokenizer(folder, None, window)
    return folder


def save_adapter(folder: Path, **shape: int) -> Path:
    """A LoRA adapter that was trained for no step, for ``causal`` of that shape."""
    with quiet():
        from peft import LoraConfig, get_peft_model

        lora = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
        get_peft_model(causal(**shape), lora).save_pretrained(folder)
    return folder


class Tiny:
    """Makes the models that tests ask for, each kind once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def causal(self, name: str = "chat", **options: Any) -> Path:
        return self._once(f"causal-{name}", save_causal, options)

    def t5(self, name: str = "t5", **options: Any) -> Path:
        return self._once(name, save_t5, options)

    def adapter(self, name: str = "lora", **options: Any) -> Path:
        return self._once(f"adapter-{name}", save_adapter, options)

    def _once(self, name: str, save: Callable[..., Path], options: dict[str, Any]) -> Path:
        folder = self.root / name
        return folder if folder.exists() else save(folder, **options)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    with quiet():
        torch = pytest.importorskip("torch")
        for library in ("transformers", "peft", "bitsandbytes"):
            pytest.importorskip(library)
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()  # Each end of a training would search the libraries for garbage, for 0.3 s.
    return Tiny(tmp_path_factory.mktemp("models"))
