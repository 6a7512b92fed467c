"""Rewrites that can't mean what the function means are told by their text."""

from __future__ import annotations

import pytest

from perfopt_cli.model.mini.sense import makes_sense
from perfopt_cli.model.normal import syntax_tree

BEFORE = """def f(xs, n):
    out = []
    for x in xs:
        if x < n:
            out.append(x)
    return out
"""


def sensible(after: str, before: str = BEFORE) -> bool:
    old, new = syntax_tree(before), syntax_tree(after)
    assert old is not None
    assert new is not None
    return makes_sense(old, new)


@pytest.mark.parametrize(
    "after",
    [
        "def f(xs, n):\n    return [x for x in xs if x < n]\n",
        "def f(xs, n):\n    out = list(filter(lambda x: x < n, xs))\n    return out\n",
        "def f(xs, n):\n    def g(x):\n        return x < limit\n    limit = n\n"
        "    return [*filter(g, xs)]\n",
        "def f(xs, n):\n    return [y for x in xs if (y := x) < n]\n",
        "def f(xs, n):\n    try:\n        k = n\n    except E as e:\n        k = e\n"
        "    return [x for x in xs if x < k]\n",
        "def f(xs, n):\n    match xs:\n        case [a, *b]:\n            return [a, b, n]\n",
        "def f(xs, n):\n    import heapq as h\n    return h.nsmallest(n, xs)\n",
        "def f(xs, n):\n    xs: list = xs\n    xs += [n]\n    return xs\n",
    ],
)
def test_a_rewrite_that_may_do_the_same_is_sensible(after: str) -> None:
    assert sensible(after)


@pytest.mark.parametrize(
    "after",
    [
        "def f(xs, n):\n    return [x for x in xs]\n",
        "def f(xs, n):\n    out = [x for x in xs if x < n]\n",
        "def f(xs, n):\n    [x for x in xs if x < n]\n    return None\n",
        "def f(xs, n):\n    yield from (x for x in xs if x < n)\n    return xs\n",
        "def f(xs, n):\n    seen = {b for b in out}\n    out = [x for x in xs if x < n]\n"
        "    return seen\n",
        "def f(xs, n):\n    total += n\n    total = 0\n    return [*xs, total]\n",
        "def f(xs, n):\n    for x in xs[size:n]:\n        size = x\n    return x\n",
    ],
    ids=["parameter", "result", "none", "generator", "early", "sum", "loop"],
)
def test_a_rewrite_that_can_not_do_the_same_is_told(after: str) -> None:
    assert not sensible(after)


def test_a_parameter_that_is_bound_anew_need_not_be_read() -> None:
    assert sensible(
        "def f(xs, n):\n    return sum(xs)\n",
        "def f(xs, n):\n    n = 0\n    for x in xs:\n        n += x\n    return n\n",
    )


def test_what_the_function_itself_reads_early_may_stay() -> None:
    guarded = "def f(xs):\n    for x in xs:\n        if x:\n            {use}\n        y = x\n    return y\n"
    assert sensible(guarded.format(use="print(y)"), guarded.format(use="print(y, x)"))


def test_programs_are_not_looked_at() -> None:
    assert sensible("print(1)\n", "x = 1\nprint(x)\n")
