"""How the time of a function spreads over its lines.

Each line's time runs from the end of the tracer's work at its start to the
beginning of that at the next line's: that work is outside. ``lineprofile`` takes
off the way into the tracer and out. What a line calls is counted to the line:
other code is not traced. It follows ``sys.monitoring`` (3.12 and later) or
``sys.settrace`` on the function's code and what is defined in it.
"""

import sys
import types
from time import perf_counter_ns

TOOLS = (4, 3, 5, 2)


class Stopwatch:
    """Adds up the time by line. ``callees`` are code objects whose time is wanted by itself.

    ``events`` counts the lines' starts, ``borders`` the ways in and out of code:
    to the line before and to the one after. One stopwatch is for one pass.
    """

    def __init__(self, code, callees=()):
        self.codes = {id(one): one for one in code_in(code)}
        self.callees = {id(one): one for one in callees}
        self.spent, self.events, self.borders, self.times = {}, {}, {}, {}
        self.within = {}
        self.asides = {}
        self.stack = []
        self.line = None
        self.callee = None
        self.since = 0

    def book(self, now, counts, number=1):
        """Count the time since the last event, and the event, to the line at hand."""
        line = self.line
        if line is not None:
            self.spent[line] = self.spent.get(line, 0) + now - self.since
            counts[line] = counts.get(line, 0) + number
        if self.callee is not None:
            self.within[self.callee] = self.within.get(self.callee, 0) + now - self.since

    def enter(self, frame=None):
        """The function, or one defined in it, begins or goes on; its frame is two above this."""
        self.book(perf_counter_ns(), self.borders)
        line = (frame or sys._getframe(2)).f_lineno
        self.stack.append(self.line)
        self.line = line
        self.borders[line] = self.borders.get(line, 0) + 1
        self.since = perf_counter_ns()

    def leave(self):
        """It returns or yields: time goes on in the line that called it, if that is ours."""
        self.book(perf_counter_ns(), self.borders)
        self.line = self.stack.pop() if self.stack else None
        if self.line is not None:
            self.borders[self.line] = self.borders.get(self.line, 0) + 1
        self.since = perf_counter_ns()

    def at(self, line):
        """A line begins."""
        self.book(perf_counter_ns(), self.events)
        self.line = line
        self.callee = None
        self.times[line] = self.times.get(line, 0) + 1
        self.since = perf_counter_ns()

    def aside(self):
        """Something else was called: a tracer that sees all calls costs the line an event."""
        self.book(perf_counter_ns(), self.borders, 2)
        if self.callee is not None:
            self.asides[self.callee] = self.asides.get(self.callee, 0) + 1
        self.since = perf_counter_ns()

    def call(self, code):
        """A callee begins."""
        self.aside()
        if self.callee is None and self.line is not None:
            self.callee = id(code)

    def back(self, code):
        """A callee ends."""
        self.aside()
        if self.callee == id(code):
            self.callee = None

    def end(self):
        """The call is over, however it went."""
        self.book(perf_counter_ns(), self.events)
        self.stack, self.line, self.callee = [], None, None


def code_in(code):
    """Yield a code object and those of what is defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_in(constant)


class Tracing:
    """Tells a stopwatch of the lines, by ``sys.settrace``, while its context lasts."""

    def __init__(self, watch):
        self.watch = watch

    def __enter__(self):
        sys.settrace(self.on_call)

    def __exit__(self, *_details):
        sys.settrace(None)
        self.watch.end()

    def on_call(self, frame, _event, _arg):
        """Code begins, or a generator goes on."""
        if id(frame.f_code) in self.watch.codes:
            self.watch.enter(frame)
            return self.on_line
        if id(frame.f_code) in self.watch.callees:
            frame.f_trace_lines = False
            self.watch.call(frame.f_code)
            return self.on_end
        self.watch.aside()
        return None

    def on_line(self, frame, event, _arg):
        """Something happens in the function."""
        if event == "line":
            self.watch.at(frame.f_lineno)
        elif event == "return":
            self.watch.leave()
        return self.on_line

    def on_end(self, frame, event, _arg):
        """A callee may end."""
        if event == "return":
            self.watch.back(frame.f_code)
        return self.on_end


class Monitoring:
    """The same by ``sys.monitoring``: code that is not watched costs nothing."""

    def __init__(self, watch):
        self.watch = watch
        self.monitoring = sys.monitoring
        free = [tool for tool in TOOLS if self.monitoring.get_tool(tool) is None]
        self.tool = free[0]

    def __enter__(self):
        monitoring, events = self.monitoring, self.monitoring.events
        monitoring.use_tool_id(self.tool, "perfopt lines")
        starts, ends = (events.PY_START, events.PY_RESUME), (events.PY_RETURN, events.PY_YIELD)
        for event in starts:
            monitoring.register_callback(self.tool, event, self.on_start)
        for event in ends:
            monitoring.register_callback(self.tool, event, self.on_end)
        monitoring.register_callback(self.tool, events.LINE, self.on_line)
        borders = starts[0] | starts[1] | ends[0] | ends[1]
        for code in self.watch.callees.values():
            monitoring.set_local_events(self.tool, code, borders)
        for code in self.watch.codes.values():
            monitoring.set_local_events(self.tool, code, borders | events.LINE)

    def __exit__(self, *_details):
        self.watch.end()
        for code in (*self.watch.codes.values(), *self.watch.callees.values()):
            self.monitoring.set_local_events(self.tool, code, 0)
        self.monitoring.free_tool_id(self.tool)

    def on_start(self, code, _offset):
        """Watched code begins or goes on."""
        if id(code) in self.watch.codes:
            self.watch.enter()
        else:
            self.watch.call(code)

    def on_end(self, code, _offset, _value):
        """Watched code returns or yields."""
        if id(code) in self.watch.codes:
            self.watch.leave()
        else:
            self.watch.back(code)

    def on_line(self, _code, line):
        """A line begins."""
        self.watch.at(line)


def traced(watch):
    """Return the context in which the stopwatch hears of lines: the way that costs least."""
    if sys.version_info >= (3, 12) and any(sys.monitoring.get_tool(tool) is None for tool in TOOLS):
        return Monitoring(watch)
    return Tracing(watch)
