import random

import pytest

from parts import (
    HISTORY,
    RATES,
    Bin,
    Code,
    Part,
    add_all,
    by_family,
    cost,
    cuts,
    distinct,
    drop_repeats,
    grid,
    postage,
    tag,
)


@pytest.fixture
def dice():
    return random.Random(17)


@pytest.mark.parametrize("n", [0, 1, 5, 40, 120])
def test_distinct(dice, n):
    parts = [Part(f"p{dice.randint(1, n)}", dice.randint(1, 2), f"note {i}") for i in range(n)]
    kept = distinct(parts)
    assert kept == list(dict.fromkeys(parts))


def test_the_first_stays():
    kept = distinct([Part("a", 1, "x"), Part("b", 1), Part("a", 1, "y")])
    assert [part.note for part in kept] == ["x", ""]


@pytest.mark.parametrize("n", [0, 1, 6, 30, 70])
def test_by_family(dice, n):
    codes = [Code(f"f{dice.randint(1, 6)}-{dice.randint(1, 20)}") for _ in range(n)]
    families = by_family(codes)
    assert list(families) == list(dict.fromkeys(code.family for code in codes))
    assert sum(map(len, families.values())) == len(set(codes))


def test_codes_without_dash():
    assert by_family([Code("b-2"), Code("a"), Code("b-1"), Code("b-2")]) == {
        "b": ["b-2", "b-1"],
        "a": ["a"],
    }


@pytest.mark.parametrize("n", [0, 1, 6, 60, 200])
def test_equal_bins(dice, n):
    numbers = [dice.randint(1, n) for _ in range(n)]
    other = list(numbers)
    dice.shuffle(other)
    assert Bin("a", numbers) == Bin("b", other)
    assert Bin("a", numbers) != Bin("a", [*other, 7])
    assert n < 2 or Bin("a", numbers) != Bin("a", [*other[1:], -1])


def test_other_bins():
    assert Bin("a", [1, 1, 2]) != Bin("a", [1, 2, 2])
    assert Bin("a", [1]) != [1]


@pytest.mark.parametrize(("n", "count"), [(0, 2), (1, 0), (5, 3), (50, 40), (200, 150), (150, 400)])
def test_take(dice, n, count):
    box = Bin("a", [dice.randint(1, 99) for _ in range(n)])
    before = list(box.numbers)
    out = box.take(count)
    assert out + box.numbers == before
    assert len(out) == min(n, count) == box.taken


@pytest.mark.parametrize("n", [0, 1, 6, 50, 200])
def test_cost(dice, n):
    names = [*RATES, "glass", "paper", "cork", "wax"]
    rows = [(dice.choice(names), dice.randint(1, 30)) for _ in range(n)]
    before = cost.calls
    skip = [f"x{i}" for i in range(20)] + ["wood"]
    assert cost(rows, skip) == sum(
        {"steel": 3, "brass": 7}.get(name, 0) * size for name, size in rows
    )
    assert cost.calls == before + 1
    assert HISTORY[-1][0] == "cost"


@pytest.mark.parametrize("n", [0, 1, 6, 40, 100])
def test_tag(dice, n):
    used = [f"part{i}" for i in range(n)]
    given = tag([f"part{dice.randint(0, n)}" for _ in range(n)], used)
    assert len(set(given)) == n
    assert not set(given) & set(used)


def test_tags():
    assert tag(["a", "b", "a", "c"], ["b", "a-2"]) == ["a", "b-2", "a-3", "c"]


@pytest.mark.parametrize(
    ("length", "sizes", "expected"),
    [
        (0, (3,), ()),
        (7, (3, 5), ()),
        (11, (5, 3), (5, 3, 3)),
        (12, (1, 4, 6, 9), (6, 6)),
        (-3, (1, 2), ()),
        (4, (), ()),
        (6, (0, 2, -1), (2, 2, 2)),
        (130, (1, 7, 10), (10,) * 13),
        (290, (3, 20, 41), (41,) * 2 + (20,) * 1 + (3,) * 5),
        (400, (50, 20, 10), (50,) * 8),
    ],
)
def test_cuts(length, sizes, expected):
    assert sum(cuts(length, sizes)) in (length, 0)
    assert len(cuts(length, sizes)) == len(expected)


@pytest.mark.parametrize("n", [0, 1, 6, 50, 150])
def test_drop_repeats(dice, n):
    names = [f"n{dice.randint(0, n)}" for _ in range(n)]
    expected = list(dict.fromkeys(names))
    assert drop_repeats(names) is None
    assert names == expected


@pytest.mark.parametrize("n", [0, 1, 6, 50, 150])
def test_add_all(dice, n):
    def lists(keys):
        return {key: [dice.randint(1, n) for _ in range(n)] for key in keys}

    target, more = lists("abc"), lists("bcde")
    before = {key: list(value) for key, value in target.items()}
    assert add_all(target, more) is target
    assert list(target) == list("abcde")
    assert all(target[key][: len(before[key])] == before[key] for key in before)
    assert all(set(more[key]) <= set(target[key]) for key in more)


@pytest.mark.parametrize(("width", "height"), [(0, 0), (3, 0), (0, 2), (4, 3), (20, 15), (30, 30)])
def test_grid(dice, width, height):
    walls = [(dice.randint(0, 30), dice.randint(0, 30)) for _ in range(width)]
    rows = grid(width, height, walls)
    assert len(rows) == height
    assert sum(row.count("#") for row in rows) == len(
        {(x, y) for x, y in walls if x < width and y < height}
    )


@pytest.mark.parametrize("zone", ["home", "abroad"])
@pytest.mark.parametrize("n", [0, 1, 9, 120, 300])
def test_postage(dice, n, zone):
    weights = [
        dice.choice([500, 501, 2000, 2001, 10000, 10999, 11000]) + dice.randint(0, 3)
        for _ in range(n)
    ]
    express = [dice.randint(400, 12000) for _ in range(n)] + weights[::9]
    prices = postage(weights, zone, express)
    assert len(prices) == n
    assert all(price >= 250 for price in prices)


def test_prices():
    weights = [1, 500, 501, 2000, 2001, 10000, 10001, 12500]
    assert postage(weights, "home", []) == [250, 250, 480, 480, 950, 950, 1800, 1880]
    assert postage([1, 501], "abroad", [501]) == [500, 1440]
