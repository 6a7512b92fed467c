"""Smaller calls than a given one: fewer items, shorter texts, simpler numbers.

A weight says what counts as smaller. What is proposed may share parts with
the given call, so a proposal is to be dumped before the next one is changed.
"""

import copy
import enum
import types

from .changes import DICTS, ROWS, SETS, TEXTS, copied, items_of, rebuilt
from .expressions import parts, same
from .places import attributes, is_plain, positions
from .subclasses import base_of

DEEPEST = 6
FIRST_PARTS = 8
MOST = 300
HEAVY = 150
MOST_HEAVY = 80
SPREAD = 12
HEAVY_SUBCLASS = 20
ZEROS = {int: 0, float: 0.0, str: "", bytes: b""}


class Smaller:
    """Proposes smaller calls of one function."""

    def __init__(self, function):
        code, defaults = function.__code__, function.__defaults__ or ()
        first = code.co_argcount - len(defaults)
        self.usual = {first + i: default for i, default in enumerate(defaults)}
        self.usual.update(function.__kwdefaults__ or {})
        self.known = {}

    def weight(self, args, kwargs):
        """Return the weight of a call; arguments that are as their default says weigh nothing."""
        return sum(
            self.of(value, 0)
            for key, value in positions(args, kwargs)
            if key not in self.usual or not same(value, self.usual[key])
        )

    def of(self, value, depth):
        """Return a number that is the lower the simpler the value is."""
        kind = type(value)
        if value is None or value is False or depth > DEEPEST:
            return 1
        if kind is int:
            return 1 if value == 0 else 2 + (value < 0) + value.bit_length()
        if kind is float:
            return 1 if repr(value) == "0.0" else 3 + len(repr(value))
        if kind in TEXTS:
            return 1 + 2 * len(value) - value.count("a" if kind is str else b"a")
        known = self.known.get(id(value))
        if known is None:
            made_up = HEAVY_SUBCLASS if base_of(kind) is not None else 0
            weight = 2 + made_up + sum(self.of(part, depth + 1) for part in parts(value))
            known = self.known[id(value)] = weight, value  # so that the id stays its own
        return known[0]

    def calls(self, args, kwargs):
        """Yield smaller (args, kwargs): light and heavy ones in turn, so that some of each come."""
        for key, value in positions(args, kwargs):
            if base_of(type(value)) is list:  # what is made up here can't be pasted
                yield replaced(list(args), dict(kwargs), {key: list(value)})
        self.known = {}
        most = self.weight(args, kwargs)
        room = MOST if most < HEAVY else MOST_HEAVY
        found = []
        for proposal in self.proposals(list(args), dict(kwargs)):
            light = self.weight(*proposal)
            if light < most:
                found.append((light, len(found), proposal))
            if len(found) >= room:
                break
        found.sort(key=lambda one: one[:2])
        step = max(1, len(found) // SPREAD)
        for start in range(step):
            for _, _, proposal in found[start::step]:
                yield proposal

    def proposals(self, args, kwargs):
        """Yield calls with one argument changed, or several that are of one length."""
        yield from together(args, kwargs)
        ways = []
        for key, value in positions(args, kwargs):
            if key in self.usual and not same(value, self.usual[key]):
                yield replaced(args, kwargs, {key: self.usual[key]})
            ways.append((key, smaller(value, 0)))
        while ways:  # in turn, so that no argument uses up what may be tried
            left = []
            for key, way in ways:
                for new in way:
                    yield replaced(args, kwargs, {key: new})
                    left.append((key, way))
                    break
            ways = left


def replaced(args, kwargs, new):
    """Return the call with the arguments at some positions replaced."""
    args = [new.get(index, value) for index, value in enumerate(args)]
    return args, {name: new.get(name, value) for name, value in kwargs.items()}


def together(args, kwargs):
    """Yield calls where sequences of one length, and an int that tells it, shrink at once."""
    lengths = {}
    for key, value in positions(args, kwargs):
        if type(value) in (list, tuple) and value:
            lengths.setdefault(len(value), []).append(key)
    given = dict(positions(args, kwargs))
    for n, keys in lengths.items():
        counts = [key for key, value in given.items() if type(value) is int and value == n]
        if len(keys) + len(counts) < 2:
            continue
        for order in cuts(n):
            new = {key: picked(given[key], order) for key in keys}
            yield replaced(args, kwargs, {**new, **dict.fromkeys(counts, len(order))})


def smaller(value, depth):
    """Yield values that are simpler than this one, of the same type."""
    kind = type(value)
    if depth > DEEPEST or isinstance(value, (type, enum.Enum, types.FunctionType)):
        return
    if base_of(kind) is list:
        yield list(value)
    if kind in (bool, int, float):
        yield from simpler(value, kind)
    elif kind in TEXTS:
        for order in cuts(len(value)):
            yield picked(value, order)
        yield from plainer(value, kind)
    elif isinstance(value, (*ROWS, *SETS)) or kind in DICTS:
        yield from lighter(value, kind, depth)
    elif is_plain(value):
        for name, item in attributes(value):
            for new in smaller(item, depth + 1):
                other = copied(value)
                try:
                    object.__setattr__(other, name, new)
                except (AttributeError, TypeError):
                    break
                yield other


def simpler(value, kind):
    """Yield simpler numbers."""
    if kind is bool:
        yield False
    elif kind is int:
        yield from (0, 1, abs(value))
        for part in (10, 2):
            yield abs(value) // part * (1 if value > 0 else -1)
        yield value - (1 if value > 0 else -1)
    elif value - value == 0:  # finite
        yield from (0.0, 1.0, abs(value), float(int(value)), value / 2, round(value, 1))


def plainer(text, kind):
    """Yield texts of the same length with simpler letters."""
    plain = "a" if kind is str else b"a"
    yield rebuilt(copy.copy(text), [plain] * len(text))
    letters = items_of(text)
    for index in range(min(FIRST_PARTS, len(letters))):
        if letters[index] != plain:
            yield rebuilt(copy.copy(text), [*letters[:index], plain, *letters[index + 1 :]])


def lighter(value, kind, depth):
    """Yield containers with fewer items, then with simpler ones."""
    items = items_of(value)
    if not hasattr(value, "_make"):
        for order in cuts(len(items)):
            yield picked(value, order)
    if isinstance(value, ROWS) and not hasattr(value, "_make"):
        yield from evened(value, items)
    for index, item in enumerate(items[:FIRST_PARTS]):
        for new in inner(item, kind in DICTS, depth):
            yield rebuilt(copy.copy(value), [*items[:index], new, *items[index + 1 :]])


def inner(item, is_pair, depth):
    """Yield simpler items, for a dict pairs of key and value."""
    if not is_pair:
        yield from smaller(item, depth + 1)
        return
    for new in smaller(item[1], depth + 1):
        yield item[0], new
    for new in smaller(item[0], depth + 1):
        yield new, item[1]


def evened(value, items):
    """Yield sequences with all items simplified at once, or all rows cut alike."""
    kinds = {type(item) for item in items}
    if len(items) > 1 and len(kinds) == 1 and kinds <= set(ZEROS):
        kind = type(items[0])
        yield rebuilt(copy.copy(value), [ZEROS[kind]] * len(items))
        yield rebuilt(copy.copy(value), [items[0]] * len(items))
        if kind is int:
            yield rebuilt(copy.copy(value), list(range(len(items))))
    elif len(items) > 1 and len({repr(type(item)) for item in items}) == 1:
        yield rebuilt(copy.copy(value), [copied(items[0]) for _ in items])
    if items and kinds <= {list, tuple} and len({len(item) for item in items}) == 1:
        for order in cuts(len(items[0])):
            yield rebuilt(copy.copy(value), [picked(item, order) for item in items])


def picked(value, order):
    """Return a new container with the parts at these indices."""
    items = items_of(value)
    return rebuilt(copy.copy(value), [items[index] for index in order])


def cuts(n):
    """Yield which of n parts to keep, the fewest first where n is large."""
    if n == 0:
        return
    yield []
    if n > 1:
        yield from ([0], [n - 1])
    if n > 3:
        yield [0, n - 1]
    size = n // 2
    while size > 1:
        for start in range(0, n, size):
            yield [*range(start), *range(start + size, n)]
        if n - size > size:
            yield list(range(size))
        size //= 2 if size < 64 else 4
        if n > 16 * size:
            yield list(range(n - size))
            break
    for index in range(min(n, 2 * FIRST_PARTS)):
        yield [*range(index), *range(index + 1, n)]
    yield list(range(n - 1))
