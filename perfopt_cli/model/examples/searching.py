"""Pairs about looking things up."""

from __future__ import annotations

from perfopt_cli.model.examples.example import Example

PAIRS = (
    Example(
        "common_names",
        """\
def common_names(first, second):
    found = []
    for name in first:
        if name in second and name not in found:
            found.append(name)
    return found
""",
        """\
def common_names(first, second):
    wanted = set(second)
    return list(dict.fromkeys(name for name in first if name in wanted))
""",
        "a set answers `in` at once, and a dict keeps the first of each in order",
    ),
    Example(
        "match_orders",
        """\
def match_orders(orders, customers):
    rows = []
    for order in orders:
        for customer in customers:
            if customer["id"] == order["customer"]:
                rows.append((order["number"], customer["name"]))
                break
    return rows
""",
        """\
def match_orders(orders, customers):
    names = {}
    for customer in customers:
        names.setdefault(customer["id"], customer["name"])
    return [
        (order["number"], names[order["customer"]])
        for order in orders
        if order["customer"] in names
    ]
""",
        "an index built once takes the place of a search for each order",
    ),
    Example(
        "has_pair",
        """\
def has_pair(numbers, total):
    for i in range(len(numbers)):
        for j in range(i + 1, len(numbers)):
            if numbers[i] + numbers[j] == total:
                return True
    return False
""",
        """\
def has_pair(numbers, total):
    seen = set()
    for number in numbers:
        if total - number in seen:
            return True
        seen.add(number)
    return False
""",
        "one pass with the numbers seen so far in a set, instead of all pairs",
    ),
    Example(
        "place_of",
        """\
def place_of(marks, value):
    place = 0
    for mark in marks:
        if mark <= value:
            place += 1
        else:
            break
    return place
""",
        """\
from bisect import bisect_right

def place_of(marks, value):
    return bisect_right(marks, value)
""",
        "bisection of a sorted list looks at few of its items",
    ),
    Example(
        "first_repeated",
        """\
def first_repeated(items):
    for index, item in enumerate(items):
        if item in items[:index]:
            return item
    return None
""",
        """\
def first_repeated(items):
    seen = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    return None
""",
        "a set of what was seen, instead of a copy and a search for each item",
    ),
    Example(
        "without",
        """\
def without(items, unwanted):
    result = items[:]
    for item in unwanted:
        while item in result:
            result.remove(item)
    return result
""",
        """\
def without(items, unwanted):
    dropped = set(unwanted)
    return [item for item in items if item not in dropped]
""",
        "one pass that keeps what is wanted; `remove` searches and shifts each time",
    ),
    Example(
        "longest_run",
        """\
def longest_run(numbers):
    best = 0
    for number in numbers:
        length = 1
        while number + length in numbers:
            length += 1
        best = max(best, length)
    return best
""",
        """\
def longest_run(numbers):
    known = set(numbers)
    best = 0
    for number in known:
        if number - 1 not in known:
            length = 1
            while number + length in known:
                length += 1
            best = max(best, length)
    return best
""",
        "lookups in a set, and each run is walked from its beginning only",
    ),
)
