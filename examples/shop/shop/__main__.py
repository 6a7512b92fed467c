"""`python -m shop slow-movers [DAYS]`: what nobody has bought for a while."""

from __future__ import annotations

import sys
from pathlib import Path

from shop.catalog import read_catalog
from shop.customers import read_customers
from shop.orders import read_orders
from shop.reports import Sale, slow_movers

DATA = Path(__file__).resolve().parent.parent / "data"


def main(argv: list[str]) -> int:
    if not argv or argv[0] != "slow-movers":
        print("usage: python -m shop slow-movers [DAYS]", file=sys.stderr)
        return 2
    days = int(argv[1]) if len(argv) > 1 else 60
    catalog = read_catalog(DATA / "products.json")
    people = {customer.id: customer for customer in read_customers(DATA / "customers.csv")}
    titles = {product.sku: product.title for product in catalog.products}
    sales: list[Sale] = []
    for order in read_orders(DATA / "orders.csv"):
        who = people[order.customer_id]
        sales.append(Sale(order.sku, titles[order.sku], who.name, who.city, "card", order.day))
    since = max(sale.day for sale in sales) - days
    for sku in slow_movers(sales, list(titles), since):
        print(sku, titles[sku])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
