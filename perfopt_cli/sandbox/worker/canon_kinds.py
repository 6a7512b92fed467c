"""Which classes are written how: the containers and iterators, and the choice among all kinds."""

import array
import collections
import functools
import gc
import itertools
import operator
import types
import weakref

from . import canon_arrays, canon_code, canon_frames, canon_stdlib
from .canon_types import Opaque, Shape, address, typed

EMPTY: "list[object]" = []
ITERATORS: "tuple[object, ...]" = (
    iter(EMPTY),
    reversed(EMPTY),
    iter(set(EMPTY)),
    iter({}),
    iter({}.values()),
    iter({}.items()),
    reversed({}),
    reversed({}.values()),
    reversed({}.items()),
    iter(collections.OrderedDict()),
    iter(bytearray()),
    iter(collections.deque()),
    reversed(collections.deque()),
    iter(array.array("b")),
    iter(()),
    iter(""),
    iter("\xff"),
    iter(b""),
    iter(range(0)),
    iter(range(2**100)),
    iter(int, 0),
    reversed(()),
    map(str, ()),
    filter(None, ()),
    zip(),
    enumerate(()),
    (item for item in EMPTY),
)
MADE_BY_ITERTOOLS = [value for value in vars(itertools).values() if type(value) is type]
LAZY = {address(kind): kind for kind in [*map(type, ITERATORS), *MADE_BY_ITERTOOLS]}
BENEATH = (list, dict, set, bytearray, collections.deque, array.array)
GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
FIELD = type(vars(collections.namedtuple("Point", "x"))["x"])
VIEWS = tuple(map(type, ({0: 0}.keys(), {0: 0}.values(), {0: 0}.items())))


def length_hint(value):
    """Return how much an iterator says is left, without consuming it; None where it can't say."""
    if address(type(value)) not in LAZY:
        return None
    hint = operator.length_hint(value, -1)
    return None if hint < 0 else hint


def write_iterator(canon, value):
    """Write what is left, and the container it is read off, which may yet change."""
    for beneath in gc.get_referents(value):
        if issubclass(type(beneath), BENEATH) and type(value) is not types.GeneratorType:
            canon.write(beneath)
    canon.drain(value)


def write_list(canon, value):
    """Write a list's items."""
    # A snapshot, for a list that is no list of scalars may grow while it is written.
    if not canon.scalars("[", list.__getitem__(value, slice(None)), "]"):
        canon.sequence("[", list.__iter__(value), "]")


def write_tuple(canon, value):
    """Write a tuple's items, and the fields of ``os.stat_result`` and its like past them."""
    canon.sequence("(", tuple.__iter__(value), ")")
    kind = type(value)
    if "n_unnamed_fields" in typed(kind, "__dict__"):
        canon.write(kind.__reduce__(value)[1][1])


def write_deque(canon, value):
    """Write a deque's items and its bound."""
    canon.sequence("[", collections.deque.__iter__(value), "]")
    canon.write(collections.deque.__dict__["maxlen"].__get__(value))


def write_dict(canon, value):
    """Write a dict; one with a default says which."""
    canon.mapping(value)
    if issubclass(type(value), collections.defaultdict):
        canon.write(collections.defaultdict.__dict__["default_factory"].__get__(value))


def write_ordered(canon, value):
    """Write an OrderedDict, whose order is not that of the dict beneath."""
    keys = list(dict.__iter__(value))
    if keys and not all(map(hashes_natively, keys)):
        raise Opaque("an OrderedDict with keys that hash themselves can't be compared")
    canon.parts.append("{")
    for key in collections.OrderedDict.__iter__(value):
        canon.exactly(key)
        canon.parts.append(":")
        canon.write(dict.__getitem__(value, key))
        canon.parts.append(",")
    canon.parts.append("}")


