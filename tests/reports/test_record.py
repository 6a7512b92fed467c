"""What is kept of a run."""

from __future__ import annotations

from dataclasses import replace

from report_runs import HOT, accepted, optimized, reviewed, summary

from perfopt_cli.core import Outcome, Target
from perfopt_cli.reports.record import MOST_TARGETS, full_json, restored, slimmed


def test_a_slimmed_record_is_restored() -> None:
    record = optimized()
    assert slimmed(record) != record
    assert restored(slimmed(record)) == record


def test_a_target_is_kept_once() -> None:
    found = slimmed(optimized()).summary
    assert found is not None
    assert found.targets[0] == HOT
    assert [one.target.source for one in found.outcomes] == ["", ""]
    assert [one.verdict and one.verdict.rewrite.target.source for one in found.outcomes] == ["", ""]


def test_of_many_targets_the_hottest_and_the_chosen_are_kept() -> None:
    others = tuple(Target("m.py", f"f{n}", n, "def f(): ...", skip="x") for n in range(1000))
    record = optimized(summary=summary(Outcome(HOT, accepted()), targets=(*others, HOT)))
    found = restored(slimmed(record)).summary
    assert found is not None
    assert found.targets == (*others[:MOST_TARGETS], HOT)
    assert found.outcomes[0].target == HOT


def test_a_review_is_kept_as_it_is() -> None:
    assert restored(slimmed(reviewed())) == reviewed()


def test_the_json_has_samples_both_texts_and_the_counterexample() -> None:
    report = full_json(optimized())
    first, second = report["candidates"]
    assert first["original"] == HOT.source
    assert first["source"] != HOT.source
    assert first["samples"][1][0]["original_cpu_ns"] == 2000
    assert second["counterexample"] == "from pkg.mod import hot\nhot([])"
    assert report["command"] == ["perfopt", "optimize", "--check"]


def test_the_json_of_a_review_says_what_is_equivalent() -> None:
    assert [one["equivalent"] for one in full_json(reviewed())["candidates"]] == [True, None, False]


def test_a_record_names_its_run() -> None:
    assert optimized().run.endswith("ab12")
    assert reviewed().run.endswith("cd34")
    assert replace(optimized(), summary=None).run == ""
