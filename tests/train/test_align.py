"""The stage dpa: from recorded verdicts, and from the model's own candidates."""

from __future__ import annotations

from pathlib import Path

import pytest
from pretend import Trial, files, pair

from perfopt_cli.core import PerfoptError, Reason, Speedup
from perfopt_cli.model.prompt import Prompt
from perfopt_cli.train import records
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.formats.verdicts import ScoredCandidate
from perfopt_cli.train.prompts import function_alone, prompt_for
from perfopt_cli.train.records import Level, Pair

DPA = TrainConfig(stages=("dpa",), style="pie")
SLOW = "import re\nLIMIT = 3\n\n@cached\ndef f(a):\n    return a[:LIMIT]\n"
ALONE = "@cached\ndef f(a):\n    return a[:LIMIT]\n"


def verdict(
    code: str, level: Level, ratio: float | None = None, slow: str = SLOW
) -> ScoredCandidate:
    speedup = Speedup(ratio, ratio * 0.9, ratio * 1.1) if ratio else None
    return ScoredCandidate("m.py::f", slow, code, level, Reason.FASTER, speedup)


FAST = verdict("def f(a):\n    return fast(a)\n", Level.FASTER, 2.0)
FASTEST = verdict("def f(a):\n    return fastest(a)\n", Level.FASTER, 8.0)


def recorded(root: Path, *scored: ScoredCandidate, config: TrainConfig = DPA) -> Trial:
    pairs = (Pair("m.py::f", SLOW, FAST.code, records.Tests()),)
    trial = Trial(root, pairs, config, scored=scored)
    trial.run()
    return trial


def test_recorded_candidates_are_set_against_the_function_itself(tmp_path: Path) -> None:
    trial = recorded(tmp_path, FASTEST, FAST)
    (one,) = [one for one in trial.learner.preferences if one.chosen == FAST.code]
    (other,) = [one for one in trial.learner.preferences if one.chosen == FASTEST.code]
    assert (one.prompt, one.rejected, one.margin) == (prompt_for(SLOW, style="pie"), ALONE, 2.0)
    # Of three, the slowest half is one.
    assert (other.rejected, other.margin) == (ALONE, 3.0)
    assert trial.scorer.asked == []
    assert trial.learner.asked == []


def test_the_prompt_has_the_form_for_instructed_models_where_optimize_has(tmp_path: Path) -> None:
    trial = recorded(tmp_path, FAST, config=TrainConfig(stages=("dpa",), style="optimize"))
    (one,) = trial.learner.preferences
    assert isinstance(one.prompt, Prompt)
    assert "Rewrite `f` of `m.py`" in one.prompt.messages.user


def test_candidates_for_another_version_of_the_function_are_kept_apart(tmp_path: Path) -> None:
    other = verdict("def f(a):\n    return 1\n", Level.FASTER, 4.0, slow=SLOW + "    # new\n")
    found = recorded(tmp_path, FAST, other).learner.preferences
    assert {(one.chosen, one.rejected) for one in found} == {
        (FAST.code, ALONE),
        (other.code, ALONE + "    # new\n"),
    }


def test_what_is_no_faster_than_the_function_is_not_preferred_to_anything(tmp_path: Path) -> None:
    slower = verdict("def f(a):\n    return 1\n", Level.PASSED, 0.5)
    with pytest.raises(PerfoptError, match="there are none"):
        recorded(tmp_path, slower)


def test_where_nothing_was_shown_to_be_faster_it_is_told(tmp_path: Path) -> None:
    wrong = verdict("def f(a):\n    return 0\n", Level.FAILED)
    with pytest.raises(PerfoptError, match="replies of which one was shown to be faster"):
        recorded(tmp_path, wrong)


def test_other_data_gives_pairs_of_sampled_replies_targets_and_slow_programs(
    tmp_path: Path,
) -> None:
    pairs = tuple(pair(number) for number in range(6))
    trial = Trial(tmp_path, pairs, DPA)
    record = trial.run()
    found = trial.learner.preferences
    assert len(trial.learner.asked) == 6
    assert {one.prompt for one in found} == {prompt_for(one.slow, style="pie") for one in pairs}
    assert all("faster" in one.chosen for one in found)
    against_itself = [one for one in found if one.rejected in {one.slow for one in pairs}]
    assert against_itself
    assert {one.margin for one in against_itself} == {2.0}
    assert record["metrics"][0]["measured_margins"] == sum(one.margin > 0 for one in found)


def test_a_second_run_comes_to_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Trial(tmp_path / name, config=DPA).run()
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_the_stage_goes_after_others_with_settings_of_its_own(tmp_path: Path) -> None:
    Trial(tmp_path, config=TrainConfig(stages=("sft",))).run()
    Trial(tmp_path, config=TrainConfig(stages=("sft", "dpa"), beta=0.1, samples=3)).run()
    for changed in ({"beta": 0.2}, {"samples": 2}):
        settings = {"beta": 0.1, "samples": 3, **changed}
        with pytest.raises(PerfoptError, match=f"{next(iter(changed))} is"):
            Trial(tmp_path, config=TrainConfig(stages=("sft", "dpa"), **settings)).run()  # type: ignore[arg-type]


def test_a_function_is_told_from_what_stands_above_it() -> None:
    assert function_alone(SLOW) == ALONE
    assert function_alone("print(1)\n") == "print(1)\n"
