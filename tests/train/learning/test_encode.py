from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("transformers")

from perfopt_cli.core import PerfoptError, Target
from perfopt_cli.model.generation import prompt_ids
from perfopt_cli.model.prompt import build_prompt
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.learning.encode import (
    IGNORED,
    BucketSampler,
    Codec,
    Group,
    Row,
    codec_for,
    collate,
    encode_groups,
    encode_pairs,
    make_group,
)
from perfopt_cli.train.learning.models import load_for_training

END, PAD = 1, 0


def codec(folder: Path, max_length: int = 1024) -> Codec:
    loaded = load_for_training(folder, TrainConfig(bf16="off"))
    return codec_for(loaded.model, loaded.tokenizer, max_length)


@pytest.fixture(scope="module")
def plain(tiny: Any) -> Codec:
    return codec(tiny.causal("plain", template=None))


@pytest.fixture(scope="module")
def t5(tiny: Any) -> Codec:
    return codec(tiny.t5())


@pytest.fixture(scope="module")
def chat(tiny: Any) -> Codec:
    return codec(tiny.causal())


def test_a_response_ends_with_the_end_token_once(plain: Codec, t5: Codec) -> None:
    for one in (plain, t5):
        ids = one.response("return 1\n")
        assert ids[-1] == END
        assert ids.count(END) == 1


def test_a_prompt_has_no_end_token(plain: Codec) -> None:
    assert END not in plain.prompt("return 1\n")


def test_a_tokenizer_that_ends_texts_itself_gets_no_second_end_token(t5: Codec) -> None:
    ending = replace(t5, tokenizer=lambda text, **options: {"input_ids": [7, 8, END]})
    assert ending.response("x") == (7, 8, END)


def test_a_prompt_is_a_chat_where_the_tokenizer_has_a_template(chat: Codec) -> None:
    text = chat.tokenizer.decode(chat.prompt("Go."))
    assert text == "<|start|>user\nGo.<|end|>\n<|start|>assistant\n"


def test_a_prompt_of_optimize_is_put_as_optimize_puts_it(chat: Codec) -> None:
    target = Target("a.py", "total", 1, "def total(values):\n    return sum(values)\n")
    prompt = build_prompt(target, target.source)
    assert list(chat.prompt(prompt)) == prompt_ids(chat.config, chat.tokenizer, prompt)
    assert prompt.messages.system in chat.tokenizer.decode(chat.prompt(prompt))


def test_a_causal_row_has_labels_for_the_response_and_its_end_only(plain: Codec) -> None:
    rows = encode_pairs(plain, [("abc\n", "def f(): pass\n"), ("a much longer prompt\n", "x")]).rows
    batch = collate(plain, rows)
    for n, row in enumerate(rows):
        start, [response] = len(row.prompt), row.responses
        labels = batch["labels"][n].tolist()
        assert labels[:start] == [IGNORED] * start
        assert labels[start : start + len(response)] == list(response)
        assert set(labels[start + len(response) :]) <= {IGNORED}
        ids, mask = batch["input_ids"][n].tolist(), batch["attention_mask"][n].tolist()
        assert ids[: sum(mask)] == [*row.prompt, *response]
        assert mask == [1] * sum(mask) + [0] * (len(mask) - sum(mask))


def test_an_encoder_decoder_starts_with_its_start_token_and_ends_with_the_end_token(
    t5: Codec,
) -> None:
    rows = encode_pairs(t5, [("abc\n", "return 1\n"), ("abc\n", "x")]).rows
    batch = collate(t5, rows)
    for n, row in enumerate(rows):
        [response] = row.responses
        size = len(response)
        assert batch["labels"][n].tolist()[:size] == list(response)
        assert set(batch["labels"][n].tolist()[size:]) <= {IGNORED}
        assert batch["decoder_input_ids"][n].tolist()[:size] == [t5.start, *response[:-1]]
        assert set(batch["decoder_input_ids"][n].tolist()[size:]) <= {PAD}


def test_an_encoder_decoder_reads_a_prompt_once_a_group(t5: Codec) -> None:
    groups = [Group("a", ("x", "y", "z"), (0.0, 1.0, 2.0)), Group("b", ("x",), (1.0,))]
    batch = collate(t5, encode_groups(t5, groups).rows)
    assert len(batch["input_ids"]) == 2
    assert len(batch["labels"]) == 4
    assert batch["groups"].tolist() == [0, 0, 0, 1]
    assert batch["rewards"].tolist() == [0.0, 1.0, 2.0, 1.0]


def test_a_causal_model_reads_a_prompt_with_each_response(plain: Codec) -> None:
    groups = [Group("a", ("x", "y", "z"), (0.0, 1.0, 2.0)), Group("b", ("x",), (1.0,))]
    batch = collate(plain, encode_groups(plain, groups).rows)
    assert len(batch["input_ids"]) == len(batch["labels"]) == 4


@pytest.mark.parametrize("kind", ["plain", "t5"])
def test_what_fits_exactly_stays_and_one_token_less_room_leaves_it_out(
    kind: str, request: pytest.FixtureRequest
) -> None:
    whole: Codec = request.getfixturevalue(kind)
    pairs = [("some prompt\n", "def f():\n    return 1\n"), ("p", "r")]
    row = encode_pairs(whole, pairs).rows[0]
    size = max(len(row.prompt), len(row.responses[0])) if whole.is_seq2seq else row.length
    exact = encode_pairs(replace(whole, reads=size, writes=size), pairs)
    assert (len(exact.rows), exact.left_out) == (2, 0)
    short = encode_pairs(replace(whole, reads=size - 1, writes=size - 1), pairs)
    assert (len(short.rows), short.left_out) == (1, 1)
    assert [len(row.responses[0]) for row in short.rows] == [2]


