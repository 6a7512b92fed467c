from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent.parent / "benchmarks"
NAMES = (
    "throughput",
    "throughput_codeflash",
    "throughput_cloud",
    "throughput_edits",
    "throughput_subjects",
    "throughput_tools",
    "throughput_totals",
    "throughput_page",
    "cases",
)
CONTEXT = '```python:shop/stock.py\n"""Stock."""\n\n\ndef total(items):\n    return 0\n```'


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), str(BENCHMARKS / "traps"), *sys.path])
    yield {name: importlib.import_module(name) for name in NAMES}
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(BENCHMARKS)):
            del sys.modules[name]


def case(scripts: dict[str, ModuleType], qualname: str = "total", **changes: Any) -> Any:
    values: dict[str, Any] = {
        "project": "textkit",
        "path": "stock.py",
        "qualname": qualname,
        "right": True,
        "category": "",
        "why": "one pass",
        "source": f"def {qualname}(items):\n    return sum(items)\n",
        "imports": (),
        "line": 1,
    }
    return scripts["cases"].Case(**{**values, **changes})


def ask(cloud: Any, path: str, payload: object) -> Any:
    request = urllib.request.Request(cloud.address + path, json.dumps(payload).encode())
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_the_service_offers_a_candidate_within_the_code_it_was_sent(
    scripts: dict[str, ModuleType],
) -> None:
    with scripts["throughput_cloud"].Cloud() as cloud:
        cloud.offer([case(scripts, imports=("import math",))])
        (one,) = ask(cloud, "/ai/optimize", {"source_code": CONTEXT})["optimizations"]
    assert "import math\n" in one["source_code"]
    assert "return sum(items)\n```" in one["source_code"]
    assert "return 0" not in one["source_code"]


def test_a_candidate_of_a_function_that_was_not_sent_is_unfit(
    scripts: dict[str, ModuleType],
) -> None:
    with scripts["throughput_cloud"].Cloud() as cloud:
        cloud.offer([case(scripts), case(scripts, "other")])
        offered = ask(cloud, "/ai/optimize", {"source_code": CONTEXT})["optimizations"]
        assert [one["optimization_id"] for one in offered] == ["0"]
        assert cloud.unfit == {1}


def test_a_candidate_is_accepted_when_its_refinement_is_asked_for(
    scripts: dict[str, ModuleType],
) -> None:
    with scripts["throughput_cloud"].Cloud() as cloud:
        cloud.offer([case(scripts), case(scripts)])
        assert ask(cloud, "/ai/refinement", [{"optimization_id": "1"}]) == {"refinements": []}
        assert cloud.accepted == {1}


def test_the_service_refuses_and_notes_what_it_does_not_play(
    scripts: dict[str, ModuleType],
) -> None:
    with scripts["throughput_cloud"].Cloud() as cloud:
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            ask(cloud, "/ai/code_repair", {})
        refused.value.close()
        assert cloud.refused == ["POST /ai/code_repair"]


def follow(scripts: dict[str, ModuleType], log: Path, code: str, limit: float) -> Any:
    with log.open("wb") as file:
        running = subprocess.Popen(
            [sys.executable, "-c", code], stdout=file, start_new_session=True
        )
    return scripts["throughput_codeflash"].followed(running, log, limit)


