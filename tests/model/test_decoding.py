"""perfopt's own loop, against transformers' on tiny models in full precision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from perfopt_cli.model.decoding import Manner, Reading, Writer, read_prompt  # noqa: E402
from perfopt_cli.model.generation import Sampling, draw  # noqa: E402
from perfopt_cli.model.loading import Loaded  # noqa: E402
from perfopt_cli.model.local import LocalModel  # noqa: E402

CODE = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n" * 3
LENGTH = 40


def loaded(tiny: Any, kind: str, quantize: str = "none") -> Loaded:
    folder = tiny.t5() if kind == "t5" else tiny.causal()
    adapter = tiny.adapter() if kind == "adapter" else None
    model = LocalModel(str(folder), adapter, quantize).load()
    if quantize == "none":
        model.model.float()
    return model


def ids_of(model: Loaded) -> Any:
    return torch.tensor([model.tokenizer(CODE)["input_ids"]])


def reading(model: Loaded) -> Reading:
    with torch.inference_mode():
        read = read_prompt(model.model, ids_of(model))
    assert read is not None
    return read


def written(
    read: Reading, numbers: Iterable[int], room: int, ends: frozenset[int] = frozenset()
) -> tuple[list[list[int]], int]:
    manner = Manner(0.8, 0.95, 0, LENGTH, ends, room)
    writer = Writer(read, list(numbers), manner, lambda so_far: False)
    with torch.inference_mode():
        return writer.write(), writer.steps


def greedy(model: Loaded) -> list[int]:
    ids = ids_of(model)
    start = 1 if model.model.config.is_encoder_decoder else ids.shape[1]
    found = model.model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=LENGTH,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )
    tokens: list[int] = found[0, start:].tolist()
    return tokens


@pytest.mark.parametrize("kind", ["causal", "adapter", "t5"])
@pytest.mark.parametrize("room", [0, 4, 64])
def test_the_greedy_reply_is_that_of_generate(tiny: Any, kind: str, room: int) -> None:
    model = loaded(tiny, kind)
    assert written(reading(model), [0], room)[0] == [greedy(model)]


def test_a_model_with_another_attention_writes_the_same(tiny: Any) -> None:
    model = loaded(tiny, "causal")
    expected, _ = written(reading(model), range(3), 64)
    model.model.set_attn_implementation("eager")
    read = reading(model)
    assert not read.uneven
    assert written(read, range(3), 64)[0] == expected


def test_lookup_changes_nothing_under_nf4(tiny: Any) -> None:
    read = reading(loaded(tiny, "causal", "nf4"))
    plain, lookup = written(read, [0], 0), written(read, [0], 64)
    assert lookup[0] == plain[0]
    assert lookup[1] < plain[1]


@pytest.mark.parametrize("kind", ["causal", "t5"])
def test_guessing_ahead_saves_steps(tiny: Any, kind: str) -> None:
    # A random model soon repeats itself, which lookup finds.
    assert written(reading(loaded(tiny, kind)), [0], 16)[1] < 0.8 * LENGTH


@pytest.mark.parametrize("kind", ["causal", "t5"])
def test_replies_depend_neither_on_the_batches_nor_on_lookup(tiny: Any, kind: str) -> None:
    read = reading(loaded(tiny, kind))
    free, _ = written(read, range(4), 0)
    ends = frozenset({free[1][5], free[3][12]})
    together, _ = written(read, range(4), 0, ends)
    assert written(read, range(4), 64, ends)[0] == together
    assert [written(read, [row], 12, ends)[0][0] for row in range(4)] == together
    assert len({len(reply) for reply in together}) > 1


def test_rows_that_are_done_leave_the_batch(tiny: Any) -> None:
    model = loaded(tiny, "causal")
    read = reading(model)
    free, _ = written(read, range(3), 0)
    sizes: list[int] = []
    forward = model.model.forward

    def noting(**options: Any) -> Any:
        sizes.append(len(options["input_ids"]))
        return forward(**options)

    model.model.forward = noting
    replies, _ = written(read, range(3), 0, frozenset({free[2][3]}))
    assert sorted(sizes, reverse=True) == sizes
    assert sum(sizes) == sum(len(reply) for reply in replies)


class Sliding:
    """Makes a model look like one with another kind of cache."""

    def __init__(self, forward: Any) -> None:
        self.forward = forward

    def __call__(self, **options: Any) -> Any:
        found = self.forward(**options)
        if "past_key_values" not in options:
            found.past_key_values = object()
        return found


def test_a_model_with_another_cache_is_left_to_generate(tiny: Any) -> None:
    model = loaded(tiny, "causal")
    own = draw(model, CODE, 1, Sampling(max_new_tokens=12)).replies
    forward = model.model.forward
    model.model.forward = Sliding(forward)
    with torch.inference_mode():
        assert read_prompt(model.model, ids_of(model)) is None
    model.model.generation_config.suppress_tokens = [511]
    model.model.forward = forward
    replies: Sequence[str] = draw(model, CODE, 3, Sampling(max_new_tokens=12)).replies
    assert len(replies) == 3
    assert replies[0] == own[0]
