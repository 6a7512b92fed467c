"""The table that ships is made from reports, recorded verdicts and projects' own tables."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from perfopt_cli.model.worth import Tally, table_text

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
import rules_worth  # noqa: E402


def row(origin: str, status: str, seconds: float | None = 3.0, **more: Any) -> dict[str, Any]:
    speedup = {"ratio": 2.0, "low": 1.9, "high": 2.1} if status == "accepted" else None
    return {"origin": origin, "status": status, "speedup": speedup, "seconds": seconds, **more}


ROWS = [
    row("rules:flag-break", "accepted"),
    row("rules:flag-break+key-getter", "rejected", 1.0),
    row("rules:flag-break", "accepted", cached=True),
    row("rules:flag-break", "accepted", **{"from": 0}),
    row("rules:flag-break", "abstained"),
    row("rules:flag-break", "accepted", None),
    row("rules:no-such-rule", "accepted"),
    row("model", "accepted"),
]


def test_all_kinds_of_files_count(tmp_path: Path) -> None:
    report, verdicts, own = (tmp_path / name for name in ("r.json", "v.jsonl", "worth.json"))
    report.write_text(json.dumps({"candidates": ROWS}))
    verdicts.write_text("".join(json.dumps(one) + "\n" for one in ROWS))
    own.write_text(table_text({"key-getter": Tally(1, 0, 0.0, 4.0)}))
    assert rules_worth.made([report, verdicts, own]) == {
        "flag-break": Tally(3.0, 2.0, pytest.approx(2 * math.log(2)), 7.0),
        "key-getter": Tally(2.0, 0.0, 0.0, 5.0),
    }
