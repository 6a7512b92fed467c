"""group-dict: grouping into a dict by hand becomes a defaultdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "group-dict"

NOOP = [
    pytest.param(
        """
        def f(rows):
            groups = {}
            for k, v in rows:
                if k not in groups:
                    groups[k] = []
                groups[k].append(v)
            return groups
        """,
        id="the keys may be unhashable",
    ),
    pytest.param(
        """
        def f(rows: list[tuple[str, int]]):
            groups = {}
            for k, v in rows:
                if k not in groups:
                    groups[k] = []
                groups[k].append(len(groups))
            return groups
        """,
        id="the loop reads the dict",
    ),
    pytest.param(
        """
        def f(rows: list[tuple[str, int]]):
            groups = {}
            for k, v in rows:
                if k not in groups:
                    groups[k] = []
                groups[k].append(v)
                if v > 3:
                    return groups
            return groups
        """,
        id="the dict is returned from within the loop",
    ),
    pytest.param(
        """
        def f(rows: list[tuple[str, int]]):
            groups = {}
            for k, v in rows:
                if k not in groups:
                    groups[k] = [0]
                groups[k].append(v)
            return groups
        """,
        id="a new key gets an item",
    ),
    pytest.param(
        """
        def f(rows: list[tuple[str, int]]):
            groups = {}
            try:
                for k, v in rows:
                    if k not in groups:
                        groups[k] = []
                    groups[k].append(1 / v)
            except ZeroDivisionError:
                pass
            return groups
        """,
        id="a half-made dict would be seen",
    ),
    pytest.param(
        """
        def f(rows: list[tuple[str, int]]):
            groups = {}
            for k, v in rows:
                if v > 3:
                    pass
                elif k not in groups:
                    groups[k] = []
                groups[k].append(v)
            return groups
        """,
        id="it is used in an elif",
    ),
    pytest.param(
        """
        def f(rows: list[list[str]]) -> dict[str, list[int]]:
            out = {}
            for row in rows:
                out = {}
                for x in row:
                    if x not in out:
                        out[x] = []
                    out[x].append(1)
                else:
                    break
            return out
        """,
        id="an else that leaves the loop around",
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

        def f(orders: list[Order]) -> dict[int, list[int]]:
            groups: dict[int, list[int]] = {}
            for order in orders:
                # the first of this customer
                if order.customer_id not in groups:
                    groups[order.customer_id] = []
                groups[order.customer_id].append(order.id)
            return groups
        """,
        """
        from collections import defaultdict
        def f(orders: list[Order]) -> dict[int, list[int]]:
            groups_default = defaultdict(list)
            for order in orders:
                # the first of this customer
                groups_default[order.customer_id].append(order.id)
            groups: dict[int, list[int]] = dict(groups_default)
            return groups
        """,
        [
            "f([Order(1, 7, 5), Order(2, 9, 3), Order(3, 7, 1)])",
            "f([])",
        ],
        id="by a field of a dataclass",
    ),
    pytest.param(
        """
        from collections import defaultdict

        def f(tables: list[list[tuple[str, int]]]):
            totals = {}
            for table in tables:
                for name, size in table:
                    if name not in totals:
                        totals[name] = 0
                    totals[name] += size
            return totals
        """,
        """
        def f(tables: list[list[tuple[str, int]]]):
            totals_default = defaultdict(int)
            for table in tables:
                for name, size in table:
                    totals_default[name] += size
            totals = dict(totals_default)
            return totals
        """,
        [
            "f([[('a', 1), ('b', 2)], [('a', 3)]])",
            "f([[('a', 'x')]])",
        ],
        id="sums of pairs, in nested loops",
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
