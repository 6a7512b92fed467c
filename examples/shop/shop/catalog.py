"""The catalogue: products, their tags and the tree of categories."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Product:
    sku: str
    title: str
    cents: int
    tags: list[str]


@dataclass
class Catalog:
    products: list[Product]

    def tagged(self, wanted: list[str]) -> list[str]:
        """SKUs of the products that carry at least one of the wanted tags."""
        found: list[str] = []
        for product in self.products:
            hits = 0
            for tag in product.tags:
                if tag in wanted:
                    hits += 1
            if hits > 0:
                found.append(product.sku)
        return found


def read_catalog(path: Path) -> Catalog:
    """Read the JSON export of the product database."""
    return Catalog([Product(**item) for item in json.loads(path.read_text())])


def all_tags(products: list[Product]) -> list[str]:
    """Every tag in use, in the order in which the catalogue shows them."""
    seen: list[str] = []
    for product in products:
        for tag in product.tags:
            if tag not in seen:
                seen.append(tag)
    return seen


def subtree(children: dict[str, list[str]], root: str) -> list[str]:
    """The category and everything below it, level by level."""
    found: list[str] = []
    queue: list[str] = [root]
    while queue:
        category = queue.pop(0)
        found.append(category)
        for child in children.get(category, []):
            queue.append(child)
    return found
