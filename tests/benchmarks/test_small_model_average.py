"""The mean of models' weights: benchmarks/small_model_average.py."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from perfopt_cli.model.mini.shipped import new_model

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("small_model_average")


def test_the_mean_weighs_each_model_by_its_share(script: Any) -> None:
    found = script.mean([{"a": torch.zeros(2)}, {"a": torch.full((2,), 4.0)}], [1.0, 3.0])
    assert found["a"].tolist() == [3.0, 3.0]


def test_models_of_other_sizes_have_no_mean(script: Any) -> None:
    with pytest.raises(ValueError, match="same size"):
        script.mean([{"a": torch.zeros(2)}, {"a": torch.zeros(3)}], [1.0, 1.0])


def test_the_mean_of_two_models_can_be_asked_and_trained(script: Any, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for seed, folder in enumerate(folders):
        new_model(folder, seed=seed, size="mini-xs")
    script.main([str(tmp_path / "mean"), *map(str, folders)])
    one, two, mean = (
        load_file(path / "model.safetensors") for path in (*folders, tmp_path / "mean")
    )
    name = next(iter(mean))
    assert torch.allclose(mean[name].float(), (one[name].float() + two[name].float()) / 2)
    assert (tmp_path / "mean" / "shipped" / "manifest.json").is_file()
    assert (tmp_path / "mean" / "tokenizer.json").is_file()


def test_a_share_for_each_model_is_needed(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        script.main([str(tmp_path / "mean"), "one", "two", "--shares", "1"])
    assert "one number for each model" in capsys.readouterr().err
