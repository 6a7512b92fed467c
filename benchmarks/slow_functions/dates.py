# slow: clashing_meetings, local, 150
def clashing_meetings(meetings):
    clashing = []
    for a in meetings:
        for b in meetings:
            if a != b:
                if a[0] < b[1] and b[0] < a[1]:
                    if a not in clashing:
                        clashing.append(a)
    return clashing
# fast
def clashing_meetings(meetings):
    clashing = {}
    for a in meetings:
        if a not in clashing:
            start, end = a
            for b in meetings:
                if start < b[1] and b[0] < end and a != b:
                    clashing[a] = True
                    break
    return list(clashing)
# calls: [(s, s + draw.randint(1, 9)) for s in draw.numbers(n, 0, 40 * n)],


# slow: sort_by_date, algorithm, 25
from datetime import datetime
def sort_by_date(entries):
    entries = list(entries)
    for i in range(len(entries)):
        for j in range(len(entries) - 1):
            first = datetime.strptime(entries[j]["date"], "%d.%m.%Y")
            second = datetime.strptime(entries[j + 1]["date"], "%d.%m.%Y")
            if first > second:
                temp = entries[j]
                entries[j] = entries[j + 1]
                entries[j + 1] = temp
    return entries
# fast
def sort_by_date(entries):
    if len(entries) < 2:
        return list(entries)
    return sorted(entries, key=lambda entry: datetime.strptime(entry["date"], "%d.%m.%Y"))
# calls: [{"date": f"{draw.randint(1, 28):02}.{draw.randint(1, 12):02}.{draw.randint(1990, 2024)}", "text": draw.word()} for _ in range(n)],


# slow: business_days, local, 300
from datetime import date, timedelta
def business_days(start, end, holidays):
    count = 0
    day = date.fromisoformat(start)
    while day <= date.fromisoformat(end):
        free = False
        for holiday in holidays:
            if day == date.fromisoformat(holiday):
                free = True
        if day.strftime("%A") in ["Saturday", "Sunday"]:
            free = True
        if not free:
            count += 1
        day = day + timedelta(days=1)
    return count
# fast
def business_days(start, end, holidays):
    first = date.fromisoformat(start).toordinal()
    last = date.fromisoformat(end).toordinal()
    if first > last:
        return 0
    closed = {date.fromisoformat(holiday).toordinal() for holiday in holidays}
    return sum([1 for day in range(first, last + 1) if day % 7 not in (6, 0) and day not in closed])
# calls: "2023-01-14", str(date(2023, 1, 1) + timedelta(days=n)), [str(draw.day(2023, n)) for _ in range(7)]


# slow: most_rooms, algorithm, 150
def most_rooms(bookings):
    most = 0
    for minute in range(0, 24 * 60):
        used = 0
        for start, end in bookings:
            if start <= minute and minute < end:
                used += 1
        if used > most:
            most = used
    return most
# fast
def most_rooms(bookings):
    change = [0] * 1441
    for start, end in bookings:
        start, end = max(0, start), min(1440, end)
        if start < end:
            change[start] += 1
            change[end] -= 1
    most = used = 0
    for step in change:
        used += step
        if used > most:
            most = used
    return most
# calls: [(s, s + draw.randint(10, 240)) for s in draw.numbers(n, 0, 1435)],


# slow: merge_spans, algorithm, 90
def merge_spans(spans):
    spans = [list(s) for s in spans]
    changed = True
    while changed:
        changed = False
        for i in range(len(spans)):
            for j in range(i + 1, len(spans)):
                if spans[i][0] <= spans[j][1] and spans[j][0] <= spans[i][1]:
                    spans[i] = [min(spans[i][0], spans[j][0]), max(spans[i][1], spans[j][1])]
                    del spans[j]
                    changed = True
                    break
            if changed:
                break
    return sorted(spans)
# fast
def merge_spans(spans):
    merged = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1][1] = end
        else:
            merged.append([start, end])
    return merged
# calls: [(s, s + draw.randint(0, 20)) for s in draw.numbers(n, 0, 12 * n)],


# slow: hours_by_weekday, local, 250
from datetime import datetime
def hours_by_weekday(shifts):
    hours = {"Mon": 0, "Tue": 0, "Wed": 0, "Thu": 0, "Fri": 0, "Sat": 0, "Sun": 0}
    for day in hours:
        for shift in shifts:
            if datetime.strptime(shift[0], "%Y-%m-%d").strftime("%a") == day:
                hours[day] = hours[day] + shift[1]
    return hours
# fast
def hours_by_weekday(shifts):
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    hours = dict.fromkeys(names, 0)
    known = {}
    for day, worked in shifts:
        name = known.get(day)
        if name is None:
            name = known[day] = names[datetime.strptime(day, "%Y-%m-%d").weekday()]
        hours[name] += worked
    return hours
# calls: [(str(draw.day(2022, 40)), draw.randint(1, 10)) for _ in range(n)],


# slow: birthdays_next, local, 400
from datetime import date
def birthdays_next(people, today, days):
    soon = []
    for name, born in people:
        for offset in range(days):
            day = date.fromordinal(date.fromisoformat(today).toordinal() + offset)
            if born[5:] == day.isoformat()[5:]:
                soon.append(name)
                break
    return sorted(soon)
# fast
def birthdays_next(people, today, days):
    first = date.fromisoformat(today).toordinal() if people and days > 0 else 0
    coming = {date.fromordinal(day).isoformat()[5:] for day in range(first, first + days)} if first else set()
    return sorted([name for name, born in people if born[5:] in coming])
# calls: [(draw.word(), str(draw.day(1980, 360))) for _ in range(n)], "2024-11-20", draw.randint(3, 30)


# slow: free_slots, restructure, 200
def free_slots(busy, length):
    free = []
    for start in range(9 * 60, 17 * 60 - length + 1, 15):
        minutes = list(range(start, start + length))
        ok = True
        for b in busy:
            for minute in minutes:
                if minute >= b[0] and minute < b[1]:
                    ok = False
        if ok:
            free.append(start)
    return free
# fast
def free_slots(busy, length):
    free = []
    real = [(start, end) for start, end in busy if start < end]
    for start in range(9 * 60, 17 * 60 - length + 1, 15):
        end = start + length
        for b_start, b_end in real:
            if b_start < end and start < b_end and length > 0:
                break
        else:
            free.append(start)
    return free
# calls: [(s, s + draw.randint(5, 30)) for s in draw.numbers(n // 8 + 1, 500, 1000)], draw.choice([15, 30, 60])
