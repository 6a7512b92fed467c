"""Calls with values that tests seldom have: other number types, dates, ties, graphs, odd shapes.

Each is made out of a recorded call by one change at one place. A change that
breaks what the recorded calls have in common (rows of one length, two lists
side by side) marks the call as ``misshaped``: it counts only where the
function returns all the same, or refuses in words of its own. A record that lacks
a field is ``incomplete``: an error that it leads to counts if nothing was changed.
"""

import functools
import types

from .changes import DICTS, ROWS, SETS, Stuck, copied, items_of, rebuilt
from .graphs import GRAPHS
from .iterables import Iterables
from .places import DEEPEST, ITEMS, attributes, is_plain, positions
from .scalars import SCALARS
from .slots import slots
from .spies import Spy
from .subclasses import base_of, subclass_of

MOST_LONG = 1500
MOST_PARTS = 50
MOST_MANY = 1000
TRIES = 6
GRAPH_SHARE = 0.5
SPY_SHARE = 0.4
RANDOM_NODE = 0.25
SUBCLASS_SHARE = 0.15
LIST_SHARE = 0.05
ITERATOR_SHARE = 0.15
MEDDLING = 4
CALLABLE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial)
FAULTS = (None, StopIteration, LookupError, None, ValueError, None, KeyError)


