from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, get_ident
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent.parent / "benchmarks"
NAMES = (
    "field_runs",
    "field_sets",
    "small_model_set",
    "small_model_stats",
    "small_model_runs",
    "small_model_cost",
    "small_model_rrhf",
    "small_model_page",
    "small_model",
)
Scripts = dict[str, ModuleType]
PYTHON = Path(sys.executable)
TEXT = """\
# slow: largest, local, 50
def largest(items):
    return sorted(items)[-1]
# fast
import heapq
def largest(items):
    return max(items)
# calls: draw.numbers(n, 0, 99),
"""


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripts]:
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    yield {name: importlib.import_module(name) for name in NAMES}
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(BENCHMARKS)):
            del sys.modules[name]


@pytest.fixture
def slow(scripts: Scripts, tmp_path: Path) -> Any:
    (tmp_path / "some.py").write_text(TEXT)
    (one,) = scripts["small_model_set"].load(tmp_path)
    return one


def candidate(origin: str, reason: str, ratio: float = 1.0) -> dict[str, Any]:
    status = "accepted" if reason == "FASTER" else "rejected"
    return {"origin": origin, "reason": reason, "status": status, "speedup": {"ratio": ratio}}


@pytest.fixture
def found(scripts: Scripts) -> Any:
    def make(name: str, *candidates: dict[str, Any], wrong: tuple[str, ...] = ()) -> Any:
        return scripts["field_runs"].Found(
            "hand", name, 2.0, 1.0, [], list(candidates), checked=12, wrong=list(wrong)
        )

    return make


@pytest.fixture
def by_hand(scripts: Scripts, found: Any) -> dict[str, Any]:
    """The part by hand, of a function that only the small model solved."""
    runs = scripts["small_model_runs"]
    solved = [vars(found("mode", candidate("mini:count", "FASTER", 9.0)))]
    arms = {runs.RULES: [vars(found("mode"))], runs.BOTH: solved, runs.ALONE: solved}
    plan = {"budget": 10, "together": 12, "machine": "a machine"}
    return {"plan": plan, "sets": {"hand": arms}}


def test_the_set_has_at_least_64_functions_of_every_kind(scripts: Scripts) -> None:
    every = scripts["small_model_set"].load()
    assert len(every) >= 64
    assert len({one.name for one in every}) == len(every)
    assert {one.kind for one in every} == set(scripts["small_model_set"].KINDS)


def test_every_fast_version_fits_in_its_slow_ones_place(scripts: Scripts) -> None:
    for one in scripts["small_model_set"].load():
        compile(one.reference, one.name, "exec")


def test_a_fast_versions_imports_are_told_from_its_code(slow: Any) -> None:
    assert slow.imports == ("import heapq",)
    assert slow.fast == "def largest(items):\n    return max(items)\n"
    assert slow.reference.startswith("import heapq\n")


