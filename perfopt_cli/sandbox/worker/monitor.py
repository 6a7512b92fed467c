"""Count and time the functions of some files with ``sys.monitoring`` (Python 3.12 and later).

Only code of those files is instrumented, so everything else runs at full
speed. Events go to the C methods of a ``_lsprof.Profiler`` that is never
enabled itself: about 70 ns a call, where a callback in Python costs ten times
that. Which tests reach a function is told by another tool, whose events switch
themselves off and are armed again for the next test.
"""

import _lsprof
import contextlib
import sys
import threading
import types
from _thread import get_ident

from .callgraph import CO_OPTIMIZED, Figures, Graph, Unavailable
from .native import Split, Splitter

# The others are spoken for: a test may want a debugger, coverage or cProfile.
IDS = (3, 4, 5)
NAME = "perfopt"


class Monitor:
    """Watches the code of ``files`` (a ``callgraph.Files``).

    ``reached`` maps the id of a function's code to the numbers of the tests
    that ran it, ``outside`` holds the ids of those that ran before the first
    test, and ``elsewhere`` counts calls in threads other than the main one,
    which are not timed.
    """

    def __init__(self, files):
        self.files = files
        self.graph = Graph(lambda code: type(code) is Split or files.is_function(code))
        self.codes = {}
        self.reached = {}
        self.outside = set()
        self.elsewhere = {}
        self.disturbed = 0
        self.fired = []
        self.test = None
        self.timing = False
        self.main = get_ident()
        self.bootstrap = threading.Thread._bootstrap.__code__
        self.profiler = _lsprof.Profiler(builtins=True, subcalls=True)

    def start(self):
        """Take tool ids and watch modules as they are imported. Raises Unavailable."""
        if not hasattr(self.profiler, "_pystart_callback"):
            raise Unavailable("this Python's profiler can't be driven by events")
        monitoring = sys.monitoring
        if any(monitoring.get_tool(number) is not None for number in IDS):
            raise Unavailable("other tools hold sys.monitoring")
        for number in IDS:
            monitoring.use_tool_id(number, NAME)
        self.finder, self.watcher, self.timer = IDS
        events = monitoring.events
        self.marks = events.PY_START | events.PY_RESUME
        self.spans = self.marks | events.PY_RETURN | events.PY_YIELD
        self.splitter = Splitter(
            self.watcher, self.timer, self.spans, self.profiler, self.elsewhere
        )
        for event, callback in (
            (events.PY_START, self._seen),
            (events.PY_RESUME, self._seen),
            (events.PY_RETURN, self.splitter.leave),
            (events.PY_YIELD, self.splitter.leave),
        ):
            monitoring.register_callback(self.watcher, event, callback)
        monitoring.register_callback(self.finder, events.PY_START, self._find)
        self._time_directly()
        monitoring.set_local_events(self.watcher, self.bootstrap, events.PY_START)
        monitoring.set_events(self.finder, events.PY_START)

    def window(self):
        """Return what a program runs within."""
        return contextlib.nullcontext()

    def plugins(self):
        """Return the further pytest plug-ins that it needs."""
        return []

    def collected(self):
        """Begin to time: the first test comes next."""
        self.timing = True
        monitoring = sys.monitoring
        for code in list(self.codes.values()):
            self._time(code)
        # These two can't be watched for single code objects.
        events = monitoring.events
        monitoring.set_events(self.timer, events.PY_UNWIND | events.PY_THROW)

    def begin(self, test):
        """A test begins: arm the marks that fired since the last one."""
        self.test = test
        arm, watcher, marks = sys.monitoring.set_local_events, self.watcher, self.marks
        for code in self.fired:
            if id(code) in self.splitter.open:
                continue
            times = len(self.reached.get(id(code), ()))
            if times and times & (times - 1) == 0:  # a power of two
                self.splitter.begin(code)
            else:
                arm(watcher, code, 0)
                arm(watcher, code, marks)
        self.fired.clear()
        if self.dispatching and threading.active_count() == 1:
            self._time_directly()

    def end(self):
        """A test has ended, its fixtures included."""
        self.test = None

    def finish(self):
        """Let go of the tool ids; return the figures of each listed function."""
        for number in IDS:
            sys.monitoring.set_events(number, 0)
            sys.monitoring.free_tool_id(number)
        self.graph.add(self.profiler.getstats())
        self.graph.attribute()
        for code in self.codes.values():
            if self.files.is_function(code):
                yield self._figures(self.graph.node(code))

    def _figures(self, node):
        key = id(node.code)
        own, native = node.own + node.borrowed, 0.0
        calls, total = node.calls + self.elsewhere.get(key, 0), node.total
        if key in self.splitter.splits:
            split = self.graph.node(self.splitter.splits[key])
            share = split.native / (split.own + split.borrowed) if split.own else 0.0
            own += split.own + split.borrowed
            native = own * share
            calls += split.calls
            total += split.total
        tests = self.reached.get(key, [])
        return Figures(node.code, calls, own, total, native, tests, key in self.outside)

    def _find(self, code, _offset):
        """Any code starts for the first time: adopt it if it is a module of the files."""
        if id(code) not in self.codes and self.files.owner(code.co_filename) is not None:
            self._adopt(code)
            if code.co_flags & CO_OPTIMIZED and self.timing:
                self.profiler._pystart_callback(code, 0)
            if self.files.is_function(code):  # its module was imported before ``start``
                self._mark(code)
        return sys.monitoring.DISABLE

    def _adopt(self, code, running=True):
        if code.co_flags & CO_OPTIMIZED:
            self.codes[id(code)] = code
            if self.files.is_function(code):
                sys.monitoring.set_local_events(self.watcher, code, self.marks)
            if self.timing:
                self._time(code, running)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._adopt(constant, running=False)

    def _time(self, code, running=False):
        if self.files.is_function(code) and not running:
            self.splitter.begin(code)
        else:
            sys.monitoring.set_local_events(self.timer, code, self.spans)

    def _seen(self, code, offset):
        """A function starts or resumes, for the first time in this test or in a burst."""
        self._mark(code)
        if id(code) in self.splitter.open:
            self.splitter.enter(code, offset)
            return None
        return sys.monitoring.DISABLE

    def _mark(self, code):
        if code is self.bootstrap:
            self._time_by_thread()
            self.fired.append(code)
        elif self.test is None:
            if not self.timing:
                self.outside.add(id(code))
            self.fired.append(code)
        else:
            tests = self.reached.setdefault(id(code), [])
            if not tests or tests[-1] != self.test:
                tests.append(self.test)
                self.fired.append(code)

    def _time_directly(self):
        """Let events go straight to the profiler's C methods: only the main thread runs."""
        self.dispatching = False
        profiler = self.profiler
        self._listen(
            profiler._pystart_callback,
            profiler._pyreturn_callback,
            profiler._ccall_callback,
            profiler._creturn_callback,
        )

    def _time_by_thread(self):
        """Leave other threads' events out: the profiler knows one stack only."""
        self.dispatching = True
        main, ident, elsewhere, profiler = self.main, get_ident, self.elsewhere, self.profiler

        def only_main(method):
            def callback(*arguments):
                if ident() == main:
                    method(*arguments)

            return callback

        def start(code, offset, enter=profiler._pystart_callback):
            if ident() == main:
                enter(code, offset)
            else:
                elsewhere[id(code)] = elsewhere.get(id(code), 0) + 1

        self._listen(
            start,
            only_main(profiler._pyreturn_callback),
            only_main(profiler._ccall_callback),
            only_main(profiler._creturn_callback),
        )

    def _listen(self, start, leave, call, back):
        events = sys.monitoring.events
        codes, files, mark, splitter = self.codes, self.files, self._mark, self.splitter

        def throw(code, offset, _error):
            if id(code) in codes:
                if files.is_function(code):
                    mark(code)
                if id(code) in splitter.open:
                    splitter.enter(code, offset)
                else:
                    start(code, offset)

        def unwind(code, offset, error):
            if id(code) in codes:
                if id(code) in splitter.open:
                    splitter.leave(code, offset, error)
                else:
                    leave(code, offset, error)

        for tool, event, callback in (
            (self.timer, events.PY_START, start),
            (self.timer, events.PY_RESUME, start),
            (self.timer, events.PY_THROW, throw),
            (self.timer, events.PY_RETURN, leave),
            (self.timer, events.PY_YIELD, leave),
            (self.timer, events.PY_UNWIND, unwind),
            (self.watcher, events.CALL, call),
            (self.watcher, events.C_RETURN, back),
            (self.watcher, events.C_RAISE, back),
        ):
            sys.monitoring.register_callback(tool, event, callback)