class Unusual:
    """Changes arguments in place, the kinds of change in turn at each place."""

    def __init__(self, rng, places, function=None):
        self.iterables = Iterables(places, function)
        self.rng = rng
        self.places = places
        self.turns = {}
        self.misshaped = False
        self.incomplete = False
        self.growing = False

    def change(self, args, kwargs, growing):
        """Return (args, kwargs) with one change. Raises Stuck where none is possible."""
        self.misshaped, self.incomplete, self.growing = False, False, growing
        args, kwargs = list(args), dict(kwargs)
        if growing and self.rng.random() < GRAPH_SHARE:
            try:
                self.change_graph(args, kwargs)
                return args, kwargs
            except Stuck:
                pass
        if self.rng.random() < ITERATOR_SHARE:
            given = self.iterables.change(args, kwargs)
            if given is not None:
                self.misshaped = given is dict
                return args, kwargs
        if self.rng.random() < SPY_SHARE and self.spy(args, kwargs):
            return args, kwargs
        for _ in range(TRIES):
            key = self.rng.choice([key for key, _ in positions(args, kwargs)] or [None])
            if key is None:
                break
            holder = args if isinstance(key, int) else kwargs
            try:
                holder[key] = self.changed(holder[key], (key,))
            except Stuck:
                continue
            return args, kwargs
        raise Stuck

    def changed(self, value, place, pick=None):
        """Return the value with one change, at it or below; ``pick`` numbers the way."""
        kind = type(value)
        scalars = SCALARS.get(kind)
        if isinstance(value, type) and len(place) == 1 and base_of(value) is None:
            return self.subclass(value)
        if scalars:
            pick = self.turn((place, kind)) if pick is None else pick
            found = scalars[pick % len(scalars)](value, self.rng)
            if type(found) is bool and place[-1] != ITEMS:  # True for a size or a depth
                raise Stuck
            return found
        container = isinstance(value, ROWS) or kind in DICTS or kind in SETS
        if kind is list and self.rng.random() < LIST_SHARE:
            return subclass_of(list)(value)
        if container and len(value):
            ways = [self.inside, self.inside, self.level, self.shortened, self.inside]
            if self.places.fixed(place, value) and kind in DICTS:
                ways.append(self.without_field)
            if self.growing and kind is list and len(place) == 1:
                ways.append(self.many)
            return ways[self.turn((place, kind)) % len(ways)](value, place)
        if is_plain(value) and len(place) < DEEPEST:
            return self.attribute(value, place)
        raise Stuck

    def turn(self, key):
        """Return how often this was asked before."""
        self.turns[key] = self.turns.get(key, -1) + 1
        return self.turns[key]

    def inside(self, value, place):
        """Change one part, or many parts in the same way."""
        items = items_of(value)
        if len(place) >= DEEPEST:
            raise Stuck
        indices, pick = [self.rng.randrange(len(items))], None
        if self.rng.random() < 0.3:
            indices, pick = range(min(len(items), MOST_PARTS)), self.turn(("all", place))
        for index in indices:
            if isinstance(value, dict):
                key, item = items[index]
                items[index] = (key, self.changed(item, (*place, ITEMS), pick))
            else:
                items[index] = self.changed(items[index], (*place, ITEMS), pick)
        return rebuilt(value, items)

    def level(self, value, place):
        """Give all items the same value, or the same field: ties."""
        items = items_of(value)
        values = [pair[1] for pair in items] if isinstance(value, dict) else items
        first = values[self.rng.randrange(len(values))]
        kind = type(first)
        if kind in DICTS and first:
            field = self.rng.choice(list(first))
            for item in values:
                if type(item) is kind and field in item:
                    item[field] = copied(first[field])
            return value
        if kind is tuple and first and not isinstance(value, (set, frozenset)):
            at = self.rng.randrange(len(first))
            made = [self.with_field(item, at, first[at]) for item in values]
        elif {*map(type, values)} == {kind} and not isinstance(value, (set, frozenset)):
            made = [first for _ in values]
        else:
            raise Stuck
        if isinstance(value, dict):
            made = [(pair[0], item) for pair, item in zip(items, made)]
        return rebuilt(value, made)

    def with_field(self, item, at, field):
        """Return a tuple with another field, any other value as it is."""
        if type(item) is not tuple or at >= len(item):
            return item
        return (*item[:at], copied(field), *item[at + 1 :])

    def many(self, value, place):
        """Make a long list of the same items with other numbers, all of so many digits.

        What is rounded comes to lie half way for some of them, and ties turn up.
        """
        digits = self.turn(("many", place)) % 5
        items = [self.rng.choice(value) for _ in range(MOST_MANY)]
        return rebuilt(value, [self.renumbered(item, digits) for item in items])

    def renumbered(self, item, digits):
        """Return a copy of an item with other floats."""
        kind = type(item)
        if kind is float:
            return round(self.rng.uniform(-1, 2) * (abs(item) if item - item == 0 else 1), digits)
        if kind is tuple:
            return tuple(self.renumbered(part, digits) for part in item)
        if kind is dict:
            return {key: self.renumbered(part, digits) for key, part in item.items()}
        return copied(item)

    def shortened(self, value, place):
        """Leave out the last part, whatever has the same length elsewhere."""
        if isinstance(value, (tuple, set, frozenset)):
            raise Stuck
        self.misshaped = True
        if self.rng.random() < 0.5 and len(place) < DEEPEST:
            rows = [item for item in items_of(value) if type(item) is list and item]
            if rows:
                self.rng.choice(rows).pop()
                return value
        return rebuilt(value, items_of(value)[:-1])

    def without_field(self, value, _place):
        """Leave a field out of a record."""
        self.incomplete = True
        key = self.rng.choice(list(value))
        del value[key]
        return value

    def attribute(self, value, place):
        """Change one attribute of an instance, or make it one of a subclass."""
        if self.rng.random() < SUBCLASS_SHARE:
            try:
                object.__setattr__(value, "__class__", subclass_of(type(value)))
            except (TypeError, AttributeError):
                raise Stuck from None
            return value
        fields = attributes(value)
        self.rng.shuffle(fields)
        for name, item in fields:
            try:
                object.__setattr__(value, name, self.changed(item, (*place, name)))
            except (Stuck, AttributeError, TypeError):
                continue
            return value
        raise Stuck

    def subclass(self, value):
        """Return a subclass for a class, such as a class method gets."""
        try:
            return subclass_of(value)
        except TypeError:
            raise Stuck from None

    def change_graph(self, args, kwargs):
        """Make another graph of a dict or a list of pairs, and start from one of its nodes."""
        found = [(key, value) for key, value in positions(args, kwargs)]
        self.rng.shuffle(found)
        for key, value in found:
            ways = [way for way in GRAPHS if way.fits(value)]
            if not ways:
                continue
            way = ways[self.turn(("graph", key)) % len(ways)]
            shape = self.turn(("shape", key))
            graph, nodes = way.make(value, self.rng, MOST_LONG, shape)
            before = way.nodes(value)
            (args if isinstance(key, int) else kwargs)[key] = graph
            ends = [nodes[0], nodes[-1]]
            for other, held in positions(args, kwargs):
                if other != key and type(held) in (str, int) and held in before:
                    node = ends.pop() if ends else self.rng.choice(nodes)
                    if self.rng.random() < RANDOM_NODE:
                        node = self.rng.choice(nodes)
                    (args if isinstance(other, int) else kwargs)[other] = node
            return
        raise Stuck

    def spy(self, args, kwargs):
        """Put spies in the place of functions among the arguments; return whether there were any.

        They log how they are called, all to one list, and every other time
        answer with something true or false instead of True and False.
        """
        log, count = [], 0
        turn = self.turn("spy")
        loose, fault = turn % 2 == 1, FAULTS[turn // 2 % len(FAULTS)]
        meddling = turn % MEDDLING == MEDDLING - 1
        rows = [slot.value for slot in slots(list(args), kwargs) if slot.kind is dict]
        outer = rows[: 1 if self.rng.random() < 0.5 else None]
        held = self.rng.choice(outer) if meddling and rows else None
        for key, value in positions(args, kwargs):
            holder = args if isinstance(key, int) else kwargs
            if isinstance(value, CALLABLE):
                holder[key] = Spy(value, count, log, loose, fault, held)
                count += 1
            elif type(value) is list:
                for index, item in enumerate(value):
                    if isinstance(item, CALLABLE):
                        value[index] = Spy(item, count, log, loose, fault, held)
                        count += 1
        return count > 0