def test_a_part_that_has_not_the_form_is_named(scripts: Scripts, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(TEXT.replace("# fast\n", ""))
    with pytest.raises(ValueError, match=r"odd\.py"):
        scripts["small_model_set"].load(tmp_path)


def test_calls_are_the_same_each_time_and_differ_by_salt(scripts: Scripts, slow: Any) -> None:
    calls = scripts["small_model_set"].calls
    assert calls(slow, [3, 4], "given") == calls(slow, [3, 4], "given")
    assert calls(slow, [3, 4], "given") != calls(slow, [3, 4], "held")


def test_a_subject_has_values_to_test_and_calls_kept_back(
    scripts: Scripts, slow: Any, tmp_path: Path
) -> None:
    (tmp_path / "field_nodes.py").write_text("")
    made = scripts["small_model_set"].subject(slow, PYTHON, tmp_path)
    assert len(made.given) == len(scripts["small_model_set"].GIVEN) + 3
    assert all(" == " in one for one in made.given)
    assert not set(made.held) & set(made.given)
    assert made.gain > 1


def test_a_fast_version_with_another_result_is_no_subject(scripts: Scripts, tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text(TEXT.replace("max(items)", "min(items)"))
    (tmp_path / "field_nodes.py").write_text("")
    (slow,) = scripts["small_model_set"].load(tmp_path)
    with pytest.raises(scripts["field_sets"].Cannot, match="became"):
        scripts["small_model_set"].subject(slow, PYTHON, tmp_path)


@pytest.mark.parametrize(("first", "second", "p"), [(0, 0, 1.0), (0, 6, 0.03125), (3, 3, 1.0)])
def test_mcnemar_is_exact(scripts: Scripts, first: int, second: int, p: float) -> None:
    assert scripts["small_model_stats"].mcnemar(first, second) == p


def test_arms_are_held_against_each_other_function_by_function(
    scripts: Scripts, found: Any
) -> None:
    stats = scripts["small_model_stats"]
    rules = [found("a", candidate("rules:x", "FASTER", 2.0)), found("b"), found("c")]
    both = [found("a", candidate("rules:x", "FASTER", 2.0)),
            found("b", candidate("mini:y", "FASTER", 4.0)),
            found("c", candidate("mini:y", "FASTER", 1.05))]  # fmt: skip
    one = stats.compared(rules, both)
    assert (one.first_alone, one.second_alone, one.more) == (0, 1, 1.0)
    assert one.total == pytest.approx(1.435, abs=1e-3)
    with pytest.raises(ValueError, match="held against"):
        stats.compared(rules, both[::-1])


def test_over_several_runs_a_function_counts_for_the_arm_that_solved_it_more_often(
    scripts: Scripts, found: Any
) -> None:
    stats, faster = scripts["small_model_stats"], candidate("rules:x", "FASTER", 2.0)
    rules = [[found("a", faster), found("b")], [found("a"), found("b")]]
    both = [[found("a"), found("b", faster)], [found("a", faster), found("b", faster)]]
    one = stats.pooled(rules, both)
    assert (one.first_alone, one.second_alone, one.p) == (0, 1, 1.0)
    assert one.more == 2.0
    assert one.total == pytest.approx(0.693, abs=1e-3)


def test_tables_have_each_run_and_all_together(
    scripts: Scripts, by_hand: dict[str, Any], tmp_path: Path
) -> None:
    script = scripts["small_model"]
    for name in ("hand", "hand-2"):
        (tmp_path / f"{name}.json").write_text(json.dumps(by_hand))
    text = script.sections(tmp_path)["solved"]
    assert "| written by hand, run 2 | rules and mini | 1 of 1 |" in text
    assert "| written by hand, all runs | – | 0 | 1 |" in text
    assert "0 of 2 | 2 of 2 |" in text
    (tmp_path / "hand.json").unlink()
    assert "written by hand, run 2" in script.sections(tmp_path)["solved"]


def test_a_second_run_on_problems_has_rows_of_its_own(
    scripts: Scripts, by_hand: dict[str, Any], tmp_path: Path
) -> None:
    part = {**by_hand, "sets": {"mbpp": by_hand["sets"]["hand"]}}
    (tmp_path / "problems-2.json").write_text(json.dumps(part))
    text = scripts["small_model"].sections(tmp_path)["solved"]
    assert "| MBPP with stress inputs, held-out problems, run 2 | rules and mini | 1 of 1 |" in text


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no core can be chosen")
@pytest.mark.parametrize("swapped", [False, True])
def test_arms_run_on_a_core_each(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch, swapped: bool
) -> None:
    runs = scripts["small_model_runs"]
    cores: dict[int, set[int]] = {}
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {4, 7})
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, one: cores.update({get_ident(): one}))
    both = Barrier(2, timeout=60)  # passed only by tasks that run at the same time

    def task() -> set[int]:
        both.wait()
        return cores[get_ident()]

    assert runs.side_by_side([task, task], swapped=swapped) == [{4}, {7}][:: -1 if swapped else 1]


