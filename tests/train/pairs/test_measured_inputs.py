"""Inputs made larger and shorter."""

from __future__ import annotations

import pytest

from perfopt_cli.train.pairs.measured_inputs import enlarged, shortened
from perfopt_cli.train.scoring.cases import Case


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2\n1\n5\n", "6\n1\n5\n1\n5\n1\n5\n"),
        ("3 7\n1 2 3\n", "9 7\n1 2 3 1 2 3 1 2 3\n"),
        ("10 20\n", "30 60\n"),
        ("word\n", ""),
    ],
)
def test_what_an_input_counts_grows(text: str, wanted: str) -> None:
    assert enlarged(text, 3) == wanted


def test_fewer_cases_are_left_of_a_long_input() -> None:
    text = "100\n" + "".join(f"{number}\n" for number in range(100))
    shorter = shortened(Case("larger", text), 9)
    assert shorter is not None
    assert shorter.input.startswith("10\n0\n1\n")
    assert 10 <= shorter.input.count("\n") - 1 < 30


def test_an_input_that_counts_nothing_is_not_shortened() -> None:
    assert shortened(Case("larger", "a b\n1\n"), 9) is None
