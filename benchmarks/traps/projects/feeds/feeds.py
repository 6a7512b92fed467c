"""Rows that come one after the other: from files, from queues, from other feeds."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any

STARTED: list[str] = []


class Source:
    """Rows that can be read once, from a place that has to be closed."""

    def __init__(self, rows: list[tuple[str, int]]) -> None:
        self.rows = rows
        self.taken = 0
        self.closed = False

    def __iter__(self) -> Source:
        return self

    def __next__(self) -> tuple[str, int]:
        if self.taken >= len(self.rows):
            raise StopIteration
        self.taken += 1
        return self.rows[self.taken - 1]

    def close(self) -> None:
        """Give the place free."""
        self.closed = True


def distinct(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield each row when it comes for the first time."""
    seen: list[tuple[str, int]] = []
    for row in rows:
        if row not in seen:
            seen.append(row)
            yield row


def closing(source: Source, skip: list[str]) -> Iterator[tuple[str, int]]:
    """Yield the rows that are not to be skipped, and close the source in any case."""
    try:
        for name, count in source:
            if name not in skip:
                yield name, count
    finally:
        source.close()


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield the rows in lists of a size; the last one may be shorter."""
    batch: list[Any] = []
    for row in rows:
        batch = batch + [row]
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def balance(amounts: list[int]) -> Generator[int, int | None, int]:
    """Yield the sum after each amount; what is sent is added; return how many were added."""
    added: list[int] = []
    for amount in amounts:
        added = added + [amount]
        sent = yield sum(added)
        if sent is not None:
            added = added + [sent]
    return len(added)


def totals(rows: Iterable[tuple[str, int]], names: list[str]) -> dict[str, int]:
    """Return the sums of the wanted names, in order of their first rows."""
    found: dict[str, int] = {}
    for name, count in rows:
        if name in names:
            found[name] = found.get(name, 0) + count
    return found


def labelled(rows: Iterable[tuple[str, int]], labels: list[tuple[str, str]]) -> Iterator[str]:
    """Return a text for each row, made when it is asked for; the first label of a name counts."""
    STARTED.append("labelled")
    return (
        f"{[label for known, label in labels if known == name][0]}: {count}" for name, count in rows
    )


def reported(rows: list[tuple[str, int]], limit: int) -> Iterator[str]:
    """Print each name when it goes over the limit, and yield it."""
    done: list[str] = []
    for place in range(len(rows)):
        name = rows[place][0]
        total = 0
        for other, count in rows[: place + 1]:
            if other == name:
                total += count
        if total > limit and name not in done:
            done.append(name)
            print(f"{name} is over {limit}")
            yield name


def first_gap(numbers: Iterator[int], known: list[int]) -> int | None:
    """Return the first number that is not known, and leave the rest of the iterator alone."""
    for number in numbers:
        if number not in known:
            return number
    return None


def merged(first: Iterable[int], second: Iterable[int]) -> Iterator[int]:
    """Yield what is in both feeds, sorted ones, in order, equal ones twice."""
    left, right = list(first), list(second)
    while left and right:
        if left[0] <= right[0]:
            yield left[0]
            left = left[1:]
        else:
            yield right[0]
            right = right[1:]
    yield from left
    yield from right
