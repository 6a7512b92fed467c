"""Write values as expressions that make them again.

Whether one does is for the caller to check: a constructor may do anything.
"""

import builtins
import collections
import enum
import inspect
import itertools
import pathlib
import types

from . import calls
from .canon_types import type_qualname
from .forms import FORMS
from .observe import canonical
from .places import attributes

MOST_TEXT = 1000
LONG_RUN = 8
FIXED = (type(None), bool, int, float, complex, str, bytes)
NAMED = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)
DEEPEST = 50
ITERATORS: "tuple[type, ...]" = (
    type(iter([])),
    type(iter(())),
    type(iter(range(0))),
    type(iter("")),
)


class Unpasteable(Exception):
    """There is no short text that makes the value."""


class Writer:
    """Writes values as expressions; ``modules`` maps what is to be imported, by module."""

    def __init__(self, values):
        self.modules = {}
        self.names = {}
        self.room = 4 * MOST_TEXT
        self.met = collections.Counter()
        self.count(values, 0)
        self.written = {}

    def count(self, value, depth):
        """Count how often each object is met; those met twice get a name in the text."""
        if isinstance(value, (*FIXED, *NAMED, enum.Enum)) or depth > DEEPEST:
            return
        self.met[id(value)] += 1
        if self.met[id(value)] > 1 or len(self.met) > MOST_TEXT:
            return
        for part in parts(value):
            self.count(part, depth + 1)

    def write(self, value):
        """Return the expression. Raises Unpasteable, or what the user's objects raise."""
        self.room -= 1
        if self.room < 0:
            raise Unpasteable
        twice = self.met[id(value)] > 1 and type(value) is not tuple
        if not twice:
            return self.form(value)
        name = self.written.get(id(value))
        if name is not None:
            if not name:
                raise Unpasteable  # it holds itself
            return name
        self.written[id(value)] = ""
        text = self.form(value)
        name = self.written[id(value)] = "_%d" % len(self.written)
        return "(%s := %s)" % (name, text)

    def form(self, value):
        """Return the expression of a value that has no name yet."""
        kind = type(value)
        if kind in FORMS:
            return FORMS[kind](self, value)
        if isinstance(value, types.ModuleType):
            self.modules.setdefault(value.__name__, set())
            return value.__name__
        if isinstance(value, NAMED):
            return self.named(value)
        if isinstance(value, enum.Enum):
            return self.member(value)
        if isinstance(value, pathlib.PurePath):
            return self.path(copy_of(value), kind)
        if hasattr(kind, "_make") and isinstance(value, tuple):
            return self.call(kind, (), [(name, value[i]) for i, name in enumerate(kind._fields)])
        if isinstance(value, BaseException):
            return self.call(kind, value.args)
        if isinstance(value, ITERATORS):
            return "iter(%s)" % self.write(list(itertools.islice(copy_of(value), MOST_TEXT)))
        for base in (*FIXED[2:], list, tuple, dict, set, frozenset):
            if isinstance(value, base):
                plain = base(value) if base is not dict else dict(dict.items(value))
                return self.call(kind, (plain,))
        if kind.__module__ == "numpy":
            return self.numpy(value, kind)
        return self.instance(value, kind)

    def named(self, value):
        """Return the name under which a class or function can be imported."""
        module = value.__module__
        name = type_qualname(value) if isinstance(value, type) else value.__qualname__
        if module == "builtins" and hasattr(builtins, name):
            return name
        if not module or "<" in name or not calls.found_by_name(value):
            raise Unpasteable
        first = name.split(".")[0]
        if self.names.setdefault(first, module) != module:
            self.modules.setdefault(module, set())
            return module + "." + name
        self.modules.setdefault(module, set()).add(first)
        return name

    def member(self, value):
        """Return the expression of an enum's member."""
        kind = type(value)
        if value._name_ in kind.__members__:
            return self.named(kind) + "." + value._name_
        return self.call(kind, (value._value_,))

    def path(self, value, kind):
        """Return the expression of a path; how it was joined may be kept in it."""
        kind = pathlib.Path if isinstance(value, pathlib.Path) else kind
        text = str(copy_of(value))
        whole = kind(text)
        parts = [text] if canonical(whole) == canonical(value) else value.__reduce__()[1]
        return self.call(kind, [str(part) for part in parts])

    def call(self, kind, args, named=()):
        """Return a call of a class or function."""
        shown = [self.write(arg) for arg in args]
        shown += ["%s=%s" % (name, self.write(item)) for name, item in named]
        return "%s(%s)" % (self.named(kind), ", ".join(shown))

    def items(self, values):
        """Return the items of a sequence, a comma between two."""
        return ", ".join([self.write(item) for item in values])

    def run(self, values):
        """Return a short form of a long list of scalars that has runs of one, or is a range."""
        if len(values) < LONG_RUN or any(type(value) not in FIXED for value in values):
            return None
        if all(type(v) is int for v in values):
            step = values[1] - values[0] or 1
            span = range(values[0], values[-1] + (1 if step > 0 else -1), step)
            if list(span) == values:
                return "list(%r)" % (span,)
        pieces = []
        for _, run in itertools.groupby(values, key=lambda v: (type(v), canonical(v))):
            alike = list(run)
            if len(alike) >= LONG_RUN:
                pieces.append(([self.write(alike[0])], " * %d" % len(alike)))
            elif pieces and not pieces[-1][1]:
                pieces[-1][0].extend(map(self.write, alike))
            else:
                pieces.append(([*map(self.write, alike)], ""))
        return " + ".join("[%s]%s" % (", ".join(texts), times) for texts, times in pieces)

    def list(self, value):
        """Return a list's display."""
        return self.run(value) or "[%s]" % self.items(value)

    def tuple(self, value):
        """Return a tuple's display."""
        return "(%s%s)" % (self.items(value), "," if len(value) == 1 else "")

    def dict(self, value):
        """Return a dict's display."""
        pairs = ["%s: %s" % (self.write(k), self.write(v)) for k, v in dict.items(value)]
        return "{%s}" % ", ".join(pairs)

    def set(self, value):
        """Return a set's display, the members in an order of their own."""
        members = sorted(value, key=lambda item: (type(item) is not int, canonical(item) or ""))
        if all(type(item) is int for item in value):
            members = list(value)
        return "{%s}" % self.items(members) if members else "set()"

    def numpy(self, value, kind):
        """Return the expression of a small array, or of a scalar."""
        self.modules.setdefault("numpy", set())
        if hasattr(value, "tolist") and value.size <= MOST_TEXT:
            if value.shape:
                return "numpy.array(%s, dtype=%r)" % (self.write(value.tolist()), str(value.dtype))
            return "numpy.%s(%s)" % (kind.__name__, self.write(value.item()))
        raise Unpasteable

    def instance(self, value, kind):
        """Return a call of the class with the attributes that its signature names."""
        fields = dict(attributes(value))
        positional, named, skipped = [], [], False
        for name, parameter in inspect.signature(kind).parameters.items():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            key = next((k for k in (name, "_" + name) if k in fields), None)
            if key is None or same(fields[key], parameter.default):
                if parameter.default is parameter.empty and key is None:
                    raise Unpasteable
                skipped = True
            elif skipped or parameter.kind is parameter.KEYWORD_ONLY:
                named.append((name, fields[key]))
            else:
                positional.append(fields[key])
        return self.call(kind, positional, named)


def parts(value):
    """Return what is in a container or instance."""
    if isinstance(value, dict):
        return [part for pair in dict.items(value) for part in pair]
    if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        return list(value)
    return [part for _, part in attributes(value)]


def copy_of(iterator):
    """Return another iterator over what is left in this one."""
    return calls.load(calls.dump((iterator,), {}))[0][0]


def same(value, default):
    """Tell whether a value is the same as a default, which is one that can't change."""
    if type(default) in (tuple, frozenset):
        if not all(same(part, part) for part in default):
            return False
    elif type(default) not in FIXED:
        return False
    return type(value) is type(default) and canonical(value) == canonical(default)
