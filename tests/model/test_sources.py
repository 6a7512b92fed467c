from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError, Proposer
from perfopt_cli.model.local import LocalModel
from perfopt_cli.model.mini.proposer import MiniProposer
from perfopt_cli.model.mini.weights import EXPORTED, FILES, MANIFEST, SHIPPED
from perfopt_cli.model.propose import ModelProposer
from perfopt_cli.model.replay import ReplayProposer
from perfopt_cli.model.server.model import ServedModel
from perfopt_cli.model.sources import open_proposers


def opened(
    *specs: str, adapter: str | None = None, quantize: str = "auto", by_user: bool = False
) -> list[Proposer]:
    return open_proposers(specs, adapter=adapter, quantize=quantize, root=Path(), by_user=by_user)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def model(tmp_path: Path) -> str:
    pytest.importorskip("torch")
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    return str(tmp_path)


@pytest.fixture
def adapter(tmp_path: Path) -> str:
    folder = tmp_path / "adapter"
    folder.mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (folder / name).write_text("{}")
    return str(folder)


def test_no_specs_make_no_proposers() -> None:
    assert opened() == []


def test_rules_are_the_built_in_rewrites() -> None:
    rules = pytest.importorskip("perfopt_cli.model.rules")
    [proposer] = opened("rules")
    assert isinstance(proposer, rules.Rules)


def test_mini_is_the_small_model_and_is_loaded_when_it_is_asked() -> None:
    rules, mini = opened("rules", "mini")
    assert isinstance(mini, MiniProposer)
    assert (rules.name, mini.name, mini.folder) == ("rules", "mini", SHIPPED)


def test_a_run_that_trained_the_small_model_is_asked_as_it_was_exported(tmp_path: Path) -> None:
    folder = tmp_path / EXPORTED
    folder.mkdir()
    for name in (*FILES, MANIFEST):
        (folder / name).touch()
    _, mini = opened("rules", str(tmp_path), by_user=True)
    assert isinstance(mini, MiniProposer)
    assert mini.folder == folder


def test_mini_with_a_folder_is_the_model_in_it(tmp_path: Path) -> None:
    _, mini = opened("rules", f"mini:{tmp_path}", by_user=True)
    assert isinstance(mini, MiniProposer)
    assert mini.folder == tmp_path


def test_a_small_model_that_is_the_only_source_is_loaded_at_once(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match=r"is no small model|perfopt\[mini\]"):
        opened(f"mini:{tmp_path}", by_user=True)


def test_replay_opens_the_file(tmp_path: Path) -> None:
    (tmp_path / "cands.jsonl").write_text("")
    [proposer] = opened(f"replay:{tmp_path}/cands.jsonl")
    assert isinstance(proposer, ReplayProposer)
    assert proposer.name == f"replay:{tmp_path}/cands.jsonl"


def test_a_folder_is_a_local_model(model: str) -> None:
    [proposer] = opened(model, quantize="int8")
    assert isinstance(proposer, ModelProposer)
    assert isinstance(proposer.backend, LocalModel)
    assert proposer.name == model
    assert proposer.backend.quantize == "int8"


def test_a_name_with_an_owner_is_a_local_model_of_the_hub() -> None:
    pytest.importorskip("torch")
    [proposer] = opened("org/name")
    assert isinstance(proposer, ModelProposer)


def test_proposers_keep_the_order_of_their_specs(tmp_path: Path, model: str) -> None:
    (tmp_path / "cands.jsonl").write_text("")
    proposers = opened(model, f"replay:{tmp_path}/cands.jsonl")
    assert [type(proposer) for proposer in proposers] == [ModelProposer, ReplayProposer]


def test_the_adapter_goes_to_the_local_model(model: str, adapter: str) -> None:
    [proposer] = opened(model, adapter=adapter)
    assert isinstance(proposer, ModelProposer)
    assert isinstance(proposer.backend, LocalModel)
    assert proposer.backend.adapter == Path(adapter)
    assert proposer.name == f"{model}+{adapter}"


