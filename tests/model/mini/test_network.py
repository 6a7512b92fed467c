"""The small model's network: the mixture of writing and copying, masks, caches, generating."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.model.loading import quiet, read_model, read_tokenizer  # noqa: E402
from perfopt_cli.model.mini.language import read  # noqa: E402
from perfopt_cli.model.mini.network import MiniConfig, MiniForConditionalGeneration  # noqa: E402
from perfopt_cli.model.mini.shipped import new_model  # noqa: E402
from perfopt_cli.model.mini.sizes import Sizes  # noqa: E402
from perfopt_cli.model.mini.vocabulary import VOCABULARY, tokens  # noqa: E402

SMALL = Sizes(
    vocab_size=90, d_model=32, heads=2, inner=48, encoder_layers=2, decoder_layers=2, copy_size=16
)
SOURCE = [[7, 8, 9, 10, 8, 11, 12], [20, 21, 22, 23, 24, 25, 26]]
REPLY = [[1, 8, 30, 31, 9], [1, 40, 21, 41, 42]]


@pytest.fixture(scope="module")
def model() -> Any:
    """A model whose every weight counts: new ones have zeros."""
    torch.manual_seed(3)
    made = MiniForConditionalGeneration(MiniConfig(**SMALL.as_dict())).eval()
    with torch.no_grad():
        for weight in made.parameters():
            weight.add_(torch.randn_like(weight) * 0.15)
    return made


def logits(model: Any, source: Any = SOURCE, reply: Any = REPLY, mask: Any = None) -> Any:
    given = torch.tensor(source)
    mask = torch.ones_like(given) if mask is None else torch.tensor(mask)
    with torch.no_grad():
        return model(given, mask, torch.tensor(reply)).logits


def test_logits_are_logarithms_of_probabilities(model: Any) -> None:
    assert torch.allclose(logits(model).exp().sum(-1), torch.ones(2, 5), atol=1e-5)


def test_nll_of_labels_is_what_the_logits_say(model: Any) -> None:
    labels = torch.tensor([[8, 30, 31, 9, 2], [40, 21, 41, -100, -100]])
    given = torch.tensor(SOURCE)
    with torch.no_grad():
        nll = model(given, torch.ones_like(given), torch.tensor(REPLY), labels=labels).nll
    wanted = -logits(model).gather(2, labels.clamp(min=0)[..., None])[..., 0]
    assert torch.allclose(nll, torch.where(labels == -100, 0.0, wanted), atol=1e-5)


def test_attention_with_gradients_is_the_same_as_without(model: Any) -> None:
    source = [SOURCE[0], [*SOURCE[1][:4], 0, 0, 0]]
    mask = torch.tensor([[1] * 7, [1] * 4 + [0] * 3])
    with_gradients = model(torch.tensor(source), mask, torch.tensor(REPLY)).logits
    assert torch.allclose(with_gradients, logits(model, source, mask=mask.tolist()), atol=1e-4)


def test_padding_of_the_source_changes_nothing(model: Any) -> None:
    padded = [[*SOURCE[0], 0, 0, 0], [*SOURCE[1], 27, 28, 29]]
    mask = [[1] * 7 + [0] * 3, [1] * 10]
    assert torch.allclose(logits(model, padded, mask=mask)[0], logits(model)[0], atol=1e-5)


def test_later_words_of_a_reply_change_nothing_before_them(model: Any) -> None:
    other = [[*REPLY[0][:3], 77, 78], REPLY[1]]
    assert torch.allclose(logits(model, reply=other)[0, :3], logits(model)[0, :3], atol=1e-5)


def test_the_order_of_the_source_matters(model: Any) -> None:
    turned = [SOURCE[0][::-1], SOURCE[1]]
    assert not torch.allclose(logits(model, turned)[0], logits(model)[0], atol=1e-2)


def test_a_word_of_the_source_can_be_copied_though_it_is_never_written(model: Any) -> None:
    kept = model.encoder.embed.weight.detach().clone(), model.decoder.gate.bias.detach().clone()
    try:
        with torch.no_grad():
            model.decoder.gate.bias.fill_(30.0)
        found = logits(model).exp()
    finally:
        with torch.no_grad():
            model.decoder.gate.bias.copy_(kept[1])
    within = found[0][:, sorted(set(SOURCE[0]))].sum(-1)
    assert torch.allclose(within, torch.ones(5), atol=1e-4)


@pytest.mark.parametrize("beams", [1, 3])
def test_generating_with_a_cache_gives_the_same_as_without(model: Any, beams: int) -> None:
    source = torch.tensor([SOURCE[0], [*SOURCE[1][:5], 0, 0]])
    mask = torch.tensor([[1] * 7, [1] * 5 + [0] * 2])

    def generated(*, cached: bool) -> Any:
        with quiet(), torch.no_grad():
            return model.generate(
                input_ids=source,
                attention_mask=mask,
                max_new_tokens=7,
                num_beams=beams,
                num_return_sequences=beams,
                do_sample=False,
                use_cache=cached,
            )

    assert torch.equal(generated(cached=True), generated(cached=False))


def test_a_new_model_is_read_back_with_its_tokenizer(tmp_path: Path) -> None:
    new_model(tmp_path / "m", seed=5, size=SMALL)
    with quiet():
        model = read_model(tmp_path / "m", "auto", "cpu")
        tokenizer = read_tokenizer(tmp_path / "m")
    assert model.config.d_model == 32
    text = read("def f(xs):\n    return [x for x in xs]\n").text
    assert tokenizer(text)["input_ids"] == tokens(text)
    assert tokenizer.decode(tokens(text)) == text
    assert len(tokenizer) == len(VOCABULARY)


def test_a_seed_gives_the_same_weights_and_another_one_others(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    weights = [
        load_file(new_model(tmp_path / str(n), seed=seed, size=SMALL) / "model.safetensors")
        for n, seed in enumerate((1, 1, 2))
    ]
    name = "encoder.embed.weight"
    assert (weights[0][name] == weights[1][name]).all()
    assert not (weights[0][name] == weights[2][name]).all()


def test_an_unknown_size_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="there are mini, mini-xs"):
        new_model(tmp_path, size="huge")
