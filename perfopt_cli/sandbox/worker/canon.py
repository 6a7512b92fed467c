"""A typed canonical form of any value, so that the parent can compare two worlds.

Exact types count at every level; floats count bit by bit; dict order counts;
so does which mutable object is which (aliasing, cycles). No ``__eq__``,
``__hash__`` or ``__repr__`` of the user's decides anything: instances are
taken apart by ``object.__getattribute__`` and their slots.
"""

import array
import collections
import datetime
import decimal
import enum
import fractions
import hashlib
import operator
import re
import struct
import sys
import types

from .closures import Cells, own, shown

MAX_NODES = 2_000_000
MAX_ITEMS = 10_000
SHAPES: "dict[type, Shape]" = {}

# Types of the standard library whose repr is exact and not the user's.
BY_REPR = (
    complex,
    range,
    slice,
    type(None),
    type(NotImplemented),
    type(Ellipsis),
    decimal.Decimal,
    fractions.Fraction,
    datetime.date,
    datetime.datetime,
    datetime.time,
    datetime.timedelta,
    datetime.timezone,
)
EMPTY: "list[object]" = []
LAZY = tuple(
    map(
        type,
        (
            iter(EMPTY),
            iter(()),
            iter(set(EMPTY)),
            iter(dict.fromkeys(EMPTY)),
            iter(dict.fromkeys(EMPTY).values()),
            iter(dict.fromkeys(EMPTY).items()),
            iter(""),
            iter(b""),
            iter(range(0)),
            reversed(EMPTY),
            map(str, ()),
            filter(None, ()),
            zip(),
            enumerate(()),
            (item for item in EMPTY),
        ),
    )
)


class Opaque(Exception):
    """The value holds something that can't be put in canonical form."""


class Canonizer:
    """Writes values; one instance for everything whose aliasing matters together."""

    def __init__(self):
        self.parts = []
        self.seen = {}
        self.keep = []
        self.nodes = 0
        self.under_test = []

    def text(self):
        """Return what was written so far."""
        return "".join(self.parts)

    def write(self, value):
        """Append the canonical form of the value. Raises Opaque, or RecursionError."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Opaque("too large to compare")
        kind = type(value)
        if kind is str:
            self.parts.append(repr(value))
        elif kind is int:
            self.parts.append("int:%x" % value)
        elif kind is bool or kind in BY_REPR:
            self.parts.append(kind.__name__ + ":" + kind.__repr__(value))
        elif kind is float:
            self.parts.append("float:" + struct.pack(">d", value).hex())
        elif kind is bytes:
            self.parts.append(repr(value))
        elif kind is tuple:
            self.sequence("(", value, ")")
        elif kind is frozenset:
            self.unordered("frozenset", value)
        elif isinstance(value, type):
            self.parts.append("class:" + type_name(value))
        elif isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.ModuleType)):
            self.parts.append(callable_name(value, self.under_test))
            for cell in getattr(value, "__closure__", None) or ():
                self.write(cell)
        elif isinstance(value, enum.Enum):
            self.parts.append("enum:" + type_name(kind) + "." + str(value._name_))
        else:
            self.reference(value, kind)

    def reference(self, value, kind):
        """Write a mutable object once; later meetings name its number."""
        number = self.seen.get(id(value))
        if number is not None:
            self.parts.append("#%d" % number)
            return
        self.seen[id(value)] = len(self.seen)
        self.keep.append(value)  # keeps the id from being used again
        shape = SHAPES.get(kind) or shape_of(kind)
        self.parts.append(shape.name)
        if kind is Cells:
            self.under_test = own(value)
        if shape.lazy:
            self.drain(value)
        elif shape.plain:
            self.attributes(value, kind)
        elif not self.contents(value, kind):
            raise Opaque("a value of type " + type_name(kind) + " can't be compared")

    def contents(self, value, kind):
        """Write the parts of an object; return whether there was a way to."""
        known = True
        if isinstance(value, (list, collections.deque)):
            base = list if isinstance(value, list) else collections.deque
            self.sequence("[", base.__iter__(value), "]")
            if base is collections.deque:
                self.write(value.maxlen)
        elif isinstance(value, dict):
            self.mapping(value)
        elif isinstance(value, (set, frozenset)):
            self.unordered("set", value)
        elif isinstance(value, tuple):
            self.sequence("(", tuple.__iter__(value), ")")
        elif isinstance(value, (str, bytes, int, float, complex)):
            self.builtin_subclass(value)
        elif isinstance(value, bytearray):
            self.parts.append(bytes(value).hex())
        elif isinstance(value, array.array):
            self.parts.append(value.typecode + value.tobytes().hex())
        elif isinstance(value, re.Pattern):
            self.parts.append(repr((value.pattern, value.flags)))
        elif isinstance(value, re.Match):
            self.parts.append(repr((value.re.pattern, value.string, value.regs)))
        elif isinstance(value, BaseException):
            self.exception(value)
        elif kind is types.CellType:
            self.write(shown(value))
        elif isinstance(value, types.MethodType):
            self.write(value.__func__)
            self.write(value.__self__)
        elif kind.__module__ in ("functools", "operator"):
            for part in kind.__reduce__(value):
                self.write(part)
        elif kind.__module__.split(".")[0] == "numpy":
            known = self.numpy(value)
        else:
            known = False
        if known:
            self.attributes(value, kind)
        return known

    def attributes(self, value, kind):
        """Write ``__dict__`` and slots."""
        try:
            fields = object.__getattribute__(value, "__dict__")
        except AttributeError:
            fields = None
        if type(fields) is dict:
            self.mapping(fields)
        for name, member in SHAPES[kind].slots:
            self.parts.append("." + name + "=")
            try:
                self.write(member.__get__(value))
            except AttributeError:
                self.parts.append("unset")

    def sequence(self, opening, items, closing):
        """Write items in their order."""
        self.parts.append(opening)
        for item in items:
            self.write(item)
            self.parts.append(",")
        self.parts.append(closing)

    def mapping(self, value):
        """Write a dict's items in their order."""
        self.parts.append("{")
        for key, item in dict.items(value):
            self.write(key)
            self.parts.append(":")
            self.write(item)
            self.parts.append(",")
        self.parts.append("}")
        if isinstance(value, collections.defaultdict):
            self.write(value.default_factory)

    def unordered(self, name, value):
        """Write a set's members in an order that does not depend on hashes."""
        base = frozenset if isinstance(value, frozenset) else set
        members = []
        for item in base.__iter__(value):
            part = Canonizer()
            part.seen = dict(self.seen)
            part.write(item)
            self.nodes += part.nodes
            members.append(part.text())
        self.parts.append(name + "{" + ",".join(sorted(members)) + "}")
        if all(type(item) is int for item in base.__iter__(value)):
            # Integers hash alike in every process: a program may rely on their order.
            self.parts.append("in order " + ",".join(map(str, base.__iter__(value))))

    def builtin_subclass(self, value):
        """Write the value under a subclass of a built-in scalar."""
        for base in (str, bytes, int, complex):
            if isinstance(value, base):
                self.parts.append("=" + base.__repr__(value))
                return
        self.parts.append("=" + struct.pack(">d", float.__float__(value)).hex())

    def exception(self, value):
        """Write args and cause; the traceback and the implicit context don't count."""
        self.sequence("(", BaseException.args.__get__(value), ")")
        for name in ("filename", "filename2", "name", "path"):  # not among the args
            if isinstance(value, (OSError, ImportError)):
                self.write(getattr(value, name, None))
        cause = BaseException.__cause__.__get__(value)
        if cause is not None:
            self.parts.append("from ")
            self.write(cause)

    def drain(self, value):
        """Write what an iterator still has to give, up to MAX_ITEMS."""
        self.parts.append("<")
        for count, item in enumerate(value):
            if count >= MAX_ITEMS:
                self.parts.append("...")
                break
            self.write(item)
            self.parts.append(",")
        self.parts.append(">")

    def numpy(self, value):
        """Write an array, scalar or dtype of numpy, bit by bit; return whether it is one."""
        numpy = sys.modules["numpy"]
        if isinstance(value, numpy.dtype):
            self.parts.append(repr(value))
            return True
        if not isinstance(value, (numpy.ndarray, numpy.generic)):
            return False
        layout = (str(value.dtype), value.shape)
        self.parts.append(repr(layout))
        if value.dtype.hasobject:
            self.write(value.tolist())
        else:
            self.parts.append(hashlib.sha256(value.tobytes()).hexdigest())
        return True


