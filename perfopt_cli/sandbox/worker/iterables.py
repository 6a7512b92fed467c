"""Iterators and dicts in the place of lists, where any iterable will do.

That is where the annotation says so, and, for a dict, where texts, iterators
or sets were recorded beside lists. ``Counter`` and ``dict.update`` read a dict
otherwise than a list of its keys.
"""

import types

from .changes import TEXTS
from .places import positions


class Iterables:
    """Knows which arguments may be any iterable, and gives iterators and dicts in turn."""

    def __init__(self, places, function):
        self.places = places
        self.iterated = parameters(function, ("Iterable", "Iterator"))
        self.keyed = parameters(function, ("Iterable", "Collection"))
        self.turns = {}

    def change(self, args, kwargs):
        """Change an argument in place; return dict or iter, or None where there is none."""
        for key, value in positions(args, kwargs):
            if type(value) not in (list, tuple, str):
                continue
            iterated = key in self.iterated and type(value) is not str
            keyed = key in self.keyed or self.takes_all(key)
            ways = [iter] * iterated + [dict] * keyed
            if not ways:
                continue
            self.turns[key] = self.turns.get(key, -1) + 1
            way = ways[self.turns[key] % len(ways)]
            try:
                made = iter(value) if way is iter else {v: n for n, v in enumerate(value, 2)}
            except TypeError:  # items that can be no keys
                continue
            (args if isinstance(key, int) else kwargs)[key] = made
            return way
        return None

    def takes_all(self, key):
        """Tell whether what was recorded for an argument has little in common but its items."""
        kinds = {type(value) for value in self.places.values.get((key,), ())}
        if not kinds & {list, tuple} or not all(hasattr(kind, "__iter__") for kind in kinds):
            return False
        return any(kind in TEXTS or not hasattr(kind, "__getitem__") for kind in kinds)


def parameters(function, kinds):
    """Return index and name of each parameter whose annotation begins with one of the names."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        return set()
    found = set()
    named = getattr(function, "__annotations__", None) or {}
    for index, name in enumerate(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]):
        text = str(named.get(name, "")).rpartition("abc.")[2].rpartition("typing.")[2]
        if text.startswith(kinds):
            found |= {index, name}
    return found
