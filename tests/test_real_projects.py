from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
DIFF = "--- a/shop/order.py\n+++ b/shop/order.py\n@@ -1,1 +1,1 @@\n-old\n+new\n"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("real_projects")


@pytest.fixture
def rendering(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("real_projects_page")


def target(qualname: str, status: str) -> dict[str, Any]:
    return {
        "path": "shop/order.py",
        "qualname": qualname,
        "line": 1,
        "share": 0.413,
        "calls": 800,
        "tests": 9,
        "status": status,
        "reason": "",
    }


def candidate(number: int, reason: str, **more: Any) -> dict[str, Any]:
    status = "accepted" if reason == "FASTER" else "rejected"
    return {
        "path": "shop/order.py",
        "qualname": "total",
        "candidate": number,
        "origin": "rules:bulk-extend",
        "status": status,
        "reason": reason,
        "detail": "",
        "speedup": None,
        "seconds": 0.5,
        **more,
    }


def document(*candidates: dict[str, Any], applied: bool = False) -> dict[str, Any]:
    edit = {"path": "shop/order.py", "qualname": "total", "speedup": 3.1, "diff": DIFF}
    return {
        "perfopt": "0.1.0",
        "run": "2026-01-02T03-04-05Z-ab12",
        "python": "/venv/bin/python",
        "baseline": {"tests": 57, "seconds": 1.9},
        "targets": [target("total", "improved"), target("cold", "skipped")],
        "candidates": list(candidates),
        "applied": [edit] if applied else [],
        "suite": {"tests": 57, "failed": 0},
        "whole_run_speedup": 1.388,
    }


FAST = candidate(0, "FASTER", speedup={"ratio": 3.1, "low": 2.8, "high": 3.4})


def page(rendering: ModuleType, *results: Any, budget: float | None = None) -> str:
    search = rendering.Search(50, 0.001, budget)
    machine = rendering.Machine("Linux x86_64", 2, "3.11.9", "pytest==8.4.2")
    text: str = rendering.page(results, machine, search)
    return text


def cells(text: str, start: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {start}")]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def test_the_row_of_a_package_counts_what_its_json_holds(rendering: ModuleType) -> None:
    found = document(FAST, candidate(1, "DIVERGED"), applied=True)
    text = page(rendering, rendering.Result("shop", "1.0", 1.94, 30.0, found))
    row = ["shop 1.0", "57", "1.9 s", "2", "1", "2", "1", "3.10x", "1.388x", "passes", "30.0 s"]
    row.append("DIVERGED 1")
    assert cells(text, "shop 1.0") == row


def test_an_accepted_rewrite_is_shown_with_its_bounds_share_and_diff(rendering: ModuleType) -> None:
    text = page(rendering, rendering.Result("shop", "1.0", 1.0, 2.0, document(FAST, applied=True)))
    section = text.split("### shop: `shop/order.py::total`")[1]
    assert "3.10x [2.80, 3.40]" in section
    assert "41.3% of the tests' time, 800 calls, 9 tests reach it" in section
    assert f"```diff\n{DIFF}```" in section


def test_an_accepted_rewrite_is_not_among_the_other_candidates(rendering: ModuleType) -> None:
    text = page(rendering, rendering.Result("shop", "1.0", 1.0, 2.0, document(FAST, applied=True)))
    assert "None." in text.split("## Other candidates")[1]


def test_no_accepted_rewrite_is_said_plainly(rendering: ModuleType) -> None:
    text = page(rendering, rendering.Result("shop", "1.0", 1.0, 2.0, document()))
    section = text.split("## Accepted rewrites")[1].split("##")[0]
    assert section.strip() == "None."


def test_reasons_are_counted_with_the_most_frequent_first(rendering: ModuleType) -> None:
    reasons = ["UNTESTED", "DIVERGED", "NOT_FASTER", "DIVERGED"]
    counted = rendering.histogram([candidate(i, reason) for i, reason in enumerate(reasons)])
    assert counted == "DIVERGED 2, NOT_FASTER 1, UNTESTED 1"


def test_a_rejected_candidate_keeps_its_measured_speedup(rendering: ModuleType) -> None:
    slow = candidate(0, "NOT_FASTER", speedup={"ratio": 1.01, "low": 0.99, "high": 1.03})
    text = page(rendering, rendering.Result("shop", "1.0", 1.0, 2.0, document(slow)))
    assert cells(text, "shop: `total`")[2] == "NOT_FASTER 1.01x [0.99, 1.03]"


def test_a_detail_cannot_break_the_table(rendering: ModuleType) -> None:
    broken = candidate(0, "DIVERGED", detail="a | b\nc")
    text = page(rendering, rendering.Result("shop", "1.0", 1.0, 2.0, document(broken)))
    assert cells(text, "shop: `total`")[3] == "a \\| b c"


def test_a_package_without_a_result_is_in_the_table_and_its_error_below(
    rendering: ModuleType,
) -> None:
    failed = rendering.Result("shop", "1.0", 1.0, 2.0, error="perfopt exited with 3:\nflaky")
    text = page(rendering, failed)
    assert cells(text, "shop 1.0")[-1] == "no result, see below"
    assert "  perfopt exited with 3:\n  flaky" in text.split("## Remarks")[1]


def test_the_page_names_the_tests_that_were_left_out(rendering: ModuleType) -> None:
    result = rendering.Result("shop", "1.0", 1.0, 2.0, document(), left_out="test_x needs a clock")
    assert "- shop: test_x needs a clock." in page(rendering, result)


def test_the_command_on_the_page_has_the_budget_of_the_run(rendering: ModuleType) -> None:
    result = rendering.Result("shop", "1.0", 1.0, 2.0, document())
    assert "--format json --budget 90\n" in page(rendering, result, budget=90.0)


def test_the_command_never_writes_to_the_package(script: ModuleType) -> None:
    search = script.Search(50, 0.001)
    argv = script.command(script.PROJECTS[0], Path("/w/src"), Path("/w/bin/python"), search)
    assert "--no-apply" in argv
    assert argv[argv.index("optimize") + 1] == f"/w/src/{script.PROJECTS[0].path}"


def test_an_exit_code_other_than_0_is_no_result(script: ModuleType) -> None:
    found, error = script.parse(3, '{"perfopt": "0.1.0"}', "these tests are flaky")
    assert found is None
    assert error == "perfopt exited with 3:\nthese tests are flaky"


def test_output_that_is_not_json_is_no_result(script: ModuleType) -> None:
    found, error = script.parse(0, "Traceback", "")
    assert found is None
    assert "not JSON" in error


def test_a_note_of_perfopt_is_kept_and_progress_is_not(script: ModuleType) -> None:
    assert script.notes("copying the project\nnote: f is too small\n") == ["note: f is too small"]


def test_a_work_folder_inside_the_repository_is_refused(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match="inside the repository"):
        script.main(["--work", str(script.REPOSITORY / "work")])
    assert not (script.REPOSITORY / "work").exists()


def test_an_unknown_package_is_wrong_use(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main(["--only", "nothing-of-the-kind"]) == 2
    assert "nothing-of-the-kind" in capsys.readouterr().err


def test_there_are_at_least_five_packages_each_with_a_pinned_version(script: ModuleType) -> None:
    assert len({one.name for one in script.PROJECTS}) >= 5
    assert all(one.version[0].isdigit() for one in script.PROJECTS)


def test_left_out_tests_have_a_reason(script: ModuleType) -> None:
    assert all(one.why for one in script.PROJECTS if one.pytest_args)
