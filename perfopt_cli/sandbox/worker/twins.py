"""Calls in which values are equal, nearly equal, the very same object, or nested deep.

Tests seldom give a function two things that differ in little: lists with the
same members in other multiplicities, an instance and its copy of a subclass,
one list under two names.
"""

from collections import deque

from . import calls
from .changes import ROWS, Stuck, copied, items_of, rebuilt
from .places import ITEMS, KEYS, is_plain
from .slots import Slot, below, slots
from .subclasses import subclass_of

TRIES = 8
SCALARS = (int, float, str, bytes)
HOLDERS = (list, dict, set)
FREE = (list, deque, set, dict)
DEPTHS = (60, 120, 250, 450, 700)
MOST_DEEP = 2**18


class Twins:
    """Changes arguments in place; the ways take turns.

    A container may come out without what each of its kind has: an error that
    this leads to counts if nothing was changed by then.
    """

    incomplete = True

    def __init__(self, rng, places):
        self.rng = rng
        self.places = places
        self.turns = 0
        self.depth = 0
        self.ways = (
            self.elsewhere,
            self.near,
            self.subclassed,
            self.twin_in_list,
            self.same_object,
            self.elsewhere,
            self.deep,
            self.near,
        )

    def change(self, args, kwargs, growing):
        """Return (args, kwargs) with one change. Raises Stuck where none is possible."""
        args, kwargs = list(args), dict(kwargs)
        for _ in range(len(self.ways)):
            way = self.ways[self.turns % len(self.ways)]
            self.turns += 1
            if way == self.deep and not growing:
                continue
            if way(slots(args, kwargs)):
                return args, kwargs
        raise Stuck

    def two(self, found, fits, apart):
        """Return two slots that fit and whose values have the same type, or None."""
        found = [slot for slot in found if fits(slot)]
        for _ in range(TRIES if len(found) > 1 else 0):
            one, other = self.rng.sample(found, 2)
            if one.kind is not other.kind or is_inside(one, other) or is_inside(other, one):
                continue
            if one.path[0] != other.path[0] or not apart:
                return one, other
        return None

    def takes(self, slot, items):
        """Tell whether items of these types were recorded in this container."""
        if slot.kind is dict:
            return self.takes_at((*slot.place, KEYS), [key for key, _ in items]) and self.takes_at(
                (*slot.place, ITEMS), [item for _, item in items]
            )
        return self.takes_at((*slot.place, ITEMS), items)

    def takes_at(self, place, items):
        """Tell whether values of these types were recorded at a place."""
        known = {form_of(value) for value in self.places.values.get(place, ())}
        return {form_of(item) for item in items} <= known

    def elsewhere(self, found):
        """Put a scalar where another argument has one of its type."""
        pair = self.two(found, is_scalar, True)
        if pair is None:
            return False
        pair[0].put(pair[1].value)
        return True

    def planted(self, args, kwargs):
        """Put the last item of the longest list where another argument has one of its type."""
        found = slots(list(args), kwargs)
        rows = [slot for slot in found if isinstance(slot.value, ROWS) and len(slot.value)]
        if not rows:
            return
        longest = max(rows, key=lambda slot: len(slot.value))
        last = longest.value[-1]
        others = [
            slot
            for slot in found
            if slot.kind is type(last) in SCALARS and slot.path[: len(longest.path)] != longest.path
        ]
        if others:
            self.rng.choice(others).put(last)

    def near(self, found):
        """Make one container like another: the same, in another order, or with one item changed."""
        pair = self.two(found, self.free, False)
        if pair is None or not len(pair[1].value):
            return False
        one, other = pair
        items = items_of(copied(other.value))
        if not self.takes(one, items):
            return False
        change = self.rng.randrange(5)
        if change == 1:
            self.rng.shuffle(items)
        elif change == 2:  # the same members, one more of this here, one more of that there
            first, second = self.rng.choice(items), self.rng.choice(items)
            other.put(rebuilt(other.value, [*items_of(other.value), first]))
            items.append(copied(second))
        elif change == 3:
            items[self.rng.randrange(len(items))] = copied(self.rng.choice(items))
        elif change == 4:
            items.pop()
        one.put(rebuilt(copied(other.value), items))
        return True

    def free(self, slot):
        """Tell whether a slot has a container that may have any length."""
        return slot.kind in FREE and not self.places.fixed(slot.place, slot.value)

    def subclassed(self, found):
        """Make an instance one of a subclass."""
        plain = [slot for slot in found if is_plain(slot.value)]
        return bool(plain) and specialise(self.rng.choice(plain).value)

    def twin_in_list(self, found):
        """Append a copy of an item: of a subclass, or True for 1."""
        rows = [slot for slot in found if slot.kind is list and slot.value and self.free(slot)]
        if not rows:
            return False
        row = self.rng.choice(rows).value
        item = copied(self.rng.choice(row))
        if is_plain(item):
            specialise(item)
        elif type(item) is int and item in (0, 1):
            item = bool(item)
        row.insert(self.rng.randrange(len(row) + 1), item)
        return True

    def same_object(self, found):
        """Put one object in two places."""
        pair = self.two(found, mutable, False)
        if pair is None:
            return False
        one, other = pair
        fixed = one.kind in FREE and not (self.free(one) and self.free(other))
        if fixed and len(one.value) != len(other.value):
            return False
        if one.kind in FREE and not self.takes(one, items_of(other.value)):
            return False
        one.put(other.value)
        return True

    def deep(self, found):
        """Nest a value many times in itself, if it holds one of its own type."""
        self.rng.shuffle(found)
        for slot in found:
            if not mutable(slot):
                continue
            inner = [one for one in inside(slot.value) if one.kind is slot.kind and walkable(one)]
            if inner:
                path = self.rng.choice(inner).path[1:]
                slot.put(self.nested(slot.value, path))
                return True
        return False

    def nested(self, value, path):
        """Return copies of the value, each in the next at the path."""
        count = DEPTHS[self.depth % len(DEPTHS)]
        self.depth += 1
        tip = copied(value)
        path = trimmed(value, path)
        data = calls.dump((value,), {})
        for _ in range(count):
            layer = calls.load(data)[0][0]
            put_at(layer, path, tip)
            tip = layer
        return tip


