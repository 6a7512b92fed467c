import random

import pytest

from shop.orders import Order, revenue, shippable, units_sold


def some_orders(count, products, seed):
    rng = random.Random(seed)
    return [
        Order(
            id=number,
            customer_id=rng.randrange(500),
            sku=f"SKU-{rng.randrange(products):05d}",
            quantity=rng.choice([0, 1, 1, 2, 3, -1]),
            cents=rng.randrange(100, 9000),
            day=rng.randrange(365),
        )
        for number in range(count)
    ]


def one_order(sku, quantity=1):
    return Order(id=1, customer_id=1, sku=sku, quantity=quantity, cents=500, day=3)


def test_orders_are_read_from_the_export(orders):
    assert len(orders) == 400
    assert orders[0] == Order(1, 129, "PAN-0123", 0, 11535, 272)


def test_a_blocked_product_does_not_ship():
    kettle, lamp = one_order("kettle"), one_order("lamp")
    assert shippable([kettle, lamp, kettle], ["kettle"]) == [lamp]
    assert shippable([kettle, lamp], ["lamp", "lamp"]) == [kettle]


def test_an_order_without_quantity_does_not_ship():
    assert shippable([one_order("mug", 0), one_order("mug", -2)], ["kettle"]) == []


def test_without_blocked_products_all_ship(orders):
    assert shippable([], []) == shippable([], ["kettle"]) == []
    assert shippable(orders, []) == [order for order in orders if order.quantity > 0]


def test_product_names_are_compared_exactly():
    lamp = one_order("Lamp")
    assert shippable([lamp], ["lamp", "Lam", ""]) == [lamp]


@pytest.mark.parametrize("blocked", [100, 400])
def test_a_recall_blocks_many_products_at_once(blocked):
    year = some_orders(1600, products=1000, seed=blocked)
    recalled = [f"SKU-{number:05d}" for number in range(blocked)]
    for count in range(100, 1700, 100):
        orders = year[:count]
        expected = [o.id for o in orders if o.quantity > 0 and int(o.sku[4:]) >= blocked]
        assert [order.id for order in shippable(orders, recalled)] == expected


def test_real_orders_ship_in_the_order_in_which_they_came(orders, catalog):
    out = shippable(orders, [product.sku for product in catalog.products[50:]])
    assert [order.id for order in out] == sorted(order.id for order in out)
    assert 40 < len(out) < 130


@pytest.mark.parametrize("products", [5, 900])
def test_every_scan_is_counted_once(products):
    rng = random.Random(products)
    skus = [f"SKU-{number:05d}" for number in range(products)]
    day = rng.choices(skus, k=15_000)
    for scans in range(1000, 15_000, 500):
        scanned = day[-scans:]
        counts = units_sold(scanned)
        assert sum(counts.values()) == scans
        assert list(counts) == list(dict.fromkeys(scanned))
        assert counts[scanned[0]] == scanned.count(scanned[0])


def test_a_few_scans():
    assert units_sold([]) == {}
    assert units_sold(["mug"]) == {"mug": 1}
    assert units_sold(["mug", "lamp", "mug"]) == {"mug": 2, "lamp": 1}
    assert list(units_sold(["", "mug", ""]).items()) == [("", 2), ("mug", 1)]


def test_revenue_counts_each_unit(orders):
    assert revenue([one_order("mug", 3), one_order("lamp")]) == 2000
    assert revenue(orders) == sum(order.cents * order.quantity for order in orders)
