"""What was recorded at each place of a call: an argument, an attribute, the items of a list.

Lengths that agreed in all recorded calls (rows of a matrix, two lists side by
side, a list and its length) are to go on agreeing, and tuples and dicts that
are records keep their fields.
"""

import enum

from .canon import shape_of
from .changes import DICTS, ROWS, SETS, ordered

DEEPEST = 4
MOST_NOTED = 60
FIRST_ITEMS = 40
EVEN_ROWS = 3
ITEMS = "[]"
KEYS = "keys"
NAMED = 16


class Places:
    """What was recorded at each place."""

    def __init__(self, recorded):
        self.values = {}
        self.lengths = {}
        self.fields = {}
        self.even = {}
        for args, kwargs in recorded:
            for key, value in positions(args, kwargs):
                self.note((key,), value)
        self.groups = groups(recorded)
        self.bound = {(key,) for group in self.groups for key in group}

    def note(self, place, value):
        """Take down a value and what is in it."""
        noted = self.values.setdefault(place, [])
        if len(noted) < MOST_NOTED:
            noted.append(value)
        kind = type(value)
        if isinstance(value, ROWS) or kind in DICTS or kind in SETS:
            self.lengths.setdefault(place, set()).add(len(value))
        if len(place) >= DEEPEST:
            return
        if kind in DICTS:
            self.fields.setdefault(place, set()).add(tuple(value))
            for key in list(value)[:FIRST_ITEMS]:
                self.note((*place, KEYS), key)
                self.note((*place, ITEMS), value[key])
                if type(key) is str:
                    self.note((*place, key), value[key])
        elif isinstance(value, ROWS):
            self.note_items(place, value)
        elif kind in SETS:
            for item in ordered(value)[:FIRST_ITEMS]:
                self.note((*place, ITEMS), item)
        elif is_plain(value):
            for name, item in attributes(value):
                self.note((*place, name), item)

    def note_items(self, place, value):
        """Take down the items of a sequence, both as alike and each by its index."""
        for index, item in enumerate(list(value)[:FIRST_ITEMS]):
            self.note((*place, ITEMS), item)
            if index < NAMED:
                self.note((*place, index), item)
        sizes = [len(item) for item in value if type(item) in (list, tuple)]
        if len(sizes) > 1:
            self.even.setdefault((*place, ITEMS), []).append(len(set(sizes)) == 1)

    def others(self, place, value, same_length):
        """Return the values of the same type that were recorded here."""
        found = [v for v in self.values.get(place, ()) if type(v) is type(value)]
        if same_length and hasattr(value, "__len__"):
            found = [v for v in found if len(v) == len(value)]
        return found

    def fixed(self, place, value):
        """Tell whether the value keeps its length, because it is a record or bound to others."""
        if place in self.bound or self.are_rows(place):
            return True
        if type(value) in DICTS:
            known = self.fields.get(place, ())
            return len(known) == 1 and len(self.values[place]) > 1
        if isinstance(value, tuple):
            return hasattr(value, "_fields") or len(self.lengths.get(place, ())) < 2
        if type(value) is list:
            mixed = len({type(item) for item in value}) > 1
            return mixed and len(self.lengths.get(place, ())) < 2
        return False

    def are_rows(self, place):
        """Tell whether the items at this place were always as long as those next to them."""
        even = self.even.get(place, ())
        return len(even) >= EVEN_ROWS and all(even)


def positions(args, kwargs):
    """Return (index or name, value) of each argument."""
    return [*enumerate(args), *kwargs.items()]


def groups(recorded):
    """Return lists of positions whose lengths (or, for an int, value) agreed in all calls."""
    found = {}
    common = [dict(positions(args, kwargs)) for args, kwargs in recorded]
    for key in [k for k in common[0] if all(k in one for one in common)] if common else ():
        values = [one[key] for one in common]
        if all(type(value) in (list, tuple) for value in values):
            found.setdefault(tuple(map(len, values)), []).append(key)
        elif all(type(value) is int for value in values):
            found.setdefault(tuple(values), []).append(key)
    return [
        keys
        for sizes, keys in found.items()
        if len(keys) > 1
        and len(set(sizes)) > 1
        and any(type(common[0][key]) is not int for key in keys)
    ]


def is_plain(value):
    """Tell whether the value is an instance that consists of its attributes alone."""
    kind = type(value)
    if isinstance(value, (type, BaseException, enum.Enum)) or kind.__module__ == "builtins":
        return False
    return shape_of(kind).plain


def attributes(value):
    """Return (name, value) of the instance's fields."""
    try:
        found = list(object.__getattribute__(value, "__dict__").items())
    except AttributeError:
        found = []
    for name, member in shape_of(type(value)).slots:
        try:
            found.append((name, member.__get__(value)))
        except AttributeError:
            continue
    return found
