"""What is on the shelves, and what has to be bought."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter


@dataclass
class Item:
    sku: str
    on_hand: int


@dataclass
class Line:
    sku: str
    quantity: int


@dataclass
class Offer:
    supplier: str
    cents: int
    units: int


def shortages(lines: list[Line], items: list[Item]) -> list[str]:
    """What the warehouse can't pick, in the order of the lines."""
    missing: list[str] = []
    for line in lines:
        for item in items:
            if item.sku == line.sku:
                if item.on_hand < line.quantity:
                    missing.append(f"{line.sku}: {line.quantity - item.on_hand} short")
                break
        else:
            missing.append(f"{line.sku}: unknown")
    return missing


def cheapest(offers: list[Offer], count: int) -> list[Offer]:
    """The offers with the lowest price, cheapest first."""
    if count <= 0:
        return []
    offers.sort(key=attrgetter("cents"))
    return offers[:count]


def purchase(offers: list[Offer], units: int) -> list[tuple[str, int]]:
    """Buy units from as few of the cheapest offers as it takes: supplier and units of each."""
    bought: list[tuple[str, int]] = []
    best = cheapest(offers, 3)
    for offer in best + offers[len(best) :]:
        if units <= 0:
            break
        taken = min(units, offer.units)
        bought.append((offer.supplier, taken))
        units -= taken
    return bought


def fingerprint(data: bytes) -> int:
    """The 32-bit FNV-1a hash that the handheld scanners put on their uploads."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value
