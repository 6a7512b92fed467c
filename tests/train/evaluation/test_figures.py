"""A table of rows small enough to work every figure out by hand."""

from __future__ import annotations

import pytest

from perfopt_cli.core import Speedup
from perfopt_cli.train.evaluation.figures import powers, summarize
from perfopt_cli.train.evaluation.rows import Row
from perfopt_cli.train.records import Level, Score


def faster(ratio):
    return Score(Level.FASTER, speedup=Speedup(ratio, ratio, ratio))


def passed(ratio=None):
    return Score(Level.PASSED, speedup=Speedup(ratio, 0.0, 9.0) if ratio else None)


WRONG = Score(Level.FAILED)
BROKEN = Score(Level.BROKEN)

ROWS = [
    Row(0, "a", (WRONG, faster(2.0)), target=faster(4.0)),
    Row(1, "a", (faster(1.05), passed(0.5)), target=passed(0.9)),
    Row(2, "b", (BROKEN, WRONG), target=WRONG),
    Row(3, "b", (passed(1.2), passed()), target=faster(2.0)),
    Row(4, "c", skipped="the slow program fails"),
]


@pytest.fixture(scope="module")
def summary():
    return summarize(ROWS)


def best(summary, k):
    return next(one for one in summary.best if one.k == k)


def at(summary, k):
    return next(one for one in summary.at if one.k == k)


def test_skipped_programs_take_no_part(summary):
    assert (summary.programs, summary.problems, summary.drawn) == (4, 2, 2)


def test_seven_of_eight_candidates_compile(summary):
    assert summary.compiled.value == pytest.approx(7 / 8)


def test_opt_asks_for_ten_percent_and_faster_for_a_proof_alone(summary):
    assert best(summary, 2).optimised.value == pytest.approx(1 / 4)
    assert best(summary, 2).faster.value == pytest.approx(2 / 4)


def test_a_speedup_that_was_not_proved_is_not_optimised():
    assert summarize([Row(0, "a", (passed(1.5),))]).best[0].optimised.value == 0.0


def test_the_first_candidate_alone_counts_for_best_at_1(summary):
    assert best(summary, 1).optimised.value == 0.0
    assert best(summary, 1).correct.value == pytest.approx(2 / 4)
    assert best(summary, 2).correct.value == pytest.approx(3 / 4)


def test_wrong_and_unproved_ones_leave_the_program_as_it_was(summary):
    # 2, 1.05, 1 (wrong), 1 (not proved)
    assert best(summary, 2).speedup.value == pytest.approx(5.05 / 4)


def test_unclipped_a_right_candidate_counts_as_measured():
    rows = [Row(0, "a", (passed(0.5),)), Row(1, "b", (WRONG,))]
    assert summarize(rows, clip=False).best[0].speedup.value == pytest.approx(0.75)
    assert summarize(rows, clip=True).best[0].speedup.value == pytest.approx(1.0)


def test_sp_and_rtr_are_over_the_improved_programs(summary):
    assert best(summary, 2).sp.value == pytest.approx((2.0 + 1.05) / 2)
    assert best(summary, 2).rtr.value == pytest.approx((50 + (1 - 1 / 1.05) * 100) / 2)
    assert best(summary, 2).sp.count == 2


def test_sp_of_no_improved_program_has_no_value():
    assert summarize([Row(0, "a", (WRONG,))]).best[0].sp.value is None


def test_pass_at_1_and_2(summary):
    # Right: 1, 2, 0, 2 of 2.
    assert at(summary, 1).passing.value == pytest.approx((0.5 + 1 + 0 + 1) / 4)
    assert at(summary, 2).passing.value == pytest.approx(3 / 4)


def test_speedup_at_k_counts_wrong_ones_as_nothing(summary):
    # Best of both: 2, 1.05, 0, 1 (1.2 is not proved); the means of each: 1, 0.775, 0, 1.
    assert at(summary, 2).speedup.value == pytest.approx((2 + 1.05 + 0 + 1) / 4)
    assert at(summary, 1).speedup.value == pytest.approx((1 + 0.775 + 0 + 1) / 4)


def test_eff_at_k_is_against_the_faster_of_program_and_target(summary):
    # Row 0: reference 4, ratio 2, t = 2 t*: 0. Row 1: reference 1 (the target is slower):
    # 2 - 1/1.05. Row 2: wrong. Row 3: reference 2, ratio 1 (1.2 is not proved): 0.
    expected = (0 + (2 - 1 / 1.05) + 0 + 0) / 4
    assert at(summary, 2).efficiency.value == pytest.approx(expected)


def test_efficient_has_no_value_where_nothing_was_counted(summary):
    assert at(summary, 1).efficient.value is None


def test_efficient_counts_right_ones_below_the_best_known():
    rows = [
        Row(0, "a", (passed(), passed()), counts=(90, 100), least=100),
        Row(1, "b", (WRONG, WRONG), counts=(None, None)),
        # It could not be counted, so it says nothing.
        Row(2, "c", (passed(), passed()), counts=(None, None)),
    ]
    summary = summarize(rows)
    assert at(summary, 1).efficient.value == pytest.approx((0.5 + 0) / 2)
    assert at(summary, 2).efficient.value == pytest.approx((1.0 + 0) / 2)


def test_a_missing_candidate_counts_as_a_wrong_one():
    summary = summarize([Row(0, "a", (passed(), passed())), Row(1, "b", (passed(),)), Row(2, "c")])
    assert at(summary, 1).passing.value == pytest.approx((1 + 0.5 + 0) / 3)
    assert summary.answered.value == pytest.approx(2 / 3)


def test_no_rows_give_no_values_and_no_error():
    summary = summarize([])
    assert summary.programs == 0
    assert summary.best[0].optimised.value is None
    assert summary.at[0].passing.value is None


def test_a_source_that_answers_nothing_optimises_nothing():
    summary = summarize([Row(0, "a"), Row(1, "b")])
    assert summary.best[0].optimised.value == 0.0
    assert summary.at[0].passing.value == 0.0


def test_the_k_are_powers_of_two_and_all():
    assert powers(1) == [1]
    assert powers(6) == [1, 2, 4, 6]
    assert powers(8) == [1, 2, 4, 8]
