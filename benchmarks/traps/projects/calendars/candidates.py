# right: workdays: a set of the holidays
def workdays(start: date, end: date, holidays: list[date]) -> int:
    free = set(holidays)
    step = timedelta(days=1)
    count = 0
    day = start
    while day < end:
        if day.weekday() < 5 and day not in free:
            count += 1
        day += step
    return count


# right: workdays: whole weeks by arithmetic, then the distinct holidays on working days
def workdays(start: date, end: date, holidays: list[date]) -> int:
    if start >= end:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    first = start.weekday()
    count = 5 * weeks
    for i in range(rest):
        if (first + i) % 7 < 5:
            count += 1
    for holiday in set(holidays):
        if start <= holiday < end and holiday.weekday() < 5:
            count -= 1
    return count


# bad: workdays: boundary: a holiday that is listed twice is taken off twice
# shows: d = date(2024, 1, 2); workdays(d, d + timedelta(days=3), [d, d])
def workdays(start: date, end: date, holidays: list[date]) -> int:
    if start >= end:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    first = start.weekday()
    count = 5 * weeks + sum([(first + i) % 7 < 5 for i in range(rest)])
    for holiday in holidays:
        if start <= holiday < end and holiday.weekday() < 5:
            count -= 1
    return count


# bad: workdays: boundary: takes holidays at the weekend off, too
# shows: d = date(2024, 1, 1); workdays(d, d + timedelta(days=7), [date(2024, 1, 6)])
def workdays(start: date, end: date, holidays: list[date]) -> int:
    if start >= end:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    first = start.weekday()
    count = 5 * weeks + sum([(first + i) % 7 < 5 for i in range(rest)])
    return count - len([holiday for holiday in set(holidays) if start <= holiday < end])


# bad: workdays: boundary: an end before the start gives a negative count
# shows: workdays(date(2024, 3, 1), date(2024, 1, 1), [])
def workdays(start: date, end: date, holidays: list[date]) -> int:
    weeks, rest = divmod((end - start).days, 7)
    first = start.weekday()
    count = 5 * weeks + sum([(first + i) % 7 < 5 for i in range(rest)])
    free = {day for day in holidays if start <= day < end and day.weekday() < 5}
    return count - len(free)


# bad: workdays: size: looks at a year at most
# shows: workdays(date(2020, 1, 1), date(2024, 1, 1), [])
def workdays(start: date, end: date, holidays: list[date]) -> int:
    free = set(holidays)
    one = timedelta(days=1)
    count = 0
    day = start
    for _ in range(366):
        if day >= end:
            break
        if day.weekday() < 5 and day not in free:
            count += 1
        day += one
    return count


# right: by_month: one pass with setdefault
def by_month(days: list[date]) -> dict[str, list[date]]:
    months: dict[str, list[date]] = {}
    for day in days:
        months.setdefault(f"{day.year:04d}-{day.month:02d}", []).append(day)
    return months


# right: by_month: the first seven characters of the ISO form
def by_month(days: list[date]) -> dict[str, list[date]]:
    months: dict[str, list[date]] = {}
    for day in days:
        name = day.isoformat()[:7]
        if name in months:
            months[name].append(day)
        else:
            months[name] = [day]
    return months


# bad: by_month: boundary: strftime does not fill up the year with zeros
# shows: by_month([date(812, 3, 1)])
def by_month(days: list[date]) -> dict[str, list[date]]:
    months: dict[str, list[date]] = {}
    for day in days:
        months.setdefault(day.strftime("%Y-%m"), []).append(day)
    return months


# bad: by_month: order: months, and the days in them, in the order of the calendar
# shows: by_month([date(2024, 2, 1), date(2024, 1, 1)])
def by_month(days: list[date]) -> dict[str, list[date]]:
    months: dict[str, list[date]] = {}
    for day in sorted(days):
        months.setdefault(day.isoformat()[:7], []).append(day)
    return months


# bad: by_month: order: months are in order, but the days of each are sorted
# shows: by_month([date(2024, 2, 2), date(2024, 2, 1)])
def by_month(days: list[date]) -> dict[str, list[date]]:
    months: dict[str, list[date]] = {}
    for day in days:
        months.setdefault(day.isoformat()[:7], []).append(day)
    for found in months.values():
        found.sort()
    return months


# bad: by_month: type: returns a defaultdict
# shows: by_month([date(2024, 2, 2)])
from collections import defaultdict
def by_month(days: list[date]) -> dict[str, list[date]]:
    months: dict[str, list[date]] = defaultdict(list)
    for day in days:
        months[day.isoformat()[:7]].append(day)
    return months


# right: merge_spans: one sorted pass that looks at the last span only
def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