def hashes_natively(value):
    """Tell whether no Python code runs when the value is hashed or compared."""
    kind = type(value)
    if kind in (tuple, frozenset):
        return all(map(hashes_natively, value))
    return not any(
        types.FunctionType in (type(typed(owner, "__dict__").get(name)),)
        for owner in typed(kind, "__mro__")
        for name in ("__hash__", "__eq__")
    )


def write_set(canon, value):
    """Write a set's members."""
    canon.unordered(list(set.__iter__(value)))


def write_frozenset(canon, value):
    """Write a frozenset's members."""
    canon.unordered(list(frozenset.__iter__(value)))


def write_beneath(canon, value):
    """Write a view of a dict, or a proxy of one: what it shows is the dict itself."""
    canon.sequence("<", gc.get_referents(value), ">")


def write_weak(canon, value):
    """Write a weak reference: what it refers to."""
    canon.write(weakref.ref.__call__(value))


def write_text(canon, value):
    """Write the text under a subclass of str."""
    canon.parts.append("=" + str.__repr__(value))


def write_bytes(canon, value):
    """Write the bytes under a subclass of bytes."""
    canon.parts.append("=" + bytes.__repr__(value))


def write_int(canon, value):
    """Write the number under a subclass of int."""
    canon.parts.append("=%x" % int.__int__(value))


def write_float(canon, value):
    """Write the number under a subclass of float."""
    canon.float(float.__float__(value))


def write_complex(canon, value):
    """Write both parts, with their signs and nan bits."""
    canon.float(complex.__dict__["real"].__get__(value))
    canon.float(complex.__dict__["imag"].__get__(value))


def write_bytearray(canon, value):
    """Write the bytes."""
    canon.parts.append(bytes(memoryview(value)).hex())


def write_partial(canon, value):
    """Write a partial function."""
    for name in ("func", "args", "keywords"):
        canon.write(functools.partial.__dict__[name].__get__(value))


def write_reduced(canon, value):
    """Write one of the functions that ``operator`` makes."""
    base = next(one for one in (*GETTERS, FIELD) if issubclass(type(value), one))
    canon.sequence("(", base.__reduce__(value), ")")


# The first that fits; False where which of two equal objects it is does not count.
KINDS = (
    *canon_code.KINDS,
    *canon_stdlib.KINDS,
    (collections.OrderedDict, write_ordered, True),
    (collections.deque, write_deque, True),
    (list, write_list, True),
    (dict, write_dict, True),
    (set, write_set, True),
    (frozenset, write_frozenset, False),
    (tuple, write_tuple, False),
    (str, write_text, False),
    (bytes, write_bytes, False),
    (int, write_int, False),
    (float, write_float, False),
    (complex, write_complex, False),
    (bytearray, write_bytearray, True),
    (VIEWS, write_beneath, True),
    (types.MappingProxyType, write_beneath, True),
    (weakref.ref, write_weak, True),
    (functools.partial, write_partial, True),
    ((*GETTERS, FIELD), write_reduced, False),
)
CACHED = type(functools.lru_cache(len))


def shape_for(kind):
    """Return the shape of a class: how its instances are written."""
    if address(kind) in LAZY:
        return Shape(kind, write_iterator)
    if kind is CACHED:
        return bare(Shape(kind, canon_code.write_cached))
    found = canon_frames.choose(kind)
    if found is not None:
        return bare(Shape(kind, *found))
    found = canon_arrays.choose(kind) or canon_stdlib.choose(kind)
    if found is not None:
        return Shape(kind, *found)
    for base, writer, numbered in KINDS:
        if issubclass(kind, base):
            shape = Shape(kind, writer, numbered)
            if kind is base and (base, writer, numbered) in canon_code.KINDS:
                return bare(shape)
            if issubclass(kind, types.ModuleType):
                return bare(shape)
            # Which of two equal immutable values it is counts where they have fields.
            shape.numbered = numbered or shape.fields is not None or bool(shape.slots)
            return canon_stdlib.adjusted(shape)
    return Shape(kind)


def bare(shape):
    """Return the shape without fields: the writer sees to them."""
    shape.fields, shape.slots = None, []
    return shape
