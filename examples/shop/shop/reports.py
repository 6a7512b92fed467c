"""Reports for the people who run the shop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Sale:
    sku: str
    title: str
    buyer: str
    city: str
    paid_by: str
    day: int


def sales_table(sales: list[Sale]) -> str:
    """The sales as an HTML table, one row for each."""
    html = "<table>\n"
    for sale in sales:
        html += "<tr>"
        html += f"<td>{sale.sku}</td>"
        html += f"<td>{sale.title}</td>"
        html += f"<td>{sale.buyer}</td>"
        html += f"<td>{sale.city}</td>"
        html += f"<td>{sale.paid_by}</td>"
        html += "</tr>\n"
    html += "</table>\n"
    return html


def places(scores: list[int]) -> list[int]:
    """The place of each score in the ranking, 1 for the highest; equal scores share one."""
    result: list[int] = []
    for score in scores:
        ranking = sorted(scores, reverse=True)
        result.append(ranking.index(score) + 1)
    return result


def price_bands(prices: list[int]) -> list[str]:
    """A word for each price: how it compares with the others on the page."""
    bands: list[str] = []
    for price in prices:
        if price == max(prices):
            bands.append("top")
        elif price * 2 >= max(prices):
            bands.append("upper")
        elif price * len(prices) < sum(prices):
            bands.append("budget")
        else:
            bands.append("middle")
    return bands


def slow_movers(sales: list[Sale], skus: list[str], since: int) -> list[str]:
    """Products of which nothing has been sold since a day."""
    slow: list[str] = []
    for sku in skus:
        recent = [sale.sku for sale in sales if sale.day >= since]
        if sku not in recent:
            slow.append(sku)
    return slow
