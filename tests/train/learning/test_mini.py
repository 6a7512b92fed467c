"""Training of the small model: fine-tuning, RRHF, the clock, and going on after a stop."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tuning import farthest, trained  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.model.mini.shipped import new_model  # noqa: E402
from perfopt_cli.model.mini.sizes import Sizes  # noqa: E402
from perfopt_cli.model.mini.style import prompt, reply_to  # noqa: E402
from perfopt_cli.model.mini.vocabulary import VOCABULARY  # noqa: E402
from perfopt_cli.train.config import TrainConfig  # noqa: E402
from perfopt_cli.train.config_file import load_config  # noqa: E402
from perfopt_cli.train.job import fitted  # noqa: E402
from perfopt_cli.train.learning.encode import Group  # noqa: E402
from perfopt_cli.train.learning.models import load_for_training  # noqa: E402
from perfopt_cli.train.learning.sampling import sample  # noqa: E402
from perfopt_cli.train.learning.trainers import last_checkpoint, run_rrhf_step, run_sft  # noqa: E402

with quiet():
    from transformers import TrainerCallback

SIZE = Sizes(
    vocab_size=len(VOCABULARY), d_model=32, heads=2, inner=48, encoder_layers=1, decoder_layers=1,
    copy_size=16,
)  # fmt: skip
CONFIG = replace(
    load_config({"preset": "mini"}), epochs=3.0, batch=4, device_batch=4, learning_rate=1e-2,
    save_minutes=0.0, bf16="off",
)  # fmt: skip


def pair(number: int) -> tuple[str, str]:
    slow = f"def f(xs):\n    out = []\n    for x in xs:\n        out.append(x * {number})\n    return out\n"
    fast = f"def f(xs):\n    return [x * {number} for x in xs]\n"
    return prompt(slow), reply_to(slow, fast, "list-comprehension")


LESSONS = [pair(number) for number in range(12)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_model(tmp_path_factory.mktemp("mini") / "base", seed=1, size=SIZE)


class Stop(TrainerCallback):  # type: ignore[misc]
    """Ends the run after a step, as Ctrl-C does; notes learning rates."""

    def __init__(self, step: int = 10**9) -> None:
        self.step = step
        self.losses: list[float] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        if state.global_step == self.step:
            raise KeyboardInterrupt

    def on_log(self, args: Any, state: Any, control: Any, logs: Any, **options: Any) -> None:
        if "loss" in logs:
            self.losses.append(logs["loss"])


def sft(base: Path, folder: Path, config: TrainConfig = CONFIG, **options: Any) -> Any:
    loaded = load_for_training(base, config)
    options = {"resume": False, **options}
    metrics = run_sft(loaded.model, loaded.tokenizer, LESSONS, config, folder, **options)
    return loaded.model, metrics


def test_fine_tuning_lowers_the_loss_and_keeps_the_model(base: Path, tmp_path: Path) -> None:
    seen = Stop()
    model, metrics = sft(base, tmp_path, callbacks=[seen])
    assert metrics["steps"] == 9
    assert seen.losses[-1] < 0.7 * seen.losses[0]
    again = load_for_training(tmp_path / "model", CONFIG).model
    assert farthest(trained(model), trained(again)) == 0.0


def test_a_stopped_training_goes_on_to_the_same_weights(base: Path, tmp_path: Path) -> None:
    whole, _ = sft(base, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        sft(base, tmp_path / "halves", callbacks=[Stop(5)])
    assert last_checkpoint(tmp_path / "halves") is not None
    halves, _ = sft(base, tmp_path / "halves", resume=True)
    assert farthest(trained(whole), trained(halves)) < 1e-6


def test_time_that_is_up_ends_fine_tuning(base: Path, tmp_path: Path) -> None:
    _, metrics = sft(base, tmp_path, replace(CONFIG, minutes=1e-9))
    assert metrics["steps"] == 1


def test_a_state_is_kept_after_the_minutes_asked_for(base: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        sft(base, tmp_path, replace(CONFIG, save_minutes=1e-9), callbacks=[Stop(3)])
    found = last_checkpoint(tmp_path)
    assert found is not None
    assert found.name == "checkpoint-3"
    assert float((found / "complete").read_text(encoding="utf-8")) > 0


def test_rrhf_trains_on_ranked_replies(base: Path, tmp_path: Path) -> None:
    loaded = load_for_training(base, CONFIG)
    before = trained(loaded.model)
    groups = [Group(text, (reply, "nothing", "L1"), (2.0, 1.3, 0.0)) for text, reply in LESSONS]
    metrics = run_rrhf_step(loaded.model, loaded.tokenizer, groups, CONFIG, tmp_path, resume=False)
    assert metrics["steps"] == 3
    assert farthest(before, trained(loaded.model)) > 0


def test_drawn_replies_are_words_of_the_language(base: Path) -> None:
    loaded = load_for_training(base, CONFIG)
    config = replace(CONFIG, samples=2, max_new_tokens=6)
    drawn = sample(loaded.model, loaded.tokenizer, [text for text, _ in LESSONS[:3]], config, 0)
    assert [len(row) for row in drawn] == [3, 3, 3]
    assert all(set(one.text.split()) <= set(VOCABULARY) for row in drawn for one in row)


def test_the_model_is_trained_in_its_own_style_only(base: Path, tmp_path: Path) -> None:
    assert fitted(TrainConfig(), str(base)).style == "mini"
    assert fitted(TrainConfig(), "mini").style == "mini"
    assert fitted(TrainConfig(), "org/model").style == "optimize"
    with pytest.raises(PerfoptError, match="knows no other"):
        fitted(TrainConfig(style="pie"), str(base))
    with pytest.raises(PerfoptError, match="is none"):
        fitted(TrainConfig(style="mini"), str(tmp_path))


def test_what_is_shipped_can_be_trained_on(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx")
    from perfopt_cli.model.mini.export import export
    from perfopt_cli.model.mini.shipped import load_shipped
    from perfopt_cli.train.bases import shipped_model

    export(base, tmp_path / "shipped")
    monkeypatch.chdir(tmp_path)
    folder = shipped_model(tmp_path / "shipped")
    assert folder == shipped_model(tmp_path / "shipped")
    given = load_for_training(folder, CONFIG).model
    assert farthest(trained(given), trained(load_shipped(tmp_path / "shipped"))) == 0.0


def test_the_result_is_shipped_beside_the_project_s_records(base: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    from perfopt_cli.model.mini.vocabulary import VOCABULARY
    from perfopt_cli.model.mini.weights import check_weights
    from perfopt_cli.train.placing import ship

    run, records = tmp_path / "run", tmp_path / ".perfopt"
    records.mkdir()
    shutil.copytree(base, run)
    ship(run, records)
    assert check_weights(run / "shipped", VOCABULARY).identity == (
        check_weights(records / "mini", VOCABULARY).identity
    )


def test_recorded_verdicts_are_learned_from_by_what_was_measured() -> None:
    from perfopt_cli.train.dataset import DataSet
    from perfopt_cli.train.job import with_stages

    scored: Any = {"train": ("a candidate",)}
    verdicts = DataSet({"train": ()}, (), "verdicts", scored)
    assert with_stages(TrainConfig(), verdicts).stages == ("sft", "dpa")
    assert with_stages(TrainConfig(), replace(verdicts, scored={})).stages == ("sft",)
    assert with_stages(TrainConfig(), replace(verdicts, kind="perfopt")).stages == ("sft", "rrhf")
    assert with_stages(TrainConfig(stages=("dpa",)), verdicts).stages == ("dpa",)
