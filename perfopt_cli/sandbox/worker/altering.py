"""Change a value in one of the ways that suit its type, in turn.

At every place only types turn up that were recorded there.
"""

import functools

from .changes import (
    DICTS,
    REARRANGED,
    ROWS,
    SCALARS,
    SETS,
    TEXTS,
    Stuck,
    copied,
    items_of,
    rebuilt,
)
from .places import DEEPEST, ITEMS, KEYS, attributes, is_plain

TRIES = 4
MOST_ITEMS = 2000
NAMES_SHARE = 0.5


class Alterations:
    """Changes values. The ways of each place take turns, the rest is by ``rng``.

    ``constants`` are values and sizes to try; with ``aiming`` nothing but these.
    """

    def __init__(self, rng, places, constants, aiming=False):
        self.constants = constants
        self.aiming = aiming
        self.rng = rng
        self.places = places
        self.turns = {}
        self.growing = True

    def turn(self, key):
        """Return how often this was asked before."""
        self.turns[key] = self.turns.get(key, -1) + 1
        return self.turns[key]

    def larger(self, n):
        """Return a size several times as large."""
        return max(n, min(MOST_ITEMS, n * self.rng.randint(3, 8)))

    def mutated(self, value, place):
        """Return the changed value; raise Stuck where there is no way."""
        ways = self.ways(value, place)
        for _ in range(min(TRIES, len(ways))):
            try:
                return ways[self.turn((place, type(value))) % len(ways)](value, place)
            except Stuck:
                continue
        raise Stuck

    def ways(self, value, place):
        """Return the functions that can change the value."""
        kind = type(value)
        fixed = self.places.fixed(place, value)
        if self.aiming:
            return self.aims(value, place, fixed)
        found = [functools.partial(self.scalar, way) for way in SCALARS.get(kind, ())]
        container = isinstance(value, ROWS) or kind in DICTS or kind in SETS
        if (container or kind in TEXTS) and not fixed:
            found += [functools.partial(self.rearranged, way) for way in REARRANGED]
            if self.growing:
                found += [self.joined, self.grown]
        if container and len(place) < DEEPEST:
            found = [way for one in found for way in (one, self.inside)] or [self.inside]
            if isinstance(value, ROWS) and not (fixed and isinstance(value, tuple)):
                found += [self.tied, self.sorted]
        if is_plain(value) and len(place) < DEEPEST:
            found.append(self.attribute)
        if value is not None and self.places.others(place, value, fixed)[1:]:
            found.insert(1, self.other)
        aims = self.aims(value, place, fixed)
        aims = [way for way in aims if way not in (self.inside, self.attribute)]
        return found[:2] + aims + found[2:]

    def aims(self, value, place, fixed):
        """Return the ways that lead to what the code compares with."""
        kind = type(value)
        found = [self.known, self.known] if self.constants.of(kind) else []
        container = isinstance(value, ROWS) or kind in DICTS or kind in SETS
        if (container or kind in TEXTS) and not fixed:
            if self.constants.sizes and self.growing:
                found.append(self.sized)
            if kind in (str, bytes) and self.constants.of(kind):
                found.append(self.spliced)
        if container and len(place) < DEEPEST:
            found.append(self.inside)
        if is_plain(value) and len(place) < DEEPEST:
            found.append(self.attribute)
        return found

    def known(self, value, place):
        """Take one of the constants."""
        values = self.constants.of(type(value))
        return values[self.turn(("known", place, type(value))) % len(values)]

    def spliced(self, value, place):
        """Put one of the constants into a text."""
        index = self.rng.randrange(len(value) + 1)
        return value[:index] + self.known(value, (*place, "in")) + value[index:]

    def sized(self, value, place):
        """Cut or grow to one of the lengths."""
        sizes = self.constants.sizes
        size = sizes[self.turn(("size", place)) % len(sizes)]
        if size <= len(value):
            return self.picked(value, range(size))
        items = items_of(value)
        if not items:
            raise Stuck
        return self.filled(value, items, size)

    def scalar(self, way, value, _place):
        """Apply a way of scalars."""
        return way(value)

    def other(self, value, place):
        """Take another value that was recorded here."""
        fixed = self.places.fixed(place, value)
        return copied(self.rng.choice(self.places.others(place, value, fixed)))

    def rearranged(self, way, value, _place):
        """Drop, repeat or reorder parts."""
        if not len(value):
            raise Stuck
        return self.picked(value, way(len(value), self.rng))

    def picked(self, value, order):
        """Return the value with the parts at these indices; parts taken twice are copies."""
        items, used, new = items_of(value), set(), []
        for index in order:
            new.append(copied(items[index]) if index in used else items[index])
            used.add(index)
        return rebuilt(value, new)

    def joined(self, value, place):
        """Append another value that was recorded here."""
        more = self.rng.choice(self.places.others(place, value, False) or [value])
        rows = value and more and self.places.are_rows((*place, ITEMS))
        if rows and len(items_of(more)[0]) != len(items_of(value)[0]):
            raise Stuck
        if len(value) + len(more) > MOST_ITEMS:
            raise Stuck
        return rebuilt(value, items_of(value) + items_of(copied(more)))

    def grown(self, value, place):
        """Make the value several times as large, with new items much like the old ones."""
        items = items_of(value)
        if not items or len(items) >= MOST_ITEMS:
            raise Stuck
        return self.filled(value, items, self.larger(len(items)))

    def filled(self, value, items, size):
        """Return the value with as many more items as it takes."""
        # Texts often are names of something: then no others are made up.
        names = self.rng.random() < NAMES_SHARE
        count = size - len(items)
        more = [self.varied(self.rng.choice(items), size, names) for _ in range(count)]
        return rebuilt(value, items + more)

    def varied(self, item, size, names=False):
        """Return an item like this one, often not the same; the same texts if they are names."""
        kind = type(item)
        if kind is int:
            return item + self.rng.randint(0, size) * (1 if item >= 0 else -1)
        if kind is float:
            other = item * (1 + self.rng.random())
            # Few digits: what is rounded comes to lie half way, and ties turn up.
            return round(other, self.rng.randint(0, 4)) if self.rng.random() < 0.7 else other
        if kind in (str, bytes) and item and not names:
            start = self.rng.randrange(len(item))
            return item + item[start : start + self.rng.randint(1, 3)]
        if kind is tuple:
            return tuple(self.varied(part, size, names) for part in item)
        if kind is dict and names:
            return {key: self.varied(part, size, names) for key, part in item.items()}
        return copied(item)

    def tied(self, value, _place):
        """Put a copy of one item in another's place."""
        items = items_of(value)
        if len(items) < 2:
            raise Stuck
        one, two = self.rng.sample(range(len(items)), 2)
        items[one] = copied(items[two])
        return rebuilt(value, items)

    def sorted(self, value, _place):
        """Put the items in order."""
        try:
            return rebuilt(value, sorted(value))
        except Exception:
            raise Stuck from None

    def inside(self, value, place):
        """Change one part."""
        items = items_of(value)
        if not items:
            raise Stuck
        index = self.rng.randrange(len(items))
        fixed = self.places.fixed(place, value)
        if not isinstance(value, dict):
            items[index] = self.mutated(items[index], (*place, index if fixed else ITEMS))
            return rebuilt(value, items)
        key, item = items[index]
        if not fixed and self.rng.random() < 0.3:
            key = self.mutated(key, (*place, KEYS))
        else:
            named = fixed and type(key) is str
            item = self.mutated(item, (*place, key if named else ITEMS))
        items[index] = (key, item)
        return rebuilt(value, items)

    def attribute(self, value, place):
        """Change one attribute of an instance."""
        fields = attributes(value)
        self.rng.shuffle(fields)
        for name, item in fields:
            try:
                object.__setattr__(value, name, self.mutated(item, (*place, name)))
            except (Stuck, AttributeError, TypeError):
                continue
            return value
        raise Stuck
