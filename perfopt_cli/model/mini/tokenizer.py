"""The small model's tokenizer: its words are what blanks separate. Needs transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfopt_cli.model.mini.vocabulary import VOCABULARY

PADDING, START, END, UNKNOWN = "<pad>", "<s>", "</s>", "<unk>"
"""The first words of the vocabulary, in this order."""


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
