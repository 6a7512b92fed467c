import random

import pytest

from feeds import (
    STARTED,
    Source,
    balance,
    batches,
    closing,
    distinct,
    first_gap,
    labelled,
    merged,
    reported,
    totals,
)

NAMES = [f"feed{i}" for i in range(25)]


@pytest.fixture
def dice():
    return random.Random(9)


def some_rows(dice, n, most=12):
    return [(dice.choice(NAMES), dice.randint(1, most)) for _ in range(n)]


@pytest.mark.parametrize("n", [0, 1, 5, 40, 120, 250])
def test_distinct(dice, n):
    rows = some_rows(dice, n)
    found = list(distinct(rows))
    assert found == list(dict.fromkeys(rows))


def test_distinct_one_by_one():
    rows = iter([("a", 1), ("a", 1), ("b", 1), ("c", 1)])
    found = distinct(rows)
    assert next(found) == ("a", 1)
    assert next(found) == ("b", 1)
    assert list(rows) == [("c", 1)]


@pytest.mark.parametrize("n", [0, 1, 5, 60, 200])
def test_closing(dice, n):
    source = Source(some_rows(dice, n))
    found = list(closing(source, NAMES[5:]))
    assert len(found) == sum(name in NAMES[:5] for name, _ in source.rows)
    assert source.closed


def test_closed_early(dice):
    source = Source(some_rows(dice, 50))
    found = closing(source, [])
    next(found)
    found.close()
    assert source.closed
    assert source.taken == 1


@pytest.mark.parametrize(("n", "size"), [(0, 3), (1, 3), (9, 3), (100, 40), (300, 150), (400, 120)])
def test_batches(dice, n, size):
    rows = some_rows(dice, n)
    found = list(batches(rows, size))
    assert [row for batch in found for row in batch] == rows
    assert all(len(batch) == size for batch in found[:-1])


def test_batches_of_an_iterator():
    rows = iter(range(5))
    found = batches(rows, 2)
    assert next(found) == [0, 1]
    assert next(rows) == 2


@pytest.mark.parametrize("n", [0, 1, 6, 50, 150])
def test_balance(dice, n):
    amounts = [dice.randint(-50, 90) for _ in range(n)]
    sums = list(balance(amounts))
    assert len(sums) == n
    assert not n or sums[-1] == sum(amounts)


def test_what_is_sent_is_added():
    running = balance([5, 6, 7])
    assert next(running) == 5
    assert running.send(10) == 21
    assert next(running) == 28
    with pytest.raises(StopIteration) as stop:
        running.send(0)
    assert stop.value.value == 5


@pytest.mark.parametrize("n", [0, 1, 5, 60, 300])
def test_totals(dice, n):
    rows = some_rows(dice, n)
    found = totals(rows, NAMES[:18])
    assert sum(found.values()) == sum(count for name, count in rows if name in NAMES[:18])
    assert list(found) == list(dict.fromkeys(name for name, _ in rows if name in NAMES[:18]))


@pytest.mark.parametrize("n", [0, 1, 5, 60, 150])
def test_labelled(dice, n):
    labels = [(name, f"Feed {i}") for i, name in enumerate(NAMES * 2)]
    rows = some_rows(dice, n)
    before = len(STARTED)
    texts = list(labelled(rows, labels))
    assert texts == [f"Feed {NAMES.index(name)}: {count}" for name, count in rows]
    assert STARTED[before:] == ["labelled"]


def test_no_label():
    with pytest.raises(IndexError):
        list(labelled([("x", 1)], [("y", "Why")]))


@pytest.mark.parametrize("n", [0, 1, 5, 60, 150])
def test_reported(dice, n, capsys):
    found = list(reported(some_rows(dice, n), 20))
    assert len(found) == len(set(found))
    assert capsys.readouterr().out == "".join(f"{name} is over 20\n" for name in found)


def test_over_the_limit():
    assert list(reported([("a", 2), ("b", 9), ("a", 1), ("b", 1), ("a", 5)], 3)) == ["b", "a"]
    assert list(reported([("a", 2), ("a", 1)], 3)) == []


@pytest.mark.parametrize("n", [0, 1, 4, 60, 200])
def test_first_gap(dice, n):
    known = list(range(n))
    dice.shuffle(known)
    assert first_gap(iter(range(2 * n + 1)), known) == n


def test_no_gap():
    numbers = iter([1, 2, 9, 3])
    assert first_gap(numbers, [1, 2, 3]) == 9
    assert list(numbers) == [3]
    assert first_gap(iter([1]), [1]) is None


@pytest.mark.parametrize(("n", "m"), [(0, 0), (1, 0), (0, 4), (20, 30), (300, 50), (700, 800)])
def test_merged(dice, n, m):
    first, second = (sorted(dice.randint(1, 99) for _ in range(k)) for k in (n, m))
    assert list(merged(first, second)) == sorted(first + second)
