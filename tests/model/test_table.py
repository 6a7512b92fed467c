from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from perfopt_cli.model.decoding import read_prompt  # noqa: E402
from perfopt_cli.model.local import LocalModel  # noqa: E402
from perfopt_cli.model.table import Table, shrink_vocabulary  # noqa: E402


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_table_comes_within_a_part_of_each_rows_largest_number(dtype: Any) -> None:
    weight = torch.randn(64, 32, generator=torch.Generator().manual_seed(0)).to(dtype)
    table = Table(weight)
    ids = torch.tensor([[3, 60], [0, 3]])
    off = (table.rows(ids) - weight[ids]).abs().amax(-1).float()
    assert table.rows(ids).dtype == dtype
    assert (off <= weight[ids].abs().amax(-1).float() / 80).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_products_are_those_of_the_tables_own_vectors(dtype: Any) -> None:
    draw = torch.Generator().manual_seed(0)
    table = Table(torch.randn(64, 32, generator=draw).to(dtype))
    states = torch.randn(2, 3, 32, generator=draw).to(dtype)
    every = table.rows(torch.arange(64))
    expected = states.float() @ every.float().T
    assert table.products(states).shape == (2, 3, 64)
    assert torch.allclose(table.products(states).float(), expected, atol=0.2)


def test_rows_of_zeros_stay_zeros() -> None:
    table = Table(torch.zeros(4, 32))
    assert table.rows(torch.tensor([1])).eq(0).all()


def test_a_model_holds_its_shared_vocabulary_once(tiny: Any) -> None:
    model = LocalModel(str(tiny.causal()), None, "none").load().model
    entry = model.get_input_embeddings().weight
    model.get_output_embeddings().weight = entry
    assert shrink_vocabulary(model, least=1)
    assert model.get_output_embeddings().table is model.get_input_embeddings().table


def test_a_model_with_a_small_vocabulary_is_left_alone(tiny: Any) -> None:
    model = LocalModel(str(tiny.causal()), None, "nf4").load().model
    assert isinstance(model.get_input_embeddings(), torch.nn.Embedding)


@pytest.mark.parametrize("adapter", [False, True])
def test_scores_hardly_change(tiny: Any, adapter: bool) -> None:
    loaded = LocalModel(str(tiny.causal()), tiny.adapter() if adapter else None, "none").load()
    ids = torch.arange(4, 40)[None]
    with torch.inference_mode():
        before = loaded.model(input_ids=ids).logits.float()
        assert shrink_vocabulary(loaded.model, least=1)
        after = loaded.model(input_ids=ids).logits.float()
        assert read_prompt(loaded.model, ids) is not None
    assert (after - before).abs().max() < 0.1 * before.abs().max()


def test_encoder_decoder_models_are_left_alone(tiny: Any) -> None:
    model = LocalModel(str(tiny.t5()), None, "none").load().model
    assert not shrink_vocabulary(model, least=1)
