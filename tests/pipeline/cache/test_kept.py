"""A verdict is taken over only for the very same candidate in the very same state."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfopt_cli.core import (
    Baseline,
    Outcome,
    PerfoptError,
    Quad,
    Reason,
    Rewrite,
    Speedup,
    Status,
    Support,
    Target,
    Timing,
    Verdict,
)
from perfopt_cli.locate import Located
from perfopt_cli.pipeline.cache.kept import Kept, not_kept
from perfopt_cli.pipeline.cache.state import check_apart
from perfopt_cli.pipeline.cache.store import Store
from perfopt_cli.pipeline.cache.tree import read_tree
from perfopt_cli.project import Project, copy_project

TARGET = Target("m.py", "f", 1, "def f(x):\n    return x + 0\n", "m", tests=("t::a", "t::b"))
REWRITE = Rewrite(TARGET, "def f(x):\n    return x\n", ("import math",), "model", 3)
BASELINE = Baseline({"t::a": "passed", "t::b": "passed"}, 0.5)
SPEEDUP = Timing(((Quad(4, 2, 4, 2),) * 3,), Speedup(2.0, 1.9, 2.1))
FASTER = Verdict(REWRITE, Status.ACCEPTED, Reason.FASTER, "", 1.5, SPEEDUP, Support(3, 300, 2, 2))
WAITING = Timing(((Quad(1, 1, 100, 50, waits=9),) * 5,), Speedup(2.0, 1.9, 2.1))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "m.py").write_text(TARGET.source)
    return root


def opened(root: Path, *, reading: bool = True, around: str = "same") -> Kept:
    store = Store(root.parent / "cache")
    return Kept(store, read_tree(root), {"around": around}, reading=reading)


def of(status: Status, reason: Reason, timing: Timing | None = None) -> Verdict:
    return Verdict(REWRITE, status, reason, "why", 0.1, timing)


def taken(root: Path, rewrite: Rewrite = REWRITE, baseline: Baseline = BASELINE) -> Verdict | None:
    return opened(root).verdict(baseline, rewrite)


def test_a_verdict_comes_back_whole_and_says_that_it_was_kept(root: Path) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    assert taken(root) == replace(FASTER, cached=True)


def test_where_it_came_from_is_the_present_candidates_affair(root: Path) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    other = replace(REWRITE, origin="replay:x", number=9)
    found = taken(root, other)
    assert found is not None
    assert found.rewrite == other


OTHERS = [
    replace(REWRITE, source="def f(x):\n    return +x\n"),
    replace(REWRITE, imports=()),
    *(
        replace(REWRITE, target=replace(TARGET, **changed))
        for changed in (
            {"path": "n.py"},
            {"qualname": "g"},
            {"line": 2},
            {"source": "def f(x):\n    return 0 + x\n"},
            {"module": "n"},
            {"tests": ("t::a",)},
            {"skip": "for a reason"},
        )
    ),
]


@pytest.mark.parametrize("other", OTHERS)
def test_another_candidate_or_function_has_no_verdict(root: Path, other: Rewrite) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    assert taken(root, other) is None


def test_the_order_of_tests_does_not_count(root: Path) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    assert taken(root, replace(REWRITE, target=replace(TARGET, tests=("t::b", "t::a"))))


def test_other_outcomes_of_the_tests_have_no_verdict(root: Path) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    assert taken(root, baseline=Baseline({"t::a": "passed", "t::b": "skipped"}, 0.5)) is None


def test_another_tree_has_no_verdict_and_the_old_one_has_it_again(root: Path) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    (root / "data").write_text("1")
    assert taken(root) is None
    (root / "data").unlink()
    assert taken(root) is not None


def test_other_surroundings_have_no_verdict(root: Path) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    assert opened(root, around="other").verdict(BASELINE, REWRITE) is None


@pytest.mark.parametrize(
    "reason",
    sorted(
        set(Reason)
        - {Reason.NOISY, Reason.CRASHED, Reason.BUDGET, Reason.DUPLICATE, Reason.EQUIVALENT}
    ),
)
def test_what_a_candidate_is_is_kept(root: Path, reason: Reason) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, of(Status.REJECTED, reason))
    assert taken(root) is not None


@pytest.mark.parametrize(
    "verdict",
    [
        of(Status.ABSTAINED, Reason.NOISY),
        of(Status.ABSTAINED, Reason.NOISY, SPEEDUP),
        of(Status.ABSTAINED, Reason.NOISY, Timing(())),
        of(Status.REJECTED, Reason.CRASHED),
        of(Status.SKIPPED, Reason.BUDGET),
        of(Status.SKIPPED, Reason.DUPLICATE),
    ],
)
def test_what_the_machine_or_the_run_was_like_is_not_kept(root: Path, verdict: Verdict) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, verdict)
    assert taken(root) is None


def test_that_a_function_waits_is_kept(root: Path) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, of(Status.ABSTAINED, Reason.NOISY, WAITING))
    assert taken(root) is not None


def test_without_reading_all_is_new_and_replaces_what_was_there(root: Path) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, of(Status.REJECTED, Reason.NOT_FASTER))
    fresh = opened(root, reading=False)
    assert fresh.verdict(BASELINE, REWRITE) is None
    fresh.keep_verdict(BASELINE, REWRITE, FASTER)
    found = taken(root)
    assert found is not None
    assert found.reason is Reason.FASTER


def change(root: Path, edit: Callable[[Any], object]) -> None:
    """Edit what a kept verdict says, with a right checksum."""
    kept = opened(root)
    assert kept.store is not None
    (path,) = kept.store.folder.glob("*/verdict-*.json")
    data = json.loads(path.read_text())["data"]
    edit(data)
    assert kept.store.write(path.parent.name, path.stem, data)


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data.pop("status"),
        lambda data: data.pop("source"),
        lambda data: data.update(source="def f(x):\n    return 1\n"),
        lambda data: data.update(more=1),
        lambda data: data.update(cached=False),
        lambda data: data.update(status="fine"),
        lambda data: data.update(reason="CRASHED"),
        lambda data: data.update(timing=[]),
        lambda data: data.clear(),
    ],
)
def test_an_entry_that_is_not_a_verdict_is_ignored(
    root: Path, edit: Callable[[Any], object]
) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    change(root, lambda data: None)
    assert taken(root) is not None
    change(root, edit)
    assert taken(root) is None


def test_what_the_tests_showed_comes_back(root: Path, tmp_path: Path) -> None:
    located = Located(BASELINE, (TARGET,), notes=("a note",), code=0)
    opened(root).keep_located(["m.py"], located, tmp_path / "scratch")
    assert opened(root).located(["m.py"]) == located
    assert opened(root).located(["n.py"]) is None


def test_what_names_this_runs_folders_is_not_kept(root: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    located = Located(Baseline({f"t::a[{scratch}/project/data]": "passed"}, 0.5))
    opened(root).keep_located(["m.py"], located, scratch)
    assert opened(root).located(["m.py"]) is None


def outcomes() -> list[Outcome]:
    other = replace(TARGET, qualname="g")
    second = replace(FASTER, rewrite=replace(REWRITE, target=other))
    return [Outcome(TARGET, FASTER), Outcome(other, second)]


def test_what_was_dropped_when_put_in_together_is_known(root: Path) -> None:
    one, two = outcomes()
    assert two.verdict is not None
    why = replace(two.verdict, status=Status.REJECTED, reason=Reason.TESTS_FAILED, timing=None)
    opened(root).keep_together(BASELINE, [one, two], [replace(two, verdict=why)])
    found = opened(root).together(BASELINE, [one, two])
    assert found == [one, replace(two, verdict=replace(why, cached=True))]
    assert opened(root).together(BASELINE, [two, one]) is None
    assert opened(root).together(BASELINE, [one]) is None


def test_what_broke_the_tests_by_chance_is_not_known(root: Path) -> None:
    one, two = outcomes()
    assert two.verdict is not None
    why = replace(two.verdict, status=Status.REJECTED, reason=Reason.CRASHED)
    opened(root).keep_together(BASELINE, [one, two], [replace(two, verdict=why)])
    assert opened(root).together(BASELINE, [one, two]) is None


def test_a_copy_of_another_state_is_kept_under_its_own(root: Path, tmp_path: Path) -> None:
    kept = opened(root)
    (root / "data").write_text("1")
    kept.check_copy(copy_project(Project(root), tmp_path / "copy"))
    kept.keep_verdict(BASELINE, REWRITE, FASTER)
    assert taken(root) is not None
    (root / "data").unlink()
    assert taken(root) is None


def test_a_copy_of_another_state_is_an_error_where_something_was_taken(
    root: Path, tmp_path: Path
) -> None:
    opened(root).keep_verdict(BASELINE, REWRITE, FASTER)
    kept = opened(root)
    assert kept.verdict(BASELINE, REWRITE) is not None
    (root / "data").write_text("1")
    copy = copy_project(Project(root), tmp_path / "copy")
    with pytest.raises(PerfoptError, match="changed while"):
        kept.check_copy(copy)


def test_nothing_is_kept_of_a_copy_that_was_made_anew_from_other_files(
    root: Path, tmp_path: Path
) -> None:
    kept = opened(root)
    (root / "data").write_text("1")
    kept.check_renewed(copy_project(Project(root), tmp_path / "copy"))
    kept.keep_verdict(BASELINE, REWRITE, FASTER)
    (root / "data").unlink()
    assert taken(root) is None


def test_all_of_a_state_can_be_forgotten(root: Path) -> None:
    kept = opened(root)
    kept.keep_verdict(BASELINE, REWRITE, FASTER)
    kept.forget()
    assert taken(root) is None


def test_where_nothing_is_kept_nothing_is_taken(root: Path, tmp_path: Path) -> None:
    kept = not_kept()
    kept.keep_verdict(BASELINE, REWRITE, FASTER)
    kept.keep_located([], Located(BASELINE), tmp_path)
    kept.check_copy(root)
    kept.prune()
    kept.forget()
    assert (kept.verdict(BASELINE, REWRITE), kept.located([])) == (None, None)


@pytest.mark.parametrize("place", ["project", "project/.cache", "readable", "readable/a/b"])
def test_no_folder_that_the_project_or_its_tests_reach_will_do(tmp_path: Path, place: str) -> None:
    for name in ("project", "readable", "cache"):
        (tmp_path / name).mkdir()
    project, readable = Project(tmp_path / "project"), [tmp_path / "readable"]
    check_apart(tmp_path / "cache" / "perfopt", project, readable)
    with pytest.raises(PerfoptError, match="is inside"):
        check_apart(tmp_path / place / "perfopt", project, readable)


def test_a_link_into_the_project_will_not_do(tmp_path: Path) -> None:
    (tmp_path / "project" / "poisoned").mkdir(parents=True)
    (tmp_path / "cache").symlink_to(tmp_path / "project" / "poisoned")
    with pytest.raises(PerfoptError, match="is inside the project"):
        check_apart(tmp_path / "cache" / "perfopt", Project(tmp_path / "project"), [])