def test_the_models_window_bounds_the_length_too(tiny: Any) -> None:
    assert codec(tiny.causal("window-20", template=None, window=20)).reads == 20
    assert codec(tiny.causal("window-20", template=None, window=20), 10).reads == 10


def test_a_response_that_is_too_long_is_left_out_and_counted(plain: Codec) -> None:
    group = Group("p", ("long " * 50, "short", "other"), (1.0, 2.0, 0.0))
    encoded = encode_groups(replace(plain, reads=40), [group])
    assert [len(row.responses) for row in encoded.rows] == [2]
    assert encoded.rows[0].rewards == (2.0, 0.0)
    assert (encoded.left_out, encoded.responses_left_out) == (0, 1)


def test_a_group_whose_best_response_is_too_long_is_left_out_as_a_whole(plain: Codec) -> None:
    groups = [Group("p", ("x", "long " * 50), (1.0, 2.0)), Group("p", ("x",), (1.0,))]
    encoded = encode_groups(replace(plain, reads=40), groups)
    assert (len(encoded.rows), encoded.left_out, encoded.responses_left_out) == (1, 1, 0)


def test_nothing_that_fits_is_an_error(plain: Codec) -> None:
    with pytest.raises(PerfoptError, match=r"none of the 1 texts .* raise\s+max_length"):
        encode_pairs(replace(plain, reads=3), [("a longer prompt", "and a response")])


def test_ties_go_to_random_then_greedy_then_target() -> None:
    group = make_group("p", [("target", "t", 2.0), ("greedy", "g", 2.0), ("random", "r", 1.0)])
    assert group == Group("p", ("r", "g", "t"), (1.0, 2.0, 2.0))


def test_random_ones_keep_their_order() -> None:
    group = make_group("p", [("random", "b", 1.0), ("target", "t", 1.0), ("random", "a", 1.0)])
    assert group.responses == ("b", "a", "t")


@pytest.mark.parametrize("rewards", [(), (1.0,)])
def test_a_group_has_a_reward_for_each_response(rewards: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="2 responses and"):
        Group("p", ("a", "b"), rewards)


def batches(lengths: Sequence[int], size: int, seed: int = 0, epoch: int = 0) -> list[list[int]]:
    order = list(BucketSampler(lengths, size, seed, lambda: epoch))
    return [order[at : at + size] for at in range(0, len(order), size)]


LENGTHS = [(n * 37) % 101 for n in range(101)]


def test_every_row_comes_once_an_epoch() -> None:
    assert sorted(BucketSampler(LENGTHS, 8, 0, lambda: 0)) == list(range(101))


def test_the_rows_of_a_batch_are_of_similar_length() -> None:
    for batch in batches(LENGTHS, 8)[:-1]:
        found = [LENGTHS[n] for n in batch]
        assert max(found) - min(found) == 7
        assert found == sorted(found, reverse=True)


def test_batches_come_in_no_order_of_length() -> None:
    tops = [LENGTHS[batch[0]] for batch in batches(LENGTHS, 8)[:-1]]
    assert tops not in (sorted(tops), sorted(tops, reverse=True))


def test_only_the_last_batch_is_smaller() -> None:
    for epoch in range(5):
        assert [len(one) for one in batches(LENGTHS, 8, epoch=epoch)] == [8] * 12 + [5]


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    # Equal lengths, so that the batches themselves are drawn.
    flat = [1] * 40
    assert batches(flat, 8) == batches(flat, 8)
    assert batches(flat, 8) != batches(flat, 8, epoch=1)
    assert batches(flat, 8) != batches(flat, 8, seed=1)


def test_a_rows_length_is_that_of_its_longest_response() -> None:
    assert Row((1, 2), ((3,), (3, 4, 5))).length == 5


def told(end: int | None, ends: int | list[int] | None, pad: int | None = 0) -> tuple[Any, Any]:
    """A model and a tokenizer that say so about the tokens that end a text."""
    config = SimpleNamespace(
        is_encoder_decoder=False,
        get_text_config=lambda: SimpleNamespace(max_position_embeddings=64),
    )
    generation = SimpleNamespace(eos_token_id=ends, decoder_start_token_id=None)
    tokenizer = SimpleNamespace(eos_token_id=end, pad_token_id=pad, model_max_length=64)
    return SimpleNamespace(config=config, generation_config=generation), tokenizer


@pytest.mark.parametrize(
    ("end", "ends", "expected"),
    [(1, None, 1), (1, 1, 1), (1, [5, 1], 1), (1, [5, 6], 5), (None, 5, 5)],
)
def test_the_end_token_is_the_tokenizers_where_the_model_stops_at_it(
    end: int | None, ends: int | list[int] | None, expected: int
) -> None:
    assert codec_for(*told(end, ends), 64).end == expected


def test_a_model_without_an_end_token_is_refused() -> None:
    with pytest.raises(PerfoptError, match="no token that ends a text"):
        codec_for(*told(None, None), 64)


def test_a_tokenizer_without_padding_pads_with_the_end_token() -> None:
    assert codec_for(*told(1, 1, pad=None), 64).padding == 1
