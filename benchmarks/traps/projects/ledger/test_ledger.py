import random

import pytest

from ledger import (
    account_path,
    chart,
    running_balances,
    split_amount,
    totals_by_account,
    unmatched,
)


@pytest.fixture
def dice():
    return random.Random(7)


def amounts(dice, n):
    return [dice.randint(-50000, 80000) / 100 for _ in range(n)]


def test_no_booking_no_balance():
    assert running_balances([], 10.0) == []


def test_balances_run():
    assert running_balances([10.0, -2.5, 0.01], 100.0) == [110.0, 107.5, 107.51]


@pytest.mark.parametrize("n", [1, 2, 9, 30, 60, 90, 120])
def test_the_last_balance_is_the_sum(dice, n):
    bookings = amounts(dice, n)
    balances = running_balances(bookings, 250.0)
    assert len(balances) == n
    assert balances[-1] == pytest.approx(250.0 + sum(bookings), abs=0.01)


def test_a_real_year(dice):
    bookings = [dice.uniform(-100, 100) for _ in range(150)]
    assert running_balances(bookings, 0.0)[0] == round(bookings[0], 2)


NAMES = ["rent", "salaries", "travel", "office", "tax", "fees", "cars", "phone", "power"]


def entries(dice, n, names):
    return [(dice.choice(names), dice.randint(-9000, 9000) / 100) for _ in range(n)]


def test_totals_of_nothing():
    assert totals_by_account([]) == {}


def test_totals_add_up():
    assert totals_by_account([("tax", 1.5), ("rent", 2.0), ("tax", 3.0)]) == {
        "tax": 4.5,
        "rent": 2.0,
    }


@pytest.mark.parametrize(("n", "accounts"), [(3, 3), (10, 2), (40, 9), (90, 20), (200, 25)])
def test_every_account_has_a_total(dice, n, accounts):
    names = [f"{NAMES[i % 9]}-{i}" for i in range(accounts)]
    booked = entries(dice, n, names)
    totals = totals_by_account(booked)
    assert set(totals) == {name for name, _ in booked}
    assert sum(totals.values()) == pytest.approx(sum(amount for _, amount in booked))


def test_thirds(dice):
    booked = [(dice.choice(NAMES), dice.random() / 3) for _ in range(120)]
    assert list(totals_by_account(booked))[0] == booked[0][0]


def numbers(dice, n, most):
    return [f"R-{dice.randint(1, most):05d}" for _ in range(n)]


@pytest.mark.parametrize(
    ("invoices", "payments", "missing"),
    [
        ([], [], []),
        ([], ["R-1"], []),
        (["R-1"], [], ["R-1"]),
        (["R-1", "R-2"], ["R-2"], ["R-1"]),
        (["R-1", "R-2"], ["R-2", "R-1"], []),
    ],
)
def test_unmatched(invoices, payments, missing):
    assert unmatched(invoices, payments) == missing


@pytest.mark.parametrize("n", [10, 40, 120, 250])
def test_unmatched_are_invoices(dice, n):
    invoices, payments = numbers(dice, n, 3 * n), numbers(dice, n, 3 * n)
    missing = unmatched(invoices, payments)
    assert set(missing) <= set(invoices)
    assert set(invoices) - set(payments) <= set(missing)


def test_settled_twice(dice):
    invoices = numbers(dice, 200, 150)
    payments = invoices[20:] + numbers(dice, 40, 150)
    dice.shuffle(payments)
    assert len(unmatched(invoices, payments)) <= 20


@pytest.mark.parametrize(
    ("cents", "weights"),
    [
        (0, [1]),
        (100, [1, 1, 1]),
        (101, [3, 2, 1, 1]),
        (-100, [1, 2]),
        (7, [0, 5, 0]),
        (99, [1] * 25),
        (98765, list(range(1, 40))),
        (123456, [7, 7, 3, 3, 9, 1] * 7),
        (-5555, [2, 3, 5, 7] * 9),
    ],
)
def test_shares_add_up(cents, weights):
    shares = split_amount(cents, weights)
    assert sum(shares) == cents
    assert len(shares) == len(weights)


@pytest.mark.parametrize("weights", [[], [0, 0], [3, -3]])
def test_no_weights(weights):
    with pytest.raises(ValueError):
        split_amount(100, weights)


ACCOUNTS = {"assets": "", "bank": "assets", "giro": "bank", "costs": "", "cars": "costs"}


def test_path():
    assert account_path(ACCOUNTS, "giro") == "assets:bank:giro"
    assert account_path(ACCOUNTS, "costs") == "costs"


def test_circle():
    with pytest.raises(ValueError):
        account_path({"a": "b", "b": "c", "c": "a"}, "a")


def test_unknown():
    with pytest.raises(KeyError):
        account_path(ACCOUNTS, "boats")


@pytest.mark.parametrize("depth", [5, 20, 60, 120])
def test_deep(depth):
    accounts = {"a0": "", **{f"a{i}": f"a{i - 1}" for i in range(1, depth)}}
    assert account_path(accounts, f"a{depth - 1}").count(":") == depth - 1


def test_chart():
    assert chart(ACCOUNTS) == ["assets", "assets:bank", "assets:bank:giro", "costs", "costs:cars"]
    assert chart({}) == []
