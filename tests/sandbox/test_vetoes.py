"""What speaks against a faster candidate, from made-up figures."""

from __future__ import annotations

import pytest

from perfopt_cli.core import Quad
from perfopt_cli.sandbox.remembers import keeps_results
from perfopt_cli.sandbox.vetoes import slower_on

CALLS = 100


def quads(original_ns: int, candidate_ns: int) -> list[Quad]:
    spent = original_ns * CALLS, candidate_ns * CALLS
    return [Quad(*spent, *spent, waits=0, calls=CALLS)] * 9


@pytest.mark.parametrize(
    ("original_ns", "candidate_ns", "gain", "refused"),
    [
        (10_000, 10_400, 0.0, False),  # above 0.95x
        (1_000, 1_900, 0.0, False),  # less than a microsecond
        (20_000, 22_500, 0.0, True),
        (20_000, 22_500, 40_000.0, True),  # more than a twentieth of the gain
        (20_000, 22_500, 60_000.0, False),
        (20_000, 27_000, 1e9, True),  # below 0.8x, whatever is gained elsewhere
    ],
)
def test_a_small_loss_is_held_against_the_gain_elsewhere(
    original_ns: int, candidate_ns: int, gain: float, refused: bool
) -> None:
    found = slower_on(quads(original_ns, candidate_ns), "the small inputs", 0.95, gain)
    assert (found is not None) is refused


def test_what_is_fast_only_when_called_again_keeps_results() -> None:
    found = keeps_results([(10_000, 10_500, 500)] * 12)
    assert found is not None
    assert "0.95x on inputs it has not had before" in found.detail


def test_many_calls_of_next_to_nothing_do_not_make_a_cache() -> None:
    small, large = [(1_000, 1_200, 1_000)] * 9, [(900_000, 100_000, 99_000)] * 3
    assert keeps_results(small + large) is None


def test_a_single_call_that_was_disturbed_does_not_make_a_cache() -> None:
    assert keeps_results([(10_000, 5_000, 5_000)] * 11 + [(10_000, 900_000, 5_000)]) is None
