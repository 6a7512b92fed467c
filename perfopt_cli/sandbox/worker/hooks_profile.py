"""See calls with ``sys.setprofile``: every call of the suite costs, until all targets rest.

For what neither ``sys.monitoring`` nor instrumented modules can see.
"""

import sys
import threading

GENERATORS = 0x20 | 0x80 | 0x200


class ProfileHook:
    """Watches the targets in ``wanted``."""

    def __init__(self, targets):
        self.wanted = list(targets)
        self.by_code = {}
        self.codes = []
        self.running = False
        for target in targets:
            target.wake = self.wake

    def start(self):
        """Begin; return that it was possible."""
        self.running = True
        threading.setprofile(self.on_event)
        sys.setprofile(self.on_event)
        return True

    def on_event(self, frame, event, _argument):
        """Something happens in this thread; only entries of functions count."""
        if event != "call":
            return
        code = frame.f_code
        target = self.by_code.get(id(code), self)
        if target is self:
            target = next((t for t in self.wanted if t.matches(code)), None)
            self.by_code[id(code)] = target
            self.codes.append(code)  # keeps the id from being used again
        if target is None or (code.co_flags & GENERATORS and not is_start(frame)):
            return
        if target.wait:
            target.wait -= 1
        elif target.left > 0:
            target.enter(frame)
        elif all(t.left <= 0 for t in self.wanted):
            self.pause()

    def leave(self, targets):
        """Take no more notice of targets that another hook sees."""
        self.wanted = [target for target in self.wanted if target not in targets]
        if not self.wanted:
            self.stop()

    def pause(self):
        """See nothing until a target is woken."""
        if sys.getprofile() == self.on_event:
            sys.setprofile(None)
        threading.setprofile(None)

    def wake(self, _target=None):
        """See calls again, unless the tests have a profiler of their own."""
        if self.running and sys.getprofile() is None:
            self.start()

    def begin_test(self):
        """Look at the next calls again."""
        for target in self.wanted:
            target.begin_test()
        self.wake()

    def stop(self):
        """End."""
        self.running = False
        self.pause()


def is_start(frame):
    """Tell whether a generator or coroutine begins, rather than goes on."""
    if sys.version_info < (3, 11):
        return frame.f_lasti < 0
    return frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti + 1] & 3 == 0  # RESUME 0