def trimmed(value, path):
    """Leave in the lists along a path but what is on it; return the path that it is then."""
    steps = []
    for step in path:
        if isinstance(value, list):
            value[:] = [value[step]]
            step = 0
        steps.append(step)
        last = len(steps) == len(path)
        if last:
            put_at(value, [step], None)
        elif isinstance(value, (list, dict)):
            value = value[step]
        else:
            value = getattr(value, step)
    return steps


def put_at(value, path, item):
    """Put an item into a value, where the path leads."""
    for step in path[:-1]:
        value = value[step] if isinstance(value, (list, dict)) else getattr(value, step)
    if isinstance(value, (list, dict)):
        value[path[-1]] = item
    else:
        object.__setattr__(value, path[-1], item)


def walkable(slot):
    """Tell whether no tuple is on the way."""
    return not any(isinstance(holder, tuple) for holder in slot.holders)


def inside(value):
    """Return the slots in a value."""
    return below([Slot(value, None, (None,), (None,))])[1:]


def is_inside(one, other):
    """Tell whether a slot is another, or in it."""
    return one.path[: len(other.path)] == other.path


def is_scalar(slot):
    """Tell whether a slot has a number or a text."""
    return slot.kind in SCALARS


def form_of(value):
    """Return the type of a value, of a tuple its fields' as well."""
    kind = type(value)
    return (kind, *map(form_of, value)) if kind is tuple else kind


def mutable(slot):
    """Tell whether a value can be changed by whoever else has it."""
    return slot.kind in HOLDERS or is_plain(slot.value)


def specialise(value):
    """Make an instance one of a subclass of its class; return whether that's possible."""
    try:
        object.__setattr__(value, "__class__", subclass_of(type(value)))  # the class may be frozen
    except (TypeError, AttributeError):
        return False
    return True
