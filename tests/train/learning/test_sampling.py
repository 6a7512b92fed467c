from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tuning import fresh, small  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.train.config import TrainConfig  # noqa: E402
from perfopt_cli.train.learning.models import Trainable  # noqa: E402
from perfopt_cli.train.learning.sampling import Sampled, sample  # noqa: E402

PROMPTS = ["slow one\n", "a slower one of more words\n", "x", "def f(a):\n    return a\n"]
CONFIG = small(max_new_tokens=12, device_batch=3)


def base(tiny: Any, kind: str) -> Path:
    made = {
        "plain": lambda: tiny.causal("plain", template=None),
        "chat": tiny.causal,
        "t5": tiny.t5,
    }
    return Path(made[kind]())


@pytest.fixture(scope="module")
def models(tiny: Any) -> Callable[[str], Trainable]:
    made: dict[str, Trainable] = {}

    def model(kind: str) -> Trainable:
        if kind not in made:
            made[kind] = fresh(base(tiny, kind))
        return made[kind]

    return model


def draw(
    loaded: Trainable, prompts: list[str] = PROMPTS, config: TrainConfig = CONFIG, seed: int = 0
) -> list[list[Sampled]]:
    return sample(loaded.model, loaded.tokenizer, prompts, config, seed)


@pytest.mark.parametrize("kind", ["plain", "chat", "t5"])
def test_every_prompt_gets_its_random_responses_then_the_greedy_one(models: Any, kind: str) -> None:
    found = draw(models(kind))
    assert [[one.kind for one in each] for each in found] == [["random", "random", "greedy"]] * 4


@pytest.mark.parametrize("kind", ["plain", "chat", "t5"])
def test_the_greedy_one_is_what_the_library_generates(models: Any, kind: str) -> None:
    loaded = models(kind)
    for prompt, each in zip(PROMPTS, draw(loaded), strict=True):
        text = prompt
        if kind == "chat":
            text = f"<|start|>user\n{prompt}<|end|>\n<|start|>assistant\n"
        ids = loaded.tokenizer(text, return_tensors="pt")["input_ids"]
        written = loaded.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=12,
        )
        start = 1 if kind == "t5" else ids.shape[1]
        assert each[-1].text == loaded.tokenizer.decode(
            written[0, start:], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )


@pytest.mark.parametrize("kind", ["plain", "t5"])
def test_the_responses_to_a_prompt_do_not_depend_on_the_others(models: Any, kind: str) -> None:
    together = draw(models(kind))
    assert [draw(models(kind), [prompt])[0] for prompt in PROMPTS] == together
    assert draw(models(kind), PROMPTS[::-1])[::-1] == together


def test_another_seed_gives_other_random_responses_and_the_same_greedy_one(models: Any) -> None:
    for one, other in zip(draw(models("plain")), draw(models("plain"), seed=1), strict=True):
        assert {each.text for each in one[:-1]}.isdisjoint(each.text for each in other[:-1])
        assert one[-1] == other[-1]


def test_the_random_responses_differ(models: Any) -> None:
    assert all(len({one.text for one in each}) == 3 for each in draw(models("plain")))


def test_with_one_token_to_choose_from_all_are_greedy(models: Any) -> None:
    for each in draw(models("t5"), config=small(top_k=1)):
        assert len({one.text for one in each}) == 1


def test_the_model_the_random_state_and_the_gradients_are_left_as_they_were(models: Any) -> None:
    loaded = models("plain")
    loaded.model.train()
    before = torch.random.get_rng_state()
    draw(loaded)
    assert loaded.model.training
    assert torch.is_grad_enabled()
    assert torch.equal(torch.random.get_rng_state(), before)
    assert not any(value.is_inference() for value in loaded.model.buffers())


