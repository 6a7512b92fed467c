import datetime
import io
import random
from decimal import Decimal

import pytest

from tickets import (
    Level,
    Ticket,
    due_days,
    label,
    levels,
    minutes_by_customer,
    oldest,
    shared_words,
    spot_check,
    table,
    total_cost,
    waiting,
)

CUSTOMERS = ["north", "south", "east", "west", "harbour", "old town", "airport"]


def some_tickets(dice, n, spread=2):
    return [
        Ticket(
            dice.randint(1, n * spread),
            dice.choice(CUSTOMERS),
            dice.randint(1, 400),
            dice.choice(list(Level)),
        )
        for _ in range(n)
    ]


@pytest.fixture
def dice():
    return random.Random(11)


@pytest.mark.parametrize("n", [0, 1, 4, 20, 60, 90, 140])
def test_waiting(dice, n):
    tickets = some_tickets(dice, n)
    closed = [dice.randint(1, 2 * n) for _ in range(n)]
    found = waiting(tickets, closed)
    assert len(found) == len(set(found))
    assert not set(found) & set(closed)


def test_waiting_keeps_order():
    tickets = [Ticket(3, "a", 1), Ticket(1, "b", 1), Ticket(3, "a", 2), Ticket(2, "c", 1)]
    assert waiting(tickets, [1]) == [3, 2]
    assert waiting(tickets, []) == [3, 1, 2]


@pytest.mark.parametrize("n", [0, 1, 3, 12, 50, 120, 200])
def test_minutes(dice, n):
    rows = [
        (f"{dice.choice(CUSTOMERS)}-{dice.randint(1, 9)}", dice.randint(0, 90)) for _ in range(n)
    ]
    totals = minutes_by_customer(rows)
    assert sum(totals.values()) == sum(minutes for _, minutes in rows)
    assert list(totals) == list(dict.fromkeys(name for name, _ in rows))


WORDS = "printer paper jam login password mail slow again please help the a screen blue".split()


@pytest.mark.parametrize("n", [0, 1, 2, 8, 20, 40])
def test_shared_words(dice, n):
    texts = [
        " ".join(dice.choice(WORDS) + dice.choice(["", "s", "er"]) for _ in range(9))
        for _ in range(n)
    ]
    found = shared_words(texts, ["the", "a", "please"])
    assert "the" not in found
    assert len(found) == len(set(found))


def test_shared_words_in_order():
    assert shared_words(["Blue screen", "screen again", "Again blue"], []) == [
        "screen",
        "again",
        "blue",
    ]


@pytest.mark.parametrize("n", [0, 1, 5, 30, 80])
def test_due_days(dice, n):
    first = datetime.date(2023, 1, 1)
    days = [first + datetime.timedelta(days=dice.randint(0, 700)) for _ in range(n)]
    holidays = [first + datetime.timedelta(days=9 * i) for i in range(n)]
    moved = due_days(days, holidays)
    assert all(day.weekday() < 5 and day not in holidays for day in moved)
    assert all(a <= b for a, b in zip(days, moved))


@pytest.mark.parametrize("n", [0, 1, 4, 20, 60])
def test_cost(dice, n):
    minutes = [dice.randint(0, 900) for _ in range(n)]
    cost = total_cost(minutes, "80.00")
    assert cost >= sum(minutes) * Decimal("80") / 60


def test_cost_of_a_begun_quarter():
    assert total_cost([1, 15, 16], "40") == Decimal(40)
    assert total_cost([], "40") == 0


def test_label():
    assert label(Ticket(7, "north", 3)) == "7 north LOW"


def test_oldest(dice):
    tickets = some_tickets(dice, 30)
    found = oldest(tickets, 3)
    assert [one.minutes for one in found] == sorted((t.minutes for t in tickets), reverse=True)[:3]
    assert found[0] not in [None]


def test_table():
    stream = io.StringIO()
    table([Ticket(1, "old town", 5)], stream)
    assert stream.getvalue() == "1,Old Town,5\r\n"


def test_spot_check(dice):
    assert spot_check([]) is None
    assert spot_check([Ticket(1, "x", 1)]).number == 1


def test_levels(dice):
    assert sum(levels(some_tickets(dice, 12)).values()) == 12