def test_arms_take_turns_where_there_is_one_core(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    tasks = [get_ident, get_ident]
    assert scripts["small_model_runs"].side_by_side(tasks) == [get_ident()] * 2


def test_only_the_small_models_judged_candidates_count(scripts: Scripts, found: Any) -> None:
    one = scripts["small_model_stats"].candidates(
        [
            found("a", candidate("mini:join", "FASTER", 2.0), candidate("mini:join", "DUPLICATE")),
            found("b", candidate("mini:sum", "NOT_FASTER"), candidate("rules:x", "DIVERGED")),
            found("c", candidate("mini:sum", "INVALID"), candidate("mini:sum", "DIVERGED")),
            found("d"),
        ]
    )
    assert (one.functions, one.answered, one.judged) == (4, 3, 4)
    assert (one.parse, one.equivalent, one.faster) == (3, 2, 1)
    assert one.unjudged == {"DUPLICATE": 1}


def test_a_quantile_is_a_value_that_was_measured(scripts: Scripts) -> None:
    quantile = scripts["small_model_stats"].quantile
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([3.0, 1.0, 2.0], 0.95) == 3.0


def test_a_wrong_accept_is_on_the_page(scripts: Scripts, found: Any) -> None:
    one = found("a", candidate("mini:join", "FASTER", 2.0), wrong=("mini:join: f(1): 2 became 3",))
    text = scripts["small_model_page"].wrong_section({"hand": {"rules and mini": [one]}})
    assert "2 became 3" in text


def test_tables_are_made_of_the_parts_that_are_done(
    scripts: Scripts, by_hand: dict[str, Any], tmp_path: Path
) -> None:
    rows = [{"seed": 0, "state": state, "programs": 9, "levels": {"failed": 1, "faster": count}}
            for state, count in (("SFT", 1), ("SFT, then RRHF", 3))]  # fmt: skip
    schedule = {"minutes": 1, "steps": 1, "programs": 9}
    (tmp_path / "hand.json").write_text(json.dumps(by_hand))
    (tmp_path / "rrhf.json").write_text(json.dumps({"plan": schedule, "rows": rows}))
    passed = {"programs": 9, "rows": [["probability", 0.5, 4, 3, 1]]}
    (tmp_path / "passing.json").write_text(json.dumps(passed))
    texts = scripts["small_model"].sections(tmp_path)
    assert set(texts) == {"solved", "wrong", "candidates", "passing", "rrhf"}
    assert "Solved only with mini, written by hand: `mode` 9.00x." in texts["solved"]
    assert "1, 100.0%" in texts["candidates"]
    assert "for 1 of 1 seeds" in texts["rrhf"]


def test_the_share_that_passes_counts_what_is_likely_enough_to_be_proposed(
    scripts: Scripts,
) -> None:
    rows = [["probability", 0.5, 4, 3, 1], ["probability", 1e-5, 9, 0, 0], ["odds", 1, 9, 9, 9]]
    text = scripts["small_model_page"].passing_section(rows)
    assert "| 0.5 and more | 4 | 75% | 25% |" in text
    assert "| 0.00001 and more | 9 | 0% | 0% |" in text
    assert "3 of 4 pass (75%), 1 are faster (25%)" in text


def test_the_page_has_a_place_for_every_table() -> None:
    text = (BENCHMARKS.parent / "docs" / "small-model.md").read_text(encoding="utf-8")
    parts = ("reference", "candidates", "wrong", "exact", "passing", "cost", "rrhf")
    for name in ("solved", *parts):
        assert f"<!-- output: small_model_{name} -->" in text


def test_a_function_is_found_in_its_module(scripts: Scripts) -> None:
    one = scripts["small_model_cost"].target("import re\ndef f(x):\n    return x\n", "f")
    assert (one.source, one.line) == ("def f(x):\n    return x\n", 2)
