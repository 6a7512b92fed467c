import random

import pytest

from shop.stock import Item, Line, Offer, cheapest, fingerprint, purchase, shortages


def test_what_is_on_the_shelf_is_not_short():
    assert shortages([Line("mug", 3), Line("mug", 1)], [Item("mug", 3)]) == []


def test_a_shortage_says_how_much_is_missing():
    assert shortages([Line("mug", 5)], [Item("lamp", 9), Item("mug", 3)]) == ["mug: 2 short"]


def test_an_unknown_product_is_reported():
    assert shortages([Line("rug", 1)], [Item("lamp", 9)]) == ["rug: unknown"]
    assert shortages([Line("rug", 0)], []) == ["rug: unknown"]
    assert shortages([], [Item("mug", 1)]) == []


def test_the_first_shelf_counts():
    assert shortages([Line("mug", 2)], [Item("mug", 1), Item("mug", 5)]) == ["mug: 1 short"]
    assert shortages([Line("mug", 2)], [Item("mug", 5), Item("mug", 1)]) == []


@pytest.mark.parametrize("shelves", [120, 300])
def test_a_picking_round(shelves):
    for count in range(40, 600, 40):
        rng = random.Random(count)
        items = [Item(f"SKU-{number:04d}", rng.randrange(6)) for number in range(shelves)]
        lines = [Line(f"SKU-{rng.randrange(330):04d}", rng.randrange(1, 7)) for _ in range(count)]
        shelf = {item.sku: item.on_hand for item in items}
        expected = []
        for line in lines:
            if line.sku not in shelf:
                expected.append(f"{line.sku}: unknown")
            elif shelf[line.sku] < line.quantity:
                expected.append(f"{line.sku}: {line.quantity - shelf[line.sku]} short")
        assert shortages(lines, items) == expected


def some_offers(count, seed):
    rng = random.Random(seed)
    return [
        Offer(f"supplier {number}", rng.randrange(200, 2000), rng.randrange(1, 9))
        for number in range(count)
    ]


@pytest.mark.parametrize("best", [1, 8])
def test_the_cheapest_come_first(best):
    market = some_offers(4000, seed=best)
    for count in [1, 5, *range(200, 4000, 130)]:
        offers = market[:count]
        prices = sorted(offer.cents for offer in offers)
        assert [offer.cents for offer in cheapest(offers, best)] == prices[:best]


def test_none_are_asked_for():
    offers = some_offers(4, seed=1)
    assert cheapest(offers, 0) == []
    assert cheapest(offers, -1) == []
    assert cheapest([], 3) == []
    assert offers == some_offers(4, seed=1)


def test_of_two_equal_offers_the_first_wins():
    offers = [Offer("a", 900, 1), Offer("b", 500, 1), Offer("c", 500, 1)]
    assert [offer.supplier for offer in cheapest(offers, 2)] == ["b", "c"]


def test_a_purchase_takes_the_cheapest_offers_first():
    for units in (1, 30, 400, 5000):
        offers = some_offers(1200, seed=units)
        cents = {offer.supplier: offer.cents for offer in offers}
        bought = purchase(offers, units)
        paid = [cents[supplier] for supplier, _ in bought]
        assert paid == sorted(paid)
        assert sum(taken for _, taken in bought) == units


def test_a_purchase_of_more_than_there_is():
    assert purchase([Offer("a", 900, 2), Offer("b", 500, 3)], 9) == [("b", 3), ("a", 2)]
    assert purchase([Offer("a", 900, 2)], 0) == []


def test_known_fingerprints():
    assert fingerprint(b"") == 0x811C9DC5
    assert fingerprint(b"a") == 0xE40C292C
    assert fingerprint(b"foobar") == 0xBF9CF968
    assert fingerprint(b"\x00\x00") == 0x117697CD


def test_a_changed_byte_changes_the_fingerprint():
    for size in range(4000, 60_000, 4000):
        data = bytearray(random.Random(size).randbytes(size))
        before = fingerprint(bytes(data))
        data[size // 2] ^= 1
        assert 0 <= before < 2**32
        assert fingerprint(bytes(data)) != before
