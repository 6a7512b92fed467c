"""One evaluated program as a record, and the file that keeps the finished ones."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from perfopt_cli.core import PerfoptError, Speedup
from perfopt_cli.train.records import Level, Score


@dataclass(frozen=True, slots=True)
class Row:
    """A program of the data set and what came of its candidates, best guess first.

    ``number`` is its 0-based place in the split. ``target`` is the score of the
    data set's own faster program. ``skipped`` says why the program could not
    take part, and is empty where it did. ``counts`` are the instructions of
    each candidate (None: not counted, or it is not right), ``least`` those of
    the best known right program; start-up is subtracted from both.
    """

    number: int
    group: str
    scores: tuple[Score, ...] = ()
    target: Score | None = None
    skipped: str = ""
    counts: tuple[int | None, ...] = ()
    least: int | None = None


def row_json(row: Row) -> dict[str, Any]:
    """Return the row as plain JSON data."""
    return {
        "row": row.number,
        "group": row.group,
        "skipped": row.skipped,
        "scores": [_score_json(score) for score in row.scores],
        "target": _score_json(row.target) if row.target else None,
        "counts": list(row.counts),
        "least": row.least,
    }


def _score_json(score: Score) -> dict[str, Any]:
    faster = score.speedup
    return {
        "level": score.level.name,
        "detail": score.detail,
        "speedup": [faster.ratio, faster.low, faster.high] if faster else None,
    }


def row_from(record: dict[str, Any]) -> Row:
    """Return the row that the data describe. Raises KeyError, TypeError or ValueError."""
    target = record["target"]
    return Row(
        number=int(record["row"]),
        group=str(record["group"]),
        scores=tuple(_score_from(score) for score in record["scores"]),
        target=None if target is None else _score_from(target),
        skipped=str(record["skipped"]),
        counts=tuple(record["counts"]),
        least=record["least"],
    )


def _score_from(record: dict[str, Any]) -> Score:
    faster = record["speedup"]
    speedup = None if faster is None else Speedup(*map(float, faster))
    return Score(Level[record["level"]], str(record["detail"]), speedup)


class RowFile:
    """Finished rows, one JSON object a line, under the settings they were made with.

    ``done`` are the rows that are there already, by number. A last line that
    was cut short is dropped. Raises PerfoptError where the file was made with
    other settings, or can't be read or written. A context manager.
    """

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self.path = path
        self.done: dict[int, Row] = {}
        kept = self._read(settings)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = open(path, "ab")  # noqa: SIM115  (closed by __exit__)
            self._file.truncate(kept)
        except OSError as error:
            raise PerfoptError(f"{path} can't be written: {error.strerror}") from None
        if not kept:
            self._append({"settings": settings})

    def __enter__(self) -> RowFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, row: Row) -> None:
        """Keep a row; it is on disk when this returns. Raises PerfoptError."""
        self._append(row_json(row))
        self.done[row.number] = row

    def _append(self, record: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(record).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise PerfoptError(
                f"{self.path} can't be written: {error.strerror}; the rows before are kept, and "
                "the same command goes on from there"
            ) from None

    def _read(self, settings: dict[str, Any]) -> int:
        """Read what is there; return how many bytes of it are whole."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise PerfoptError(f"{self.path} can't be read: {error.strerror}") from None
        whole = data.rfind(b"\n") + 1
        for number, line in enumerate(data[:whole].splitlines()):
            try:
                record = json.loads(line)
                if number:
                    row = row_from(record)
                    self.done[row.number] = row
                else:
                    self._compare(record["settings"], settings)
            except (ValueError, KeyError, TypeError) as error:
                raise PerfoptError(
                    f"{self.path}, line {number + 1}, is no row of an evaluation ({error!r}); "
                    "move the file away or name another --output"
                ) from None
        return whole

    def _compare(self, there: dict[str, Any], here: dict[str, Any]) -> None:
        differing = [
            f"{name} was {there.get(name)!r} and is {here.get(name)!r}"
            for name in {**there, **here}
            if there.get(name) != here.get(name)
        ]
        if differing:
            raise PerfoptError(
                f"{self.path} holds rows of another evaluation: {'; '.join(differing)}. Name "
                "another --output, or delete that file to begin anew"
            )
