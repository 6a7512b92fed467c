from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from transformers.integrations.sdpa_attention import sdpa_attention_forward  # noqa: E402

from perfopt_cli.model.attention import MOST_TOKENS, NAME, grouped  # noqa: E402
from perfopt_cli.model.local import LocalModel  # noqa: E402


class Layer:
    num_key_value_groups = 3
    is_causal = True


def states(tokens: int, seen: int = 40) -> tuple[Any, Any, Any]:
    draw = torch.Generator().manual_seed(0)
    shapes = (2, 6, tokens, 8), (2, 2, seen, 8), (2, 2, seen, 8)
    query, key, value = (torch.randn(*shape, generator=draw) for shape in shapes)
    return query, key, value


@pytest.mark.parametrize("tokens", [1, 4, MOST_TOKENS + 1])
@pytest.mark.parametrize("scaling", [None, 0.5])
def test_grouped_attention_is_torchs(tokens: int, scaling: float | None) -> None:
    query, key, value = states(tokens)
    mask = torch.ones(2, 1, tokens, 40, dtype=torch.bool)
    mask[1, :, :, 30:] = False
    given = None if tokens == 1 else mask
    ours, _ = grouped(Layer, query, key, value, given, scaling=scaling, dropout=0.0)
    theirs, _ = sdpa_attention_forward(Layer, query, key, value, given, scaling=scaling)
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_several_tokens_without_a_mask_are_causal() -> None:
    query, key, value = states(4, seen=4)
    ours, _ = grouped(Layer, query, key, value, None)
    theirs, _ = sdpa_attention_forward(Layer, query, key, value, None)
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_bias_by_position_is_left_to_torch() -> None:
    query, key, value = states(1)
    bias = torch.randn(1, 6, 1, 40, generator=torch.Generator().manual_seed(1))
    ours, _ = grouped(Layer, query, key, value, None, position_bias=bias)
    theirs, _ = sdpa_attention_forward(Layer, query, key, value, None, position_bias=bias)
    assert torch.equal(ours, theirs)


@pytest.mark.skipif(torch.cuda.is_available(), reason="on a GPU torch's own is fast")
def test_a_model_on_a_cpu_uses_it(tiny: Any) -> None:
    model = LocalModel(str(tiny.causal()), None, "none").load().model
    assert model.config._attn_implementation == NAME
