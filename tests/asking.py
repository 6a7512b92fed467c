"""A function with all that can be known of it, for tests of prompts."""

from __future__ import annotations

from perfopt_cli.core import (
    Argument,
    Callee,
    Facts,
    HotLine,
    Known,
    Reason,
    Rewrite,
    Seen,
    Sized,
    Speedup,
    Status,
    Target,
    Timing,
    Verdict,
)

MODULE = '''\
"""Orders."""
import json
import re
from shop.price import price

LIMIT = 10
UNUSED = 3
'''
SOURCE = """\
def distinct(words, limit=LIMIT):
    seen = []
    for word in words:
        if word not in seen and price(word) < limit:
            seen.append(re.sub("a+", "a", word))
    words.sort()
    return seen
"""
TARGET = Target("shop/order.py", "distinct", 40, SOURCE, share=0.412)
FAST = """\
def distinct(words, limit=LIMIT):
    seen = dict.fromkeys(re.sub("a+", "a", word) for word in words if price(word) < limit)
    words.sort()
    return list(seen)
"""
WRONG = FAST.replace("    words.sort()\n", "")
FACTS = Facts(
    calls=40,
    arguments=(
        Argument("words", (Seen("list[str]", 40, (3, 40, 1200)),), changed=24),
        Argument("limit", (Seen("int", 38, (0, 10, 5000)), Seen("None", 2))),
    ),
    rerun=24,
    results=(Seen("list[str]", 23, (0, 12, 12)),),
    raised=(("shop.errors.Unpriced", 1),),
    sizes=(("len(words) = 3, limit = 10", 2_150), ("len(words) = 1200, limit = 10", 31_000_000)),
    lines=(
        HotLine(4, 0.61, 480.0),
        HotLine(5, 0.3, 12.0),
        HotLine(3, 0.08, 481.0),
        HotLine(6, 0.01, 1.0),
    ),
    callees=(
        Callee("price", "def price(word):\n    return len(word)\n", 0.22),
        Callee("re.helper", "def helper():\n    pass\n"),
    ),
)


def verdict(
    reason: Reason,
    detail: str = "",
    ratio: float | None = None,
    source: str = FAST,
    imports: tuple[str, ...] = (),
) -> Verdict:
    status = Status.ACCEPTED if reason is Reason.FASTER else Status.REJECTED
    timing = None
    if ratio is not None:
        sizes = (Sized("small", 900.0, 1.1), Sized("large", 9e6, ratio * 2))
        timing = Timing((), Speedup(ratio, ratio * 0.9, ratio * 1.1), sizes)
    return Verdict(Rewrite(TARGET, source, imports, "m", 0), status, reason, detail, timing=timing)


FASTER = verdict(Reason.FASTER, "2.10x", 2.1)
DIVERGED = verdict(
    Reason.DIVERGED,
    "distinct(['b', 'a']) on an input no test has: both returned ['b', 'a'], but the original "
    "leaves its arguments as (['a', 'b'],), the candidate as (['b', 'a'],)",
    source=WRONG,
)
FAILED = verdict(
    Reason.TESTS_FAILED,
    "tests/test_order.py::test_sorted failed (was passed): assert ['b', 'a'] == ['a', 'b']",
    source=WRONG,
    imports=("import itertools",),
)
SLOWER = verdict(Reason.NOT_FASTER, "0.98x; not proved to be at least 1.05x")
BEST = Facts(40, rerun=24, lines=(HotLine(2, 0.9, 481.0), HotLine(3, 0.1, 1.0)))
KNOWN = Known(FACTS, (FASTER, DIVERGED, FAILED, SLOWER), BEST)
