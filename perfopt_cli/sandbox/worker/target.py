"""One function being recorded: which of its calls to look at, and which of these to keep.

All bounds but one are counts, so that two runs of the same suite keep the same
calls in the same order. The exception is SECONDS, for objects that are slow to
pickle.

Looked at are the first calls of all, the first of each test, and then one in
STRIDE; after PER_TEST calls of one test the target rests until the next test,
and costs nothing. Kept is a call whose shape (types and sizes of the arguments)
is rare so far, or that enters a branch which no kept call entered.
"""

import hashlib
import os
import re
import sys
from _thread import allocate_lock, get_ident
from time import perf_counter

from . import calls
from .canon import Canonizer
from .entry import arguments, size_class

MAX_CALLS = 200
TOTAL_BYTES = 32 * 2**20
SECONDS = 2.0
FIRST_OF_SHAPE = 8
MAX_SHAPES = 10_000
CROWD = 3

LOOKS = 500
LOOKS_PER_TEST = 8
LOOKS_AFTER_BRANCH = 16
STRIDE = 64
PER_TEST = 20_000

# A copy of plain data is the same. What else is checked takes about 0.5 microseconds a byte.
CHECKED_BYTES = 512 * 2**10
LOADED_BYTES = 2**20
STACK_GLOBAL = b"\x93"


class Guard:
    """Says whether this thread is in the recorder already; one for all targets.

    Pickling runs the user's code, which may call a target; so may a signal
    handler or a finalizer, on the same thread.
    """

    def __init__(self):
        self.busy = set()
        self.off = False
        self.lock = allocate_lock()
        os.register_at_fork(after_in_child=self.forked)

    def forked(self):
        """Record nothing in a child: what it would keep is lost, and the lock may be held."""
        self.off = True

    def refuses(self):
        """Tell whether a call is not one of the suite's, or can't be recorded now."""
        return self.off or get_ident() in self.busy or stack_is_deep()


