"""Replies of one model are not taken for those of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from perfopt_cli.model.generation import Sampling
from perfopt_cli.model.identity import identity_of
from perfopt_cli.model.local import LocalModel
from perfopt_cli.model.server.address import Address
from perfopt_cli.model.server.model import ServedModel

SERVER = Address("http", "localhost", 8080, "/v1", "coder")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.safetensors").write_text("weights")
    return tmp_path


def test_the_same_model_is_the_same(folder: Path) -> None:
    assert identity_of(LocalModel(str(folder))) == identity_of(LocalModel(str(folder)))
    assert identity_of(ServedModel(SERVER)) == identity_of(ServedModel(SERVER))


def test_other_weights_are_another_model(folder: Path) -> None:
    before = identity_of(LocalModel(str(folder)))
    (folder / "model.safetensors").write_text("other weights")
    assert identity_of(LocalModel(str(folder))) != before


def test_so_are_another_form_adapter_or_sampling(folder: Path) -> None:
    adapter = folder / "adapter"
    adapter.mkdir()
    models = [
        LocalModel(str(folder)),
        LocalModel(str(folder), quantize="none"),
        LocalModel(str(folder), adapter),
        LocalModel(str(folder), sampling=Sampling(seed=1)),
    ]
    assert len({repr(identity_of(model)) for model in models}) == len(models)


def test_a_server_is_known_by_its_address_and_the_models_name() -> None:
    known = identity_of(ServedModel(SERVER))
    assert identity_of(ServedModel(replace(SERVER, model="other"))) != known
    assert identity_of(ServedModel(replace(SERVER, port=8081))) != known
    assert identity_of(ServedModel(replace(SERVER, model=""))) is None


def test_a_backend_of_another_kind_says_what_it_is_or_stays_unknown() -> None:
    class Other:
        name = "other"

        def generate(self, prompt: str, *, n: int) -> Sequence[str]:
            return []

    class Named(Other):
        identity = "v1"

    assert identity_of(Other()) is None
    assert identity_of(Named()) == ["v1"]
