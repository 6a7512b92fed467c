"""Exact types of what a function was given: every item of every recorded call is looked at.

``kinds.annotation`` samples, for prompts; what is said here holds without
exception. A type is kept as a mapping from the names of the alternatives to
their parts, each a mapping again, and told as text that reads like an
annotation. ``object`` is anything; ``Never`` the type of what is in an empty
container; ``own.Point`` the class ``Point`` of the function's module.
"""

import collections

from . import calls
from .kinds import name_of

DEPTH = 5
LONGEST_ROW = 6
SCALARS = {
    int: "int",
    bool: "bool",
    float: "float",
    str: "str",
    bytes: "bytes",
    type(None): "None",
    range: "range",
}
HOLDERS = {list: "list", set: "set", frozenset: "frozenset", collections.deque: "deque"}
MAPPINGS = {dict: "dict", collections.defaultdict: "defaultdict"}
ANYTHING = "object"


class Exact:
    """The types that the names of a function's calls had, joined over the calls."""

    def __init__(self, subject):
        self.subject = subject
        self.module = "%s." % getattr(subject.function, "__module__", None)
        self.seen = {}
        self.read = 0
        self.whole = False

    def look(self):
        """Look at all calls as they are entered."""
        for data in self.subject.recorded:
            self.note(*calls.load(data))
        self.whole = True

    def look_again(self):
        """Make calls again, and look at what was given as they leave it."""
        for args, kwargs in self.subject.made_again():
            self.note(args, kwargs)

    def note(self, args, kwargs):
        """Join the types of a call's arguments, and of defaults where there are none."""
        values = {**defaults(self.subject.function), **self.subject.named(args, kwargs)}
        for name in {*self.seen, *values}:
            kind = self.seen.setdefault(name, {ANYTHING: ()} if self.read else {})
            owner, _, field = name.partition(".")
            if name not in values or (field and is_special(values[owner], field)):
                kind[ANYTHING] = ()
            else:
                self.join(kind, values[name], DEPTH)
        self.read += 1

    def rows(self):
        """Return [name, type] of all that is known; nothing where time was too short for all."""
        told = {name: text(kind) for name, kind in self.seen.items()} if self.whole else {}
        return [[name, kind] for name, kind in sorted(told.items()) if kind != ANYTHING]

    def join(self, kind, value, depth):
        """Add the type of a value to a type."""
        own = type(value)
        if own in SCALARS:
            kind[SCALARS[own]] = ()
        elif own in HOLDERS and depth:
            [part] = kind.setdefault(HOLDERS[own], ({},))
            self.join_items(part, value, depth)
        elif own in MAPPINGS and depth:
            keys, values = kind.setdefault(MAPPINGS[own], ({}, {}))
            self.join_items(keys, value, depth)
            self.join_items(values, dict.values(value), depth)
        elif own is tuple and depth:
            rows = kind.setdefault("tuple", {})
            parts = rows.setdefault(len(value), tuple({} for _ in value[:LONGEST_ROW]))
            for part, item in zip(parts, value):
                self.join(part, item, depth - 1)
            if len(value) > LONGEST_ROW:
                self.join_items(parts[0], value, depth)
        else:
            name = name_of(own)
            plain = name[len(self.module) :] if name.startswith(self.module) else ""
            kind["own." + plain if plain.isidentifier() else ANYTHING] = ()

    def join_items(self, part, items, depth):
        """Add the types of all items."""
        if ANYTHING in part:
            return
        found = set(map(type, items))
        for own in found.intersection(SCALARS):
            part[SCALARS[own]] = ()
        if found.issubset(SCALARS):
            return
        for item in items:
            if type(item) not in SCALARS:
                self.join(part, item, depth - 1)
                if ANYTHING in part:
                    return


def text(kind):
    """Return a type as text."""
    if ANYTHING in kind:
        return ANYTHING
    told = []
    for name, parts in kind.items():
        if name == "tuple":
            told.append(tuples(parts))
        elif parts:
            told.append("%s[%s]" % (name, ", ".join(map(text, parts))))
        else:
            told.append(name)
    return " | ".join(sorted(told)) or "Never"


def tuples(rows):
    """Return the type of tuples, by their lengths: with a type for each item where all agree."""
    [first, *others] = rows.items()
    length, parts = first
    if not others and 0 < length <= LONGEST_ROW:
        return "tuple[%s]" % ", ".join(map(text, parts))
    merged = sorted({text(part) for parts in rows.values() for part in parts} - {"Never"})
    return "tuple[%s, ...]" % (ANYTHING if ANYTHING in merged else " | ".join(merged) or "Never")


def defaults(function):
    """Return the values of parameters that a call may leave out."""
    code = function.__code__
    given = getattr(function, "__defaults__", None) or ()
    names = code.co_varnames[: code.co_argcount]
    found = dict(zip(names[len(names) - len(given) :], given))
    found.update(getattr(function, "__kwdefaults__", None) or {})
    return found


def is_special(value, field):
    """Tell whether reading an attribute that an instance holds may give something else."""
    for one in type.__dict__["__mro__"].__get__(type(value)):
        held = type.__dict__["__dict__"].__get__(one)
        if "__getattribute__" in held and one is not object:
            return True
        if field in held and hasattr(type(held[field]), "__set__"):
            return True
    return False
