import random

import pytest

from inventory import apply_moves, low_stock, mark_discontinued, merge_catalogues, remove_expired


def skus(n):
    return [f"A{i:04d}" for i in range(n)]


def test_moves():
    stock = {"pen": 3, "ink": 1, "cap": 0}
    assert apply_moves(stock, [("pen", -3), ("ink", -1), ("cap", 5)]) == ["pen", "ink"]
    assert stock == {"pen": 0, "ink": 0, "cap": 5}


def test_no_moves():
    stock = {"pen": 3}
    assert apply_moves(stock, []) == []
    assert stock == {"pen": 3}


def test_back_in_stock():
    assert apply_moves({"pen": 1, "ink": 1}, [("pen", -1), ("ink", -1), ("pen", 2)]) == ["ink"]


def test_out_again():
    moves = [("pen", -1), ("ink", -1), ("pen", 2), ("pen", -1), ("pen", -1), ("cap", 0)]
    assert set(apply_moves({"pen": 1, "ink": 1, "cap": 0}, moves)) == {"pen", "ink", "cap"}


@pytest.mark.parametrize("moves", [[("pen", -5)], [("pen", -2), ("pen", -2)]])
def test_too_few(moves):
    with pytest.raises(ValueError, match="wanted"):
        apply_moves({"pen": 3}, moves)


@pytest.mark.parametrize("moves", [[("hat", 1)], [("pen", 1), ("hat", -1), ("pen", 1)]])
def test_unknown_article(moves):
    with pytest.raises(KeyError):
        apply_moves({"pen": 3}, moves)


@pytest.mark.parametrize("n", [10, 60, 150, 250])
def test_a_day(n):
    dice = random.Random(n)
    stock = {sku: dice.randint(0, 2) for sku in skus(n)}
    total = sum(stock.values())
    moves = [(sku, -stock[sku]) for sku in dice.sample(skus(n), n * 2 // 3)]
    moves += [(sku, dice.randint(0, 2)) for sku in dice.sample(skus(n), n // 5)]
    change = sum(change for _, change in moves)
    assert all(stock[sku] == 0 for sku in apply_moves(stock, moves))
    assert sum(stock.values()) == total + change


def items(seed, n):
    dice = random.Random(seed)
    return [{"sku": sku, "count": dice.randint(0, 30), "place": "B7"} for sku in skus(n)]


@pytest.mark.parametrize("limit", [0, 1, 10, 25, 31, 100])
def test_low(limit):
    low = low_stock(items(limit, 60), limit)
    counts = [item["count"] for item in low]
    assert counts == sorted(counts)
    assert all(count < limit for count in counts)


@pytest.mark.parametrize("n", [0, 1, 5, 120])
def test_how_many_are_low(n):
    stock = items(n, n)
    assert len(low_stock(stock, 15)) == sum(item["count"] < 15 for item in stock)
    assert len(stock) == n


def prices(seed, n):
    dice = random.Random(seed)
    names = dice.sample(skus(2 * n), n)
    return {
        name: {cur: dice.randint(1, 9999) / 100 for cur in dice.sample(["EUR", "USD", "CHF"], 2)}
        for name in names
    }


def test_merge():
    base = {"pen": {"EUR": 1.0, "USD": 1.1}, "ink": {"EUR": 5.0}}
    extra = {"pen": {"EUR": 1.2}, "cap": {}}
    assert merge_catalogues(base, extra) == {
        "pen": {"EUR": 1.2, "USD": 1.1},
        "ink": {"EUR": 5.0},
        "cap": {},
    }


@pytest.mark.parametrize(("n", "m"), [(0, 0), (4, 0), (0, 3), (20, 10), (60, 60), (120, 30)])
def test_merge_many(n, m):
    base, extra = prices(n, n), prices(m + 1, m)
    merged = merge_catalogues(base, extra)
    assert set(merged) == set(base) | set(extra)
    assert all(merged[name].items() >= new.items() for name, new in extra.items())


@pytest.mark.parametrize("n", [0, 3, 20, 60, 120])
def test_discontinued(n):
    stock = items(n, n)
    gone = skus(2 * n)[n // 2 :]
    assert mark_discontinued(stock, gone) == len(skus(n)[n // 2 :])
    assert mark_discontinued(stock, gone) == 0


def test_discontinued_once():
    stock = [{"sku": "a"}, {"sku": "b", "active": False}, {"sku": "c", "active": True}]
    assert mark_discontinued(stock, ["a", "b"]) == 1
    assert stock[0] == {"sku": "a", "active": False}
    assert mark_discontinued(stock, []) == 0


def dated(seed, n):
    dice = random.Random(seed)
    days = [None, *(f"2024-0{m}-1{d}" for m in range(1, 10) for d in range(10))]
    return [{"sku": sku, "until": dice.choice(days)} for sku in skus(n)]


@pytest.mark.parametrize("n", [0, 1, 8, 50, 150])
def test_expired(n):
    stock = dated(n, n)
    expired = remove_expired(stock, "2024-06-15")
    assert len(stock) + len(expired) == n
    assert all(item["until"] < "2024-06-15" for item in expired)


def test_all_and_none_expired():
    stock = dated(3, 30)
    assert remove_expired(stock, "2020-01-01") == []
    left = [item for item in stock if item["until"] is None]
    remove_expired(stock, "2030-01-01")
    assert stock == left
