"""Pairs about arithmetic and repeated work."""

from __future__ import annotations

from perfopt_cli.model.examples.example import Example

PAIRS = (
    Example(
        "fibonacci",
        """\
def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)
""",
        """\
def fibonacci(n):
    if n < 2:
        return n
    before, last = 0, 1
    for _ in range(n - 1):
        before, last = last, before + last
    return last
""",
        "each number is worked out once",
    ),
    Example(
        "divisors",
        """\
def divisors(n):
    found = []
    for i in range(1, n + 1):
        if n % i == 0:
            found.append(i)
    return found
""",
        """\
import math

def divisors(n):
    if n < 1:
        return []
    low = [i for i in range(1, math.isqrt(n) + 1) if n % i == 0]
    return low + [n // i for i in reversed(low) if i * i != n]
""",
        "divisors come in pairs around the square root",
    ),
    Example(
        "primes_below",
        """\
def primes_below(n):
    primes = []
    for number in range(2, n):
        is_prime = True
        for other in range(2, number):
            if number % other == 0:
                is_prime = False
        if is_prime:
            primes.append(number)
    return primes
""",
        """\
def primes_below(n):
    marks = bytearray([1]) * max(0, n)
    marks[:2] = bytes(len(marks[:2]))
    for number in range(2, int(n**0.5) + 1 if n > 0 else 0):
        if marks[number]:
            marks[number * number :: number] = bytes(len(range(number * number, n, number)))
    return [number for number, mark in enumerate(marks) if mark]
""",
        "a sieve strikes out multiples by slices",
    ),
    Example(
        "moving_sums",
        """\
def moving_sums(numbers, width):
    sums = []
    for i in range(len(numbers) - width + 1):
        total = 0
        for j in range(width):
            total += numbers[i + j]
        sums.append(total)
    return sums
""",
        """\
from itertools import accumulate

def moving_sums(numbers, width):
    if width < 1:
        return [0] * (len(numbers) - width + 1)
    sums = [0, *accumulate(numbers)]
    return [after - before for before, after in zip(sums, sums[width:])]
""",
        "differences of running sums, exact for integers, instead of a loop for each window",
    ),
    Example(
        "scaled",
        """\
def scaled(values):
    result = []
    for value in values:
        result.append((value - min(values)) / (max(values) - min(values)))
    return result
""",
        """\
def scaled(values):
    if not values:
        return []
    low = min(values)
    width = max(values) - low
    return [(value - low) / width for value in values]
""",
        "`min` and `max` do not change within the loop",
    ),
    Example(
        "ways_to_pay",
        """\
def ways_to_pay(amount, coins):
    if amount == 0:
        return 1
    if amount < 0 or not coins:
        return 0
    return ways_to_pay(amount - coins[0], coins) + ways_to_pay(amount, coins[1:])
""",
        """\
def ways_to_pay(amount, coins):
    if amount < 0:
        return 0
    ways = [1] + [0] * amount
    for coin in coins:
        for total in range(coin, amount + 1):
            ways[total] += ways[total - coin]
    return ways[amount]
""",
        "a table of smaller amounts, instead of working them out again and again",
    ),
)
