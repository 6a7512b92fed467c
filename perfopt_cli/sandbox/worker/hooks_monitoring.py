"""See calls with ``sys.monitoring`` (Python 3.12 and later).

Code that is no target costs one event, ever. A target's entries are seen until
it rests; its lines and branches send one event each.
"""

import os
import sys

from .instrument import code_in

# A branch that goes the same way so often is let alone until the next test.
BRANCH_PATIENCE = 200


class Watched:
    """A code object of a target."""

    def __init__(self, code, target):
        self.code = code
        self.target = target
        self.ways = {}
        self.lines = set()

    def missed(self):
        """Return the lines that no call entered."""
        every = {line for _, _, line in self.code.co_lines() if line is not None}
        return every - self.lines - {self.code.co_firstlineno, 0}


class MonitoringHook:
    """Finds the targets' code as it first runs, and watches it."""

    def __init__(self, targets):
        self.targets = targets
        self.files = {target.file for target in targets}
        self.known = {}
        self.watched = {}
        self.monitoring = sys.monitoring
        free = [tool for tool in (4, 3, 5, 2) if self.monitoring.get_tool(tool) is None]
        self.tools = free[:2]

    def start(self):
        """Begin; return whether it was possible."""
        if len(self.tools) < 2:
            return False
        monitoring, events = self.monitoring, self.monitoring.events
        self.finder, self.watcher = self.tools
        for tool in self.tools:
            monitoring.use_tool_id(tool, "perfopt")
        ways = [
            getattr(events, name)
            for name in ("BRANCH_LEFT", "BRANCH_RIGHT")
            if hasattr(events, name)
        ]
        self.entries = events.PY_START | events.LINE
        for event in ways or [events.BRANCH]:
            self.entries |= event
            monitoring.register_callback(self.watcher, event, self.one_way if ways else self.fork)
        monitoring.register_callback(self.watcher, events.PY_START, self.entered)
        monitoring.register_callback(self.watcher, events.LINE, self.line)
        monitoring.register_callback(self.finder, events.PY_START, self.found)
        monitoring.set_events(self.finder, events.PY_START)
        for target in self.targets:
            target.wake = self.wake
        return True

    def found(self, code, _offset):
        """Any code runs for the first time: watch the targets in it."""
        name = code.co_filename
        wanted = self.known.get(name)
        if wanted is None:
            wanted = self.known[name] = os.path.realpath(name) in self.files
        if wanted and id(code) not in self.watched:
            for inner in code_in(code):
                self.watch(inner)
            if id(code) in self.watched:  # its module was there before: this is a call
                self.watched[id(code)].target.enter(sys._getframe(1))
        return self.monitoring.DISABLE

    def watch(self, code):
        """Watch a code object if it is a target's."""
        if id(code) in self.watched:
            return
        target = next((target for target in self.targets if target.matches(code)), None)
        if target is not None:
            self.watched[id(code)] = Watched(code, target)
            self.monitoring.set_local_events(self.watcher, code, self.entries)

    def entered(self, code, _offset):
        """A call of a target begins."""
        target = self.watched[id(code)].target
        if target.wait:
            target.wait -= 1
            target.current = None
            return None
        return None if target.enter(sys._getframe(1)) else self.monitoring.DISABLE

    def line(self, code, number):
        """A line runs for the first time since the last arming."""
        watched = self.watched[id(code)]
        if number not in watched.lines:
            watched.lines.add(number)
            if number != code.co_firstlineno:
                watched.target.reached(sys._getframe(1))
        return self.monitoring.DISABLE

    def one_way(self, code, offset, destination):
        """A branch goes one of its ways (3.14 and later: an event for each way)."""
        ways = self.watched[id(code)].ways.setdefault(offset, {})
        if destination not in ways:
            ways[destination] = 0
            self.watched[id(code)].target.reached(sys._getframe(1))
        return self.monitoring.DISABLE

    def fork(self, code, offset, destination):
        """A branch goes one of its ways; switching the event off does so for both."""
        ways = self.watched[id(code)].ways.setdefault(offset, {})
        count = ways.get(destination, 0)
        ways[destination] = count + 1
        if count == 0:
            self.watched[id(code)].target.reached(sys._getframe(1))
        done = len(ways) > 1 or (count + 1) % BRANCH_PATIENCE == 0
        return self.monitoring.DISABLE if done else None

    def wake(self, target):
        """Watch a target that rests again, with its branches."""
        for watched in list(self.watched.values()):
            if watched.target is target:
                arm = self.monitoring.set_local_events
                arm(self.watcher, watched.code, 0)
                arm(self.watcher, watched.code, self.entries)

    def begin_test(self):
        """Wake the targets that rest."""
        for target in self.targets:
            if target.left <= 0:
                self.wake(target)
            target.begin_test()

    def stop(self):
        """End, and tell the targets which of their lines no call entered."""
        for tool in self.tools:
            self.monitoring.set_events(tool, 0)
        for watched in self.watched.values():
            self.monitoring.set_local_events(self.watcher, watched.code, 0)
            missed = watched.missed()
            known = watched.target.missed
            watched.target.missed = missed if known is None else missed & known
        for tool in self.tools:
            self.monitoring.free_tool_id(tool)
