"""What the small model is told and taught: functions and programs in its own language."""

from __future__ import annotations

import ast
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from difflib import SequenceMatcher
from itertools import chain
from multiprocessing import get_context

from perfopt_cli.model.mini.language import NOTHING, Unreadable, apply_reply, read, write_lesson

NAME = "mini"
"""Of the style, as in ``--style``."""

Lesson = tuple[str, str]
"""A prompt and the reply to it."""

_ALONE = 2000
"""So few pairs are read by this process itself."""
_CHUNK = 250


def prompt(slow: str) -> str:
    """Return what the model reads of slow code. Raises Unreadable."""
    return read(slow).text


def reply_to(slow: str, fast: str, family: str = "") -> str:
    """Return the reply that makes the fast code of the slow code. Raises Unreadable."""
    return write_lesson(read(slow), fast, family)


def program(slow: str, reply: str) -> str:
    """Return the code that a reply makes, with its imports; empty where none comes of it."""
    if reply.strip() == NOTHING:
        return slow
    try:
        written = apply_reply(read(slow), reply)
    except Unreadable:
        return ""
    return "" if written is None else with_imports(written.source, written.imports)


def with_imports(source: str, imports: Sequence[str]) -> str:
    """Return the code with import statements put before it, but after what must come first."""
    if not imports:
        return source
    first = 0
    for number, statement in enumerate(ast.parse(source).body):
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not is_future and not (is_text and number == 0):
            break
        first = statement.end_lineno or first
    lines = source.split("\n")
    return "\n".join([*lines[:first], *imports, *lines[first:]])


def lessons(
    pairs: Sequence[tuple[str, str, str]], workers: int = 0
) -> tuple[list[Lesson], dict[str, int]]:
    """Return the lessons of (slow, fast, family), and how many were left out for which reason.

    Many are read by ``workers`` processes (0: as many as there are processors).
    """
    count = workers or len(os.sched_getaffinity(0))
    if len(pairs) <= _ALONE or count == 1:
        return _gathered(map(_lesson, pairs))
    chunks = [pairs[at : at + _CHUNK] for at in range(0, len(pairs), _CHUNK)]
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        return _gathered(chain.from_iterable(pool.map(_lessons, chunks)))


def _lessons(pairs: Sequence[tuple[str, str, str]]) -> list[Lesson | str]:
    return [_lesson(pair) for pair in pairs]


def _lesson(pair: tuple[str, str, str]) -> Lesson | str:
    slow, fast, family = pair
    try:
        try:
            reading = read(slow)
        except Unreadable:
            reading = read(slow, hot=_changed(slow, fast))
        return reading.text, write_lesson(reading, fast, family)
    except Unreadable as error:
        return str(error)


def _changed(slow: str, fast: str) -> list[int]:
    """Return the lines of the slow code, from 1, that the fast one lacks; some line if none.

    Code that is too long is read around them, as ``optimize`` reads around the hot lines.
    """
    lines = slow.split("\n")
    compared = SequenceMatcher(None, lines, fast.split("\n"), autojunk=False)
    found = [
        number
        for kind, first, last, _, _ in compared.get_opcodes()
        if kind != "equal"
        for number in range(first + 1, max(last, first + 1) + 1)
    ]
    return found or [1 + zlib.crc32(slow.encode()) % len(lines)]


def _gathered(found: Iterator[Lesson | str]) -> tuple[list[Lesson], dict[str, int]]:
    kept: list[Lesson] = []
    reasons: Counter[str] = Counter()
    for one in found:
        if isinstance(one, str):
            reasons[one.partition(":")[0]] += 1
        else:
            kept.append(one)
    return kept, dict(reasons.most_common())
