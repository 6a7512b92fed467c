from __future__ import annotations

import pytest

from perfopt_cli.model.catalog import CATALOG, HELD, START, nearest, recommended, size_text
from perfopt_cli.model.checkpoint import looks_like_hub_name


def test_the_table_goes_from_small_to_large() -> None:
    sizes = [one.memory("nf4") for one in CATALOG]
    assert sizes == sorted(sizes)


def test_weights_take_less_the_fewer_bits_they_have() -> None:
    for one in CATALOG:
        nf4, int8, bf16 = (one.memory(held) for held in HELD)
        assert nf4 < int8 < bf16 == one.download


def test_names_are_the_hubs_and_licences_are_permissive() -> None:
    assert all(looks_like_hub_name(one.name) for one in CATALOG)
    assert {one.licence for one in CATALOG} <= {"Apache-2.0", "MIT", "BSD-3-Clause"}


@pytest.mark.parametrize("name", [START.name, START.name.lower(), START.name.split("/")[1]])
def test_a_listed_model_is_known_without_its_owner_and_in_small_letters(name: str) -> None:
    assert recommended(name) is START


def test_a_slip_of_the_pen_finds_the_nearest_name() -> None:
    assert nearest("Qwen2.5-Coder-1.5-Instruct") == START.name
    assert nearest("org/other", ["org/others"]) == "org/others"
    assert nearest("nothing like it") == ""


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (10**6, "1.0 MB"),
        (3_087_428_608, "3.1 GB"),
    ],
)
def test_sizes_are_said_in_powers_of_ten(count: int, text: str) -> None:
    assert size_text(count) == text


@pytest.mark.slow
def test_parameters_are_those_of_the_configuration() -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    shape = {
        "vocab_size": 151_936,
        "hidden_size": 896,
        "intermediate_size": 4864,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "tie_word_embeddings": True,
    }
    with torch.device("meta"):
        model = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**shape))
    linear = sum(
        module.weight.numel()
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and name != "lm_head"
    )
    smallest = CATALOG[0]
    assert sum(one.numel() for one in model.parameters()) == smallest.parameters
    assert smallest.parameters - linear == smallest.unquantised
