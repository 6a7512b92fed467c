"""Types are inferred where the text proves them, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from perfopt_cli.model.rules.analysis.kinds import ANY, BOOL, FLOAT, INT, SCALAR, STR, Kind

HEAD = "def f(xs: list[int], s: str, d: dict[str, float], u, n: int):\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("return n * 2 + len(s)", INT),
        ("return n / 2", FLOAT),
        ("n, r = divmod(n, 10)\n    return n", INT),
        ("q, r = divmod(n, 1.5)\n    return r", FLOAT),
        ("q, r = divmod(n, u)\n    return r", ANY),
        ("return n ** u", ANY),
        ("return u + 1", ANY),
        ("return s.split(',')[0].upper()", STR),
        ("return d[s]", FLOAT),
        ("return [x for x in xs if x]", Kind("list", (INT,))),
        ("return n == 3", BOOL),
        ("return u == 3", ANY),
        ("return s if n else n", SCALAR),
        ("total = 0\n    for x in xs:\n        total += x\n    return total", INT),
        ("total = 0\n    for x in xs:\n        total += x / 2\n    return total", FLOAT),
        ("total = 0\n    for x in u:\n        total += x\n    return total", ANY),
        ("total = 0\n    for i in range(n):\n        total += xs[i]\n    return total", INT),
        ("total = 0\n    for i in range(n):\n        total += abs(-xs[i])\n    return total", INT),
        ("total = 0\n    for i in range(n):\n        total += u[i]\n    return total", ANY),
        ("out = []\n    out.append(s)\n    return out[0]", STR),
        ("out = []\n    out.append(s)\n    out.append(u)\n    return out[0]", ANY),
        ("out = [s]\n    u(out)\n    return out[0]", ANY),
        ("out = [s]\n    put = out.append\n    return out[0]", ANY),
        ("out = [s]\n    g = lambda: out.append(1)\n    return out[0]", ANY),
        ("a = b = [s]\n    b.append(1)\n    return a[0]", ANY),
        ("out = [[s]]\n    out[0].append(1)\n    return out[0][0]", SCALAR),
        ("out = [[s]]\n    row = out[0]\n    row.append(1)\n    return out[0][0]", ANY),
        ("out = [[s]]\n    for row in out:\n        row.append(1)\n    return out[0][0]", ANY),
        ("out = [[s]]\n    u(out[0])\n    return out[0][0]", ANY),
        ("row = [s]\n    out = [row]\n    row.append(1)\n    return out[0][0]", ANY),
        ("out = [[s]]\n    out[0] = u\n    return out[0][0]", ANY),
        ("out = [[s]]\n    out[0], out[1] = u, u\n    return out[0][0]", ANY),
        ("out = [[0] * n for _ in xs]\n    out[1][2] = u\n    return out[0][0]", ANY),
        ("out = [[0] * n for _ in xs]\n    out[1][2] += u\n    return out[0][0]", ANY),
        ("out = [[0] * n for _ in xs]\n    out[1][:] = u\n    return out[0][0]", ANY),
        ("out = [[0] * n] * n\n    out[1][2] = out[0][1] + n\n    return out[0][0]", INT),
        ("out = [[0], [n]]\n    out[0][n] += 0.5\n    return out[0][n]", FLOAT),
        ("out = [[]]\n    out.append([n])\n    out[0].extend(xs)\n    return out[0][n]", INT),
        ("out = [[xs]]\n    out[0][0].append(u)\n    return out[0][0][0]", ANY),
        ("out = {}\n    out[s] = [n]\n    for x in out[s]:\n        pass\n    return x", INT),
        ("out = [s]\n    out[0] = n\n    return out[0]", SCALAR),
        ("a, b = s, n\n    return b", INT),
        ("for i, (k, v) in enumerate(d.items()):\n        pass\n    return v", FLOAT),
        ("s = u\n    return s", ANY),
        ("global n\n    return n", ANY),
        ("return max(xs, default=s)", SCALAR),
        ("return list(map(int, s.split()))", Kind("list", (INT,))),
        ("a, b = map(float, input().split())\n    return b", FLOAT),
        ("return list(map(u, xs))", Kind("list", (ANY,))),
        ("int = u\n    return list(map(int, xs))", Kind("list", (ANY,))),
        ("return {k: [v] for k, v in d.items()}", Kind("dict", (STR, Kind("list", (ANY,))))),
    ],
)
def test_a_return_value_has_this_type(
    returned: Callable[[str], Any], body: str, kind: Kind
) -> None:
    head = HEAD.replace(", n: int", "") if body.startswith("global") else HEAD
    context, value = returned(f"{head}    {body}\n")
    assert context.kinds(value) == kind


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("list[str]", Kind("list", (STR,))),
        ("'list[str]'", Kind("list", (STR,))),
        ("List[int]", Kind("list", (INT,))),
        ("typing.Optional[int]", SCALAR),
        ("int | None", SCALAR),
        ("list[int] | None", ANY),
        ("tuple[int, ...]", Kind("tuple", (INT,))),
        ("tuple[int, str]", Kind("row", (INT, STR))),
        ("Literal['a', 'b']", STR),
        ("UserId", INT),
        ("Names", Kind("list", (STR,))),
        ("Tree", Kind("dict", (STR, ANY))),
        ("Unknown[int]", ANY),
    ],
)
def test_an_annotation_promises_this_type(
    returned: Callable[[str], Any], annotation: str, kind: Kind
) -> None:
    context, value = returned(
        "import typing\n"
        "from typing import List, Literal, NewType\n"
        "UserId = NewType('UserId', int)\n"
        "Names = list[str]\n"
        "Tree = dict[str, 'Tree']\n"
        f"def f(x: {annotation}):\n    return x\n"
    )
    assert context.kinds(value) == kind


def test_a_shadowed_builtin_in_an_annotation_promises_nothing(
    returned: Callable[[str], Any],
) -> None:
    context, value = returned("class list: ...\ndef f(x: list[str]):\n    return x\n")
    assert context.kinds(value) == ANY


def test_a_default_that_breaks_the_promise_counts(returned: Callable[[str], Any]) -> None:
    context, value = returned("def f(x: list[str] = None):\n    return x\n")
    assert context.kinds(value) == ANY
