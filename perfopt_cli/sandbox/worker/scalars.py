"""Scalars that tests seldom have: numbers of another type, halves, large ones, days of the year."""

import datetime
import decimal
import fractions
import math
import re

DAY = datetime.timedelta(days=1)
DIGITS = re.compile("[0-9]+")
NUMBERS = re.compile(r"(?<![A-Za-z_])[0-9]+(?![A-Za-z_])")
LEAP, CENTURY, EARLY = 2024, 2100, 999


def whole(value, _rng):
    """The same as an int, as annotations allow where a float is asked for."""
    if not math.isfinite(value):
        return 0
    return int(value)


def half(digits):
    """Return a change to the half way between two roundings to so many digits."""

    def change(value, _rng):
        if not math.isfinite(value) or abs(value) > 1e12:
            return 0.5
        step = 10.0**-digits
        return math.floor(value / step) * step + step / 2

    return change


def on(month, day, year=None):
    """Return a change to that day of the year; the year of the value where none is given."""

    def change(value, _rng):
        return value.replace(year=year or value.year, month=month, day=day)

    return change


def numeral(made):
    """Return a change to one number in a text, or at its end, by what ``made`` returns.

    Numbers that stand alone come before digits of a name.
    """

    def change(value, rng):
        found = list(NUMBERS.finditer(value)) or list(DIGITS.finditer(value))
        if not found:
            return value + made("1")
        one = rng.choice(found)
        return value[: one.start()] + made(one.group()) + value[one.end() :]

    return change


def later(value, rng):
    """Some days later."""
    return value + rng.randint(1, 40) * DAY


DATES = (
    later,
    lambda value, rng: value - rng.randint(1, 40) * DAY,
    on(12, 31),
    on(1, 1),
    on(2, 29, LEAP),
    on(2, 28, CENTURY),
    on(3, 1, CENTURY),
    lambda value, rng: value + rng.randint(1, 6) * DAY,
    on(1, 31),
    on(3, 4, EARLY),
    lambda value, rng: value.replace(year=value.year + rng.randint(1, 5), day=min(value.day, 28)),
)
SCALARS = {
    bool: (lambda value, rng: int(value),),
    int: (
        lambda value, rng: 0,
        lambda value, rng: rng.randint(0, 20 * abs(value) + 20),
        lambda value, rng: 3 * value + 1,
        lambda value, rng: bool(value),
        lambda value, rng: 10 * value + 7,
        lambda value, rng: value + 2**53 + 1,
        lambda value, rng: rng.randint(0, 8 * abs(value) + 3000),
        lambda value, rng: value << 40,
        lambda value, rng: value * 3**37 + 1,
        lambda value, rng: value + 10**17,
        lambda value, rng: -value - 1,
    ),
    float: (
        whole,
        lambda value, rng: 0.0,
        half(0),
        half(2),
        lambda value, rng: value * 1e10,
        half(1),
        lambda value, rng: 1e16 + value,
        lambda value, rng: value * 1e-10,
        lambda value, rng: 0.1 * rng.randint(1, 9),
        half(3),
    ),
    str: (
        lambda value, rng: "",
        lambda value, rng: value + "\n",
        lambda value, rng: value[::-1],
        lambda value, rng: value.upper(),
        lambda value, rng: value.replace(" ", "  ") if " " in value else value + " " + value,
        lambda value, rng: value + "e\u0301",
        lambda value, rng: "\t" + value,
        numeral(lambda digits: "+" + digits),
        numeral("x{}".format),
        lambda value, rng: value + "0",
        numeral(lambda digits: digits + "_0"),
        numeral(lambda digits: "-0" + digits),
        numeral(lambda digits: chr(0x0660 + int(digits[0])) + digits[1:]),
        numeral(lambda digits: digits + "\u00b2"),
        numeral(lambda digits: digits + ".5"),
        # Once more: where a text has several numbers, one is chosen.
        numeral(lambda digits: "+" + digits),
        numeral(lambda digits: digits + "_0"),
    ),
    datetime.date: (
        *DATES,
        lambda value, rng: datetime.datetime(value.year, value.month, value.day, 12),
    ),
    datetime.datetime: (
        *DATES,
        lambda value, rng: value.replace(hour=0, minute=0, second=0, microsecond=0),
        lambda value, rng: value.replace(hour=23, minute=59, second=59, microsecond=999999),
    ),
    datetime.timedelta: (
        lambda value, rng: -value,
        lambda value, rng: value * 2,
        lambda value, rng: value + datetime.timedelta(microseconds=1),
        lambda value, rng: datetime.timedelta(0),
    ),
    decimal.Decimal: (
        lambda value, rng: value.to_integral_value() + decimal.Decimal("0.5"),
        lambda value, rng: -value,
        lambda value, rng: value * 10,
        lambda value, rng: decimal.Decimal(0),
        lambda value, rng: value + decimal.Decimal("0.005"),
    ),
    fractions.Fraction: (
        lambda value, rng: -value,
        lambda value, rng: value + fractions.Fraction(1, 3),
        lambda value, rng: fractions.Fraction(0),
    ),
}
