"""Orders as they come in from the web front."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Order:
    id: int
    customer_id: int
    sku: str
    quantity: int
    cents: int
    day: int


def read_orders(path: Path) -> list[Order]:
    """Read a CSV export with a header line."""
    with path.open(newline="") as file:
        return [
            Order(
                id=int(row["id"]),
                customer_id=int(row["customer_id"]),
                sku=row["sku"],
                quantity=int(row["quantity"]),
                cents=int(row["cents"]),
                day=int(row["day"]),
            )
            for row in csv.DictReader(file)
        ]


def shippable(orders: list[Order], blocked: list[str]) -> list[Order]:
    """Orders that can go out today: not empty, and of no blocked product."""
    result: list[Order] = []
    for order in orders:
        if order.sku in blocked:
            continue
        if order.quantity > 0:
            result.append(order)
    return result


def units_sold(skus: list[str]) -> dict[str, int]:
    """How often each product was scanned, in the order of the first scan."""
    counts: dict[str, int] = {}
    for sku in skus:
        if sku in counts:
            counts[sku] += 1
        else:
            counts[sku] = 1
    return counts


def revenue(orders: list[Order]) -> int:
    """Cents of all orders together."""
    return sum(order.quantity * order.cents for order in orders)
