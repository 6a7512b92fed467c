"""Small data sets for the tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SLOW = "n = int(input())\ntotal = 0\nfor i in range(n):\n    total += i\nprint(total)"
FAST = "n = int(input())\nprint(n * (n - 1) // 2)"


def write_rows(path: Path, rows: Iterable[Mapping[str, Any] | str]) -> Path:
    """Write rows as JSON lines; a text goes in as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def own(group: str = "sum", slow: str = SLOW, fast: str = FAST, **more: Any) -> dict[str, Any]:
    """A row of perfopt's own form with one test."""
    tests = [{"input": "3\n", "output": "3\n"}]
    return {"group": group, "slow": slow, "fast": fast, "tests": tests, **more}


def pie(problem: str = "p1", slow: str = SLOW, fast: str = FAST, **more: Any) -> dict[str, Any]:
    """A row of PIE v1, with an empty line after every line as published."""
    doubled = [code.replace("\n", "\n\n") for code in (slow, fast)]
    return {
        "problem_id": problem, "language": "python", "input": doubled[0], "target": doubled[1], **more,
    }  # fmt: skip


def pie2(problem: str = "p1", **more: Any) -> dict[str, Any]:
    """A row with the columns of PIE v2, in Python."""
    return {"problem_id": problem, "src_code": SLOW, "tgt_code": FAST, **more}


def verdict(**more: Any) -> dict[str, Any]:
    """A recorded verdict: accepted as faster."""
    return {
        "path": "shop/order.py", "qualname": "Order.total", "slow": "def total(self):\n    return 1\n",
        "candidate": "def total(self):\n    return one\n", "imports": ["from x import one"],
        "status": "accepted", "reason": "FASTER", "origin": "rules:a",
        "speedup": {"ratio": 3.0, "low": 2.5, "high": 3.5}, **more,
    }  # fmt: skip


def cases(folder: Path, problem: str, *checks: tuple[str, str]) -> None:
    """Write a problem's tests as PIE has them."""
    place = folder / problem
    place.mkdir(parents=True, exist_ok=True)
    for number, (given, wanted) in enumerate(checks):
        (place / f"input.{number}.txt").write_text(given)
        (place / f"output.{number}.txt").write_text(wanted)
