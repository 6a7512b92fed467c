"""The state of a module that the new version is held against."""

from __future__ import annotations

import pytest

from perfopt_cli.core import Reason
from perfopt_cli.pipeline.pair import with_state
from perfopt_cli.sandbox.differences import difference
from perfopt_cli.sandbox.evidence import Evidence, Replayed

OLD_START = {"LIMIT": "5", "count": "0"}


def message(state: dict[str, str], part: str) -> dict[str, object]:
    return {"state": {}, "around": {}, part: state, "new": []}


def replayed(state: dict[str, str], part: str) -> Replayed:
    return Replayed({}, message(state, part), None, "")


def judged(
    old_end: dict[str, str],
    new_start: dict[str, str],
    new_end: dict[str, str],
    part: str = "state",
) -> str | None:
    starts = message(OLD_START, part), message(new_start, part)
    wanted = with_state(replayed(old_end, part), *starts)
    evidence = Evidence({}, (wanted,), (), (Reason.UNTESTED, ""), 0)
    found = difference(evidence, replayed(new_end, part), 0)
    return None if found is None else found.text()


@pytest.mark.parametrize(
    "start",
    [
        pytest.param({**OLD_START, "NEW": "1"}, id="new constant"),
        pytest.param({"count": "0"}, id="constant taken away"),
        pytest.param({**OLD_START, "LIMIT": "6"}, id="other constant"),
    ],
)
@pytest.mark.parametrize("part", ["state", "around"])
def test_what_begins_otherwise_may_stay_so(start: dict[str, str], part: str) -> None:
    assert judged(OLD_START, start, start, part) is None


def test_a_new_name_that_calls_change_is_a_difference() -> None:
    start = {**OLD_START, "SEEN": "{}"}
    assert judged(OLD_START, start, {**start, "SEEN": "{1}"}) == (
        "leaves the module's SEEN different"
    )


def test_what_the_old_version_changes_the_new_one_is_to_change_too() -> None:
    counted = {**OLD_START, "count": "3"}
    assert judged(counted, OLD_START, counted) is None
    assert judged(counted, OLD_START, OLD_START) == "leaves the module's count different"
