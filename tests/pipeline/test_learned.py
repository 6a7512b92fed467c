"""A project's own verdicts are added to its table of what rules are worth."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError, Reason, Rewrite, Speedup, Status, Target, Timing, Verdict
from perfopt_cli.model.worth import OWN, Tally, read_table
from perfopt_cli.pipeline.learned import learn

TARGET = Target("m.py", "f", 1, "def f(): pass\n")


def verdict(
    origin: str,
    status: Status = Status.ACCEPTED,
    reason: Reason = Reason.FASTER,
    *,
    cached: bool = False,
    after: int | None = None,
) -> Verdict:
    rewrite = Rewrite(TARGET, "def f(): 1\n", (), origin, after=after)
    timing = Timing((), Speedup(2.0, 1.9, 2.1))
    return Verdict(rewrite, status, reason, "", 3.0, timing, cached=cached)


def table(root: Path) -> dict[str, Tally]:
    return read_table(root / OWN)


def test_verdicts_are_added_to_those_of_earlier_runs(tmp_path: Path) -> None:
    refused = verdict("rules:a", Status.REJECTED, Reason.NOT_FASTER)
    learn(tmp_path, [verdict("rules:a"), verdict("rules:a+b")])
    learn(tmp_path, [refused])
    gain = round(math.log(2), 4)
    assert table(tmp_path)["a"] == Tally(2.5, 1.5, pytest.approx(1.5 * gain, abs=1e-4), 7.5)
    assert table(tmp_path)["b"] == Tally(0.5, 0.5, pytest.approx(0.5 * gain, abs=1e-4), 1.5)


def test_what_tells_nothing_of_a_rule_is_left_out(tmp_path: Path) -> None:
    learn(
        tmp_path,
        [
            verdict("some model"),
            verdict("rules:a", cached=True),
            verdict("rules:a", after=0),
            verdict("rules:a", Status.ABSTAINED, Reason.UNTESTED),
            verdict("rules:a", Status.SKIPPED, Reason.BUDGET),
        ],
    )
    assert not (tmp_path / OWN).exists()


def test_a_table_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / ".perfopt").write_text("")
    with pytest.raises(PerfoptError, match=r"worth\.json can't be written"):
        learn(tmp_path, [verdict("rules:a")])
