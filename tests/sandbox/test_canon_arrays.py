"""The canonical form of numpy's and pandas' values: bit-exact, and views are no copies."""

from __future__ import annotations

from typing import Any

import pytest

from perfopt_cli.sandbox.worker.canon import Canonizer, Floats

np: Any = pytest.importorskip("numpy")


def canonical(*values: object) -> str:
    writer = Canonizer()
    for value in values:
        writer.write(value)
    return writer.text()


def ordered(order: str) -> Any:
    return np.array([[1, 2], [3, 4]], order=order)


def frozen(values: list[int]) -> Any:
    array = np.array(values)
    array.flags.writeable = False
    return array


def drawn(count: int) -> Any:
    generator = np.random.default_rng(1)
    generator.random(count)
    return generator


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(np.arange(3), np.arange(3, dtype="i4"), id="dtype"),
        pytest.param(np.arange(3, dtype="<i4"), np.arange(3, dtype=">i4"), id="byte order"),
        pytest.param(np.zeros(4), np.zeros((2, 2)), id="shape"),
        pytest.param(np.array(0.0), np.array(-0.0), id="signed zeros"),
        pytest.param(ordered("C"), ordered("F"), id="order in memory"),
        pytest.param(np.arange(3), frozen([0, 1, 2]), id="writeable"),
        pytest.param(np.array(1.0), np.float64(1.0), id="an array without dimensions"),
        pytest.param(np.float64(1.0), 1.0, id="scalars"),
        pytest.param(np.float32(1.0), np.float64(1.0), id="widths of scalars"),
        pytest.param(np.array([1, "a"], object), np.array([1, "b"], object), id="objects"),
        pytest.param(np.ma.array([1], mask=[0]), np.ma.array([1], mask=[1]), id="masks"),
        pytest.param(
            np.zeros(1, [("a", "i4"), ("b", "i4")]),
            np.zeros(1, [("a", "i4"), ("c", "i4")]),
            id="names of fields",
        ),
        pytest.param(np.datetime64("2020"), np.datetime64("2020-01"), id="units of time"),
        pytest.param(drawn(1), drawn(2), id="state of a generator"),
    ],
)
def test_what_differs_is_written_differently(one: object, other: object) -> None:
    assert canonical(one) != canonical(other)


def test_a_view_is_no_copy() -> None:
    array = np.arange(4)
    assert canonical(array[:2], array) != canonical(array[:2].copy(), array)
    assert canonical(array[:2], array[1:3]) != canonical(array[:2], array[:2] + 1)


def test_which_private_memory_an_array_lies_in_does_not_count() -> None:
    assert canonical(np.arange(10)[2:5]) == canonical(np.array([2, 3, 4]))


def test_bytes_that_no_value_uses_do_not_count() -> None:
    one, other = np.zeros(2, np.longdouble), np.zeros(2, np.longdouble)
    other.view(np.uint8)[10::16] = 7
    if np.array_equal(one, other):
        assert canonical(one) == canonical(other)


def test_floats_of_arrays_are_set_aside_by_their_own_width() -> None:
    texts = []
    for value in (1.0, 2.0):
        kept = Floats()
        writer = Canonizer(floats=kept)
        writer.write([np.full(3, value, "f4"), np.full(2, value, ">f8"), np.complex128(value)])
        assert [(width, count) for width, count, _ in kept.runs] == [("f", 3), ("d", 4)]
        texts.append(writer.text())
    assert texts[0] == texts[1]


def frames() -> list[Any]:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, None]})
    named = frame.rename_axis("rows")
    tagged = frame.copy()
    tagged.attrs["unit"] = "m"
    return [
        frame,
        frame[["b", "a"]],
        frame.astype({"a": "int32"}),
        frame.astype({"a": "Int64"}),
        frame.set_index("a"),
        frame.set_axis([5, 6]),
        named,
        tagged,
        frame["a"],
        frame["a"].rename("b"),
        frame["a"].to_frame(),
        frame["a"].astype("category"),
        pd.Index([1, 2]),
        pd.RangeIndex(1, 3),
        pd.MultiIndex.from_tuples([(1, 2)]),
        pd.MultiIndex.from_tuples([(1, 2)], names=["x", "y"]),
        pd.Categorical(["a", "b"]),
        pd.Categorical(["a", "b"], ordered=True),
        pd.Series(["a", None]),
        pd.Series(["a", 1], dtype=object),
        pd.Series(["a", None], dtype="string"),
        pd.date_range("2020", periods=2),
        pd.date_range("2020", periods=2, tz="UTC"),
        pd.Timestamp("2020"),
        pd.Timestamp("2020", tz="UTC"),
        pd.Timedelta(1),
        pd.Period("2020-01"),
        pd.Interval(0, 1),
        pd.Interval(0, 1, closed="left"),
        pd.NaT,
        pd.NA,
        pd.arrays.SparseArray([0, 0, 1]),
    ]


def test_frames_series_and_indexes_differ_by_all_that_shows() -> None:
    texts = [canonical(value) for value in frames()]
    assert len(set(texts)) == len(texts)


def test_equal_frames_are_written_the_same() -> None:
    assert [canonical(value) for value in frames()] == [canonical(value) for value in frames()]


def test_how_a_frame_keeps_its_columns_does_not_count() -> None:
    pd = pytest.importorskip("pandas")
    one = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    other = pd.DataFrame({"a": [1, 2]})
    other["b"] = [3, 4]
    assert canonical(one) == canonical(other)
