"""Dates, working days and intervals."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def workdays(start: date, end: date, holidays: list[date]) -> int:
    """Count the days from start up to but not with end that are neither weekend nor holiday."""
    count = 0
    day = start
    while day < end:
        if day.weekday() not in [5, 6] and day not in [holiday for holiday in holidays]:
            count += 1
        day = day + timedelta(days=1)
    return count


def by_month(days: list[date]) -> dict[str, list[date]]:
    """Return the days by month (YYYY-MM), months in the order in which they first occur."""
    months: list[str] = []
    for day in days:
        name = f"{day.year:04d}-{day.month:02d}"
        if name not in months:
            months.append(name)
    return {
        month: [day for day in days if f"{day.year:04d}-{day.month:02d}" == month]
        for month in months
    }


def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of half-open spans, touching ones joined, in order; empty ones vanish."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        apart = []
        for other_start, other_end in merged:
            if other_end < start or end < other_start:
                apart.append((other_start, other_end))
            else:
                start, end = min(start, other_start), max(end, other_end)
        merged = sorted(apart + [(start, end)])
    return merged


def days_late(due: list[str], today: str) -> list[int]:
    """Return how many days each date (YYYY-MM-DD) lies before today, 0 for those still to come."""
    late = []
    for text in due:
        then = datetime.strptime(text, "%Y-%m-%d")
        now = datetime.strptime(today, "%Y-%m-%d")
        late.append(max(0, (now - then).days))
    return late


def instalments(first: date, months: int) -> list[date]:
    """Return a date in each month from the first on, on its day or the month's last one."""
    dates = []
    for number in range(months):
        year = first.year
        month = first.month
        for _ in range(number):
            month += 1
            if month > 12:
                year, month = year + 1, 1
        day = first.day
        while True:
            try:
                dates.append(date(year, month, day))
                break
            except ValueError:
                if day < 28:
                    raise
                day -= 1
    return dates
