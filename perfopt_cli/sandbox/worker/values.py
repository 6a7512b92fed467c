"""Values that calls return, as text that tells types apart, and back.

``encode`` runs in the process of the code under test, ``decode`` in another
one, which has only the tests' own setup. What was sent is data: decoding runs
no code but that of the setup's classes being made anew, field by field.
"""

import ast
import collections
import contextlib
import json
import marshal
import sys

ATOMS = (type(None), bool, int, float, complex, str, bytes)
SEQUENCES = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
BASES = (*SEQUENCES.values(), dict, bool, int, float, complex, str, bytes)


class Opaque:
    """Stands for a value that can't be sent; it equals nothing."""

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return False


def encode(value, classes):
    """Return the value as a pair of strings: (``repr``, text) or (``heap``, JSON).

    ``classes`` are the names and classes of the setup. Instances of other
    classes than these and the built-in ones arrive as ``Opaque``; subclasses
    of built-in containers and numbers as what they are made of. So do those
    that the setup defines or imports.
    """
    with all_digits():
        return _encode(value, classes)


@contextlib.contextmanager
def all_digits():
    """Lift the interpreter's limit on the digits of integers, where it has one (3.11)."""
    if not hasattr(sys, "set_int_max_str_digits"):
        yield
        return
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def _encode(value, classes):
    try:
        marshal.dumps(value)
        text = repr(value)
        plain = "frozenset(" not in text and "Ellipsis" not in text
    except (ValueError, RecursionError):
        plain = False
    if not plain:
        names = {kind: name for name, kind in classes.items() if isinstance(kind, type)}
        return "heap", json.dumps(_flatten(value, names))
    return "repr", text


def _flatten(value, names):
    """Return [kind, content] for each object, in which others are numbers; the value is first."""
    numbers, kept, rows = {}, [], []

    def number(each):
        if id(each) not in numbers:
            numbers[id(each)] = len(kept)
            kept.append(each)
        return numbers[id(each)]

    number(value)
    while len(rows) < len(kept):
        rows.append(_row(kept[len(rows)], names, number))
    return rows


def _row(value, names, number):
    kind = type(value)
    if kind in names and _is_all_fields(kind):
        fields = dict(getattr(value, "__dict__", {}))
        for base in kind.__mro__:
            slots = base.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if hasattr(value, name):
                    fields[name] = getattr(value, name)
        pairs = [[number(key), number(each)] for key, each in fields.items()]
        return ["object", [names[kind], pairs]]
    if kind.__module__ == "numpy" and hasattr(value, "item") and not getattr(value, "shape", 1):
        value = value.item()
        kind = type(value)
    if isinstance(value, collections.deque):
        return ["deque", [number(each) for each in collections.deque.__iter__(value)]]
    base = next((base for base in BASES if isinstance(value, base)), None)
    if base is dict:
        return ["dict", [[number(key), number(each)] for key, each in dict.items(value)]]
    if base in SEQUENCES.values():
        return [base.__name__, [number(each) for each in base.__iter__(value)]]
    if base is not None or kind in ATOMS:
        return ["atom", (base or kind).__repr__(value)]
    return ["opaque", ""]


def _is_all_fields(kind):
    """Tell whether instances hold nothing but attributes: a deque holds what no attribute shows."""
    try:
        object.__new__(kind)
    except TypeError:
        return False
    return True


def decode(how, text, classes):
    """Return the value that ``encode`` made these of. Raises ValueError for other text."""
    if how == "repr":
        return _literal(text)
    rows = json.loads(text)
    made = [None] * len(rows)
    # Tuples and frozen sets are made of what they hold, so their parts come first.
    for index in _parts_first(rows):
        made[index] = _start(rows[index], made, classes)
    for row, value in zip(rows, made):
        _fill(row, value, made)
    return made[0]


def _literal(text):
    class Names(ast.NodeTransformer):
        def visit_Name(self, node):
            return ast.Constant(float(node.id)) if node.id in ("nan", "inf") else node

    return ast.literal_eval(Names().visit(ast.parse(text, mode="eval")))


def _parts_first(rows):
    order, state = [], [0] * len(rows)
    for first in range(len(rows)):
        stack = [first]
        while stack:
            index = stack[-1]
            kind, content = rows[index]
            if state[index] == 0:
                state[index] = 1
                if kind in ("tuple", "frozenset"):
                    stack.extend(part for part in content if state[part] == 0)
                    continue
            stack.pop()
            if state[index] == 1:
                state[index] = 2
                order.append(index)
    return order


def _start(row, made, classes):
    kind, content = row
    if kind == "atom":
        return _literal(content)
    if kind in ("tuple", "frozenset"):
        return SEQUENCES[kind](made[part] for part in content)
    if kind == "object":
        known = classes[content[0]]
        return object.__new__(known) if isinstance(known, type) else Opaque()
    empty = {"list": list, "set": set, "dict": dict, "deque": collections.deque}
    return empty.get(kind, Opaque)()


def _fill(row, value, made):
    kind, content = row
    if kind in ("list", "deque"):
        value.extend(made[part] for part in content)
    elif kind == "set":
        value.update(made[part] for part in content)
    elif kind == "dict":
        value.update((made[key], made[part]) for key, part in content)
    elif kind == "object":
        for key, part in content[1]:
            object.__setattr__(value, made[key], made[part])
