"""Count and time the functions of some files with the C profiler of ``cProfile``.

For interpreters without ``sys.monitoring``. The profiler runs while a test or
a fixture runs, and not in pytest's own code between them; its entries are
taken out after each test, which tells exactly what the test reached. Callers
and C functions are told apart only in some tests, as that is dear: in the
others self time is Python time and what C functions take, scaled up by what
the first kind shows for library code.
"""

import _lsprof
import contextlib
import gc
import sys
import threading
from time import perf_counter

from .callgraph import Figures, Graph

MODERN = hasattr(sys, "monitoring")
FREE_SECONDS = 0.2
FULL_SHARE = 0.05
WANTED_SHARE = 0.15
WORTH_SECONDS = 0.0005
TRIES = 3


class CProfiler:
    """Profiles the main thread; other threads' calls are counted, not timed."""

    def __init__(self, files):
        self.files = files
        self.graph = Graph(files.is_function)
        self.lean = {}
        self.reached = {}
        self.known = {}
        self.disturbed = 0
        self.test = None
        self.depth = 0
        self.entered = None
        self.full = True
        self.wanted = False
        self.tries = {}
        self.seconds = {True: 0.0, False: 0.0}
        self.others = []
        self.profiler = _lsprof.Profiler()

    def start(self):
        """Watch the threads that tests start."""
        if getattr(threading, "_profile_hook", None) is None:
            threading.setprofile(self._in_thread)

    @contextlib.contextmanager
    def window(self):
        """Profile what runs within: a program."""
        self.enter()
        yield
        self.leave()

    def plugins(self):
        """Return the further pytest plug-ins that it needs."""
        return [windows(self)]

    def collected(self):
        """The first test comes next."""

    def begin(self, test):
        """A test begins."""
        self.test = test
        spent = self.seconds
        whole = spent[True] + spent[False]
        share = WANTED_SHARE if self.wanted else FULL_SHARE
        self.full = spent[True] <= FREE_SECONDS + share * whole
        self.wanted = False

    def enter(self):
        """Code of the project begins to run: a test or a fixture, maybe one within another."""
        self.depth += 1
        if self.depth > 1 or self.test is None:
            return
        try:
            if sys.getprofile() is None:
                self.profiler.enable(subcalls=self.full, builtins=self.full)
                self.entered = perf_counter()
        except ValueError:  # Python 3.12 and later: another profiler is active
            self.entered = None

    def leave(self):
        """It has ended."""
        self.depth -= 1
        if self.depth > 0 or self.test is None:
            return
        # From Python 3.12 on a C profiler is not what sys.getprofile returns.
        if self.entered is None or (not MODERN and sys.getprofile() is not self.profiler):
            self.disturbed += 1
        else:
            self.profiler.disable()
            self.seconds[self.full] += perf_counter() - self.entered
        self.entered = None

    def end(self):
        """A test has ended, its fixtures included."""
        self.depth = 0
        entries = self.profiler.getstats()
        if self.full:
            for node in self.graph.add(entries):
                self._reach(node.code)
        else:
            self._add_lean(entries)
        self.profiler.clear()
        if self.others:
            self._count_threads()
        self.test = None

    def finish(self):
        """Stop; return the figures of each listed function."""
        threading.setprofile(None)
        self.graph.attribute()
        for node in list(self.graph.nodes.values()):
            if node.listed:
                yield self._figures(node)

    def _figures(self, node):
        calls, own, total = self.lean.get(id(node.code), (0, 0.0, 0.0))
        scale = (node.own + own) / node.own if node.own else 1.0
        return Figures(
            node.code,
            node.calls + calls,
            (node.own + node.borrowed) * scale if node.own else own,
            node.total + total,
            node.native * scale,
            self.reached.get(id(node.code), []),
            False,
        )

    def _add_lean(self, entries):
        known, is_function = self.known, self.files.is_function
        for code, calls, _recursive, total, inline, _callees in entries:
            try:
                listed = known[id(code)][1]
            except KeyError:
                listed = is_function(code)
                known[id(code)] = (code, listed)
            if listed:
                self.graph.node(code)
                before = self.lean.get(id(code), (0, 0.0, 0.0))
                self.lean[id(code)] = (before[0] + calls, before[1] + inline, before[2] + total)
                self._reach(code)
                if inline > WORTH_SECONDS and not self.graph.node(code).own:
                    # The next test is likely to be about the same functions.
                    tries = self.tries[id(code)] = self.tries.get(id(code), 0) + 1
                    self.wanted = self.wanted or tries <= TRIES

    def _reach(self, code):
        tests = self.reached.setdefault(id(code), [])
        if not tests or tests[-1] != self.test:
            tests.append(self.test)

    def _in_thread(self, _frame, _event, _argument):
        """First event in a new thread: give it a profiler of its own."""
        profiler = _lsprof.Profiler()
        self.others.append((threading.current_thread(), profiler, {}))
        profiler.enable(subcalls=False, builtins=False)

    def _count_threads(self):
        """Count the calls in other threads that have ended since the last time."""
        # A collection could run Python code, and another thread change what is read here.
        collecting = gc.isenabled()
        gc.disable()
        for _thread, profiler, before in self.others:
            for entry in profiler.getstats():
                if self.files.is_function(entry.code):
                    new = entry.callcount - before.get(id(entry.code), 0)
                    before[id(entry.code)] = entry.callcount
                    if new:
                        self.graph.node(entry.code).calls += new
                        self._reach(entry.code)
        self.others = [other for other in self.others if other[0].is_alive()]
        if collecting:
            gc.enable()


def windows(profiler):
    """Return the pytest plug-in that runs the profiler in tests and fixtures only."""
    import pytest

    class Windows:
        """Wraps the test call, and set-up and finalizers of each fixture."""

        @pytest.hookimpl(hookwrapper=True, trylast=True)
        def pytest_runtest_call(self, item):
            profiler.enter()
            yield
            profiler.leave()

        @pytest.hookimpl(hookwrapper=True, trylast=True)
        def pytest_fixture_setup(self, fixturedef):
            # Finalizers run last in, first out: these two enclose the fixture's own.
            fixturedef.addfinalizer(profiler.leave)
            profiler.enter()
            yield
            profiler.leave()
            fixturedef.addfinalizer(profiler.enter)

    return Windows()