def stack_is_deep():
    """Tell whether the recorder could come upon the recursion limit.

    Python 3.9 gives up for good where code goes on recursing after a
    RecursionError was caught; a third leaves room for frames of C functions.
    """
    try:
        sys._getframe(sys.getrecursionlimit() // 3)
    except ValueError:
        return False
    return True


class Target:
    """The calls of one function; ``missed`` are its lines that no call entered, None if unknown."""

    def __init__(self, spec, guard):
        self.file = os.path.realpath(spec["file"])
        self.name = spec["qualname"].split(".")[-1]
        self.first = spec["first"]
        self.output = spec["calls"]
        self.guard = guard
        self.missed = None
        self.shapes = {}
        self.crowds = {}
        self.kept = {}
        self.size = 0
        self.unchecked = CHECKED_BYTES
        self.seen = 0
        self.refused = 0
        self.altered = 0
        self.seconds = 0.0
        self.looks = 0
        self.fixed = {}
        self.current = None
        self.wait = self.stride = 0
        self.eager = LOOKS_PER_TEST
        self.left = PER_TEST
        self.wake = None

    def matches(self, code):
        """Tell whether the code object is this target's."""
        return (
            code.co_firstlineno == self.first
            and code.co_name == self.name
            and os.path.realpath(code.co_filename) == self.file
        )

    def begin_test(self):
        """Look at the next calls again."""
        self.wait = self.stride = 0
        self.eager = max(self.eager, LOOKS_PER_TEST)
        self.left = PER_TEST

    def enter(self, frame):
        """Look at a call at its entry, every time that ``wait`` calls were let pass.

        Returns whether the target wants to see more of this test.
        """
        self.current = None
        self.seen += 1 + self.stride
        self.left -= 1 + self.stride
        self.looks += 1
        self.eager -= self.eager > 0
        self.stride = 0 if self.looks < LOOKS or self.eager else STRIDE - 1
        self.wait = self.stride
        if not self.guard.refuses():
            self.alone(self.look, frame)
        if self.left > 0:
            return True
        self.current = None  # it would not be taken back at the next calls
        return False

    def reached(self, frame):
        """A branch is entered for the first time: keep this call, if it wasn't at its entry.

        Its arguments are those of now. Calls of its shape are wanted again.
        """
        if self.current == id(frame) or self.guard.refuses():
            return
        self.eager = LOOKS_AFTER_BRANCH
        self.wait = self.stride = 0
        if self.left <= 0:
            self.left = PER_TEST
            if self.wake is not None:
                self.wake(self)
        self.alone(self.look_again, frame)

    def alone(self, action, frame):
        """Run the action so that calls it makes are not recorded; let nothing out of it."""
        me = get_ident()
        self.guard.busy.add(me)
        try:
            action(frame)
        except KeyboardInterrupt:
            raise
        except BaseException:  # what pytest.fail raises in a ``__reduce__`` is no Exception
            self.refused += 1
        finally:
            self.guard.busy.discard(me)

    def look(self, frame):
        """Keep the call if its shape is still wanted."""
        args, kwargs = arguments(frame)
        shape = shape_of(args, kwargs)
        if shape not in self.shapes and len(self.shapes) >= MAX_SHAPES:
            return
        count = self.shapes[shape] = self.shapes.get(shape, 0) + 1
        if count <= FIRST_OF_SHAPE or not count & (count - 1):
            self.current = id(frame)
            self.keep(shape, args, kwargs, count == 1)

    def look_again(self, frame):
        """Keep the call of a new branch, unless the function has put other values in place."""
        if not self.is_fixed(frame.f_code):
            return
        args, kwargs = arguments(frame)
        shape = shape_of(args, kwargs)
        self.shapes[shape] = min(self.shapes.get(shape, 0), FIRST_OF_SHAPE // 2)
        self.current = id(frame)
        self.keep(shape, args, kwargs, True)

    def is_fixed(self, code):
        """Tell whether the code never binds a parameter anew."""
        fixed = self.fixed.get(id(code))
        if fixed is None:
            count = code.co_argcount + code.co_kwonlyargcount
            count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
            parameters = set(code.co_varnames[:count])
            fixed = self.fixed[id(code)] = parameters.isdisjoint(bound_names(code))
        return fixed

    def keep(self, shape, args, kwargs, new):
        """Pickle the arguments and keep them while there is room; make some for a ``new`` kind."""
        if self.seconds > SECONDS or any(map(is_huge, (*args, *kwargs.values()))):
            self.refused += 1
            return
        began = perf_counter()
        try:
            data = calls.dump(args, kwargs)
            if data not in self.kept:
                self.add(shape, data, self.digest((args, kwargs), data), new)
        except KeyboardInterrupt:
            raise
        except BaseException:
            self.refused += 1
            self.shapes[shape] += 2  # the others of its shape are likely to be like it
        finally:
            self.seconds += perf_counter() - began

    def digest(self, value, data):
        """Return what a copy of the value must come to, or None where that isn't to be checked."""
        if STACK_GLOBAL not in data or len(data) > self.unchecked:
            return None
        self.unchecked -= len(data)
        return digest_of(value)

    def add(self, shape, data, digest, new):
        """Keep a call, in place of one of the commonest shape if need be."""
        with self.guard.lock:
            if self.size + len(data) > (TOTAL_BYTES if new else TOTAL_BYTES // 2):
                self.refused += 1
                return
            if len(self.kept) >= MAX_CALLS and not (new and self.evict()):
                return
            self.kept[data] = digest
            self.size += len(data)
            self.crowds.setdefault(shape, []).append(data)

    def evict(self):
        """Drop the last kept call of the commonest shape; return whether one was to spare."""
        crowd = max(self.crowds.values(), key=len)
        if len(crowd) < CROWD:
            return False
        data = crowd.pop()
        del self.kept[data]
        self.size -= len(data)
        return True

    def survivors(self):
        """Return the kept calls that come back from their copy as they were, in order.

        Done after the suite, as making copies runs constructors. A class may
        leave out of its copies what replay would need.
        """
        found = []
        for data, digest in self.kept.items():
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


def shape_of(args, kwargs):
    """Return what calls are told apart by: types and orders of magnitude of the arguments."""
    return (tuple(map(size_class, args)), tuple([(k, size_class(kwargs[k])) for k in kwargs]))


def is_huge(value):
    """Tell whether a value can't fit: every item takes at least a byte."""
    kind = type(value)
    sized = kind in (list, tuple, dict, set, frozenset, str, bytes, bytearray)
    return sized and len(value) > calls.MAX_BYTES


def digest_of(value):
    """Return a digest of the value's canonical form, or None where it has none."""
    writer = Canonizer()
    writer.drain = lambda iterator: None  # an iterator must not be consumed
    try:
        writer.write(value)
    except Exception:
        return None
    # The order of a set's members may depend on what was in it before.
    text = re.sub("in order [-0-9,]+", "", writer.text())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def bound_names(code):
    """Return the variables that the code, or a function in it, may bind or delete."""
    import dis

    names = set()
    for step in dis.get_instructions(code):
        if step.opname.startswith(("STORE_FAST", "STORE_DEREF", "DELETE_FAST", "DELETE_DEREF")):
            names.update([step.argval] if isinstance(step.argval, str) else step.argval)
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            names.update(set(constant.co_freevars) & bound_names(constant))
    return names