# bad: merge_spans: boundary: a span inside another one cuts its end off
# shows: merge_spans([(1, 9), (2, 3)])
def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


# bad: merge_spans: boundary: spans that touch stay apart
# shows: merge_spans([(1, 2), (2, 3)])
def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


# bad: merge_spans: boundary: an empty span is kept, unless it is the first or touches the one before
# shows: merge_spans([(1, 4), (6, 6)])
def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start > end or (start == end and not merged):
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


# bad: merge_spans: mutates-argument: sorts the caller's list
# shows: s = [(4, 5), (1, 2)]; merge_spans(s); s
def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    spans.sort()
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if start < end:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
    return merged


# right: days_late: today is read once, and not before there is a date to compare with
def days_late(due: list[str], today: str) -> list[int]:
    late = []
    now = None
    for text in due:
        then = datetime.strptime(text, "%Y-%m-%d")
        if now is None:
            now = datetime.strptime(today, "%Y-%m-%d")
        late.append(max(0, (now - then).days))
    return late


# bad: days_late: boundary: fromisoformat wants two digits for month and day
# shows: days_late(["2024-1-5"], "2024-02-01")
def days_late(due: list[str], today: str) -> list[int]:
    now = date.fromisoformat(today)
    return [max(0, (now - date.fromisoformat(text)).days) for text in due]


# bad: days_late: exception-text: the parts are read one by one, which fails with other words than strptime
# shows: days_late(["yesterday"], "2024-02-01")
def days_late(due: list[str], today: str) -> list[int]:
    late = []
    for text in due:
        year, month, day = map(int, text.split("-"))
        now = date(*map(int, today.split("-")))
        late.append(max(0, (now - date(year, month, day)).days))
    return late


# bad: days_late: exception-new: reads today where there is nothing to compare it with
# shows: days_late([], "today")
def days_late(due: list[str], today: str) -> list[int]:
    now = datetime.strptime(today, "%Y-%m-%d")
    return [max(0, (now - datetime.strptime(text, "%Y-%m-%d")).days) for text in due]


# bad: days_late: exception-text: of two bad dates, that of today is named, not that of the list
# shows: days_late(["x"], "y")
def days_late(due: list[str], today: str) -> list[int]:
    if not due:
        return []
    now = datetime.strptime(today, "%Y-%m-%d")
    return [max(0, (now - datetime.strptime(text, "%Y-%m-%d")).days) for text in due]


# bad: days_late: boundary: dates still to come give negative numbers
# shows: days_late(["2024-02-02"], "2024-02-01")
def days_late(due: list[str], today: str) -> list[int]:
    now = datetime.strptime(today, "%Y-%m-%d") if due else None
    return [(now - datetime.strptime(text, "%Y-%m-%d")).days for text in due]


# right: instalments: months by division
def instalments(first: date, months: int) -> list[date]:
    dates = []
    start = first.year * 12 + first.month - 1
    for number in range(start, start + months):
        year, month = divmod(number, 12)
        day = first.day
        while True:
            try:
                dates.append(date(year, month + 1, day))
                break
            except ValueError:
                if day < 28:
                    raise
                day -= 1
    return dates


# bad: instalments: boundary: goes on from the shortened day of the month before
# shows: instalments(date(2024, 1, 31), 3)
def instalments(first: date, months: int) -> list[date]:
    dates: list[date] = []
    year, month, day = first.year, first.month, first.day
    for _ in range(months):
        while True:
            try:
                dates.append(date(year, month, day))
                break
            except ValueError:
                if day < 28:
                    raise
                day -= 1
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return dates


# bad: instalments: boundary: 2100 counts as a leap year, so its February has a 29th to fall back on
# shows: instalments(date(2100, 1, 31), 2)
def instalments(first: date, months: int) -> list[date]:
    dates = []
    start = first.year * 12 + first.month - 1
    for number in range(start, start + months):
        year, month = divmod(number, 12)
        if month == 1:
            last = 29 if year % 4 == 0 else 28
        else:
            last = 30 if month in (3, 5, 8, 10) else 31
        dates.append(date(year, month + 1, min(first.day, last)))
    return dates


# bad: instalments: identity: the first date is the caller's object
# shows: d = date(2024, 1, 31); instalments(d, 1)[0] is d
def instalments(first: date, months: int) -> list[date]:
    start = first.year * 12 + first.month - 1
    dates = [first] if months > 0 else []
    for number in range(start + 1, start + months):
        year, month = divmod(number, 12)
        if first.day <= 28:
            dates.append(date(year, month + 1, first.day))
            continue
        day = first.day
        while True:
            try:
                dates.append(date(year, month + 1, day))
                break
            except ValueError:
                day -= 1
    return dates
