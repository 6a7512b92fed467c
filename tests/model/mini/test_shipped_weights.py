"""The weights in the wheel: whole, small, and able to do what they were trained for."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy")
pytest.importorskip("onnxruntime")

from perfopt_cli.core import Target
from perfopt_cli.model.mini.proposer import MiniProposer
from perfopt_cli.model.mini.vocabulary import VOCABULARY
from perfopt_cli.model.mini.weights import SHIPPED, check_weights

SLOW = """def f(matrix):
    result = []
    for c in range(len(matrix[0])):
        row = []
        for r in range(len(matrix)):
            row.append(matrix[r][c])
        result.append(row)
    return result
"""
QUICK = "def f(xs):\n    return [x + 1 for x in xs]\n"


def found(source: str) -> list[str]:
    proposer = MiniProposer(SHIPPED)
    return [one.source for one in proposer.propose(Target("m.py", "f", 1, source), source, n=8)]


def test_the_weights_are_whole_and_of_this_vocabulary() -> None:
    assert check_weights(SHIPPED, VOCABULARY).folder == SHIPPED


def test_they_take_at_most_twelve_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 12 * 10**6


def test_rows_and_columns_are_exchanged_by_zip() -> None:
    assert "def f(matrix):\n    return [list(item) for item in zip(*matrix)]\n" in found(SLOW)


def test_what_is_quick_is_left_alone() -> None:
    assert found(QUICK) == []


def test_the_card_names_packages_and_licences() -> None:
    card = (SHIPPED / "card.md").read_text(encoding="utf-8")
    assert "BSD" in card
    assert "networkx" in card
