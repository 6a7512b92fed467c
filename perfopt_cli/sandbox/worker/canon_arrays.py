"""The canonical form of numpy's types; numpy is taken from ``sys.modules``, never imported.

Type, dtype (byte order and fields included), shape, flags and bits count, and
which memory an array is a view of. Strides count where an array is contiguous
in neither order.
"""

import hashlib
import sys

from .canon_types import Opaque

FLAGS = ("c_contiguous", "f_contiguous", "writeable", "aligned")
WIDTHS = {"e": "e", "f": "f", "d": "d", "F": "f", "D": "d"}
LONG = {"g": 1, "G": 2}


def numpy():
    """Return numpy, or None where it is not loaded, or not wholly."""
    module = sys.modules.get("numpy")
    needed = ("ndarray", "generic", "dtype", "ufunc", "random")
    return module if all(hasattr(module, name) for name in needed) else None


def choose(kind):
    """Return (writer, numbered) for a class of numpy's, or None."""
    loaded = numpy()
    if loaded is None:
        return None
    if issubclass(kind, loaded.ndarray):
        return write_array, True
    if issubclass(kind, loaded.generic):
        return write_scalar, issubclass(kind, loaded.void)
    if issubclass(kind, loaded.dtype):
        return write_dtype, False
    if issubclass(kind, loaded.ufunc):
        return write_named, False
    for name in ("Generator", "RandomState"):
        if issubclass(kind, getattr(loaded.random, name, ())):
            return write_generator, True
    if issubclass(kind, getattr(loaded.random, "BitGenerator", ())):
        return write_bits, True
    return None


def write_array(canon, value):
    """Write an array of any class."""
    base = sys.modules["numpy"].ndarray
    members = base.__dict__
    kind, shape = members["dtype"].__get__(value), members["shape"].__get__(value)
    canon.write(kind)
    flags = members["flags"].__get__(value)
    set_flags = [name for name in FLAGS if getattr(flags, name)]
    canon.parts.append(repr((shape, set_flags)))
    if "c_contiguous" not in set_flags and "f_contiguous" not in set_flags:
        canon.parts.append(repr(members["strides"].__get__(value)))
    write_owner(canon, value)
    write_items(canon, base.view(value, base), kind)


def write_owner(canon, value):
    """Write which memory the array looks at, and from where: views of one array are no copies."""
    base = sys.modules["numpy"].ndarray
    owner = value
    while issubclass(type(owner), base) and base.__dict__["base"].__get__(owner) is not None:
        owner = base.__dict__["base"].__get__(owner)
    if type(owner) is memoryview:
        owner = owner.obj
    address = base.__dict__["__array_interface__"].__get__(value)["data"][0]
    known = canon.memory.get(id(owner))
    if known is None:
        known = canon.memory[id(owner)] = "array %d" % len(canon.seen), address
        canon.keep.append(owner)
    offset = 0 if known[1] is None else address - known[1]
    canon.parts.append(" in memory of %s+%d:" % (known[0], offset))


def write_items(canon, array, kind):
    """Write the items of a plain array in C order."""
    if kind.names is not None:
        for name in kind.names:
            canon.parts.append("." + name + "=")
            write_items(canon, array[name], array[name].dtype)
    elif kind.hasobject:
        canon.sequence("[", array.ravel().tolist(), "]")
    elif kind.char in LONG:
        canon.parts.append(digest(without_padding(array, LONG[kind.char])))
    elif kind.char in WIDTHS and canon.loose(2 * array.size):
        width = WIDTHS[kind.char]
        canon.floats.add(width, array.astype(kind.newbyteorder(">")).tobytes())
        canon.parts.append("%d floats" % array.size)
    else:
        canon.parts.append(digest(array.tobytes()))


def without_padding(array, parts):
    """Return the bytes of extended floats: of 16 bytes of x86's, 6 are whatever was there."""
    module = sys.modules["numpy"]
    size = array.itemsize // parts
    used = 10 if module.finfo(module.longdouble).nmant == 63 else size
    data = module.frombuffer(array.tobytes(), dtype=module.uint8)
    return data.reshape(-1, size)[:, :used].tobytes()


def digest(data):
    """Return the digest of bytes."""
    return hashlib.sha256(data).hexdigest()


def write_scalar(canon, value):
    """Write a scalar; one of a structured type may be a view of an array."""
    module = sys.modules["numpy"]
    kind = module.generic.__dict__["dtype"].__get__(value)
    canon.write(kind)
    array = module.asarray(value)
    if issubclass(type(value), module.void):
        canon.parts.append(repr(module.generic.__dict__["flags"].__get__(value).writeable))
    write_items(canon, array.view(module.ndarray), kind)


def write_dtype(canon, value):
    """Write a dtype to its last detail."""
    canon.write((value.str, value.itemsize, value.alignment, value.isalignedstruct))
    if value.type.__module__ != "numpy":
        canon.write(value.type)
    if value.metadata is not None:
        canon.write(dict(value.metadata))
    if value.subdtype is not None:
        canon.write(value.subdtype)
    for name in value.names or ():
        canon.write((name, value.fields[name]))
    if value.kind == "T":
        canon.write((value.coerce, getattr(value, "na_object", None)))


def write_named(canon, value):
    """Write one of numpy's own functions by its name; the user's have none that says enough."""
    if getattr(sys.modules["numpy"], value.__name__, None) is not value:
        raise Opaque("a ufunc made by the program can't be compared")
    canon.parts.append(":" + value.__name__)


def write_generator(canon, value):
    """Write a generator of random numbers: the state it is in."""
    random = sys.modules["numpy"].random
    if issubclass(type(value), random.RandomState):
        canon.write(random.RandomState.get_state(value, legacy=False))
    else:
        canon.write(random.Generator.__dict__["bit_generator"].__get__(value))


def write_bits(canon, value):
    """Write a source of random bits: the state it is in."""
    canon.write(value.state)
