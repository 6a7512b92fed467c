from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pair_rows import FAST, SLOW

from perfopt_cli.train import records
from perfopt_cli.train.dataset import read_pairs
from perfopt_cli.train.formats.ppie import read_ppie
from perfopt_cli.train.formats.rows import BadRow, Row

PUBLIC = "{'inputs': ['3\\n'], 'outputs': ['3\\n']}"
HIDDEN = "{'inputs': ['1\\n', '3\\n'], 'outputs': ['0\\n', '3\\n']}"


def row(**more: str) -> dict[str, str]:
    return {
        "Slow_code": SLOW, "Fast_code": FAST, "Question": "Sum up.",
        "Public_IO_unit_tests__Dedup": PUBLIC, "Hide_IO_unit_tests__Dedup": HIDDEN,
        "input__time(ms)": "6", "target__time(ms)": "3", **more,
    }  # fmt: skip


def test_a_csv_of_ppie_is_read(tmp_path: Path) -> None:
    with (tmp_path / "PPIE.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, row())
        writer.writeheader()
        writer.writerow(row())
    data = read_pairs(tmp_path)
    (pair,) = data.pairs["train"]
    assert (data.kind, pair.slow, pair.fast, pair.ratio) == ("ppie", SLOW, FAST, 2.0)
    assert pair.tests.runs == (records.Check("3\n", "3\n"), records.Check("1\n", "0\n"))


def test_the_group_is_the_statement() -> None:
    first, second, other = (
        read_ppie(Row("f:1", row(Question=question), "")).pair.group
        for question in ("Sum up.", "Sum up. ", "Count.")
    )
    assert first == second != other


@pytest.mark.parametrize("text", ["{", "[]", "open('x')", "{'inputs': ['1'], 'outputs': []}"])
def test_tests_that_cannot_be_read_are_told(text: str) -> None:
    with pytest.raises(BadRow, match="Hide_IO_unit_tests__Dedup can't be read"):
        read_ppie(Row("f:1", row(Hide_IO_unit_tests__Dedup=text), ""))
