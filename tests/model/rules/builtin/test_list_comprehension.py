"""list-comprehension: append in a loop becomes a list comprehension."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "list-comprehension"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for x in xs:
                if x > 1:
                    out.append(x)
                else:
                    print(x)
            return out
        """,
        id="something else happens otherwise",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.append(x + 1)
            return out, x
        """,
        id="the loop variable is read later",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.append(len(out) + x)
            return out
        """,
        id="the list is read in the loop",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            try:
                for x in xs:
                    out.append(1 / x)
            except ZeroDivisionError:
                pass
            return out
        """,
        id="a half-filled list would be seen after an exception",
    ),
    pytest.param(
        """
        import contextlib
        def f(xs):
            with contextlib.suppress(ZeroDivisionError):
                out = []
                for x in xs:
                    out.append(1 / x)
            return out
        """,
        id="a context manager may swallow the exception",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            def size():
                return len(out)
            for x in xs:
                out.append(size())
            return out
        """,
        id="a closure sees the list while it grows",
    ),
    pytest.param(
        """
        def f(xs):
            out = [0]
            for x in xs:
                out.append(x)
            return out
        """,
        id="the list is not empty at first",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                if x:
                    break
                out.append(x)
            return out
        """,
        id="the loop can stop early",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.append(x)
            else:
                out.append(None)
            return out
        """,
        id="the loop has an else",
    ),
    pytest.param(
        """
        async def f(xs):
            out = []
            for x in xs:
                out.append(await x)
            return out
        """,
        id="an await in the loop",
    ),
    pytest.param(
        """
        class C(dict):
            def f(self, xs):
                out = []
                for x in xs:
                    out.append(super().get(x))
                return out
        """,
        id="super() would mean something else",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.append(lambda: x)
            return out
        """,
        id="a lambda keeps the loop variable",
    ),
    pytest.param(
        """
        def f(rows):
            total = 0
            for x in rows:
                out = []
                for x in x:
                    out.append(x)
                total += x
            return total
        """,
        id="an outer loop reads the variable again",
    ),
    pytest.param(
        """
        out = []
        def f(xs):
            global out
            out = []
            for x in xs:
                out.append(x)
        """,
        id="the name is global",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.append(x)
            return locals()
        """,
        id="locals() is looked at",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.append(y := x)
            return out, y
        """,
        id="the walrus binds a name of the function",
    ),
    pytest.param(
        """
        def f(xs, log):
            out = []
            for x in xs:
                log(x)
                out.append(x)
            return out
        """,
        id="something else is done in the loop",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for x in xs:
                if x > 1:
                    out.append(x)
                else:
                    pass
            return out
        """,
        """
        def f(xs: list[int]) -> list[int]:
            out = [x for x in xs if x > 1]
            return out
        """,
        [
            "f([])",
            "f([1, 2, 3])",
        ],
        id="otherwise nothing happens",
    ),
    pytest.param(
        """
        def f(xs):
            # the squares
            out = []
            for x in xs:
                # one by one
                out.append(x * x)  # all of them
            return out
        """,
        """
        def f(xs):
            # the squares
            # one by one
            # all of them
            out = [x * x for x in xs]
            return out
        """,
        [
            "f([1, 2])",
            "f([])",
            "f(['a'])",
            "f(3)",
        ],
        id="an expression, with comments kept",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out: list[int] = []
            for x in xs:
                if x in (3, 4) or x < 0:
                    continue
                if x % 2:
                    out.append(x)
            return out
        """,
        """
        def f(xs: list[int]) -> list[int]:
            out: list[int] = [x for x in xs if not (x in (3, 4) or x < 0) and x % 2]
            return out
        """,
        [
            "f([1, 2, 3, -1, 5])",
        ],
        id="conditions and a continue",
    ),
    pytest.param(
        """
        def f(rows):
            cells = []
            for i, row in enumerate(rows):
                for cell in row:
                    cells.append((i, cell))
            return cells
        """,
        """
        def f(rows):
            cells = [(i, cell) for i, row in enumerate(rows) for cell in row]
            return cells
        """,
        [
            "f(['ab', 'c'])",
            "f([[1], 2])",
        ],
        id="nested loops and a tuple",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for x in xs:
                out.append(x)
            return out
        """,
        """
        def f(xs: list[int]) -> list[int]:
            out = list(xs)
            return out
        """,
        [
            "f([1, 2])",
        ],
        id="a plain copy of a list",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.append(x)
            return out
        """,
        """
        def f(xs):
            out = [x for x in xs]
            return out
        """,
        [
            "f('ab')",
            "f(iter([1]))",
            "f(None)",
        ],
        id="a plain copy of what may be anything",
    ),
    pytest.param(
        """
        def f(payments, customers_by_number):
            lines = []
            for payment in payments:
                for customer in customers_by_number.get(payment, ()):
                    lines.append(f"{payment} was paid by {customer}")
            return lines
        """,
        """
        def f(payments, customers_by_number):
            lines = [
                f"{payment} was paid by {customer}"
                for payment in payments
                for customer in customers_by_number.get(payment, ())
            ]
            return lines
        """,
        [
            "f([1, 2], {1: 'ab'})",
        ],
        id="a long one is put on several lines",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.append(x.upper())
            for x in out:
                print(x)
        """,
        """
        def f(xs):
            out = [x.upper() for x in xs]
            for x in out:
                print(x)
        """,
        [
            "f(['a'])",
            "f([1])",
        ],
        id="the same variable in two loops",
    ),
    pytest.param(
        """
        def f(xs, make):
            out = []
            first = make()
            for x in xs:
                out.append((first, x))
            return out
        """,
        """
        def f(xs, make):
            first = make()
            out = [(first, x) for x in xs]
            return out
        """,
        [
            "f([1], list)",
            "f([1], 0)",
        ],
        id="a statement between the two stays before",
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
