"""Small changes of single values: other scalars, and sequences taken apart and put together."""

import collections
import math

from . import calls
from .observe import canonical

TEXTS = (str, bytes, bytearray)
ROWS = (list, tuple, collections.deque)
SETS = (set, frozenset)
DICTS = (dict, collections.defaultdict, collections.OrderedDict, collections.Counter)
SCALARS = {
    bool: (lambda v: not v,),
    int: (
        lambda v: 0,
        lambda v: -1,
        lambda v: v + 1,
        lambda v: -v,
        lambda v: 1,
        lambda v: v - 1,
        lambda v: 2 * v,
    ),
    float: (
        lambda v: 0.0,
        lambda v: -v,
        lambda v: -0.0,
        lambda v: v / 2,
        lambda v: v if math.isinf(v + v) else v + v,
    ),
    str: (
        lambda v: v.swapcase(),
        lambda v: v + "\xe9",
        lambda v: " " + v + " ",
        lambda v: "\u0130\xdf" + v,
        lambda v: v + v[:1],
    ),
    bytes: (lambda v: v.swapcase(), lambda v: v + b"\xff", lambda v: b" " + v),
}
# Each returns indices into n items: what a sequence is to become.
REARRANGED: "tuple[object, ...]" = (
    lambda n, rng: [],
    lambda n, rng: [rng.randrange(n)],
    lambda n, rng: dropped(n, rng.randrange(n)),
    lambda n, rng: twice(n, rng.randrange(n), rng.randrange(n + 1)),
    lambda n, rng: list(reversed(range(n))),
    lambda n, rng: rng.sample(range(n), n),
    lambda n, rng: list(range(n)) * 2,
    lambda n, rng: list(range(rng.randrange(n), n)),
)


class Stuck(Exception):
    """There is no way to change the value."""


def dropped(n, index):
    """Return the indices of n items but one."""
    return [i for i in range(n) if i != index]


def twice(n, index, where):
    """Return the indices of n items with one of them once more."""
    order = list(range(n))
    order.insert(where, index)
    return order


def ordered(members):
    """Return the members of a set in an order that does not depend on hashes."""
    return sorted(members, key=lambda item: canonical(item) or "")


def copied(value):
    """Return a copy that shares nothing that can change."""
    if type(value) in SCALARS or value is None:
        return value
    return calls.load(calls.dump((value,), {}))[0][0]


def items_of(value):
    """Return the parts of a sequence, set or dict as a list."""
    if isinstance(value, str):
        return list(value)
    if isinstance(value, (bytes, bytearray)):
        return [bytes(value[i : i + 1]) for i in range(len(value))]
    if isinstance(value, SETS):
        return ordered(value)
    return list(value.items()) if isinstance(value, dict) else list(value)


def rebuilt(value, items):
    """Return the value with these parts: the same object where it can change."""
    if isinstance(value, list):
        value[:] = items
    elif isinstance(value, bytearray):
        value[:] = b"".join(items)
    elif isinstance(value, (collections.deque, set, dict)):
        value.clear()
        refill(value, items)
    elif isinstance(value, str):
        return "".join(items)
    elif isinstance(value, bytes):
        return b"".join(items)
    elif hasattr(value, "_make"):
        return value._make(items)
    else:
        return type(value)(items)
    return value


def refill(value, items):
    """Put items into an emptied dict, deque or set."""
    if isinstance(value, dict):
        for key, item in items:
            value[key] = item
    elif isinstance(value, collections.deque):
        value.extend(items)
    else:
        value.update(items)
