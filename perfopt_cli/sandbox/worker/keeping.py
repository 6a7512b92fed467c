"""The kept calls of one target, within bounds of number, size and time."""

import hashlib
import re
import types
from _thread import allocate_lock
from time import perf_counter

from . import calls
from .canon import Canonizer

MAX_CALLS = 200
TOTAL_BYTES = 32 * 2**20
SECONDS = 2.0
CROWD = 3

# A copy of plain data is the same. What else is checked takes about 0.5 microseconds a byte.
CHECKED_BYTES = 512 * 2**10
LOADED_BYTES = 2**20
STACK_GLOBAL = b"\x93"


class Kept:
    """Distinct calls as bytes, in the order in which they were made.

    ``refused`` counts those whose arguments can't be pickled, or take too much
    room or time; ``altered`` those that don't come back from their copy.
    """

    def __init__(self):
        self.calls = {}
        self.crowds = {}
        self.size = 0
        self.refused = 0
        self.altered = 0
        self.seconds = 0.0
        self.unchecked = CHECKED_BYTES
        self.last = None
        self.lock = allocate_lock()

    def keep(self, shape, args, kwargs, new, pinned=False):
        """Pickle a call and keep it while there is room; make some for a ``new`` kind.

        One that is ``pinned`` stays. Returns whether its arguments could be pickled.
        """
        if self.seconds > SECONDS or any(map(is_huge, (*args, *kwargs.values()))):
            self.refused += 1
            return False
        began = perf_counter()
        self.last = None
        try:
            data = calls.dump(args, kwargs)
            if data in self.calls:
                self.last = shape, data
                if pinned:
                    self.pin()
            else:
                self.add(shape, data, self.digest((args, kwargs), data), new, pinned)
        except KeyboardInterrupt:
            raise
        except BaseException:  # what pytest.fail raises in a ``__reduce__`` is no Exception
            self.refused += 1
            return False
        finally:
            self.seconds += perf_counter() - began
        return True

    def digest(self, value, data):
        """Return what a copy of the value must come to, or None where that isn't to be checked."""
        if STACK_GLOBAL not in data or len(data) > self.unchecked:
            return None
        self.unchecked -= len(data)
        return digest_of(value)

    def add(self, shape, data, digest, new, pinned=False):
        """Keep a call, in place of one of the commonest shape if need be."""
        with self.lock:
            self.last = None
            if self.size + len(data) > (TOTAL_BYTES if new else TOTAL_BYTES // 2):
                self.refused += 1
                return
            if len(self.calls) >= MAX_CALLS and not (new and self.evict()):
                return
            self.calls[data] = digest
            self.size += len(data)
            self.last = shape, data
            if not pinned:
                self.crowds.setdefault(shape, []).append(data)

    def pin(self):
        """Spare the call that was kept last; return whether there is one."""
        if self.last is None:
            return False
        shape, data = self.last
        if data in self.crowds.get(shape, ()):
            self.crowds[shape].remove(data)
        return True

    def evict(self):
        """Drop the last kept call of the commonest shape; return whether one was to spare."""
        crowd = max(self.crowds.values(), key=len, default=[])
        if len(crowd) < CROWD:
            return False
        data = crowd.pop()
        del self.calls[data]
        self.size -= len(data)
        return True

    def survivors(self):
        """Return the kept calls that come back from their copy as they were.

        Done after the suite, as making copies runs constructors. A class may
        leave out of its copies what replay would need.
        """
        found = []
        for data, digest in self.calls.items():
            try:
                same = len(data) > LOADED_BYTES or survives(data, digest)
            except KeyboardInterrupt:
                raise
            except BaseException:
                same = False
            if same:
                found.append(data)
            else:
                self.altered += 1
        return found


def survives(data, digest):
    """Tell whether a dumped call can be loaded, as the same values where ``digest`` is known."""
    copied = calls.load(data)
    return digest is None or digest_of(copied) in (digest, None)


def is_huge(value):
    """Tell whether a value can't fit: every item takes at least a byte."""
    kind = type(value)
    sized = kind in (list, tuple, dict, set, frozenset, str, bytes, bytearray)
    return sized and len(value) > calls.MAX_BYTES


class Uncoded(Canonizer):
    """Leaves code aside: while calls are recorded, that of the targets has probes in it."""

    def write(self, value):
        """Append the canonical form of the value."""
        if type(value) is not types.CodeType:
            super().write(value)


def digest_of(value):
    """Return a digest of the value's canonical form, or None where it has none."""
    writer = Uncoded()
    writer.drain = lambda iterator: None  # an iterator must not be consumed
    try:
        writer.write(value)
    except Exception:
        return None
    # The order of a set's members may depend on what was in it before.
    text = re.sub("in order [-0-9,]+", "", writer.text())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
