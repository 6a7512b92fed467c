import random
import warnings

import pytest

import sampling
from sampling import (
    convert_all,
    draw,
    first_match,
    moving_average,
    percentile_ranks,
    primes_below,
    report,
)


@pytest.mark.parametrize(("n", "number"), [(0, 3), (1, 1), (5, 9), (20, 8), (60, 40), (90, 90)])
def test_drawn_tickets_are_distinct(n, number):
    random.seed(n)
    tickets = [f"t{i}" for i in range(n)]
    drawn = draw(tickets, [i % 7 + 1 for i in range(n)], number)
    assert len(drawn) == len(set(drawn)) == min(n, number)
    assert set(drawn) <= set(tickets)


def test_no_weight_no_chance():
    random.seed(3)
    assert draw(["a", "b", "c"], [0, 4, 0], 3) == ["b"]
    assert draw(["a"], [1], 0) == []


def floats(seed, n):
    dice = random.Random(seed)
    return [round(dice.uniform(-20, 90), 4) for _ in range(n)]


def test_average():
    assert moving_average([1.0, 2.0, 3.0, 6.0], 2) == [1.5, 2.5, 4.5]
    assert moving_average([1.0], 2) == []
    assert moving_average([], 1) == []


@pytest.mark.parametrize("window", [0, -3])
def test_no_window(window):
    with pytest.raises(ValueError, match="window"):
        moving_average([1.0, 2.0], window)


@pytest.mark.parametrize(("n", "window"), [(10, 3), (60, 7), (150, 30), (150, 90), (200, 50)])
def test_averages_lie_between(n, window):
    values = floats(n, n)
    means = moving_average(values, window)
    assert len(means) == n - window + 1
    assert all(min(values) <= mean <= max(values) for mean in means)
    assert means[0] == pytest.approx(sum(values[:window]) / window)


def test_ranks():
    assert percentile_ranks([10, 20, 20, 30]) == [0.125, 0.5, 0.5, 0.875]
    assert percentile_ranks([]) == []
    assert percentile_ranks([5]) == [0.5]


@pytest.mark.parametrize(("n", "most"), [(7, 3), (15, 9), (25, 40), (40, 100), (65, 30), (90, 20), (120, 10), (160, 1000)])
def test_ranks_rise_with_the_score(n, most):
    dice = random.Random(n)
    scores = [dice.randint(-most, most) for _ in range(n)]
    ranks = percentile_ranks(scores)
    assert [scores[i] for i in sorted(range(n), key=lambda i: ranks[i])] == sorted(scores)


def is_big(record):
    return record["size"] > 80


def is_late(record):
    return record["day"] > 20


def is_odd(record):
    return record["size"] % 2 == 1


def is_record(record):
    return "size" in record


@pytest.mark.parametrize("n", [0, 1, 10, 60, 150])
def test_first_match(n):
    dice = random.Random(n)
    records = [{"size": dice.randint(1, 99), "day": dice.randint(1, 30)} for _ in range(n)]
    found = first_match(records, [is_big, is_late, is_odd])
    assert all(number == 0 for number, one in zip(found, records) if one["size"] > 80)
    assert first_match(records, []) == [-1] * n
    assert first_match(records, [is_record, is_late, is_odd, is_big, is_late, is_odd]) == [0] * n


def test_report(capsys):
    before = sampling.CALLS["report"]
    assert report(["pen", "ink", "pen"], [1.0, 2.5, 3.0]) == 2
    assert capsys.readouterr().out.split() == ["pen", "4.00", "ink", "2.50"]
    assert sampling.CALLS["report"] == before + 1


def test_empty_report(capsys):
    assert report([], []) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("n", "names"), [(5, 2), (30, 20), (80, 40), (120, 90)])
def test_long_report(n, names, capsys):
    dice = random.Random(n)
    booked = [f"item-{dice.randint(1, names)}" for _ in range(n)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lines = report(booked, floats(n, n))
    assert len(capsys.readouterr().out.splitlines()) == lines == len(set(booked))


def test_warning():
    with pytest.warns(UserWarning, match="below"):
        report(["a", "b"], [-5.0, 1.0])


def test_convert():
    assert convert_all([(10.0, "EUR"), (3.0, "USD")], "USD") == [10.8, 3.0]
    assert convert_all([], "EUR") == []


@pytest.mark.parametrize("currency", ["EUR", "USD", "CHF"])
@pytest.mark.parametrize("n", [8, 40, 120])
def test_convert_many(n, currency):
    dice = random.Random(n)
    amounts = [(dice.randint(-9999, 99999) / 1000, dice.choice(["EUR", "USD", "SEK"])) for _ in range(n)]
    assert len(convert_all(amounts, currency)) == n


@pytest.mark.parametrize(("own", "currency"), [("XXX", "EUR"), ("EUR", "XXX"), ("YYY", "XXX")])
def test_no_rate(own, currency):
    with pytest.raises(LookupError):
        convert_all([(1.0, own)], currency)


@pytest.mark.parametrize("limit", [-1, 0, 1, 2, 3, 10, 100, 400, 800, 1200])
def test_primes(limit):
    primes = primes_below(limit)
    assert primes == sorted(set(primes))
    assert all(prime < limit for prime in primes)
    assert primes[:3] == [2, 3, 5][: len(primes)]
