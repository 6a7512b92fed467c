# slow: errors_by_hour, local, 1200
def errors_by_hour(lines):
    hours = {}
    for line in lines:
        if line.split(" ")[2].upper() == "ERROR" or line.split(" ")[2].upper() == "FATAL":
            if line.split(" ")[1].split(":")[0] not in hours:
                hours[line.split(" ")[1].split(":")[0]] = 0
            hours[line.split(" ")[1].split(":")[0]] += 1
    return hours
# fast
def errors_by_hour(lines):
    hours = {}
    for line in lines:
        words = line.split(" ")
        if words[2].upper() in ("ERROR", "FATAL"):
            hour = words[1].split(":", 1)[0]
            hours[hour] = hours.get(hour, 0) + 1
    return hours
# calls: draw.log(n),


# slow: lines_per_user, algorithm, 300
def lines_per_user(lines):
    users = []
    for line in lines:
        user = line.split()[3]
        if user not in users:
            users.append(user)
    summary = []
    for user in sorted(users):
        mine = [line for line in lines if line.split()[3] == user]
        summary.append((user, len(mine), mine[0].split()[1], mine[-1].split()[1]))
    return summary
# fast
def lines_per_user(lines):
    found = {}
    for line in lines:
        words = line.split()
        seen = found.get(words[3])
        if seen is None:
            found[words[3]] = [1, words[1], words[1]]
        else:
            seen[0] += 1
            seen[2] = words[1]
    return [(user, count, first, last) for user, (count, first, last) in sorted(found.items())]
# calls: draw.log(n),


# slow: top_addresses, algorithm, 550
def top_addresses(addresses, limit):
    unique = set(addresses)
    counted = []
    for address in unique:
        counted.append((addresses.count(address), address))
    counted = sorted(counted)
    counted = list(reversed(counted))
    top = []
    for i in range(len(counted)):
        if i < limit:
            top.append(counted[i])
    return top
# fast
from collections import Counter
def top_addresses(addresses, limit):
    counted = sorted([(count, address) for address, count in Counter(addresses).items()], reverse=True)
    return counted[:max(0, limit)]
# calls: [f"10.0.{i // 200}.{i % 200}" for i in draw.numbers(n, 0, n // 3)], draw.randint(1, 9)


# slow: slow_requests, local, 1500
import re
def slow_requests(lines, limit):
    slow = []
    for line in lines:
        if re.search("took [0-9.]+ms", line) != None:
            if float(re.search("took ([0-9.]+)ms", line).group(1)) > limit:
                slow.append((line.split(" ")[4], float(re.search("took ([0-9.]+)ms", line).group(1))))
    return slow
# fast
import re
def slow_requests(lines, limit):
    search = re.compile("took ([0-9.]+)ms").search
    slow = []
    for line in lines:
        found = search(line)
        if found:
            took = float(found.group(1))
            if took > limit:
                slow.append((line.split(" ")[4], took))
    return slow
# calls: draw.log(n // 2 + 1), draw.randint(20, 400)


# slow: collapse_repeats, restructure, 500
def collapse_repeats(messages):
    result = []
    while len(messages) > 0:
        first = messages[0]
        count = 0
        while len(messages) > 0 and messages[0] == first:
            messages = messages[1:]
            count += 1
        if count > 1:
            result.append(first + " (" + str(count) + " times)")
        else:
            result.append(first)
    return result
# fast
from itertools import groupby
def collapse_repeats(messages):
    result = []
    for message, same in groupby(messages):
        count = len(list(same))
        result.append(f"{message} ({count} times)" if count > 1 else message)
    return result
# calls: draw.words(2 * n, of=3),


# slow: visitors_per_day, restructure, 900
def visitors_per_day(visits):
    days = {}
    for day, visitor in visits:
        if day in days:
            if visitor not in days[day]:
                days[day].append(visitor)
        else:
            days[day] = [visitor]
    counts = {}
    for day in days:
        counts[day] = len(days[day])
    return counts
# fast
def visitors_per_day(visits):
    days = {}
    for day, visitor in visits:
        known = days.get(day)
        if known is None:
            days[day] = {visitor}
        else:
            known.add(visitor)
    return {day: len(known) for day, known in days.items()}
# calls: [(f"2024-03-{draw.randint(1, 3):02}", v) for v in draw.numbers(n, 0, n)],


# slow: join_traces, restructure, 1000
def join_traces(lines):
    entries = []
    for line in lines:
        if line.startswith(" ") and len(entries) > 0:
            entries = entries[:-1] + [entries[-1] + "\n" + line]
        else:
            entries = entries + [line]
    return entries
# fast
def join_traces(lines):
    entries = []
    for line in lines:
        if line.startswith(" ") and entries:
            entries[-1].append(line)
        else:
            entries.append([line])
    return ["\n".join(entry) for entry in entries]
# calls: [draw.choice(["", "  ", "   "]) + draw.sentence(3) for _ in range(n)],


# slow: durations, algorithm, 200
def durations(events):
    result = []
    for event in events:
        if event[0] == "start":
            for other in events:
                if other[0] == "end" and other[1] == event[1]:
                    result.append((event[1], other[2] - event[2]))
                    break
    return result
# fast
def durations(events):
    ends = {}
    for kind, request, time in events:
        if kind == "end":
            ends.setdefault(request, time)
    return [(request, ends[request] - time) for kind, request, time in events if kind == "start" and request in ends]
# calls: draw.shuffled([(kind, i, draw.randrange(9999)) for i in range(n) for kind in (["start", "end"] if i % 9 else ["start"])]),
