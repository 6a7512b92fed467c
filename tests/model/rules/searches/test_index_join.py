"""index-join: a search for equal keys inside a loop uses a dict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "index-join"

NOOP = [
    pytest.param(
        """
        from shop import Customer, Order
        def f(orders: list[Order], customers: list[Customer]):
            return [(o, c) for o in orders for c in customers if o.customer_id == c.id]
        """,
        id="the classes are not known",
    ),
    pytest.param(
        """
        class Customer:
            def __init__(self, id: int) -> None:
                self._id = id
            @property
            def id(self) -> int:
                return self._id
        def f(ids: list[int], customers: list[Customer]):
            return [c for i in ids for c in customers if i == c.id]
        """,
        id="a field may be computed",
    ),
    pytest.param(
        """
        from dataclasses import dataclass
        @dataclass
        class Point:
            x: float
        def f(xs: list[float], points: list[Point]):
            return [p for x in xs for p in points if x == p.x]
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer], note):
            for order in orders:
                for customer in customers:
                    if order.customer_id == customer.id:
                        note(customer)
        """,
        id="unknown code may change the items",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]) -> None:
            for order in orders:
                for customer in customers:
                    if order.customer_id == customer.id:
                        customer.id = order.id
        """,
        id="the loop sets the key",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]) -> None:
            for order in orders:
                for customer in customers:
                    if order.customer_id == customer.id:
                        customers.append(Customer(order.id, "x"))
                        break
        """,
        id="the searched list grows",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]) -> int:
            n = 0
            for order in orders:
                for customer in customers:
                    n += 1
                    if order.customer_id == customer.id:
                        break
            return n
        """,
        id="more is done for each item",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]):
            out = []
            for order in orders:
                for customer in customers:
                    if order.customer_id == customer.id:
                        break
                out.append(customer)
            return out
        """,
        id="the last item is read after the search",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(order: Order, customers: list[Customer]):
            for customer in customers:
                if order.customer_id == customer.id:
                    return customer
            return None
        """,
        id="the search is in no loop",
    ),
    pytest.param(
        """
        def f(orders: list[dict[str, int]], customers: list[dict[str, int]]):
            out = []
            for order in orders:
                for customer in customers:
                    if order["customer_id"] == customer["id"]:
                        out.append((order, customer))
            return out
        """,
        id="rows of a plain dict may lack the key",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]):
            out = []
            for order in orders:
                wanted = order.customer_id
                for customer in customers:
                    if wanted == customer.id:
                        out.append(customer)
                        wanted = order.id
            return out
        """,
        id="the other side changes from item to item",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]):
            return [
                c for o in orders for c in customers if o.amount // c.id > 0 and o.customer_id == c.id
            ]
        """,
        id="another test comes first, which may raise",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]):
            return (c for o in orders for c in customers if o.customer_id == c.id)
        """,
        id="a generator is used up later, when the list may be another",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Row:
            key: int

            def __init__(self) -> None:
                pass

        def f(xs: list[Row], ys: list[Row]) -> list[Row]:
            out = []
            for x in xs:
                for y in ys:
                    if y.key == x.key:
                        out.append(y)
            return out
        """,
        id="a dataclass that sets its fields by itself",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass(init=False)
        class Row:
            key: int

        def f(xs: list[Row], ys: list[Row]) -> list[Row]:
            out = []
            for x in xs:
                for y in ys:
                    if y.key == x.key:
                        out.append(y)
            return out
        """,
        id="a dataclass without __init__",
    ),
]

REWRITES = [
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]) -> list[tuple[int, str]]:
            rows = []
            for order in orders:
                # who was it?
                for customer in customers:
                    # the same number
                    if order.customer_id == customer.id:
                        rows.append((order.id, customer.name))
            return rows
        """,
        """
        def f(orders: list[Order], customers: list[Customer]) -> list[tuple[int, str]]:
            rows = []
            customers_by_id: dict[int, list[Customer]] = {}
            for entry in customers:
                customers_by_id.setdefault(entry.id, []).append(entry)
            for order in orders:
                # who was it?
                for customer in customers_by_id.get(order.customer_id, ()):
                    # the same number
                    rows.append((order.id, customer.name))
            return rows
        """,
        [
            "f([Order(1, 7, 5), Order(2, 9, 3), Order(3, 7, 1)], [Customer(7, 'a'), Customer(8, 'b'), Customer(7, 'c')])",
            "f([], [Customer(1, 'x')])",
            "f([Order(1, 1, 1)], [])",
        ],
        id="all matches, in their order",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]) -> list[str]:
            names = []
            for order in orders:
                for customer in customers:
                    if customer.id == order.customer_id and order.amount > 2:
                        names.append(customer.name)
                        break
                else:
                    names.append("nobody")
            return names
        """,
        """
        def f(orders: list[Order], customers: list[Customer]) -> list[str]:
            names = []
            customers_by_id: dict[int, list[Customer]] = {}
            for entry in customers:
                customers_by_id.setdefault(entry.id, []).append(entry)
            for order in orders:
                for customer in customers_by_id.get(order.customer_id, ()):
                    if order.amount > 2:
                        names.append(customer.name)
                        break
                else:
                    names.append("nobody")
            return names
        """,
        [
            "f([Order(1, 7, 5), Order(2, 9, 3), Order(3, 7, 1)], [Customer(7, 'a'), Customer(8, 'b'), Customer(7, 'c')])",
        ],
        id="the first match, or an else, with a second test",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        class C:
            def __init__(self, customers: list[Customer]) -> None:
                self.customers = customers

            def f(self, orders: list[Order]) -> list[str]:
                return [c.name for o in orders for c in self.customers if c.id == o.customer_id if c.name]
        """,
        """
        def f(self, orders: list[Order]) -> list[str]:
            customers_by_id: dict[int, list[Customer]] = {}
            for entry in self.customers:
                customers_by_id.setdefault(entry.id, []).append(entry)
            return [c.name for o in orders for c in customers_by_id.get(o.customer_id, ()) if c.name]
        """,
        [
            "C([Customer(7, 'a'), Customer(7, '')]).f([Order(1, 7, 1), Order(2, 8, 1)])",
        ],
        id="a comprehension with two loops, in a method",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Customer:
            id: int
            name: str

        @dataclass
        class Order:
            id: int
            customer_id: int
            amount: int

        def f(orders: list[Order], customers: list[Customer]):
            out = []
            for order in orders:
                owner = next((c for c in customers if c.id == order.customer_id), None)
                out.append((order.id, owner))
            return out
        """,
        """
        def f(orders: list[Order], customers: list[Customer]):
            out = []
            customers_by_id: dict[int, list[Customer]] = {}
            for entry in customers:
                customers_by_id.setdefault(entry.id, []).append(entry)
            for order in orders:
                owner = next((c for c in customers_by_id.get(order.customer_id, ())), None)
                out.append((order.id, owner))
            return out
        """,
        [
            "f([Order(1, 7, 5), Order(2, 9, 3), Order(3, 7, 1)], [Customer(7, 'a'), Customer(8, 'b'), Customer(7, 'c')])",
        ],
        id="next() over a generator, in a loop",
    ),
    pytest.param(
        """
        from typing import TypedDict

        class Row(TypedDict):
            id: int
            name: str

        def f(ids: list[int], rows: list[Row]) -> list[str]:
            names = []
            for id in ids:
                for row in rows:
                    if row["id"] == id:
                        names.append(row["name"])
            return names
        """,
        """
        def f(ids: list[int], rows: list[Row]) -> list[str]:
            names = []
            rows_by_value: dict[int, list[Row]] = {}
            for entry in rows:
                rows_by_value.setdefault(entry["id"], []).append(entry)
            for id in ids:
                for row in rows_by_value.get(id, ()):
                    names.append(row["name"])
            return names
        """,
        [
            "f([1, 2], [Row(id=2, name='b'), Row(id=2, name='c')])",
        ],
        id="a TypedDict's keys are there",
    ),
]


@pytest.mark.parametrize("text", NOOP)
def test_is_left_alone(noop: Callable[..., None], text: str) -> None:
    noop(NAME, text)


@pytest.mark.parametrize(("before", "after", "calls"), REWRITES)
def test_is_rewritten(
    rewrites: Callable[..., None], before: str, after: str, calls: Sequence[str]
) -> None:
    rewrites(NAME, before, after, calls)
