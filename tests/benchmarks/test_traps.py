from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import bare
import pytest

TRAPS = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "traps"
NAMES = sorted(path.parent.name for path in TRAPS.glob("projects/*/candidates.py"))
SMALL = "textkit"
TEXT = """\
# right: total: one pass
import math
def total(items):
    return math.fsum(items)


# bad: total: boundary: empty
#   is not allowed
# shows: x = []
#   total(x)
@property
def total(items):
    # a comment of its own
    return items[0]
"""


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TRAPS))
    return importlib.import_module("cases")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TRAPS))
    return importlib.import_module("page")


@pytest.fixture
def canaries(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TRAPS))
    return importlib.import_module("canaries")


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(TRAPS), *sys.path])
    return importlib.import_module("run")


def project(folder: Path, candidates: str) -> Path:
    (folder / "sums.py").write_text("def total(items):\n    return sum(items)\n")
    (folder / "candidates.py").write_text(candidates)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_every_candidates_file_is_in_the_format(cases: ModuleType, name: str) -> None:
    found = cases.read_cases(TRAPS / "projects" / name)
    assert any(case.right for case in found)
    assert any(not case.right for case in found)


def test_most_bad_candidates_say_which_call_shows_it(cases: ModuleType) -> None:
    found = [case for name in NAMES for case in cases.read_cases(TRAPS / "projects" / name)]
    bad = [case for case in found if not case.right]
    runnable = [case for case in bad if case.category not in cases.NEVER_RUN]
    shown = [case for case in runnable if case.shows or case.slow or case.category == "noise"]
    assert len(shown) >= 0.8 * len(runnable)


def test_a_candidate_is_read_with_its_imports_and_fields(cases: ModuleType, tmp_path: Path) -> None:
    right, bad = cases.read_cases(project(tmp_path, TEXT))
    assert (right.right, right.path, right.qualname) == (True, "sums.py", "total")
    assert right.imports == ("import math",)
    assert right.source == "def total(items):\n    return math.fsum(items)\n"
    assert (bad.category, bad.why) == ("boundary", "empty is not allowed")
    assert bad.shows == "x = []\ntotal(x)"
    assert bad.source.startswith("@property\ndef total(items):\n    # a comment")


def test_a_program_keeps_its_indentation(cases: ModuleType, tmp_path: Path) -> None:
    text = TEXT.replace("#   total(x)", "#   for n in x:\n#       total(n)\n#   total(x)")
    _, bad = cases.read_cases(project(tmp_path, text))
    assert bad.shows == "x = []\nfor n in x:\n    total(n)\ntotal(x)"


@pytest.mark.parametrize(
    "text",
    [
        "# bad: total: nonsense: why\ndef total(items):\n    return 0\n",
        "# bad: total: boundary:\ndef total(items):\n    return 0\n",
        "# right: other: why\ndef other(items):\n    return 0\n",
        "# right: total: why\n",
        "x = 1\n",
        "# right: total: why\nx = 1\ndef total(items):\n    return 0\n",
        "# bad: total: unsafe: why\n# shows: total([])\ndef total(items):\n    return 0\n",
    ],
)
def test_what_is_not_in_the_format_is_refused(cases: ModuleType, tmp_path: Path, text: str) -> None:
    with pytest.raises(cases.FormatError, match=r"candidates\.py"):
        cases.read_cases(project(tmp_path, text))


def test_names_of_canaries_become_literals(cases: ModuleType, tmp_path: Path) -> None:
    text = "# bad: total: unsafe: opens\ndef total(items):\n    return open(CANARY_FILE)\n"
    (case,) = cases.read_cases(project(tmp_path, text))
    assert "open('/a\\b')" in str(case.record({"CANARY_FILE": "'/a\\b'"})["source"])


@pytest.fixture
def planted(canaries: ModuleType, tmp_path: Path):
    home, folder = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    folder.mkdir()
    planted = canaries.Canaries(home, folder)
    yield planted
    planted.close()


def test_untouched_canaries_are_silent(planted) -> None:
    assert planted.touched() == []


def test_a_changed_and_a_new_file_are_seen(planted) -> None:
    planted.file.write_text("changed")
    (planted.project / "new.txt").write_text("new")
    assert len(planted.touched()) == 2


def test_a_dead_child_is_seen(planted) -> None:
    planted.child.kill()
    planted.child.wait()
    assert "child process" in planted.touched()[0]


def record(*, right: bool, status: str, reason: str) -> dict[str, object]:
    category = "" if right else "order"
    about = {"project": "p", "qualname": "f", "category": category, "why": "w", "line": 1}
    return {**about, "right": right, "status": status, "reason": reason, "detail": ""}


def test_the_page_counts_wrong_accepts_and_refusals(page: ModuleType) -> None:
    records = [
        record(right=False, status="accepted", reason="FASTER"),
        record(right=False, status="rejected", reason="DIVERGED"),
        record(right=True, status="abstained", reason="NOISY"),
    ]
    text = page.markdown([{"project": "p", "candidates": records, "canaries": []}])
    assert "Bad ones accepted: **1 of 2**" in text
    assert "| 2 | 1 | DIVERGED 1 |" in text
    assert "- `p`, `f` (w): NOISY" in text


@pytest.mark.parametrize(
    ("right", "status", "canaries", "code"),
    [
        (False, "accepted", [], 1),
        (False, "rejected", [], 0),
        (True, "accepted", [], 0),
        (True, "missing", [], 1),
        (True, "accepted", ["a file"], 1),
    ],
)
def test_the_exit_code_says_whether_something_went_through(
    runner: ModuleType, right: bool, status: str, canaries: list[str], code: int
) -> None:
    records = [record(right=right, status=status, reason="X")]
    result = {"project": "p", "candidates": records, "canaries": canaries}
    assert runner.report([result]) == code


def test_a_kept_result_is_taken_up_again(runner: ModuleType, tmp_path: Path) -> None:
    records = [record(right=True, status="accepted", reason="FASTER")]
    stamp = runner.fingerprint(SMALL, sys.executable)
    result = {"stamp": stamp, "project": SMALL, "candidates": records, "canaries": []}
    (tmp_path / f"{SMALL}.json").write_text(json.dumps(result))
    output = tmp_path / "page.md"
    arguments = ["--projects", SMALL, "--keep", str(tmp_path), "--markdown", str(output)]
    assert runner.main(arguments) == 0
    assert "Right ones accepted: **1 of 1" in output.read_text()


@pytest.mark.slow
def test_every_case_of_a_project_is_what_it_says(runner: ModuleType) -> None:
    assert runner.check_project(SMALL) == []


@pytest.mark.slow
def test_the_runner_judges_the_candidates_of_a_function(runner: ModuleType, tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    arguments = ["--projects", SMALL, "--functions", "common_prefix", "--json", str(output)]
    assert runner.main([*arguments, "--python", bare.python()]) == 0
    records = json.loads(output.read_text())[0]["candidates"]
    assert len(records) == 5
    assert {one["status"] for one in records} <= {"accepted", "rejected", "abstained", "skipped"}
    assert any(one["right"] and one["status"] == "accepted" for one in records)
