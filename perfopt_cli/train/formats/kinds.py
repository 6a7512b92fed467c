"""The kinds of data, each known by its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from perfopt_cli.train.formats import own, pie, ppie, verdicts
from perfopt_cli.train.formats.rows import Draft, Row, read_rows
from perfopt_cli.train.formats.verdicts import ReadVerdict

_PEEK = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """A form of data. ``cases``: whether the tests lie in folders beside the rows."""

    name: str
    columns: frozenset[str]
    read: Callable[[Row], Draft | ReadVerdict]
    cases: bool = False


KINDS = (
    Kind("pie-v1", pie.V1_COLUMNS, pie.read_v1, cases=True),
    Kind("pie-v2", pie.V2_COLUMNS, pie.read_v2, cases=True),
    Kind("perfopt", own.COLUMNS, own.read_own),
    Kind("verdicts", verdicts.COLUMNS, verdicts.read_verdict),
    Kind("ppie", ppie.COLUMNS, ppie.read_ppie),
)


def kind_of(path: Path) -> Kind | None:
    """Return the kind of the first row that has a kind's columns, among the first rows.

    Raises PerfoptError where the file can't be read.
    """
    for row in islice(read_rows(path), _PEEK):
        if isinstance(row, Row):
            for kind in KINDS:
                if kind.columns <= row.values.keys():
                    return kind
    return None


def wanted_columns() -> str:
    """Return what is looked for, for people."""
    return "; ".join(f"{', '.join(sorted(kind.columns))} ({kind.name})" for kind in KINDS)
