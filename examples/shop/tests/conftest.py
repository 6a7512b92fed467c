from pathlib import Path

import pytest

from shop.catalog import Catalog, read_catalog
from shop.customers import Customer, read_customers
from shop.orders import Order, read_orders

DATA = Path(__file__).resolve().parent.parent / "data"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return read_catalog(DATA / "products.json")


@pytest.fixture(scope="session")
def customers() -> list[Customer]:
    return read_customers(DATA / "customers.csv")


@pytest.fixture(scope="session")
def orders() -> list[Order]:
    return read_orders(DATA / "orders.csv")
