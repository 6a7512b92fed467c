"""A run as JSON and as rows of tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from perfopt_cli.core import (
    Baseline,
    CoveringTests,
    Outcome,
    Quad,
    Reason,
    Rewrite,
    Sized,
    Speedup,
    Status,
    Summary,
    Support,
    Target,
    Timing,
    Verdict,
    Workload,
)
from perfopt_cli.phrases import (
    baseline_words,
    candidate_rows,
    missing_tests,
    speed_details,
    target_rows,
    target_status,
    whole_run_gain,
)
from perfopt_cli.report import to_json

HOT = Target("m.py", "hot", 3, "def hot(): ...\n", share=0.5, calls=9, tests=("t::a",))
COLD = Target("m.py", "cold", 9, "def cold(): ...\n", skip="no test reaches it")
TIMING = Timing(((Quad(2, 1, 2, 1),),), Speedup(2.0, 1.9, 2.1))


def verdict(status: Status, reason: Reason, number: int = 0) -> Verdict:
    rewrite = Rewrite(HOT, HOT.source, (), "test", number)
    timing = TIMING if status is Status.ACCEPTED else None
    return Verdict(rewrite, status, reason, "why", 0.5, timing)


def summary(*outcomes: Outcome) -> Summary:
    baseline = Baseline({"t::a": "passed", "t::b": "xfailed"}, 1.5)
    return Summary("run", Path("/python"), baseline, (HOT, COLD), (HOT,), outcomes)


ACCEPTED = Outcome(HOT, verdict(Status.ACCEPTED, Reason.FASTER), applied=True, diff="diff")
REJECTED = Outcome(HOT, verdict(Status.REJECTED, Reason.DIVERGED, 1))


def test_json_has_the_interfaces_fields() -> None:
    report = to_json(summary(ACCEPTED, REJECTED))
    assert report["baseline"] == {"tests": 2, "seconds": 1.5, "workloads": []}
    assert report["applied"] == [
        {"path": "m.py", "qualname": "hot", "speedup": 2.0, "diff": "diff"}
    ]
    assert report["candidates"][0]["speedup"] == {"ratio": 2.0, "low": 1.9, "high": 2.1}
    assert report["candidates"][1]["speedup"] is None
    assert report["suite"] == {"tests": 2, "failed": 0}


def test_workloads_are_told_beside_the_tests() -> None:
    ran = (Workload("python a.py", 0.25, "digest"), Workload("python b.py", 0.5))
    baseline = Baseline({"t::a": "passed"}, 1.5, ran)
    assert baseline_words(baseline) == "1 tests, 1.5 s; 2 workloads, 0.8 s"
    reached = replace(HOT, tests=(), workloads=("python a.py",))
    told = Summary("run", Path("/python"), baseline, (reached,))
    assert to_json(told)["baseline"]["workloads"][0] == {"command": "python a.py", "seconds": 0.25}
    assert to_json(told)["targets"][0]["workloads"] == 1
    (row,) = target_rows(told, hot=1)
    assert row[-1].endswith("; only a workload reaches it")


@pytest.mark.parametrize(
    ("target", "outcomes", "status"),
    [
        (HOT, (ACCEPTED,), "improved"),
        (HOT, (REJECTED,), "unchanged"),
        (HOT, (), "unchanged"),
        (COLD, (), "skipped"),
    ],
)
def test_a_targets_status_follows_from_its_outcomes(
    target: Target, outcomes: tuple[Outcome, ...], status: str
) -> None:
    assert target_status(target, summary(*outcomes))[0] == status


def test_every_candidate_has_a_row_with_its_reason() -> None:
    rows = list(candidate_rows(summary(ACCEPTED, REJECTED)))
    assert [row[2] for row in rows] == ["FASTER", "DIVERGED"]


def test_the_gain_of_the_whole_run_is_amdahls() -> None:
    assert whole_run_gain(summary(ACCEPTED)) == pytest.approx(1 / 0.75)


def test_what_was_not_applied_brings_nothing() -> None:
    assert whole_run_gain(summary(replace(ACCEPTED, applied=False))) == 1


SUPPORT = Support(
    9, 150, 20, 16, missed=("`a < b` as `a <= b` in line 4",), test="def test_hot(): ..."
)
WEAK = Outcome(HOT, replace(verdict(Status.ABSTAINED, Reason.UNTESTED, 2), support=SUPPORT))


def test_the_evidence_is_in_the_json() -> None:
    found = to_json(summary(WEAK))["candidates"][0]["evidence"]
    assert (found["recorded_calls"], found["fuzzed_calls"]) == (9, 150)
    assert (found["mutants"], found["mutants_noticed"]) == (20, 16)
    assert found["missed"] == ["`a < b` as `a <= b` in line 4"]


def test_a_test_that_is_missing_is_suggested_once_a_function() -> None:
    assert missing_tests(summary(WEAK, WEAK)) == {"m.py::hot": "def test_hot(): ..."}


def test_an_accepted_candidates_row_says_what_speaks_for_it() -> None:
    accepted = verdict(Status.ACCEPTED, Reason.FASTER)
    row = list(candidate_rows(summary(Outcome(HOT, replace(accepted, detail="", support=SUPPORT)))))
    assert row[0][-1].startswith(
        "9 recorded and 150 made-up calls agree; 16 of 20 mistakes would show"
    )


SIZED = Timing(
    TIMING.samples,
    TIMING.speedup,
    (Sized("small", 1500.0, 1.25), Sized("larger than recorded", 9e6, 40.0)),
)


def test_json_tells_the_speedup_by_size_and_what_the_test_run_gains() -> None:
    accepted = replace(verdict(Status.ACCEPTED, Reason.FASTER), timing=SIZED)
    candidate = to_json(summary(Outcome(HOT, accepted)))["candidates"][0]
    assert candidate["by_size"][0] == {"inputs": "small", "microseconds": 1.5, "ratio": 1.25}
    assert candidate["whole_run_speedup"] == 1.333


def test_a_candidate_that_is_not_accepted_brings_the_test_run_nothing() -> None:
    rejected = replace(verdict(Status.REJECTED, Reason.NOT_FASTER), timing=SIZED)
    assert to_json(summary(Outcome(HOT, rejected)))["candidates"][0]["whole_run_speedup"] is None


def test_json_tells_what_all_applied_rewrites_bring_the_test_run() -> None:
    assert to_json(summary(ACCEPTED))["whole_run_speedup"] == 1.333


def test_the_speedup_by_size_is_told_in_words() -> None:
    accepted = replace(verdict(Status.ACCEPTED, Reason.FASTER), timing=SIZED)
    assert speed_details(accepted) == (
        "1.25x on small inputs, 40.00x on inputs larger than recorded, the test run 1.33x"
    )


def test_how_much_faster_the_tests_became_is_told() -> None:
    timing = replace(TIMING, tests=CoveringTests(3, 5, 1.5))
    accepted = replace(verdict(Status.ACCEPTED, Reason.FASTER), timing=timing)
    candidate = to_json(summary(Outcome(HOT, accepted)))["candidates"][0]
    assert candidate["covering_tests"] == {"timed": 3, "of": 5, "ratio": 1.5}
    assert speed_details(accepted) == "its tests 1.50x, the test run 1.33x"


def test_tests_that_were_not_timed_have_no_speedup() -> None:
    assert to_json(summary(ACCEPTED))["candidates"][0]["covering_tests"] is None
