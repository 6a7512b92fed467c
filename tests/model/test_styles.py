from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from perfopt_cli.model.styles import TOLD, Style, style_of
from perfopt_cli.train.config import STYLES, TrainConfig
from perfopt_cli.train.config_file import load_config
from perfopt_cli.train.rundir import Identity, open_folder


def trained(folder: Path, config: TrainConfig) -> Path:
    with open_folder(folder, Identity("m", "1", "d", "2", config)):
        return folder


@pytest.mark.parametrize("style", STYLES)
def test_a_training_run_says_how_its_model_is_to_be_asked(tmp_path: Path, style: str) -> None:
    folder = trained(tmp_path / "run", load_config({"style": style}))
    assert style_of(folder) == Style(style, trained=True)


def test_a_conditioned_model_is_known_by_its_run(tmp_path: Path) -> None:
    config = load_config({"style": "pie2", "conditioning": True})
    assert style_of(trained(tmp_path / "run", config)) == Style("pie2", True, True)


def test_the_adapter_counts_before_the_model_under_it(tmp_path: Path) -> None:
    adapter = trained(tmp_path / "adapter", load_config({"style": "perfrl"}))
    model = trained(tmp_path / "model", load_config({"style": "pie"}))
    assert style_of(adapter, model).name == "perfrl"
    assert style_of(tmp_path, model).name == "pie"


@pytest.mark.parametrize(
    "run",
    [
        "{",
        "[]",
        "{}",
        '{"config": 3}',
        json.dumps({"config": {**asdict(TrainConfig()), "style": "poem"}}),
        json.dumps({"config": {"style": "pie", "conditioning": "yes"}}),
    ],
)
def test_a_folder_that_is_no_training_run_is_told_all(tmp_path: Path, run: str) -> None:
    (tmp_path / "run.json").write_text(run)
    assert style_of(tmp_path, tmp_path / "missing") == TOLD
    assert not TOLD.trained