class Shape:
    """What is known of a class once and for all: its name, its slots, how it is written."""

    def __init__(self, kind):
        self.name = type_name(kind)
        self.slots = [found for owner in kind.__mro__ for found in own_slots(owner)]
        self.lazy = kind in LAZY or kind.__module__ == "itertools"
        # An instance with no memory but for its fields holds nothing else that could differ.
        pointers = len(self.slots) + (kind.__dictoffset__ > 0) + (kind.__weakrefoffset__ > 0)
        fields = object.__basicsize__ + tuple.__itemsize__ * pointers
        self.plain = not self.lazy and kind.__itemsize__ == 0 and kind.__basicsize__ == fields


def shape_of(kind):
    """Return the shape of a class, worked out once."""
    shape = SHAPES[kind] = Shape(kind)
    return shape


def own_slots(owner):
    """Return (name, descriptor) of the slots that a class itself defines."""
    slots = owner.__dict__.get("__slots__", ())
    found = []
    for slot in (slots,) if isinstance(slots, str) else tuple(slots):
        name = slot
        if slot.startswith("__") and not slot.endswith("__"):
            name = "_" + owner.__name__.lstrip("_") + slot
        member = owner.__dict__.get(name)
        if isinstance(member, types.MemberDescriptorType):
            found.append((name, member))
    return found


def type_name(kind):
    """Return module and qualname of a class."""
    return str(type.__getattribute__(kind, "__module__")) + "." + type_qualname(kind)


def type_qualname(kind):
    """Return the qualname of a class, past any metaclass."""
    return type.__dict__["__qualname__"].__get__(kind)


def callable_name(value, under_test=()):
    """Name a function or a module; functions without a name of their own add their code."""
    if isinstance(value, types.ModuleType):
        return "module:" + value.__name__
    name = "function:" + str(value.__module__) + "." + value.__qualname__
    if any(value is one for one in under_test):
        return name
    if isinstance(value, types.FunctionType) and "<" in name:
        name += "@" + hashlib.sha256(value.__code__.co_code).hexdigest()[:16]
    return name


def length_hint(value):
    """Return how much an iterator says is left, without consuming it; None where it can't say."""
    if type(value) not in LAZY:
        return None
    hint = operator.length_hint(value, -1)
    return None if hint < 0 else hint
