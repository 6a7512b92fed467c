"""Customers, their payments and their addresses."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Customer:
    id: int
    name: str
    city: str


@dataclass
class Payment:
    id: int
    customer_id: int
    cents: int


class Address:
    """A postal address; spelling differences that a postman ignores don't count."""

    def __init__(self, street: str, postcode: str) -> None:
        self.street = street
        self.postcode = postcode

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Address):
            return NotImplemented
        return (
            self.postcode.replace(" ", "") == other.postcode.replace(" ", "")
            and self.street.lower() == other.street.lower()
        )

    def __repr__(self) -> str:
        return f"Address({self.street!r}, {self.postcode!r})"


def read_customers(path: Path) -> list[Customer]:
    """Read a CSV export with a header line."""
    with path.open(newline="") as file:
        return [
            Customer(id=int(row["id"]), name=row["name"], city=row["city"])
            for row in csv.DictReader(file)
        ]


def payment_lines(payments: list[Payment], customers: list[Customer]) -> list[str]:
    """A line for the bank statement of each payment by a known customer."""
    lines: list[str] = []
    for payment in payments:
        for customer in customers:
            if customer.id == payment.customer_id:
                lines.append(f"{payment.id} {customer.name}, {customer.city}: {payment.cents}")
    return lines


def mailing_list(addresses: list[Address]) -> list[Address]:
    """Each address once, as it was spelled first."""
    kept: list[Address] = []
    for address in addresses:
        if address not in kept:
            kept.append(address)
    return kept
