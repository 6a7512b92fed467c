import random

import pytest

from shop.reports import Sale, places, price_bands, sales_table


def some_sales(count, seed):
    rng = random.Random(seed)
    return [
        Sale(
            sku=f"SKU-{rng.randrange(900):04d}",
            title=rng.choice(["blue kettle", "oak shelf", "café table", "rug <large>"]),
            buyer=f"customer {rng.randrange(80)}",
            city=rng.choice(["Cork", "Lyon", "Porto"]),
            paid_by=rng.choice(["card", "invoice"]),
            day=rng.randrange(365),
        )
        for _ in range(count)
    ]


def test_a_table_of_one_sale():
    assert sales_table([Sale("MUG-1", "white mug", "Ann", "Cork", "card", 3)]) == (
        "<table>\n<tr><td>MUG-1</td><td>white mug</td><td>Ann</td><td>Cork</td><td>card</td></tr>\n</table>\n"
    )


def test_a_table_of_nothing():
    assert sales_table([]) == "<table>\n</table>\n"
    assert sales_table([Sale("", "", "", "", "", 0)] * 2).count("<td></td>") == 10


@pytest.mark.parametrize("seed", [1, 2])
def test_a_table_has_a_row_for_each_sale(seed):
    year = some_sales(1300, seed)
    for count in range(50, 1300, 35):
        rows = sales_table(year[-count:]).splitlines()
        assert len(rows) == count + 2
        for row, sale in zip(rows[1:-1:20], year[-count::20]):
            cells = (sale.sku, sale.title, sale.buyer, sale.city, sale.paid_by)
            assert row == "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def test_places_of_a_few():
    assert places([]) == []
    assert places([7]) == [1]
    assert places([5, 9, 5, 1]) == [2, 1, 2, 4]
    assert places([3, 3, 3]) == [1, 1, 1]
    assert places([0, -4, 10**12]) == [2, 3, 1]


@pytest.mark.parametrize("highest", [40, 5000])
def test_places_of_many(highest):
    for count in range(20, 320, 20):
        rng = random.Random(count)
        scores = [rng.randrange(highest) for _ in range(count)]
        before = list(scores)
        first = {}
        for place, score in enumerate(sorted(scores, reverse=True), start=1):
            first.setdefault(score, place)
        assert places(scores) == [first[score] for score in scores]
        assert scores == before


def test_bands_of_a_few_prices():
    assert price_bands([]) == []
    assert price_bands([100]) == ["top"]
    assert price_bands([100, 0, 100]) == ["top", "budget", "top"]
    assert price_bands([0, 0]) == ["top", "top"]


def test_a_price_of_half_the_highest_is_upper():
    assert price_bands([1000, 500, 499, 10]) == ["top", "upper", "budget", "budget"]


def test_a_price_just_at_the_mean_is_not_budget():
    assert price_bands([1000, 300, 100, 0, 100]) == ["top", "middle", "budget", "budget", "budget"]
    assert price_bands([900, 300, 0, 0]) == ["top", "middle", "budget", "budget"]


def test_bands_of_a_whole_page():
    for count in range(30, 450, 30):
        rng = random.Random(count)
        prices = [int(rng.paretovariate(1.2) * 500) for _ in range(count)]
        top, mean = max(prices), sum(prices) / count
        for price, band in zip(prices, price_bands(prices)):
            assert (band == "top") == (price == top)
            assert (band == "upper") == (top / 2 <= price < top)
            assert (band == "budget") == (price < mean and price < top / 2)
            assert (band == "middle") == (mean <= price < top / 2)