def test_a_response_never_outgrows_the_room_its_prompt_leaves(models: Any) -> None:
    loaded = models("plain")
    sizes = [len(loaded.tokenizer(prompt)["input_ids"]) for prompt in PROMPTS]
    window = max(sizes) + 2
    found = draw(loaded, config=small(max_new_tokens=12, max_length=window))
    for size, each in zip(sizes, found, strict=True):
        assert {one.tokens for one in each} == {min(12, window - size)}
        assert not any(one.finished for one in each)


@pytest.mark.parametrize("kind", ["plain", "t5"])
def test_a_prompt_that_is_too_long_gets_no_response(models: Any, kind: str) -> None:
    found = draw(models(kind), ["x", "long " * 60, "y"], small(max_length=40))
    assert [len(each) for each in found] == [3, 0, 3]


def test_no_prompts_get_no_responses(models: Any) -> None:
    assert draw(models("plain"), []) == []


class Scripted:
    """Stands in for a model's generate: what it writes is fixed, above a size it fails."""

    def __init__(self, reply: list[int], most: int = 99, error: Exception | None = None) -> None:
        self.reply = reply
        self.most = most
        self.error = error
        self.rows: list[int] = []

    def __call__(self, input_ids: Any, generation_config: Any, **options: Any) -> Any:
        rows = len(input_ids) * generation_config.num_return_sequences
        self.rows.append(rows)
        if len(input_ids) > self.most:
            raise self.error or RuntimeError()
        ids = input_ids.repeat_interleave(generation_config.num_return_sequences, 0)
        return torch.cat([ids, torch.tensor([self.reply] * rows)], 1)


def scripted(tiny: Any, script: Scripted, **options: Any) -> list[list[Sampled]]:
    loaded = fresh(base(tiny, "plain"))
    loaded.model.generate = script
    return draw(loaded, config=small(device_batch=4, **options))


def test_a_response_ends_at_the_end_token(tiny: Any) -> None:
    tokenizer = fresh(base(tiny, "plain")).tokenizer
    words = tokenizer("def f")["input_ids"]
    found = scripted(tiny, Scripted([*words, 1, 0, 0]))
    assert {one.text for each in found for one in each} == {"def f"}
    assert {(one.finished, one.tokens) for each in found for one in each} == {(True, len(words))}


def test_batches_are_halved_when_memory_runs_out(tiny: Any) -> None:
    script = Scripted([1], most=1, error=RuntimeError("CUDA out of memory"))
    assert [len(each) for each in scripted(tiny, script)] == [3] * 4
    assert script.rows == [12, 6, 3, 3, 3, 3]


def test_one_prompt_that_does_not_fit_into_memory_is_reported(tiny: Any) -> None:
    with pytest.raises(PerfoptError, match=r"out of memory on 3 responses .* lower max_new_tokens"):
        scripted(tiny, Scripted([1], most=0, error=MemoryError()))


def test_another_failure_is_reported(tiny: Any) -> None:
    with pytest.raises(PerfoptError, match="failed to generate: shapes differ"):
        scripted(tiny, Scripted([1], most=0, error=RuntimeError("shapes differ")))


@pytest.mark.parametrize(("temperature", "share"), [(1.0, 0.75), (2.0, 0.634)])
def test_tokens_are_drawn_by_their_probability(temperature: float, share: float) -> None:
    from perfopt_cli.train.learning.sampling import _Choice

    config = small(samples=1, temperature=temperature, top_k=2)
    choice = _Choice(["p"], config, seed=0)
    # Probabilities 0.6, 0.2, 0.2: the top two are as 3 to 1, and as the root of it at 2.
    scores = torch.tensor([[0.6, 0.2, 0.1999]] * 2).log()
    drawn = torch.stack([choice(None, scores).argmax(-1) for _ in range(4000)])
    assert drawn[:, 0].max() == 1
    assert (drawn[:, 0] == 0).float().mean().item() == pytest.approx(share, abs=0.03)
    assert set(drawn[:, 1].tolist()) == {0}
