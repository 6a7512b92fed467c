"""How values of built-in types, and of the standard library, are written as expressions."""

import array
import collections
import datetime
import decimal
import fractions
import math
import re
import uuid

LONG_RUN = 8


def write_float(_writer, value):
    """Return a float's expression."""
    return repr(value) if math.isfinite(value) else 'float("%r")' % value


def write_text(_writer, value):
    """Return a text's literal; one letter many times is shortened."""
    if len(value) > 2 * LONG_RUN and value == value[:1] * len(value):
        return "%r * %d" % (value[:1], len(value))
    return repr(value)


def write_date(writer, value):
    """Return the expression of something of ``datetime``."""
    writer.modules.setdefault("datetime", set())
    return repr(value)


FORMS = {
    type(None): lambda writer, value: "None",
    type(Ellipsis): lambda writer, value: "...",
    type(NotImplemented): lambda writer, value: "NotImplemented",
    bool: lambda writer, value: repr(value),
    int: lambda writer, value: repr(value),
    float: write_float,
    complex: lambda writer, value: "complex(%s)" % writer.items((value.real, value.imag)),
    str: write_text,
    bytes: write_text,
    bytearray: lambda writer, value: "bytearray(%s)" % write_text(writer, bytes(value)),
    list: lambda writer, value: writer.list(value),
    tuple: lambda writer, value: writer.tuple(value),
    dict: lambda writer, value: writer.dict(value),
    set: lambda writer, value: writer.set(value),
    frozenset: lambda writer, value: "frozenset(%s)" % (writer.set(value) if value else ""),
    range: lambda writer, value: repr(value),
    slice: lambda writer, value: writer.call(slice, (value.start, value.stop, value.step)),
    collections.OrderedDict: lambda writer, value: writer.call(
        collections.OrderedDict, [list(value.items())] if value else []
    ),
    collections.Counter: lambda writer, value: writer.call(
        collections.Counter, [dict(value)] if value else []
    ),
    collections.defaultdict: lambda writer, value: writer.call(
        collections.defaultdict, [value.default_factory, *([dict(value)] if value else [])]
    ),
    collections.deque: lambda writer, value: writer.call(
        collections.deque, [list(value), *([] if value.maxlen is None else [value.maxlen])]
    ),
    array.array: lambda writer, value: writer.call(array.array, [value.typecode, list(value)]),
    decimal.Decimal: lambda writer, value: writer.call(decimal.Decimal, [str(value)]),
    fractions.Fraction: lambda writer, value: writer.call(
        fractions.Fraction, [value.numerator, value.denominator]
    ),
    uuid.UUID: lambda writer, value: writer.call(uuid.UUID, [str(value)]),
    re.Pattern: lambda writer, value: writer.call(re.compile, [value.pattern, int(value.flags)]),
    datetime.date: write_date,
    datetime.datetime: write_date,
    datetime.time: write_date,
    datetime.timedelta: write_date,
    datetime.timezone: write_date,
}
