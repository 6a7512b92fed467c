"""Files of rows (JSON lines or CSV), and what a row's columns hold."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.records import Pair

ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.xz", ".csv")
SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
}
_EXCERPT = 80
_FAMILY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_FIELD = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that is not used: its file and line, why, and its beginning in quotes."""

    where: str
    why: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as its file has it. ``values`` are by column; ``excerpt`` is its beginning."""

    where: str
    values: dict[str, Any]
    excerpt: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A pair before its tests and its split are known.

    ``split`` is None where the row names none. ``numbers`` are the tests that
    the row wants out of its problem's folder, None for all. ``fast_seconds``
    is the recorded run time of the fast program.
    """

    pair: Pair
    excerpt: str
    split: str | None = None
    numbers: frozenset[int] | None = None
    fast_seconds: float | None = None

    def skip(self, why: str) -> Skip:
        """Return the note that this pair is not used."""
        return Skip(self.pair.where, why, self.excerpt)

    def with_pair(self, **changes: Any) -> Draft:
        """Return the same with fields of the pair changed."""
        return replace(self, pair=replace(self.pair, **changes))


class BadRow(ValueError):
    """A row that can't be used; the message says why."""


def excerpt(text: str) -> str:
    """Return the text's beginning, quoted, with everything that is not printable escaped."""
    shown = repr(text[:_EXCERPT])
    return shown if len(text) <= _EXCERPT else shown + "…"


def read_rows(path: Path) -> Iterator[Row | Skip]:
    """Yield the file's rows; a Skip stands for each that can't be read.

    Raises PerfoptError where the file as a whole can't be.
    """
    try:
        yield from _csv_rows(path) if path.name.endswith(".csv") else _json_rows(path)
    except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
        raise PerfoptError(f"{path} is damaged: {error}; fetch it again") from None
    except OSError as error:
        raise PerfoptError(f"{path} can't be read: {error.strerror or error}") from None


def _json_rows(path: Path) -> Iterator[Row | Skip]:
    with _opened(path) as stream:
        for number, line in enumerate(stream, 1):
            where = f"{path.name}:{number}"
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError:
                yield Skip(where, "not UTF-8", excerpt(line.decode("latin-1")))
                continue
            if not text:
                continue
            try:
                values = json.loads(text)
            except (ValueError, RecursionError):
                yield Skip(where, "not JSON", excerpt(text))
                continue
            if isinstance(values, dict):
                yield Row(where, values, excerpt(text))
            else:
                yield Skip(where, "not a JSON object", excerpt(text))


def _opened(path: Path) -> IO[bytes] | gzip.GzipFile:
    if path.name.endswith(".gz"):
        return gzip.open(path)
    return lzma.open(path) if path.name.endswith(".xz") else path.open("rb")


def _csv_rows(path: Path) -> Iterator[Row | Skip]:
    # Programs and tests are longer than the reader takes by default, and the limit is global.
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if not reader.fieldnames:
                return
            while True:
                where = f"{path.name}:{reader.line_num + 1}"
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Skip(where, f"not CSV: {error}")
                    continue
                kept = {key: value for key, value in values.items() if key is not None}
                yield Row(where, kept, excerpt(",".join(map(str, kept.values()))))
    except UnicodeDecodeError as error:
        raise PerfoptError(f"{path} is not UTF-8 text: {error}; save it as UTF-8") from None
    finally:
        csv.field_size_limit(before)


def text_of(row: Row, column: str) -> str:
    """Return a column that must hold text. Raises BadRow."""
    value = row.values.get(column)
    if value is None:
        raise BadRow(f"no {column}")
    return checked_text(value, column)


def checked_text(value: object, what: str) -> str:
    """Return the value if it is text that can be written to a file. Raises BadRow."""
    if not isinstance(value, str):
        raise BadRow(f"{what} is no text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRow(f"{what} holds half a surrogate pair") from None
    return value


def program_of(row: Row, column: str) -> str:
    """Return a column that must hold a program, its lines ended by ``\\n``. Raises BadRow."""
    text = text_of(row, column).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise BadRow(f"{column} is empty")
    return text


def name_of(row: Row, column: str) -> str:
    """Return a column that must hold a name, or a whole number as one. Raises BadRow."""
    value = row.values.get(column)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    name = text_of(row, column).strip()
    if not name:
        raise BadRow(f"{column} is empty")
    return name


def positive(value: object) -> float | None:
    """Return a number above 0, also one written as text; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def tag_of(value: object) -> int | None:
    """Return a tag, 1 to 10; None for everything else."""
    number = positive(value)
    return int(number) if number is not None and number in range(1, 11) else None


def family_of(value: object) -> str:
    """Return the name of a family of rewrites; empty for everything that is none."""
    is_name = isinstance(value, str) and _FAMILY.fullmatch(value)
    return str(value) if is_name else ""


def split_of(row: Row) -> str | None:
    """Return the split that the row names, if it does. Raises BadRow for an unknown one."""
    value = row.values.get("split")
    if value is None:
        return None
    split = SPLIT_NAMES.get(value.strip().lower()) if isinstance(value, str) else None
    if split is None:
        raise BadRow("split is none of train, val, test")
    return split