def test_a_url_is_a_served_model() -> None:
    rules, proposer = opened("rules", "http://localhost:11434/v1#qwen")
    assert rules.name == "rules"
    assert isinstance(proposer, ModelProposer)
    assert isinstance(proposer.backend, ServedModel)
    assert proposer.name == "http://localhost:11434/v1#qwen"


def test_a_name_after_a_hash_is_a_model_of_the_base_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8080/v1")
    _, proposer = opened("rules", "#qwen")
    assert proposer.name == "http://localhost:8080/v1#qwen"


def test_a_server_elsewhere_has_to_be_named_by_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(PerfoptError, match="named on the command line"):
        opened("rules", "https://models.example/v1#m")
    _, proposer = opened("rules", "https://models.example/v1#m", by_user=True)
    assert isinstance(proposer, ModelProposer)
    assert proposer.notes == (
        "code of this project is sent to models.example, which is not this machine",
    )


def test_a_server_that_is_the_only_source_is_asked_at_once() -> None:
    with pytest.raises(PerfoptError, match="nothing listens"):
        opened(f"http://127.0.0.1:{unused_port()}/v1#m")


def test_a_server_beside_another_source_is_not_asked_yet() -> None:
    assert len(opened("rules", f"http://127.0.0.1:{unused_port()}/v1#m")) == 2


@pytest.mark.parametrize("spec", ["", "rule", "a/b/c", "cands.jsonl", "ftp://a"])
def test_a_bad_spec_is_reported_with_the_forms(spec: str) -> None:
    with pytest.raises(PerfoptError) as error:
        opened(spec)
    for form in (
        "rules",
        "mini",
        "replay:FILE.jsonl",
        "FOLDER",
        "org/name",
        "http://HOST:PORT/v1#NAME",
    ):
        assert form in str(error.value)


def test_a_folder_that_does_not_exist_is_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="does not exist; check --model"):
        opened(str(tmp_path / "none"))


def test_an_adapter_without_a_local_model_is_reported(adapter: str) -> None:
    with pytest.raises(PerfoptError, match=r"needs one local model under it, and there is none"):
        opened(adapter=adapter)


def test_an_adapter_with_two_local_models_is_reported(model: str, adapter: str) -> None:
    with pytest.raises(PerfoptError, match="these are 2"):
        opened(model, "org/name", adapter=adapter)


def test_a_bad_adapter_is_reported_at_once(model: str, tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="does not exist; check --adapter"):
        opened(model, adapter=str(tmp_path / "none"))


def test_a_bad_quantisation_is_reported_at_once(model: str) -> None:
    with pytest.raises(PerfoptError, match="--quantize fp4: use one of"):
        opened(model, quantize="fp4")


def test_an_adapter_brings_its_own_base_model(model: str, adapter: str) -> None:
    config = Path(adapter, "adapter_config.json")
    config.write_text(json.dumps({"base_model_name_or_path": model}))
    rules, proposer = opened("rules", adapter=adapter)
    assert rules.name == "rules"
    assert isinstance(proposer, ModelProposer)
    assert proposer.name == f"{model}+{adapter}"


def test_a_whole_model_given_as_adapter_is_used_as_the_model(model: str) -> None:
    _, proposer = opened("rules", adapter=model)
    assert isinstance(proposer, ModelProposer)
    assert isinstance(proposer.backend, LocalModel)
    assert (proposer.name, proposer.backend.adapter) == (model, None)


@pytest.mark.parametrize("specs", [(), ("rules",)])
def test_a_training_run_that_is_not_finished_is_no_adapter_yet(
    tmp_path: Path, specs: tuple[str, ...]
) -> None:
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(PerfoptError, match="a training run that is not finished"):
        opened(*specs, adapter=str(tmp_path))
