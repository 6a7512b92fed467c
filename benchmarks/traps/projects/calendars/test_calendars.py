import random
from datetime import date, timedelta

import pytest

from calendars import by_month, days_late, instalments, merge_spans, workdays

HOLIDAYS = [date(2024, 1, 1), date(2024, 3, 29), date(2024, 5, 1), date(2024, 12, 25)]


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2024, 1, 1), date(2024, 1, 1), 0),
        (date(2024, 1, 1), date(2024, 1, 8), 4),
        (date(2024, 1, 6), date(2024, 1, 8), 0),
        (date(2024, 2, 1), date(2024, 1, 1), 0),
        (date(2024, 3, 28), date(2024, 4, 2), 2),
    ],
)
def test_workdays(start, end, count):
    assert workdays(start, end, HOLIDAYS) == count


@pytest.mark.parametrize("days", [15, 31, 90, 200, 366])
def test_five_of_seven(days):
    start = date(2024, 2, 7)
    many = [start + timedelta(days=7 * i) for i in range(0, 20, 3)]
    assert workdays(start, start + timedelta(days=days), []) == pytest.approx(days * 5 / 7, abs=2)
    assert workdays(start, start + timedelta(days=days), many) < days * 5 / 7


def days(seed, n, span):
    dice = random.Random(seed)
    return [date(2023, 1, 1) + timedelta(days=dice.randint(0, span)) for _ in range(n)]


def test_months():
    first, second = date(2024, 2, 1), date(2024, 1, 5)
    assert by_month([first, second, first]) == {"2024-02": [first, first], "2024-01": [second]}
    assert by_month([]) == {}


@pytest.mark.parametrize(("n", "span"), [(5, 20), (30, 200), (80, 600), (150, 900)])
def test_all_days_have_a_month(n, span):
    months = by_month(days(n, n, span))
    assert sum(map(len, months.values())) == n
    assert all(len({day.month for day in found}) == 1 for found in months.values())


@pytest.mark.parametrize(
    ("spans", "merged"),
    [
        ([], []),
        ([(3, 3)], []),
        ([(1, 5), (2, 3)], [(1, 5)]),
        ([(4, 6), (1, 2)], [(1, 2), (4, 6)]),
        ([(1, 2), (2, 3)], [(1, 3)]),
    ],
)
def test_spans(spans, merged):
    assert merge_spans(spans) == merged


@pytest.mark.parametrize(("n", "length"), [(6, 30), (20, 40), (50, 12), (100, 6), (100, 3)])
def test_spans_are_apart(n, length):
    dice = random.Random(n * length)
    starts = [dice.randint(-500, 500) for _ in range(n)]
    merged = merge_spans([(start, start + dice.randint(-1, length)) for start in starts])
    assert all(a[1] < b[0] for a, b in zip(merged, merged[1:]))
    assert all(start < end for start, end in merged)


def test_late():
    assert days_late(["2024-01-01", "2024-03-01", "2024-02-28"], "2024-02-29") == [59, 0, 1]
    assert days_late([], "2024-01-01") == []


@pytest.mark.parametrize("n", [4, 12, 25, 40])
def test_late_ones(n):
    texts = [day.isoformat() for day in days(n, n, 700)]
    late = days_late(texts, "2024-01-15")
    assert all(days >= 0 for days in late)
    assert len(late) == n


@pytest.mark.parametrize("text", ["2024-13-01", "2024-02-30", "yesterday"])
def test_no_date(text):
    with pytest.raises(ValueError):
        days_late(["2024-01-01", text], "2024-01-01")


def test_instalments():
    assert instalments(date(2023, 12, 30), 3) == [
        date(2023, 12, 30),
        date(2024, 1, 30),
        date(2024, 2, 29),
    ]
    assert instalments(date(2023, 12, 30), 0) == []


def test_beyond_the_calendar():
    with pytest.raises(ValueError, match="year"):
        instalments(date(9999, 11, 30), 3)


@pytest.mark.parametrize(("day", "months"), [(1, 6), (15, 24), (29, 36), (30, 48), (31, 60)])
def test_one_in_each_month(day, months):
    dates = instalments(date(2023, 1, day), months)
    assert len({(one.year, one.month) for one in dates}) == months
    assert dates[0].day == day
