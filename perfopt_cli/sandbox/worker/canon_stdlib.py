"""The canonical form of the standard library's own types, and of exceptions."""

import _random
import _thread
import array
import contextvars
import datetime
import decimal
import enum
import ipaddress
import logging
import pathlib
import random
import re
import sys
import threading
import types

from . import canon_files
from .canon_types import HEAP_TYPE, Opaque, type_module, type_name, typed

UNSET = object()
LOCK, RLOCK = type(_thread.allocate_lock()), type(threading.RLock())
NOT_OBSERVED = ("obj",)  # AttributeError's, NameError's: only suggestions are made of it


def write_enum(canon, value):
    """Write a member by its name; flags made of several have their value."""
    fields = object.__getattribute__(value, "__dict__")
    name = fields.get("_name_")
    if type(name) is str:
        canon.parts.append("." + name)
    else:
        canon.write(fields.get("_value_"))


def write_exception(canon, value):
    """Write args, fields and cause. The implicit context is left out.

    It tells how a function noticed what was wrong, by a look-up that failed or
    by a question; what it raises then is the same.
    """
    canon.sequence("(", BaseException.args.__get__(value), ")")
    for owner in typed(type(value), "__mro__"):
        if typed(owner, "__flags__") & HEAP_TYPE:
            continue
        for name, member in typed(owner, "__dict__").items():
            hidden = name.startswith("__") or name in NOT_OBSERVED
            if type(member) is types.MemberDescriptorType and not hidden:
                canon.parts.append("." + name + "=")
                canon.write(member.__get__(value))
    cause = BaseException.__cause__.__get__(value)
    if cause is not None:
        canon.parts.append("from ")
        canon.write(cause)


def write_decimal(canon, value):
    """Write sign, digits and exponent."""
    canon.parts.append("=" + decimal.Decimal.__str__(value))


def write_delta(canon, value):
    """Write a time span."""
    fields = datetime.timedelta.__dict__
    canon.write([fields[name].__get__(value) for name in ("days", "seconds", "microseconds")])


def write_date(canon, value):
    """Write a date."""
    canon.write(datetime.date.__reduce__(value)[1])


def write_datetime(canon, value):
    """Write date and time, with fold and time zone."""
    canon.write(datetime.datetime.__reduce_ex__(value, 4)[1])


def write_time(canon, value):
    """Write a time of day, with fold and time zone."""
    canon.write(datetime.time.__reduce_ex__(value, 4)[1])


def write_zone(canon, value):
    """Write a fixed time zone."""
    canon.write(value.__getinitargs__())


def write_range(canon, value):
    """Write the bounds of a range or a slice."""
    canon.sequence("(", (value.start, value.stop, value.step), ")")


def write_memory(canon, value):
    """Write a memory view: its layout, its bytes, and what it is a view of."""
    canon.write((value.format, value.shape, value.strides, value.readonly, value.tobytes()))
    canon.write(value.obj)


def write_pattern(canon, value):
    """Write a compiled pattern."""
    canon.write((value.pattern, value.flags))


def write_match(canon, value):
    """Write a match: what was searched, where, and what was found."""
    canon.write((value.re, value.string, value.pos, value.endpos, value.regs))
    canon.write((value.lastindex, value.lastgroup))


