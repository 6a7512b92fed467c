"""The numbers and texts that a function's code holds, and the values and sizes next to them."""

import math
import types

MOST_TEXT = 60
MOST_MEMBERS = 20
MOST_VALUES = 40
USUAL = (-1, 0, 1, 2, "", b"")


class Constants:
    """Values by type, and lengths, that code may treat apart; ``far``: also lengths far above."""

    def __init__(self, values, usual=USUAL, largest=2000, far=False):
        self.values = {int: [], float: [], str: [], bytes: []}
        self.sizes = []
        told = [value for value in values if type(value) in self.values]
        for value in told:
            if type(value) is int and 0 < value <= largest:
                third = 2 * value + 1 if far else value - 1
                self.sizes += [n for n in (value, value + 1, third) if n not in self.sizes]
        for value in told:
            if value not in usual:
                self.add(value)
        for value in told:
            if value not in usual:
                for other in near(value):
                    self.add(other)
        self.sizes = self.sizes[:MOST_VALUES]

    def add(self, value):
        """Keep one value once."""
        kept = self.values[type(value)]
        if value not in kept and len(kept) < MOST_VALUES:
            kept.append(value)

    def of(self, kind):
        """Return the values of a type."""
        return self.values.get(kind, ())

    def __bool__(self):
        return bool(self.sizes) or any(self.values.values())


def near(value):
    """Return other values that show whether this one is treated apart."""
    if type(value) is int:
        return [value + 1, value - 1, -value, str(value), *([float(value)] if small(value) else [])]
    if type(value) is float:
        up, down = math.nextafter(value, math.inf), math.nextafter(value, -math.inf)
        return [v for v in (up, down, value + 1.0, -value) if math.isfinite(v)]
    numbers = [int(value)] if type(value) is str and value.isdecimal() and len(value) < 19 else []
    return [*numbers, value[:-1], value + value[-1:], value.swapcase()]


def small(value):
    """Tell whether a float holds the number exactly."""
    return abs(value) < 2**53


def of_function(function):
    """Return the scalars in a function's code, and in the globals that it reads."""
    found, codes = [], [function.__code__]
    for code in codes:
        for value in code.co_consts:
            if isinstance(value, types.CodeType):
                codes.append(value)
            else:
                found += scalars(value)
        for name in code.co_names:
            found += scalars(function.__globals__.get(name))
    return [value for value in found if value != function.__doc__]


def scalars(value):
    """Return a scalar, or those in a small container."""
    kind = type(value)
    if kind in (tuple, list, set, frozenset, dict):
        members = sorted(value, key=repr) if kind in (set, frozenset) else list(value)
        few = members if len(members) <= MOST_MEMBERS else []
        return [v for member in few if type(member) is not tuple for v in scalars(member)]
    if kind in (str, bytes):
        return [value] if len(value) <= MOST_TEXT else []
    return [value] if kind is int or (kind is float and math.isfinite(value)) else []
