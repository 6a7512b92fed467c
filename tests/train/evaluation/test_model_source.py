"""A tiny model with random weights as a source: what it writes is noise, but always the same."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.train import records
from perfopt_cli.train.evaluation.model_source import config_of, open_model_source
from perfopt_cli.train.records import Pair

PAIR = Pair("p", "print(sum(range(int(input()))))\n", "print(0)\n", records.Tests())


def opened(folder, **options):
    chosen = {"style": "pie", "preset": None, "seed": 0, **options}
    return open_model_source(str(folder), None, "none", **chosen)


@pytest.fixture
def short(tmp_path):
    """A folder that says replies have 8 tokens at most."""

    def make(source):
        source.config = config_of(tmp_path)
        return source

    config = {"max_new_tokens": 8, "style": "pie", "learning_rate": 1.0}
    (tmp_path / "run.json").write_text(json.dumps({"config": config}))
    return make


@pytest.mark.parametrize("kind", ["causal", "t5"])
@pytest.mark.parametrize("preset", [None, "perfrl"])
def test_a_model_gives_as_many_programs_as_asked_for_and_the_same_again(tiny, short, kind, preset):
    folder = getattr(tiny, kind)()
    first = short(opened(folder, preset=preset)).propose(0, PAIR, 2)
    again = short(opened(folder, preset=preset)).propose(0, PAIR, 2)
    assert len(first) == 2
    assert first == again


def test_a_run_folder_says_how_its_model_is_asked(tmp_path):
    config = {"style": "pie2", "conditioning": True, "epochs": 9.0, "later": 1}
    (tmp_path / "run.json").write_text(json.dumps({"config": config}))
    found = config_of(tmp_path)
    assert (found.style, found.conditioning) == ("pie2", True)


def test_a_folder_of_no_run_asks_as_optimize_does(tmp_path):
    assert config_of(tmp_path).style == "optimize"


def test_the_small_model_is_asked_by_its_own_prompts(tmp_path):
    pytest.importorskip("torch")
    from perfopt_cli.model.mini.shipped import new_model

    new_model(tmp_path / "base", size="mini-xs")
    assert config_of(tmp_path / "base").style == "mini"


def test_the_model_that_perfopt_brings_is_asked_by_its_name(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    source = opened("mini", style=None)
    assert source.config.style == "mini"
    pair = replace(
        PAIR, slow="def f(a):\n    b = []\n    for c in a:\n        b.append(c)\n    return b\n"
    )
    assert len(source.propose(0, pair, 2)) == 2


def test_without_torch_the_small_model_s_name_is_an_error_for_people(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(PerfoptError, match=r"not installed \(.*torch"):
        opened("mini", style=None)
    assert list(tmp_path.iterdir()) == []


def test_a_spoilt_run_file_is_said(tmp_path):
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(PerfoptError, match="--style"):
        config_of(tmp_path)


def test_an_unknown_style_is_refused(tmp_path):
    with pytest.raises(PerfoptError, match="--style nice"):
        opened(tmp_path, style="nice")
