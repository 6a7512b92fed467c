"""Stock, reservations and catalogues, kept as plain dicts and lists."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)


def apply_moves(stock: dict[str, int], moves: list[tuple[str, int]]) -> list[str]:
    """Change the stock by each move; return what has run out, in the order it did.

    A move that can't be made raises; those before it have been made.
    """
    empty: list[str] = []
    for article, change in moves:
        if article not in stock:
            raise KeyError(article)
        if stock[article] + change < 0:
            raise ValueError(f"{article}: {-change} wanted, {stock[article]} in stock")
        stock[article] = stock[article] + change
        if stock[article] == 0 and article not in empty:
            empty.append(article)
        elif stock[article] > 0 and article in empty:
            empty.remove(article)
    return empty


def low_stock(items: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Return the items of which there are fewer than limit, fewest first."""
    low: list[dict[str, Any]] = []
    for item in items:
        if item["count"] < limit:
            place = len(low)
            while place > 0 and low[place - 1]["count"] > item["count"]:
                place -= 1
            low.insert(place, item)
    return low


def merge_catalogues(
    base: dict[str, dict[str, float]], extra: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    """Return both catalogues in a new one, prices of extra first; nothing is shared with them."""
    articles: list[str] = []
    for article in [*base, *extra]:
        if article not in articles:
            articles.append(article)
    merged: dict[str, dict[str, float]] = {}
    for article in articles:
        prices: dict[str, float] = {}
        for source in (base, extra):
            if article in list(source.keys()):
                for currency in source[article]:
                    prices[currency] = source[article][currency]
        merged[article] = prices
    return merged


def mark_discontinued(items: list[dict[str, Any]], gone: list[str]) -> int:
    """Set ``active`` of the items that are gone to False, and log each; return how many changed."""
    changed = 0
    for item in items:
        if item["sku"] in gone and item.get("active", True):
            item["active"] = False
            changed += 1
            log.info("%s is discontinued", item["sku"])
    return changed


def remove_expired(items: list[dict[str, Any]], today: str) -> list[dict[str, Any]]:
    """Take the items that are past their date out of the list, and return them."""
    expired = []
    for item in list(items):
        if item["until"] is not None and item["until"] < today:
            for place, other in enumerate(items):
                if other is item:
                    del items[place]
                    break
            expired.append(item)
    return expired
