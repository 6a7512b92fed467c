"""Rows of PPIE (a CSV): pairs whose public and hidden tests are texts of Python dicts."""

from __future__ import annotations

import ast
import hashlib

from perfopt_cli.train.formats.rows import (
    BadRow,
    Draft,
    Row,
    checked_text,
    positive,
    program_of,
    split_of,
    text_of,
)
from perfopt_cli.train.records import Check, Pair, Tests

COLUMNS = frozenset({"Slow_code", "Fast_code", "Public_IO_unit_tests__Dedup"})
_TESTS = ("Public_IO_unit_tests__Dedup", "Hide_IO_unit_tests__Dedup")


def read_ppie(row: Row) -> Draft:
    """Read a row. The group is a digest of the problem's statement. Raises BadRow."""
    statement = text_of(row, "Question")
    group = hashlib.sha256(statement.strip().encode()).hexdigest()[:16]
    runs = [check for column in _TESTS for check in _checks(row, column)]
    slow, fast = program_of(row, "Slow_code"), program_of(row, "Fast_code")
    pair = Pair(group, slow, fast, Tests(tuple(dict.fromkeys(runs))), row.where, _ratio(row))
    return Draft(pair, row.excerpt, split_of(row))


def _checks(row: Row, column: str) -> list[Check]:
    text = row.values.get(column)
    if not text:
        return []
    try:
        found = ast.literal_eval(text)
        inputs, outputs = found["inputs"], found["outputs"]
        return [
            Check(checked_text(one, column), checked_text(other, column))
            for one, other in zip(inputs, outputs, strict=True)
        ]
    except (ValueError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError):
        raise BadRow(f"{column} can't be read") from None


def _ratio(row: Row) -> float | None:
    slow, fast = (positive(row.values.get(f"{side}__time(ms)")) for side in ("input", "target"))
    return slow / fast if slow and fast else None
