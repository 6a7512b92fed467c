"""Floats within some units in the last place."""

from __future__ import annotations

import math
import struct

import pytest

from perfopt_cli.sandbox.ulps import within
from perfopt_cli.sandbox.worker.canon import Canonizer, Floats
from perfopt_cli.sandbox.worker.floats import MOST_FLOATS


def floats(*values: float, width: str = "d") -> str:
    kept = Floats()
    for value in values:
        kept.add(width, struct.pack(">" + width, value))
    return kept.text()


def after(value: float, steps: int) -> float:
    for _ in range(steps):
        value = math.nextafter(value, math.inf)
    return value


@pytest.mark.parametrize(("steps", "ulps", "same"), [(0, 1, True), (3, 3, True), (4, 3, False)])
@pytest.mark.parametrize("start", [1.0, -1.0, -5e-324, 1e300])
def test_distance_is_counted_in_steps(start: float, steps: int, ulps: int, same: bool) -> None:
    assert within(floats(start), floats(after(start, steps)), ulps) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (math.nan, -math.nan, True),
        (math.nan, math.inf, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 1.7976931348623157e308, False),
        (0.0, -0.0, True),
        (1.0, -1.0, False),
    ],
)
def test_special_values(one: float, other: float, same: bool) -> None:
    assert within(floats(one), floats(other), 1) is same


def test_each_width_has_its_own_steps() -> None:
    assert within(floats(1.0, width="f"), floats(1.0 + 2**-23, width="f"), 1)
    assert not within(floats(1.0), floats(1.0 + 2**-23), 1000)


def test_as_many_floats_are_wanted() -> None:
    assert not within(floats(1.0), floats(1.0, 1.0), 1)
    assert not within(floats(1.0), floats(1.0, width="f"), 1)


def written(value: object) -> tuple[str, str]:
    kept = Floats()
    writer = Canonizer(floats=kept)
    writer.write(value)
    return writer.text(), kept.text()


def test_only_floats_that_are_values_are_set_aside() -> None:
    assert written([1.0])[0] == written([2.0])[0]
    assert written({1.0})[0] != written({2.0})[0]
    assert written({1.0: 0})[0] != written({2.0: 0})[0]
    assert written([1.0])[0] != written([1])[0]


def test_past_the_bound_floats_count_to_the_bit() -> None:
    long = [0.5] * MOST_FLOATS
    assert written([*long, 1.0])[0] != written([*long, 2.0])[0]
