"""One function being recorded: which of its calls to look at, and which of these to keep.

All bounds but one are counts, so that two runs of the same suite keep the same
calls in the same order. The exception is the time for objects that are slow
to pickle.

Looked at are the first calls of all, the first of each test, and then one in
STRIDE; after PER_TEST calls of one test (LATER_PER_TEST once EARLY calls were
seen) the target rests until the next test, and costs nothing. Kept is a call
whose shape (types and sizes of the arguments) is rare so far, or that enters a
branch which no kept call entered.
"""

import os
import sys
from _thread import get_ident

from .entry import arguments, size_class
from .keeping import Kept

FIRST_OF_SHAPE = 8
MAX_SHAPES = 10_000

LOOKS = 5_000
LOOKS_PER_TEST = 8
LOOKS_AFTER_BRANCH = 16
STRIDE = 64
PER_TEST = 20_000
EARLY = 100_000
LATER_PER_TEST = 500


class Guard:
    """Says whether this thread is in the recorder already; one for all targets.

    Pickling runs the user's code, which may call a target; so may a signal
    handler or a finalizer, on the same thread.
    """

    def __init__(self):
        self.busy = set()
        self.off = False
        os.register_at_fork(after_in_child=self.forked)

    def forked(self):
        """Record nothing in a child: what it would keep is lost, and a lock may be held."""
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
        self.kept = Kept()
        self.seen = 0
        self.looks = 0
        self.fixed = {}
        self.current = None
        self.hopeless = False
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
        self.left = PER_TEST if self.seen < EARLY else LATER_PER_TEST

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
        known = self.current == id(frame) and (self.hopeless or self.kept.pin())
        if known or self.guard.refuses():
            return
        self.eager = LOOKS_AFTER_BRANCH
        self.wait = self.stride = 0
        if self.left <= 0:
            self.left = LATER_PER_TEST
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
            self.kept.refused += 1
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
            self.hopeless = not self.kept.keep(shape, args, kwargs, count == 1)
            if self.hopeless:
                self.shapes[shape] += 2  # the others of its shape are likely to be like it

    def look_again(self, frame):
        """Keep the call of a new branch, unless the function has put other values in place."""
        if not self.is_fixed(frame.f_code):
            return
        args, kwargs = arguments(frame)
        shape = shape_of(args, kwargs)
        self.shapes[shape] = min(self.shapes.get(shape, 0), FIRST_OF_SHAPE // 2)
        self.current = id(frame)
        self.hopeless = not self.kept.keep(shape, args, kwargs, True, True)

    def is_fixed(self, code):
        """Tell whether the code never binds a parameter anew."""
        fixed = self.fixed.get(id(code))
        if fixed is None:
            count = code.co_argcount + code.co_kwonlyargcount
            count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
            parameters = set(code.co_varnames[:count])
            fixed = self.fixed[id(code)] = parameters.isdisjoint(bound_names(code))
        return fixed


def shape_of(args, kwargs):
    """Return what calls are told apart by: types and orders of magnitude of the arguments."""
    return (tuple(map(size_class, args)), tuple([(k, size_class(kwargs[k])) for k in kwargs]))


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
