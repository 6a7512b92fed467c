"""Support tickets: who waits, for how long, and for what."""

from __future__ import annotations

import collections
import copy
import csv
import datetime
import decimal
import enum
import functools
import operator
import random
import re
import string
import typing
from dataclasses import dataclass

WORD = re.compile(r"[a-z]+")


class Level(enum.Enum):
    """How urgent a ticket is."""

    LOW = 1
    HIGH = 2


@dataclass
class Ticket:
    """One request of a customer."""

    number: int
    customer: str
    minutes: int
    level: Level = Level.LOW


def waiting(tickets: list[Ticket], closed: list[int]) -> list[int]:
    """Return the numbers of the tickets that are not closed, each one once."""
    open_numbers: list[int] = []
    for ticket in tickets:
        if ticket.number not in closed and ticket.number not in open_numbers:
            open_numbers.append(ticket.number)
    return open_numbers


def minutes_by_customer(rows: list[tuple[str, int]]) -> dict[str, int]:
    """Return the minutes of each customer, in order of first rows."""
    totals: dict[str, int] = {}
    for customer, _ in rows:
        if customer not in list(totals):
            totals[customer] = sum(minutes for other, minutes in rows if other == customer)
    return totals


def shared_words(texts: list[str], common: list[str]) -> list[str]:
    """Return the words that occur in more than one text, in order of their second occurrence."""
    seen: list[str] = []
    found: list[str] = []
    for text in texts:
        for word in sorted(set(WORD.findall(text.lower()))):
            if word in common:
                continue
            if word in seen and word not in found:
                found.append(word)
            seen.append(word)
    return found


def due_days(days: list[datetime.date], holidays: list[datetime.date]) -> list[datetime.date]:
    """Return each day, moved on to the next day that is no holiday and no weekend."""
    moved = []
    for day in days:
        while day.weekday() >= 5 or day in holidays:
            day = day + datetime.timedelta(days=1)
        moved.append(day)
    return moved


def total_cost(minutes: list[int], rate: str) -> decimal.Decimal:
    """Return the cost of the minutes at a rate an hour, each begun quarter counted."""
    total = decimal.Decimal(0)
    for count in minutes:
        quarters = 0
        while quarters * 15 < count:
            quarters += 1
        total += quarters * decimal.Decimal(rate) / 4
    return total


def label(ticket: Ticket) -> str:
    """Return the line for a list of tickets."""
    fields = [str(ticket.number), ticket.customer, ticket.level.name]
    return functools.reduce(lambda line, field: line + " " + field, fields)


def oldest(tickets: list[Ticket], count: int) -> list[Ticket]:
    """Return copies of the tickets that have waited longest."""
    ordered = sorted(tickets, key=operator.attrgetter("minutes"), reverse=True)
    return [copy.copy(ticket) for ticket in ordered[:count]]


def table(tickets: list[Ticket], stream: typing.TextIO) -> None:
    """Write the tickets as lines of comma-separated values."""
    writer = csv.writer(stream)
    for ticket in tickets:
        writer.writerow([ticket.number, string.capwords(ticket.customer), ticket.minutes])


def spot_check(tickets: list[Ticket]) -> Ticket | None:
    """Return a ticket to look at."""
    return random.choice(tickets) if tickets else None


def levels(tickets: list[Ticket]) -> collections.Counter[str]:
    """Return how many tickets there are of each level."""
    return collections.Counter(ticket.level.name for ticket in tickets)
