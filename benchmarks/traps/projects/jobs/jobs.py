"""Jobs to be fetched, checked, run and logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

log = logging.getLogger("jobs")


class BadRow(Exception):
    """A row that can't be read, with its number."""

    def __init__(self, text: str, number: int) -> None:
        super().__init__(text)
        self.number = number


class Service:
    """Answers slowly; keeps a list of what it was asked for."""

    def __init__(self, known: dict[str, int]) -> None:
        self.known = known
        self.asked: list[str] = []

    async def get(self, name: str) -> int:
        """Return the number of the name."""
        self.asked.append(name)
        await asyncio.sleep(0)
        return self.known[name]


class Store:
    """Numbers by name, with a list of what was done."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self.steps: list[str] = []

    def __enter__(self) -> Store:
        self.steps.append("begin")
        return self

    def __exit__(self, kind: object, *_details: object) -> None:
        self.steps.append("commit" if kind is None else "rollback")


async def collect(names: list[str], service: Service) -> dict[str, int]:
    """Ask for each name once, one after the other; return the answers in that order."""
    found: dict[str, int] = {}
    done: list[str] = []
    for name in names:
        if name not in done:
            done.append(name)
            found[name] = await service.get(name)
    return found


async def first_good(names: list[str], bad: list[str], ask: Callable[[str], Awaitable[int]]) -> int:
    """Return the first answer above zero of the names that are not bad; -1 where there is none."""
    for name in names:
        if name in bad:
            continue
        try:
            answer = await ask(name)
        except KeyError:
            log.warning("nothing known of %s", name)
            continue
        if answer > 0:
            return answer
    return -1


def parse(lines: list[str], fields: list[str]) -> list[dict[str, int]]:
    """Read lines of ``name=number`` pairs; raise BadRow from what was wrong with a number."""
    rows = []
    for number, line in enumerate(lines, 1):
        row: dict[str, int] = {}
        for part in line.split():
            name, sign, value = part.partition("=")
            if not sign or name not in fields:
                raise BadRow(f"line {number}: {part!r} is no field", number)
            try:
                row[name] = int(value)
            except ValueError as error:
                raise BadRow(f"line {number}: no number", number) from error
        rows.append(row)
    return rows


def book(store: Store, moves: list[tuple[str, int]], closed: list[str]) -> int:
    """Book the moves in one go; a closed name or a number below zero ends it."""
    booked = 0
    with store:
        for name, change in moves:
            if name in closed:
                raise PermissionError(f"{name} is closed")
            left = store.numbers.get(name, 0) + change
            if left < 0:
                raise ValueError(f"{name}: {left}")
            store.numbers[name] = left
            booked += 1
    return booked


def by_key(rows: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    """Return the rows in order of their keys, equal ones as they came; each key is asked once."""
    keys: list[Any] = []
    ordered: list[Any] = []
    for row in rows:
        value = key(row)
        place = 0
        while place < len(keys) and not value < keys[place]:
            place += 1
        keys.insert(place, value)
        ordered.insert(place, row)
    return ordered


def failures(rows: list[Any], checks: list[Callable[[Any], bool]], known: list[Any]) -> list[int]:
    """Return the places of the rows that fail a check; a row's later checks are not called."""
    failed: list[int] = []
    for place, row in enumerate(rows):
        if row in known:
            continue
        for check in checks:
            if place not in failed and not check(row):
                failed.append(place)
    return failed


def visit(tree: dict[str, Any], call: Callable[[str], None]) -> list[str]:
    """Call with the name of each node once, parents first, children in their order."""
    seen: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if node["name"] not in seen:
            seen.append(node["name"])
            call(node["name"])
            for child in node.get("children", []):
                walk(child)

    walk(tree)
    return seen


def flat(items: list[Any]) -> list[Any]:
    """Return the items of nested lists in one list."""
    found: list[Any] = []
    for item in items:
        if type(item) is list:
            found = found + flat(item)
        else:
            found = found + [item]
    return found


def audit(rows: list[tuple[str, int]], limit: int) -> int:
    """Log what is over the limit, and what comes twice; print a line for each; return how many."""
    found = 0
    names: list[str] = []
    for name, count in rows:
        if name in names:
            log.debug("%s again", name)
            continue
        names.append(name)
        if count > limit:
            found += 1
            log.warning("%s is over %d", name, limit, extra={"count": count})
            print(name, count, sep=": ", end=";\n")
    log.info("%d of %d rows", found, len(rows))
    return found
