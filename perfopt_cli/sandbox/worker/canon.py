"""A typed canonical form of any value, so that the parent can compare two worlds.

Exact types count at every level; floats count bit by bit; dict order counts;
so does which mutable object is which (aliasing, cycles). No ``__eq__``,
``__hash__``, ``__repr__`` or ``__class__`` of the user's decides anything:
instances are taken apart by the descriptors of their real type.
"""

import struct

from .canon_kinds import length_hint, shape_for
from .canon_types import Opaque, Shape, address
from .floats import Floats

__all__ = ["Canonizer", "Floats", "Opaque", "Shape", "length_hint", "shape_of"]

MAX_NODES = 2_000_000
MAX_ITEMS = 10_000
MOST_NAMES = 200
LONG = 8
"""From how many items on a sequence is looked at as a whole first."""

SHAPES: "dict[int, Shape]" = {}  # by id: a metaclass may lie about equality and hash
SCALARS = {
    address(str): repr,
    address(bytes): repr,
    address(int): "int:%x".__mod__,
    address(bool): "bool:{}".format,
    address(type(None)): repr,
    address(type(Ellipsis)): repr,
    address(type(NotImplemented)): repr,
}
STEADY = {address(int), address(bool), address(float)}


class Canonizer:
    """Writes values; one instance for everything whose aliasing matters together.

    ``target``: the code that stands for the function under test, in whichever
    version. ``floats``: where to put floats, which then don't count for the
    text. Without ``draining`` nothing is taken from iterators. ``named`` has
    names of objects by id, which are told from their copies.
    """

    def __init__(self, target=None, floats=None, draining=True, named=()):
        self.target = target
        self.floats = floats
        self.draining = draining
        self.named = named
        self.exact = 0
        self.parts = []
        self.seen = {}
        self.keep = []
        self.memory = {}
        self.nodes = 0
        self.names = {}

    def text(self):
        """Return what was written so far."""
        return "".join(self.parts)

    def write(self, value):
        """Append the canonical form of the value. Raises Opaque, or RecursionError."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Opaque("too large to compare")
        kind = type(value)
        scalar = SCALARS.get(address(kind))
        if scalar is not None:
            self.parts.append(scalar(value))
        elif kind is float:
            self.float(value)
        elif kind is tuple:
            if not self.scalars("(", value, ")"):
                self.sequence("(", value, ")")
        else:
            self.instance(value, SHAPES.get(address(kind)) or shape_of(kind))

    def instance(self, value, shape):
        """Write a mutable object once; later meetings name its number.

        One that has a name, as a global variable holds it, is told from a copy.
        """
        if shape.numbered:
            if address(value) in self.named:
                self.parts.append("global " + self.named[address(value)] + "=")
            number = self.seen.get(address(value))
            if number is not None:
                self.parts.append("#%d" % number)
                return
            self.seen[address(value)] = len(self.seen)
            self.keep.append(value)  # keeps the id from being used again
        self.parts.append(shape.name)
        if shape.made_here:
            self.parts.append(" of ")
            self.write(shape.kind)
        if shape.writer is not None:
            shape.writer(self, value)
        elif not shape.plain:
            raise Opaque("a value of type " + shape.name + " can't be compared")
        self.attributes(value, shape)

    def attributes(self, value, shape):
        """Write ``__dict__`` and slots."""
        if shape.fields is not None:
            fields = shape.fields.__get__(value)
            if type(fields) is dict:
                self.mapping(fields)
            else:
                self.write(fields)
        for name, member in shape.slots:
            self.parts.append("." + name + "=")
            try:
                item = member.__get__(value)
            except AttributeError:
                self.parts.append("unset")
            else:
                self.write(item)

    def once(self, value):
        """Number an object that has no shape; return whether it is new."""
        number = self.seen.get(address(value))
        if number is not None:
            self.parts.append("#%d" % number)
            return False
        self.seen[address(value)] = len(self.seen)
        self.keep.append(value)
        return True

    def float(self, value):
        """Write a float bit by bit, or where floats are set aside put it there."""
        bits = struct.pack(">d", value)
        if self.loose(1):
            self.floats.add("d", bits)
            self.parts.append("float:?")
        else:
            self.parts.append("float:" + bits.hex())

    def loose(self, count):
        """Tell whether so many floats can be set aside here."""
        return self.floats is not None and not self.exact and self.floats.room(count)

    def scalars(self, opening, items, closing):
        """Write a long list or tuple of scalars of one type as ``sequence`` does; tell if it is."""
        if len(items) < LONG:
            return False
        kinds = set(map(address, map(type, items)))
        scalar = SCALARS.get(kinds.pop()) if len(kinds) == 1 else None
        if scalar is None or self.nodes + len(items) > MAX_NODES:
            return False
        self.nodes += len(items)
        self.parts.append(opening + ",".join(map(scalar, items)) + "," + closing)
        return True

    def sequence(self, opening, items, closing):
        """Write items in their order."""
        self.parts.append(opening)
        for item in items:
            self.write(item)
            self.parts.append(",")
        self.parts.append(closing)

    def mapping(self, value):
        """Write a dict's items in their order; keys are exact."""
        append, known, names = self.parts.append, SCALARS.get, self.names
        append("{")
        for key, item in dict.items(value):
            # Most keys and items are scalars: what ``write`` does with them, without the calls.
            if type(key) is str and key in names:
                append(names[key])
            else:
                self.key(key)
            scalar = known(address(type(item)))
            if scalar is None:
                self.write(item)
                append(",")
            else:
                append(scalar(item) + ",")
        append("}")
        self.nodes += dict.__len__(value)

    def key(self, key):
        """Write a key of a dict; names come again and again, in instances of one class."""
        scalar = SCALARS.get(address(type(key)))
        if scalar is None:
            self.exactly(key)
            self.parts.append(":")
            return
        text = scalar(key) + ":"
        self.parts.append(text)
        if type(key) is str and len(self.names) < MOST_NAMES:
            self.names[key] = text

    def exactly(self, value):
        """Write a value whose floats count to the last bit whatever the setting."""
        self.exact += 1
        self.write(value)
        self.exact -= 1

    def unordered(self, items):
        """Write a set's members in an order that does not depend on hashes."""
        texts = [self.aside(item) for item in items]
        self.parts.append("{")
        for position in sorted(range(len(items)), key=texts.__getitem__):
            self.parts.append(texts[position][0])
            if texts[position][1]:  # which object it is, if it's met again elsewhere
                self.exactly(items[position])
            self.parts.append(",")
        self.parts.append("}")
        if all(map(steady, items)):
            # These hash alike in every process: a program may rely on their order.
            self.parts.append(" in order " + ",".join(text for text, _ in texts))

    def aside(self, item):
        """Return the text of a member by itself, and whether it holds numbered objects."""
        scalar = SCALARS.get(address(type(item)))
        if scalar is not None:
            self.nodes += 1
            return scalar(item), False
        part = Canonizer(self.target, None, self.draining)
        part.seen, part.memory = self.seen, dict(self.memory)
        before = len(self.seen)
        try:
            part.write(item)
        finally:
            numbered = len(self.seen) > before
            while len(self.seen) > before:
                self.seen.popitem()
        self.nodes += part.nodes
        self.keep.extend(part.keep)
        return part.text(), numbered

    def drain(self, value):
        """Write what an iterator still has to give, up to MAX_ITEMS."""
        if not self.draining:
            self.parts.append(str(length_hint(value)))
            return
        self.parts.append("<")
        for count, item in enumerate(value):
            if count >= MAX_ITEMS:
                self.parts.append("...")
                break
            self.write(item)
            self.parts.append(",")
        self.parts.append(">")


def shape_of(kind):
    """Return the shape of a class, worked out once."""
    shape = SHAPES.get(address(kind))
    if shape is None:
        shape = SHAPES[address(kind)] = shape_for(kind)
    return shape


def steady(value):
    """Tell whether a member of a set has its place by its value alone, in every process."""
    kind = type(value)
    if kind is tuple:
        return all(map(steady, value))
    return address(kind) in STEADY and value == value  # a nan hashes by its address
