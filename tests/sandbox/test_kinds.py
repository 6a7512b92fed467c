from __future__ import annotations

import collections
import datetime
from pathlib import PurePosixPath

import pytest

from perfopt_cli.sandbox.worker.kinds import Tally, annotation, extent


class Loud:
    """Whatever is asked of it fails."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)

    def __len__(self) -> int:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError


class Ours(list):  # type: ignore[type-arg]
    def __len__(self) -> int:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "bool"),
        ([], "list"),
        ([1, None, 2], "list[int | None]"),
        ([1, "a", 2.0, b""], "list[object]"),
        ([[], [1]], "list[list[int]]"),
        ([[[[1]]]], "list[list[list]]"),
        ((1, "a"), "tuple[int, str]"),
        ((1,) * 9, "tuple[int, ...]"),
        ((), "tuple"),
        ({"a": [1]}, "dict[str, list[int]]"),
        ({}, "dict"),
        ({1}, "set[int]"),
        (frozenset("a"), "frozenset[str]"),
        (collections.deque([1]), "deque[int]"),
        (collections.Counter("a"), "collections.Counter"),
        (datetime.date(2020, 1, 1), "datetime.date"),
        (len, "Callable"),
        (lambda: 0, "Callable"),
        (int, "type[int]"),
        ((x for x in "a"), "Generator"),
        (Ours([1]), f"{__name__}.Ours"),
    ],
)
def test_values_are_annotated(value: object, text: str) -> None:
    assert annotation(value) == text


def test_a_value_is_asked_nothing() -> None:
    loud = Loud()
    assert annotation(loud) == f"{__name__}.Loud"
    assert annotation([loud]) == f"list[{__name__}.Loud]"
    assert extent(loud) is None


def test_of_a_long_list_the_whole_length_is_sampled() -> None:
    assert annotation([1] * 500 + ["a"] * 500) == "list[int | str]"


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("abc", 3), ([1, 2], 2), ({}, 0), (7, 7), (-7, -7), (10**40, None), (True, None),
        (1.5, None), (None, None), (Ours([1]), None), (range(9), 9),
        (PurePosixPath("a"), None),
    ],
)  # fmt: skip
def test_sizes_are_lengths_and_the_values_of_integers(value: object, size: int | None) -> None:
    assert extent(value) == size


def test_a_tally_puts_the_most_frequent_type_first_and_counts_empty_ones_to_it() -> None:
    tally = Tally()
    for value in ([], ["a"], ["a", "b"], [3], None):
        tally.add(value)
    assert tally.rows() == [
        ["list[str]", 3, [0, 1, 2]],
        ["None", 1, None],
        ["list[int]", 1, [1, 1, 1]],
    ]


def test_arrays_are_told_by_the_type_of_their_items() -> None:
    numpy = pytest.importorskip("numpy")
    assert annotation(numpy.zeros((2, 3))) == "numpy.ndarray[float64, 2-d]"
    assert extent(numpy.zeros((2, 3))) == 6
