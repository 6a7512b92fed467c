"""The small model's tokenizer: its words are what blanks separate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.vocabulary import VOCABULARY

PADDING, START, END, UNKNOWN = "<pad>", "<s>", "</s>", "<unk>"
"""The first words of the vocabulary, in this order."""


def check_words(folder: Path) -> None:
    """Raise PerfoptError where the tokenizer of a model's folder was made for other words."""
    path = folder / "tokenizer.json"
    try:
        words: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
        same = sorted(words, key=words.__getitem__) == list(VOCABULARY)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PerfoptError(f"{path} can't be read: {error}") from None
    if not same:
        raise PerfoptError(
            f"the small model in {folder} was made for another vocabulary than this perfopt has; "
            "make or train it anew"
        )


def make_tokenizer(vocabulary: Sequence[str] = VOCABULARY) -> Any:
    """Return a tokenizer for transformers, which numbers the words in their order.

    It adds no words of its own.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    if tuple(vocabulary[:4]) != (PADDING, START, END, UNKNOWN):
        raise ValueError(f"the vocabulary begins with {vocabulary[:4]}")
    numbers = {word: number for number, word in enumerate(vocabulary)}
    if len(numbers) != len(vocabulary):
        raise ValueError("the vocabulary has a word twice")
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PADDING,
        bos_token=START,
        eos_token=END,
        unk_token=UNKNOWN,
        model_max_length=512,
        clean_up_tokenization_spaces=False,
    )
