"""Effects: what may raise, what changes something, what runs unknown code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from perfopt_cli.model.rules.analysis.library import Effect

TOTAL, PURE, LOCAL, OPAQUE = Effect

HEAD = """
import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

@dataclass
class Row:
    id: int
    tags: list[str] = field(default_factory=list)
    late: int = field(init=False)
    @property
    def size(self) -> int:
        return operator.index(self.id)

def calm(x: int) -> int:
    out = []
    for i in range(x):
        out.append(i)
    return sum(out)

def wild(x: list[int]) -> None:
    x.append(1)

def f(xs: list[int], s: str, d: dict[str, int], u, n: int, r: Row, it: Iterable[int]):
"""


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("n + len(xs)", TOTAL),
        ("n // 2", PURE),
        ("n & 3.5", PURE),
        ("xs[n]", PURE),
        ("xs[:n]", TOTAL),
        ("xs[::n]", PURE),
        ("d[s]", LOCAL),
        ("d.get(s)", TOTAL),
        ("d.get(u)", OPAQUE),
        ("s.lower().strip()", TOTAL),
        ("s.index(s)", PURE),
        ("s.split(s)", PURE),
        ("n < 3 and s == 'a'", TOTAL),
        ("s < n", PURE),
        ("u == 3", OPAQUE),
        ("u is None", TOTAL),
        ("not u", OPAQUE),
        ("n in xs", TOTAL),
        ("u in xs", OPAQUE),
        ("xs in {1, 2}", OPAQUE),
        ("sorted(xs)", TOTAL),
        ("max(xs)", PURE),
        ("max(xs, default=0)", TOTAL),
        ("max(n, 3)", TOTAL),
        ("sum(it)", OPAQUE),
        ("[x for x in xs]", TOTAL),
        ("[1 // x for x in xs]", PURE),
        ("[x for x in it]", OPAQUE),
        ("{xs: 1}", OPAQUE),
        ("int(s)", PURE),
        ("f'{n:>3}{s}'", PURE),
        ("f'{s}'", TOTAL),
        ("f'{u}'", OPAQUE),
        ("r.id", TOTAL),
        ("r.tags", TOTAL),
        ("r.late", PURE),
        ("r.size", OPAQUE),
        ("u.id", OPAQUE),
        ("Row(1)", PURE),
        ("math.sqrt(n)", PURE),
        ("math.sqrt(u)", OPAQUE),
        ("xs.append(1)", LOCAL),
        ("u.append(1)", OPAQUE),
        ("print(n)", LOCAL),
        ("print(u)", OPAQUE),
        ("calm(n)", LOCAL),
        ("wild(xs)", OPAQUE),
        ("unknown(n)", OPAQUE),
        ("(n := 3)", LOCAL),
        ("lambda: u()", TOTAL),
        ("next((x for x in xs), None)", TOTAL),
    ],
)
def test_an_expression_has_this_effect(
    returned: Callable[[str], Any], text: str, effect: Effect
) -> None:
    context, value = returned(f"{HEAD}    return {text}\n")
    assert context.effects(value) is effect


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("for x in xs: pass", TOTAL),
        ("for x in u: pass", OPAQUE),
        ("for a, b in xs: pass", OPAQUE),
        ("for i, x in enumerate(xs): pass", TOTAL),
        ("while u: pass", OPAQUE),
        ("while xs and n > 3: pass", TOTAL),
        ("while xs and u: pass", OPAQUE),
        ("d[s] = 1", LOCAL),
        ("u[s] = 1", OPAQUE),
        ("r.id = 1", LOCAL),
        ("r.size = 1", OPAQUE),
        ("n += 1", LOCAL),
        ("n += u", OPAQUE),
        ("yield n", OPAQUE),
        ("import math", OPAQUE),
        ("with u: pass", OPAQUE),
        ("def g(): pass", OPAQUE),
        ("try:\n        n //= 2\n    except ValueError:\n        pass", LOCAL),
    ],
)
def test_a_statement_has_this_effect(read: Callable[[str], Any], text: str, effect: Effect) -> None:
    context = read(f"{HEAD}    {text}\n")
    assert context.effects(context.root.body) is effect
