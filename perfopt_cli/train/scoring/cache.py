"""Scores by the hash of what they depend on, in a file of JSON lines that only grows."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import threading
from dataclasses import asdict
from pathlib import Path

from perfopt_cli.core import PerfoptError, Speedup
from perfopt_cli.train.records import Level, Score, Task
from perfopt_cli.train.scoring.score import SCORING, ScoreSettings


def key_of(task: Task, code: str, settings: ScoreSettings) -> str:
    """Return the hash of a task, a candidate, and how it is scored."""
    what = [SCORING, task.slow, asdict(task.tests), code, str(settings.python)]
    how = [settings.limit_seconds, settings.timing, asdict(settings.rule)]
    return hashlib.sha256(json.dumps([what, how]).encode()).hexdigest()


class ScoreCache:
    """Scores in memory, and in a file where one is named.

    A line is written at once and in one piece, so that after the death of the
    process the file holds all scores but perhaps the last; a cut line is
    skipped. Several processes may add to one file.
    """

    def __init__(self, path: Path | None) -> None:
        self._scores: dict[str, Score] = {}
        self._lock = threading.Lock()
        self._file: int | None = None
        if path is None:
            return
        if path.exists() and not path.is_file():
            raise PerfoptError(f"The scores can't be kept in {path}: it is no file. Name another.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
            data = path.read_bytes()
        except OSError as error:
            raise PerfoptError(
                f"The scores can't be kept in {path}: {error.strerror}. Name another file."
            ) from error
        for line in data.splitlines():
            self._take(line)
        if data and not data.endswith(b"\n"):
            os.write(self._file, b"\n")

    def _take(self, line: bytes) -> None:
        try:
            row = json.loads(line)
            speed = row["speedup"]
            found = Score(Level(row["level"]), row["detail"], Speedup(*speed) if speed else None)
            self._scores[row["key"]] = found
        except (ValueError, KeyError, TypeError):
            return

    def get(self, key: str) -> Score | None:
        """Return the score with this key, if there is one."""
        return self._scores.get(key)

    def put(self, key: str, score: Score) -> None:
        """Keep a score. Raises PerfoptError where the file can't be written."""
        speed = score.speedup
        row = {
            "key": key,
            "level": int(score.level),
            "detail": score.detail,
            "speedup": [speed.ratio, speed.low, speed.high] if speed else None,
        }
        with self._lock:
            self._scores[key] = score
            if self._file is None:
                return
            try:
                data = json.dumps(row).encode() + b"\n"
                if os.write(self._file, data) < len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError as error:
                raise PerfoptError(
                    f"A score could not be written: {error.strerror}. Free some space; "
                    "what was written before is kept."
                ) from error

    def close(self) -> None:
        """Close the file. Idempotent."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def __enter__(self) -> ScoreCache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