def test_a_run_has_started_when_it_turns_to_the_first_candidate(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    code = "import time; print('Optimization candidate 1/3', flush=True); time.sleep(0.5)"
    start, note = follow(scripts, tmp_path / "log", code, 60)
    assert start is not None
    assert note == ""


def test_a_run_that_fails_before_the_first_candidate_has_not_started(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    assert follow(scripts, tmp_path / "log", "raise SystemExit(3)", 60) == (None, "exit code 3")


def test_a_run_is_stopped_after_its_limit(scripts: dict[str, ModuleType], tmp_path: Path) -> None:
    assert follow(scripts, tmp_path / "log", "import time; time.sleep(600)", 0.2) == (
        None,
        "stopped after 0 s",
    )


def test_runs_that_judged_nothing_do_not_count_as_time(scripts: dict[str, ModuleType]) -> None:
    idle = result("codeflash", 100.0, False, False, False)
    for one in idle["verdicts"]:
        one["judged"] = False
    results = [result("codeflash", 4.0, True, False, False), idle]
    (total,) = scripts["throughput_totals"].totals_of(results)
    assert total.each() == 1.0


def test_a_hopeless_candidate_raises_and_keeps_what_the_function_is(
    scripts: dict[str, ModuleType],
) -> None:
    textkit = scripts["throughput_subjects"].trap("textkit")
    slugify = [one for one in textkit.cases if one.qualname == "slugify"]
    (made,) = scripts["throughput_tools"].hopeless(textkit, slugify)
    (node,) = ast.parse(made.source).body
    assert isinstance(node, ast.FunctionDef)
    assert ast.unparse(node.args) == "title: str"
    assert isinstance(node.body[0], ast.Raise)
    assert len(node.body) > 1


def test_a_limit_takes_right_and_bad_candidates_of_each_function(
    scripts: dict[str, ModuleType],
) -> None:
    subjects = scripts["throughput_subjects"]
    taken = subjects.chosen(subjects.trap("textkit").cases, ["slugify", "wrap"], 2)
    assert sorted((one.qualname, one.right) for one in taken) == [
        ("slugify", False),
        ("slugify", True),
        ("wrap", False),
        ("wrap", True),
    ]


def test_no_candidate_is_chosen_that_needs_a_sandbox(scripts: dict[str, ModuleType]) -> None:
    names = scripts["cases"].project_names()
    chosen = [one for name in names for one in scripts["throughput_subjects"].trap(name).cases]
    assert chosen
    assert not {one.category for one in chosen} & {"unsafe"}


def test_a_result_is_kept_until_a_candidate_changes(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    kept, runs = scripts["throughput"].kept, []

    def make() -> dict[str, Any]:
        runs.append(1)
        return {"wall": 1.0, "start_wall": 0.0}

    textkit = scripts["throughput_subjects"].trap("textkit")
    for source in ("a", "a", "b"):
        kept(tmp_path, "pytest-suite-textkit", textkit, [case(scripts, source=source)], make)
    assert len(runs) == 2


def result(tool: str, wall: float, *accepted: bool, **more: Any) -> dict[str, Any]:
    kinds = (("", True), ("boundary", False), ("slower", False))
    judged = [
        verdict(line, right, category, said)
        for line, ((category, right), said) in enumerate(zip(kinds, accepted, strict=True))
    ]
    return run(tool, wall, judged, **more)


def verdict(line: int, right: bool, category: str, accepted: bool, **more: Any) -> dict[str, Any]:
    return {
        "line": line,
        "function": "total",
        "right": right,
        "category": category,
        "why": "`<` → `<=`",
        "accepted": accepted,
        "judged": True,
        "note": "",
        "detail": "",
        "seconds": None,
        **more,
    }


def run(tool: str, wall: float, verdicts: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "kind": "Trap projects",
        "tool": tool,
        "project": "textkit",
        "wall": wall,
        "cpu": wall,
        "start_wall": 1.0,
        "start_cpu": 1.0,
        "verdicts": verdicts,
        **more,
    }


def page(scripts: dict[str, ModuleType], results: list[dict[str, Any]]) -> str:
    about = {"perfopt": "1", "pinned": ["codeflash 2"], "python": "3", "machine": "this"}
    section = scripts["throughput_page"].section
    text: str = section(results, {**about, "limit": None, "plot": ""})
    return text


def test_the_table_tells_wrong_ones_from_those_without_gain(
    scripts: dict[str, ModuleType],
) -> None:
    results = [result("perfopt", 4.0, True, False, False), result("codeflash", 31.0, True, True, 0)]
    text = page(scripts, results)
    assert "| perfopt | 3 of 3 | 1.00 s | 1.00 s | 1.00 | – | – | 1.0 s | 1.0 s | 0.75 | " in text
    assert "| 0 of 1 | 0 of 1 | 1 of 1 |" in text
    assert "| 1 of 1 | 0 of 1 | 1 of 1 |" in text
    assert "| 10.00 s | 10.00 s | 0.10 | 10.0 times | 10.0 times |" in text


def test_each_kind_of_project_has_a_table_of_its_own(scripts: dict[str, ModuleType]) -> None:
    kinds = ("Trap projects", "Real packages")
    text = page(scripts, [result("perfopt", 4.0, True, False, False, kind=kind) for kind in kinds])
    assert text.index("### Trap projects") < text.index("### Real packages")
    assert text.count("| perfopt | 3 of 3 |") == 2


def mutants(tool: str, *accepted: bool, note: str = "") -> dict[str, Any]:
    judged = [
        verdict(line, False, "mutant", said, note="" if said else note, detail="at total(0)")
        for line, said in enumerate(accepted)
    ]
    return run(tool, 4.0, judged)


def test_a_mutant_is_wrong_where_a_test_or_replay_refutes_it(
    scripts: dict[str, ModuleType],
) -> None:
    results = [
        mutants("perfopt", False, True, note="DIVERGED"),
        mutants("pytest-suite", True, True),
    ]
    ours, suite = scripts["throughput_totals"].totals_of(results)
    assert (ours.accepted("wrong"), suite.accepted("wrong")) == ("0 of 1", "1 of 1")
    assert (ours.accepted("unknown"), suite.accepted("unknown")) == ("1 of 1", "1 of 1")


def test_a_mutant_refused_as_not_faster_is_not_known_to_be_wrong(
    scripts: dict[str, ModuleType],
) -> None:
    results = [mutants("perfopt", False, note="NOT_FASTER"), mutants("codeflash", False)]
    totals = scripts["throughput_totals"].totals_of(results)
    assert [one.accepted("wrong") for one in totals] == ["0 of 0", "0 of 0"]


def test_mutants_that_only_replay_refutes_are_shown_with_its_call(
    scripts: dict[str, ModuleType],
) -> None:
    results = [
        mutants("perfopt", False, False, note="DIVERGED"),
        mutants("pytest-suite", True, False),
    ]
    text = page(scripts, results)
    assert "1 mutants pass all tests and are refuted by replay only" in text
    assert "- textkit: `total`, `<` → `<=`: at total(0)" in text


def test_time_is_split_by_what_became_of_the_candidate(scripts: dict[str, ModuleType]) -> None:
    notes = (("TESTS_FAILED", 1.0), ("TESTS_FAILED", 3.0), ("NOT_FASTER", 5.0), ("UNTESTED", 7.0))
    judged = [
        verdict(line, False, "boundary", False, note=note, seconds=seconds)
        for line, (note, seconds) in enumerate(notes)
    ]
    text = page(scripts, [run("perfopt", 4.0, judged)])
    assert "| refused by the tests | 2 | 2.00 s |" in text
    assert "| refused as not faster | 1 | 5.00 s |" in text
    assert "| refused otherwise | 1 | 7.00 s |" in text


SOURCE = "def total(items):\n    found = 0\n    for one in items:\n        found += one\n    return found\n"


def test_an_edit_changes_text_and_names(scripts: dict[str, ModuleType]) -> None:
    edits = scripts["throughput_edits"]
    edit = edits.Edit(False, "why", (("found = 0", "found = int()"),), (("found", "summed"),))
    made = edit.applied(SOURCE)
    assert "    summed = int()\n" in made
    assert "found" not in made


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ((("missing", "new"),), ()),
        ((("found", "new"),), ()),
        ((), (("missing", "new"),)),
        ((), (("found", "one"),)),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(
    scripts: dict[str, ModuleType], changes: Any, names: Any
) -> None:
    edits = scripts["throughput_edits"]
    with pytest.raises(edits.EditError, match="why"):
        edits.Edit(False, "why", changes, names).applied(SOURCE)


def test_candidates_of_a_package_are_its_rewrites_and_its_mutants(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    edits, subjects = scripts["throughput_edits"], scripts["throughput_subjects"]
    (tmp_path / "stock.py").write_text(
        "class Stock:\n    @staticmethod\n"
        + SOURCE.replace("def", "    def").replace("\n  ", "\n      ")
    )
    rewrites = (edits.faster("sum", ("found += one", "found = found + one")), edits.same("as is"))
    function = edits.Function("shop", "stock.py", "Stock.total", rewrites)
    cases = list(subjects.candidates(function, tmp_path, 2, 5))
    assert [one.line for one in cases] == [5, 6, 7, 8]
    assert [one.category for one in cases] == ["", "noise", "mutant", "mutant"]
    assert [one.right for one in cases] == [True, False, False, False]
    assert all(one.source.startswith("@staticmethod\ndef total(items):\n") for one in cases)
    assert len({ast.dump(ast.parse(one.source)) for one in cases}) == 4


def test_mutants_are_the_same_in_every_run(scripts: dict[str, ModuleType]) -> None:
    mutated = scripts["throughput_subjects"].mutated
    assert [why for why, _ in mutated(SOURCE, 9)] == ["`found += one` → `Assign`", "`0` → `1`"]


def test_a_mutant_that_hangs_is_left_out(scripts: dict[str, ModuleType]) -> None:
    mutated = scripts["throughput_subjects"].mutated
    assert [why for why, _ in mutated(SOURCE, 9, ("0",))] == ["`found += one` → `Assign`"]


def test_every_package_of_the_edits_has_rewrites_with_and_without_gain(
    scripts: dict[str, ModuleType],
) -> None:
    functions = scripts["throughput_edits"].FUNCTIONS
    packages = {one.name for one in scripts["throughput_subjects"].PACKAGES}
    assert {one.package for one in functions} <= packages
    for name in {one.package for one in functions}:
        edits = [each for one in functions if one.package == name for each in one.edits]
        assert {each.faster for each in edits} == {True, False}
