"""Draws, statistics and reports, with a few habits of older code: counters, prints, warnings."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from typing import Any

CALLS = {"draw": 0, "report": 0}
RATES = {"EUR": 1.0, "USD": 1.08, "CHF": 0.95, "SEK": 11.2}


def draw(tickets: list[str], weights: list[int], number: int) -> list[str]:
    """Draw a number of tickets without putting back, each by its weight."""
    CALLS["draw"] += 1
    left = list(zip(tickets, weights))
    drawn = []
    while left and len(drawn) < number:
        total = 0
        for _, weight in left:
            total += weight
        if total <= 0:
            break
        point = random.randrange(total)
        for i in range(len(left)):
            point -= left[i][1]
            if point < 0:
                drawn.append(left[i][0])
                left = left[:i] + left[i + 1 :]
                break
    return drawn


def moving_average(values: list[float], window: int) -> list[float]:
    """Return the mean of each window of values; a window of less than one raises."""
    if window < 1:
        raise ValueError(f"window of {window}")
    means = []
    for i in range(len(values) - window + 1):
        total = 0.0
        for j in range(window):
            total = total + values[i + j]
        means.append(total / window)
    return means


def percentile_ranks(scores: list[int]) -> list[float]:
    """Return for each score which share of all scores is below it, half of the equal ones added."""
    ranks = []
    for score in scores:
        below = len([other for other in scores if other < score])
        equal = len([other for other in scores if other == score])
        ranks.append((below + equal / 2) / len(scores))
    return ranks


def first_match(
    records: list[dict[str, Any]], tests: list[Callable[[dict[str, Any]], object]]
) -> list[int]:
    """Return for each record the number of the first test that holds, -1 where none does."""
    found = []
    for record in records:
        number = -1
        for i in range(len(tests)):
            if number == -1 and tests[i](record):
                number = i
        found.append(number)
    return found


def report(names: list[str], amounts: list[float]) -> int:
    """Print a line for each name that occurs, with its total; return the number of lines."""
    CALLS["report"] += 1
    done: list[str] = []
    for name in names:
        if name not in done:
            done.append(name)
            total = 0.0
            for other, amount in zip(names, amounts):
                if other == name:
                    total += amount
            if total < 0:
                warnings.warn(f"{name} is below zero", stacklevel=2)
            print(f"{name:12}{total:12.2f}")
    return len(done)


def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    """Return the amounts in another currency, rounded to cents."""
    converted = []
    for amount, own in amounts:
        if own not in sorted(RATES) or currency not in sorted(RATES):
            raise LookupError(f"no rate for {own} in {currency}")
        if own == currency:
            converted.append(amount)
        else:
            converted.append(round(amount / RATES[own] * RATES[currency], 2))
    return converted


def primes_below(limit: int) -> list[int]:
    """Return the prime numbers below the limit."""
    primes: list[int] = []
    for number in range(2, limit):
        for prime in primes:
            if number % prime == 0:
                break
        else:
            primes.append(number)
    return primes
