"""From the entries of ``_lsprof`` to figures for the functions of some files.

A function's self time holds everything it runs outside those files: library
code, lambdas, comprehensions and C functions. ``_lsprof`` tells how long each
caller spent in each callee; where a callee outside the files has several
callers, its own time is divided among them in that proportion, as gprof does
(Graham, Kessler, McKusick 1982).
"""

import os
import types

CO_OPTIMIZED = 0x1
ROUNDS = 50
NEGLIGIBLE = 1e-6


class Unavailable(Exception):
    """Nothing can be measured, and why."""


class Files:
    """Tells which code belongs to a function of the files (absolute paths)."""

    def __init__(self, files):
        self.wanted = {os.path.realpath(path): path for path in files}
        self.seen = {}

    def owner(self, filename):
        """Return the file, as the request names it, that a ``co_filename`` stands for, or None."""
        try:
            return self.seen[filename]
        except KeyError:
            file = self.seen[filename] = self.wanted.get(os.path.realpath(filename))
            return file

    def is_function(self, code):
        """Tell a ``def`` in one of the files from lambdas, comprehensions and class bodies."""
        return (
            isinstance(code, types.CodeType)
            and code.co_flags & CO_OPTIMIZED != 0
            and code.co_name[:1] != "<"
            and self.owner(code.co_filename) is not None
        )


class Node:
    """Code (or, by name, a C function) with its times in seconds; keeps ``code`` alive.

    ``own`` is without anything it calls, but for C functions where they are
    told apart; those are ``native``. ``borrowed`` is what unlisted code ran for it.
    """

    __slots__ = ("borrowed", "callees", "calls", "code", "listed", "native", "own", "total")

    def __init__(self, code, listed):
        self.code = code
        self.listed = listed
        self.calls = 0
        self.own = 0.0
        self.native = 0.0
        self.borrowed = 0.0
        self.total = 0.0
        self.callees = {}


class Graph:
    """Adds up entries of ``_lsprof.Profiler.getstats``.

    An entry's ``code`` is a code object, the name of a C function, or what an
    engine puts in its place; ``is_listed`` tells those that get figures.
    """

    def __init__(self, is_listed):
        self.is_listed = is_listed
        self.nodes = {}

    def node(self, code):
        """Return the node of a code object or of a C function's name."""
        key = code if type(code) is str else id(code)
        try:
            return self.nodes[key]
        except KeyError:
            listed = self.is_listed(code)
            node = self.nodes[key] = Node(code, listed)
            return node

    def add(self, entries):
        """Add the entries, which were taken with subcalls; return the listed nodes among them."""
        listed = []
        node_of = self.node
        for code, calls, _recursive, total, inline, callees in entries:
            node = node_of(code)
            node.total += total
            if type(code) is not str:  # a C function's own time belongs to its callers
                node.calls += calls
                node.own += inline
                if node.listed:
                    listed.append(node)
            for callee, _calls, _recursive, spent, within in callees or ():
                if type(callee) is str:
                    node.native += within
                    node.own += within if type(code) is not str else 0.0
                    key = callee
                else:
                    key = id(callee)
                node.callees[key] = node.callees.get(key, 0.0) + spent
        return listed

    def attribute(self):
        """Hand what unlisted code spent to the listed functions it ran for; once, at the end."""
        callers = self._callers()
        pending = {
            key: node.own
            for key, node in self.nodes.items()
            if not node.listed and type(key) is not str
        }
        for _ in range(ROUNDS):
            moved = {}
            for key, spent in pending.items():
                if spent < NEGLIGIBLE:
                    continue
                for caller, part in callers.get(key, ()):
                    node = self.nodes[caller]
                    if node.listed:
                        node.borrowed += spent * part
                    else:
                        moved[caller] = moved.get(caller, 0.0) + spent * part
            if not moved:
                return
            pending = moved

    def _callers(self):
        """Return for each unlisted node its callers, each with its part of the node's time."""
        callers = {}
        for key, node in self.nodes.items():
            for callee, spent in node.callees.items():
                known = self.nodes.get(callee)
                if callee != key and known is not None and not known.listed:
                    callers.setdefault(callee, []).append((key, spent))
        parts = {}
        for callee, found in callers.items():
            # Calls from the bottom of the stack have no caller: their part goes to nobody.
            whole = max(self.nodes[callee].total, sum(spent for _, spent in found))
            if whole > 0:
                parts[callee] = [(key, spent / whole) for key, spent in found]
        return parts


class Figures:
    """What an engine found out about one code object; times in seconds."""

    __slots__ = ("calls", "code", "native", "outside", "own", "tests", "total")

    def __init__(self, code, calls, own, total, native, tests, outside):
        self.code = code
        self.calls = calls
        self.own = own
        self.total = total
        self.native = min(native, own)
        self.tests = tests
        self.outside = outside