def write_array(canon, value):
    """Write an array's items bit by bit."""
    code, data = value.typecode, array.array.tobytes(value)
    canon.parts.append(code)
    size = value.itemsize
    if code in "fd" and canon.loose(len(data) // size):
        swapped = array.array(code, array.array.__iter__(value))
        if sys.byteorder == "little":
            swapped.byteswap()
        canon.floats.add(code, swapped.tobytes())
        canon.parts.append("%d floats" % (len(data) // size))
    else:
        canon.parts.append(data.hex())


def write_random(canon, value):
    """Write a generator of random numbers: the state it is in."""
    if not issubclass(type(value), random.SystemRandom):
        canon.write(_random.Random.getstate(value))


def write_lock(canon, value):
    """Write whether a lock is held."""
    if type(value) is LOCK:
        canon.write(value.locked())
    else:
        canon.write(value._is_owned())


def write_local(canon, value):
    """Write what this thread has in a thread's own storage."""
    canon.mapping(_thread._local.__getattribute__(value, "__dict__"))


def write_variable(canon, value):
    """Write a context variable and what it is set to."""
    canon.write(value.name)
    current = value.get(UNSET)
    if current is not UNSET:
        canon.write(current)


def write_logger(canon, value):
    """Write a logger's own settings; the tree it stands in is not its own."""
    fields = object.__getattribute__(value, "__dict__")
    canon.write([fields.get(name) for name in ("name", "level", "disabled", "propagate")])
    canon.write([type(handler) for handler in fields.get("handlers", ())])


def write_path(canon, value):
    """Write a path's text; what else it keeps is worked out from that when asked for."""
    canon.parts.append("=" + repr(pathlib.PurePath.__str__(value)))


def write_address(canon, value):
    """Write an address or a network; what else it keeps is worked out from that."""
    own = next(one for one in typed(type(value), "__mro__") if type_module(one) == "ipaddress")
    canon.parts.append("=" + own.__str__(value))


def write_foreign(canon, value):
    """Write a value of ctypes that holds its own bytes."""
    canon.parts.append(bytes(memoryview(value)).hex())


def write_key(canon, value):
    """Write a time zone of the database."""
    if type(value.key) is not str:
        raise Opaque("a time zone without a key can't be compared")
    canon.parts.append("=" + value.key)


def refuse(canon, value):
    """Don't write: its fields are the machine's."""
    raise Opaque("a value of type " + type_name(type(value)) + " can't be compared")


KINDS = (
    (enum.Enum, write_enum, False),
    (BaseException, write_exception, True),
    (decimal.Decimal, write_decimal, False),
    (datetime.datetime, write_datetime, False),
    (datetime.date, write_date, False),
    (datetime.time, write_time, False),
    (datetime.timedelta, write_delta, False),
    (datetime.timezone, write_zone, False),
    ((range, slice), write_range, False),
    (memoryview, write_memory, True),
    (re.Pattern, write_pattern, False),
    (re.Match, write_match, False),
    (array.array, write_array, True),
    (_random.Random, write_random, True),
    ((LOCK, RLOCK), write_lock, True),
    (_thread._local, write_local, True),
    (contextvars.ContextVar, write_variable, True),
    (logging.Logger, write_logger, True),
    (pathlib.PurePath, write_path, False),
    (ipaddress._IPAddressBase, write_address, False),
    *canon_files.KINDS,
    (threading.Thread, refuse, True),
)


def choose(kind):
    """Return (writer, numbered) for classes of modules that are seldom loaded, or None."""
    foreign, zones = sys.modules.get("_ctypes"), sys.modules.get("zoneinfo")
    if foreign is not None:
        own = (foreign._SimpleCData, foreign.Structure, foreign.Union, foreign.Array)
        if issubclass(kind, own):
            return write_foreign, True
    if zones is not None and issubclass(kind, zones.ZoneInfo):
        return write_key, False
    return None


def adjusted(shape):
    """Return the shape of a standard type without the fields that the writer stands for."""
    kind = shape.kind
    if issubclass(kind, pathlib.PurePath):
        shape.slots = [one for one in shape.slots if not is_stdlib_path(one[1].__objclass__)]
        shape.numbered = shape.fields is not None or bool(shape.slots)
    elif issubclass(kind, enum.Enum) or type_module(kind) in ("logging", "ipaddress"):
        shape.fields, shape.slots = None, []
        shape.numbered = issubclass(kind, logging.Logger)
    elif kind in canon_files.FILES:
        shape.fields = None
    return shape


def is_stdlib_path(owner):
    """Tell whether a class belongs to pathlib itself."""
    return type_module(owner).split(".")[0] == "pathlib"
