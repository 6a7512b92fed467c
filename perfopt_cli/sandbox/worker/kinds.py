"""Types of values as they would be annotated, and their sizes; no user's code is run for it."""

import collections
import itertools
import types

MOST_ITEMS = 12
MOST_ALTERNATIVES = 3
DEPTH = 3
LONGEST_TUPLE = 4
LARGEST_INT = 2**53
SEQUENCES = {list: "list", set: "set", frozenset: "frozenset", collections.deque: "deque"}
NAMED = {
    type(None): "None",
    types.FunctionType: "Callable",
    types.BuiltinFunctionType: "Callable",
    types.MethodType: "Callable",
    types.GeneratorType: "Generator",
}
SIZED = (list, tuple, dict, set, frozenset, collections.deque, str, bytes, bytearray, range)


def annotation(value, depth=DEPTH):
    """Return the type of a value as text: of containers with what they hold, as far as sampled."""
    kind = type(value)
    if kind in NAMED:
        return NAMED[kind]
    if kind is tuple and 0 < len(value) <= LONGEST_TUPLE and depth > 1:
        return "tuple[%s]" % ", ".join(annotation(item, depth - 1) for item in value)
    if kind is tuple and value and depth > 1:
        return "tuple[%s, ...]" % union(value, depth - 1)
    if kind in SEQUENCES:
        name = SEQUENCES[kind]
        return "%s[%s]" % (name, union(value, depth - 1)) if value and depth > 1 else name
    if kind is dict and value and depth > 1:
        return "dict[%s, %s]" % (union(value, depth - 1), union(value.values(), depth - 1))
    if issubclass(kind, type):
        return "type[%s]" % name_of(value)
    return array(value, kind) or name_of(kind)


def union(items, depth):
    """Return the type of the items: alternatives in the order of the alphabet, None last."""
    step = max(1, len(items) // MOST_ITEMS)
    sample = itertools.islice(items, 0, None, step)
    return joined({annotation(item, depth) for item in itertools.islice(sample, MOST_ITEMS + 1)})


def joined(texts):
    """Return alternatives as one type; what is sampled of an empty container says nothing."""
    told = {one.partition("[")[0] for one in texts if "[" in one}
    left = sorted(one for one in texts if one not in told)
    if len(left) > MOST_ALTERNATIVES:
        return "object"
    return " | ".join(sorted(left, key="None".__eq__))


def name_of(kind):
    """Return the name of a class, with its module where that isn't builtins."""
    name = type.__dict__["__qualname__"].__get__(kind)
    module = type.__dict__["__module__"].__get__(kind)
    plain = not isinstance(module, str) or module in ("builtins", "__main__")
    return name if plain else "%s.%s" % (module, name)


def array(value, kind):
    """Return the type of an array of numpy with that of its items, else None."""
    if name_of(kind) != "numpy.ndarray":
        return None
    return "numpy.ndarray[%s, %d-d]" % (value.dtype, value.ndim)


def extent(value):
    """Return the length of a value, of an integer the value; None where it has neither."""
    kind = type(value)
    if kind is int:
        return value if abs(value) < LARGEST_INT else None
    if kind in SIZED:
        return len(value)
    return int(value.size) if name_of(kind) == "numpy.ndarray" else None


class Tally:
    """Which types a parameter was given, or a result had, and how large the values were."""

    def __init__(self):
        self.seen = {}

    def add(self, value):
        """Count a value."""
        self.count(annotation(value), extent(value))

    def count(self, text, size):
        """Count a value of this type and size."""
        self.seen.setdefault(text, []).append(size)

    def rows(self):
        """Return [type, calls, [least, median, most] or None], most frequent first."""
        merged = {}
        for text, sizes in self.seen.items():
            whole = next((one for one in self.by_count() if one.startswith(text + "[")), text)
            merged.setdefault(whole, []).extend(sizes)
        rows = [[text, len(sizes), spread(sizes)] for text, sizes in merged.items()]
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def by_count(self):
        """Return the types, most frequent first."""
        return sorted(self.seen, key=lambda text: -len(self.seen[text]))


def spread(sizes):
    """Return least, median and most of the sizes that are known, or None."""
    known = sorted(size for size in sizes if size is not None)
    return [known[0], known[len(known) // 2], known[-1]] if known else None
