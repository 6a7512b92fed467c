"""Short texts of values, for people only: nothing is decided by them, no user's code runs."""

import itertools
import types

from .canon import shape_of
from .canon_types import address, typed
from .closures import OWN, shown
from .spies import Spy

MAX_TEXT = 300
MAX_ITEMS = 6
MAX_DEPTH = 4
MAX_STRING = 60
SHOWN = {address(kind) for kind in (int, float, complex, bool, bytes, str, type(None), range)}
BRACKETS = {address(list): "[]", address(tuple): "()", address(set): "{}", address(frozenset): "{}"}


def show(value):
    """Return a short text of a value."""
    try:
        return part(value, MAX_DEPTH)[:MAX_TEXT]
    except Exception:
        return "<%s>" % shape_of(type(value)).name


def part(value, depth):
    """Return the text of a value inside another."""
    kind = type(value)
    if address(kind) in SHOWN:
        return shortened(value)
    name = typed(kind, "__qualname__")
    if depth <= 0:
        return "..."
    if address(kind) in BRACKETS:
        opening, closing = BRACKETS[address(kind)]
        return opening + listed((part(one, depth - 1) for one in value), len(value)) + closing
    if kind is dict:
        pairs = (part(k, depth - 1) + ": " + part(v, depth - 1) for k, v in value.items())
        return "{" + listed(pairs, len(value)) + "}"
    if issubclass(kind, BaseException):
        args = BaseException.args.__get__(value)
        return name + "(" + listed((part(one, depth - 1) for one in args), len(args)) + ")"
    if kind is types.CellType:
        content = shown(value)
        return "unset" if content is kind else part(content, depth)
    if kind is Spy:
        return callback(value)
    shape = shape_of(kind)
    if shape.writer is None and shape.fields is not None:
        fields = shape.fields.__get__(value)
        pairs = (k + "=" + part(v, depth - 1) for k, v in fields.items() if k != OWN)
        return name + "(" + listed(pairs, len(fields) - (OWN in fields)) + ")"
    return "<%s>" % name


def callback(spy):
    """Say what a made-up callback does that the recorded one does not."""
    told = []
    if spy.loose:
        told.append('answers "yes" for True and "" for False')
    if spy.fault is not None:
        told.append("raises %s at its second call" % typed(spy.fault, "__qualname__"))
    if spy.held is not None:
        told.append("takes an item from a dict among the arguments")
    return "<function%s>" % (" that " + " and ".join(told) if told else "")


def listed(texts, count):
    """Join the first of the texts."""
    few = list(itertools.islice(texts, MAX_ITEMS))
    return ", ".join(few + ["..."] * (count > len(few)))


def shortened(value):
    """Return the repr of a built-in value, cut in the middle where it is long."""
    if type(value) is int and value.bit_length() > 200:
        return "<int of %d bits>" % value.bit_length()
    text = repr(value[: 2 * MAX_STRING] if type(value) in (str, bytes) else value)
    if len(text) <= MAX_STRING:
        return text
    return text[: MAX_STRING // 2] + "..." + text[-MAX_STRING // 2 + 3 :]
