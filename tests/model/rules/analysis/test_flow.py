"""Who holds an object, what stays the same in a loop, and what can't be empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst
import pytest


@pytest.mark.parametrize(
    ("body", "private"),
    [
        ("x = []\n    x.append(u)\n    return x", True),
        ("x = []\n    x += [1]\n    print(len(x), f'{x}')", True),
        ("x = []\n    u(x)", False),
        ("x = []\n    y = x", False),
        ("x = y = []", False),
        ("x = []\n    u.items = x", False),
        ("x = []\n    u += x", False),
        ("x = []\n    x == u", False),
        ("x = []\n    u.extend(x)", False),
        ("x = []\n    return u(x)", True),
        ("x = []\n    try:\n        return u(x)\n    finally:\n        print(x)", False),
        ("x = []\n    yield x", False),
        ("x = []\n    g = lambda: x", False),
        ("x = []\n    ranks = sorted([1], key=lambda i: len(x))", True),
        ("x = u", False),
        ("x = list(u)", True),
        ("x = u[:]", False),
        ("x = tuple(u)", True),
        ("for x in [[]]:\n        pass", False),
    ],
)
def test_a_container_is_private_until_it_is_handed_out(
    read: Callable[[str], Any], body: str, private: bool
) -> None:
    context = read(f"def f(u):\n    {body}\n")
    symbol = context.names.local("x")
    assert context.flow.private(symbol) is private


@pytest.mark.parametrize(
    ("body", "stable"),
    [
        ("n += x", True),
        ("out.append(x)", True),
        ("other.append(x)", False),
        ("xs = []", False),
        ("u(x)", False),
        ("del xs", False),
        ("groups.setdefault(x, []).append(x)", True),
        ("groups[x] = other\n        groups[x].append(x)", False),
        ("row = out\n        row.append(x)", False),
        ("for xs in []:\n            pass", False),
        ("print(x)", True),
    ],
)
def test_a_parameter_stays_the_same_in_a_loop(
    read: Callable[[str], Any], body: str, stable: bool
) -> None:
    context = read(
        "def f(xs: list[int], other: list[int], u):\n"
        "    out = []\n    groups = {}\n    n = 0\n"
        f"    for x in other:\n        {body}\n"
        "    return out, groups, n\n"
    )
    loop = context.tree.owned(cst.For)[0]
    assert context.flow.stable(context.names.local("xs"), loop) is stable


@pytest.mark.parametrize(
    ("body", "nonempty"),
    [
        ("return HERE", False),
        ("if not xs:\n        return 0\n    return HERE", True),
        ("if len(xs) == 0:\n        return 0\n    return HERE", True),
        ("if not xs or not ys:\n        raise ValueError\n    return HERE", True),
        ("if not xs and not ys:\n        raise ValueError\n    return HERE", False),
        ("if not xs:\n        print()\n    return HERE", False),
        ("if not xs:\n        return 0\n    xs.clear()\n    return HERE", False),
        ("if not xs:\n        return 0\n    for y in ys:\n        return HERE", True),
        (
            "if not xs:\n        return 0\n    for y in ys:\n        xs.pop()\n        return HERE",
            False,
        ),
        ("if xs and ys:\n        return HERE", True),
        ("if xs or ys:\n        return HERE", False),
        ("if xs:\n        return 1\n    else:\n        return HERE", False),
        ("if not xs:\n        return 1\n    else:\n        return HERE", True),
        ("if xs:\n        xs.pop()\n        return HERE", False),
        ("return HERE if xs else 0", True),
        ("xs = [1]\n    return HERE", False),
        ("zs = [1]\n    zs.append(2)\n    return HERE.zs", True),
        ("zs = [1]\n    zs.pop()\n    return HERE.zs", False),
    ],
)
def test_a_list_is_proved_not_to_be_empty(
    read: Callable[[str], Any], body: str, nonempty: bool
) -> None:
    name = "zs" if "HERE.zs" in body else "xs"
    body = body.replace("HERE.zs", "len(zs)").replace("HERE", "sum(xs)")
    context = read(f"def f(xs: list[int], ys: list[int]):\n    {body}\n")
    [call] = [
        node
        for node in context.tree.owned(cst.Call)
        if isinstance(node.func, cst.Name) and node.func.value == ("len" if name == "zs" else "sum")
    ]
    assert context.flow.nonempty(call.args[0].value, call) is nonempty


@pytest.mark.parametrize(
    ("before", "bound"),
    [
        ("x = 1", True),
        ("if u:\n        x = 1", False),
        ("if u: x = 1", False),
        ("for x in u:\n        pass", False),
        ("try:\n        x = 1\n    except ValueError:\n        pass", False),
        ("x = 1\n    del x", False),
        ("x: int", False),
    ],
)
def test_a_variable_has_a_value_before_a_statement(
    read: Callable[[str], Any], before: str, bound: bool
) -> None:
    context = read(f"def f(u):\n    {before}\n    while u:\n        print(x)\n")
    loop = context.tree.owned(cst.While)[0]
    assert context.flow.bound_before(context.names.local("x"), loop) is bound
