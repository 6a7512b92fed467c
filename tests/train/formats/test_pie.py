from __future__ import annotations

from typing import Any

import pytest
from pair_rows import FAST, SLOW, pie, pie2

from perfopt_cli.train.formats.pie import read_v1, read_v2, undoubled
from perfopt_cli.train.formats.rows import BadRow, Draft, Row
from perfopt_cli.train.records import Check


def v1(**more: Any) -> Draft:
    return read_v1(Row("f:1", pie(**more), ""))


def v2(**more: Any) -> Draft:
    return read_v2(Row("f:1", pie2(**more), ""))


def test_the_empty_line_after_every_line_is_taken_out() -> None:
    assert undoubled("a\n\nb\n\n\n\nc") == "a\nb\n\nc"
    assert undoubled("a\n  \nb\n") == "a\nb"


@pytest.mark.parametrize("text", ["a", "a\n", "a\nb\n", "a\n\nb\nc", "a\n\nb\n\nc\nd"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert undoubled(text) == text


def test_version_1_is_read() -> None:
    pair = v1(problem="p02", runtime_lift=5.5, measured_runtime_v1=0.25).pair
    assert (pair.group, pair.slow, pair.fast, pair.ratio) == ("p02", SLOW, FAST, 5.5)
    assert v1(measured_runtime_v1=0.25).fast_seconds == 0.25


@pytest.mark.parametrize(
    ("times", "ratio"),
    [
        ({}, None),
        ({"measured_runtime_v0": 3.0, "measured_runtime_v1": 1.5, "cpu_time_v0": 9}, 2.0),
        ({"cpu_time_v0": 90, "cpu_time_v1": 30, "status_v0": "Accepted"}, 3.0),
        ({"cpu_time_v0": 1e6, "cpu_time_v1": 30, "status_v0": "Time Limit Exceeded"}, None),
        ({"cpu_time_v0": "90", "cpu_time_v1": "30"}, 3.0),
        ({"runtime_lift": float("nan")}, None),
        ({"runtime_lift": True}, None),
        ({"runtime_lift": 10**400}, None),
        ({"cpu_time_v0": 0, "cpu_time_v1": 0}, None),
    ],
)
def test_the_ratio_is_that_of_the_best_times_known(times: dict[str, Any], ratio: float) -> None:
    assert v1(**times).pair.ratio == ratio


@pytest.mark.parametrize("problem", ["../p1", "..", "a/b", "", "p 1"])
def test_a_problem_that_is_no_plain_name_is_refused(problem: str) -> None:
    with pytest.raises(BadRow, match="problem_id is"):
        v1(problem=problem)


def test_version_2_is_read() -> None:
    draft = v2(
        src_agg_runtime=4.0, tgt_agg_runtime=2.0, target_reward_updated_pct_bin="7", tests=[0, 3]
    )
    assert (draft.pair.slow, draft.pair.ratio, draft.pair.tag) == (SLOW, 2.0, 7)
    assert draft.numbers == {0, 3}
    assert v2(tests="[4]").numbers == v2(tests=[4.0]).numbers == v2(tests=["4"]).numbers == {4}
    assert v2(tests="none").numbers is None
    assert v2().numbers is None


def test_the_programs_of_version_2_lose_their_empty_lines_too() -> None:
    pair = v2(src_code=SLOW.replace("\n", "\n\n"), tgt_code=FAST.replace("\n", "\n\n")).pair
    assert (pair.slow, pair.fast) == (SLOW, FAST)


def test_the_ratio_of_version_2_is_that_of_the_run_times_else_the_one_told() -> None:
    assert v2(src_agg_runtime=4.0, tgt_agg_runtime=2.0, speedup=9.0).pair.ratio == 2.0
    assert v2(speedup=9.0).pair.ratio == 9.0


@pytest.mark.parametrize(
    "tests",
    [
        [{"input": "3\n", "output": "3\n"}],
        '[{"input": "3\\n", "output": "3\\n"}]',
        "[{'input': '3\\n', 'output': '3\\n'}]",
    ],
)
def test_tests_may_stand_in_a_row_of_version_2(tests: object) -> None:
    draft = v2(tests=tests)
    assert draft.pair.tests.runs == (Check("3\n", "3\n"),)
    assert draft.numbers is None


def test_a_test_in_the_row_that_is_none_is_refused() -> None:
    with pytest.raises(BadRow, match="a test is neither"):
        v2(tests=[{"input": "3"}])


@pytest.mark.parametrize("tag", [0, 11, 2.5, "x", None, True])
def test_a_tag_is_a_whole_number_from_1_to_10(tag: object) -> None:
    assert v2(target_reward_updated_pct_bin=tag).pair.tag is None


def test_other_languages_are_refused() -> None:
    with pytest.raises(BadRow, match="not Python but cpp"):
        v1(language="cpp")
    with pytest.raises(BadRow, match=r"not Python but C or C\+\+"):
        v2(src_code="#include <iostream>\nint main() {}\n")
