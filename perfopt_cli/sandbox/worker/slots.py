"""The places in a call's arguments that a value can be put into: items, fields, attributes."""

import collections

from .places import ITEMS, attributes, is_plain, positions

DEEPEST = 3
MOST = 150
FIRST = 6
INDEXED = (list, tuple, collections.deque)


class Slot:
    """A place: the ``value`` there, how to ``put`` another, its ``path`` from the argument.

    ``place`` is the path with one name for all items of a list or a dict, ``holders``
    what the value is in.
    """

    __slots__ = ("holders", "path", "place", "put", "value")

    def __init__(self, value, put, path, place, holders=()):
        self.holders = holders
        self.value = value
        self.put = put
        self.path = path
        self.place = place

    @property
    def kind(self):
        """The type of the value."""
        return type(self.value)


def slots(args, kwargs):
    """Return the slots of a call, the arguments' own first; ``args`` is a list."""
    found = []
    for key, value in positions(args, kwargs):
        holder = args if isinstance(key, int) else kwargs
        found.append(Slot(value, setter(holder, key), (key,), (key,)))
    return below(found)


def below(found):
    """Return these slots and those inside them, level by level."""
    found = list(found)
    for slot in found:
        if len(slot.path) > DEEPEST or len(found) > MOST:
            break
        found += parts(slot)
    return found


def parts(slot):
    """Return the slots of a value's parts: the first few and the last of a sequence."""
    value, kind = slot.value, slot.kind
    if kind in INDEXED or (isinstance(value, tuple) and hasattr(value, "_fields")):
        count = len(value)
        indices = [*range(min(count, FIRST)), *([count - 1] if count > FIRST else [])]
        if isinstance(value, tuple):
            return [part(slot, value[i], in_tuple(slot, i), i, i) for i in indices]
        return [part(slot, value[i], setter(value, i), i, ITEMS) for i in indices]
    if isinstance(value, dict):
        inner = len(slot.path) > 1  # a record among others, most likely
        return [
            part(slot, value[key], setter(value, key), key, key if inner else ITEMS)
            for key in list(value)[:FIRST]
        ]
    if is_plain(value):
        return [
            part(slot, item, attribute_setter(value, name), name, name)
            for name, item in attributes(value)
        ]
    return []


def part(slot, value, put, step, name):
    """Return the slot of a part."""
    holders = (*slot.holders, slot.value)
    return Slot(value, put, (*slot.path, step), (*slot.place, name), holders)


def setter(holder, key):
    """Return what puts a value into a list or a dict."""

    def put(value):
        holder[key] = value

    return put


def in_tuple(slot, index):
    """Return what puts a tuple with another field in the place of the slot's."""

    def put(value):
        fields = [*slot.value[:index], value, *slot.value[index + 1 :]]
        make = getattr(slot.value, "_make", tuple)
        slot.value = make(fields)
        slot.put(slot.value)

    return put


def attribute_setter(holder, name):
    """Return what sets an attribute whatever the class says to it."""

    def put(value):
        object.__setattr__(holder, name, value)

    return put
