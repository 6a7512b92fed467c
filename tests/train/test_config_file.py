from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.config_file import load_config, to_toml


def written(folder: Path, text: str) -> Path:
    path = folder / "train.toml"
    path.write_text(text)
    return path


def test_the_defaults_are_perfrls() -> None:
    config = load_config({})
    assert config == TrainConfig() == load_config({"preset": "perfrl"})
    assert (config.steps, config.learning_rate, config.rl_learning_rate) == (8, 5e-5, 2e-5)


def test_options_win_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    file = written(tmp_path, "steps = 3\nepochs = 2\ntuning = 'lora'\n")
    config = load_config({"steps": 5, "epochs": None}, file)
    assert (config.steps, config.epochs, config.tuning, config.batch) == (5, 2.0, "lora", 32)


def test_every_setting_can_be_given_in_the_file(tmp_path: Path) -> None:
    changed = TrainConfig(("rrhf",), tuning="qlora", seed=7, timing=False, bf16="off", beta=0.5)
    assert load_config({}, written(tmp_path, to_toml(changed))) == changed
    assert to_toml(changed).count("\n") == len(fields(TrainConfig))


def test_hyphens_do_for_underscores(tmp_path: Path) -> None:
    assert load_config({}, written(tmp_path, "learning-rate = 1e-4")).learning_rate == 1e-4


def test_stages_are_a_list_or_a_text_with_commas(tmp_path: Path) -> None:
    assert load_config({"stages": "sft, rrhf"}).stages == ("sft", "rrhf")
    assert load_config({}, written(tmp_path, "stages = ['rrhf']")).stages == ("rrhf",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("learning_rat = 1", r"train\.toml: learning_rat: no such setting; did you mean learning_"),
        ("zzz = 1", "zzz: no such setting; there are"),
        ("steps = 0", r"train\.toml: steps is the int 0; wanted a whole number from 1"),
        ("steps = true", "steps is the bool True; wanted"),
        ("tuning = 'half'", "tuning is the str 'half'; wanted one of full, lora, qlora"),
        ("stages = ['sft', 'sft']", "stages is the list .*; wanted a list of stages, each once"),
        ("stages = ['fun']", "wanted a list of stages, each once, of sft"),
        ("preset = 'best'", "preset is the str 'best'; wanted one of perfrl"),
        ("model = 'x'", r"model is not a setting; give it as --model"),
        ("steps = 1\nsteps = 2", "not valid TOML"),
        ("lr_dropout", "not valid TOML"),
        ("conditioning = true", "conditioning .* needs .*style"),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(PerfoptError, match=told):
        load_config({}, written(tmp_path, text))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"learning_rate": 0.0}, "--lr is the float 0.0; wanted a number above 0"),
        ({"rl_learning_rate": -1.0}, "--rl-lr is"),
        ({"stages": ""}, "--stages is the str ''; wanted a list"),
        ({"lora_dropout": 2.0}, "--lora-dropout is the float 2.0; wanted a number from 0 to 1"),
    ],
)
def test_a_bad_option_is_told_by_its_name(options: dict[str, object], told: str) -> None:
    with pytest.raises(PerfoptError, match=told):
        load_config(options)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="there is no such file; check --config"):
        load_config({}, tmp_path / "none.toml")
