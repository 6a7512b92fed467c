"""Recorded calls as bytes: pickled at entry, unpickled afresh for every replay.

Only the user's interpreter ever unpickles them. Functions that can't be
pickled by name (lambdas, closures) travel as marshalled code, which is safe
between processes of the same interpreter.
"""

import importlib
import io
import marshal
import pickle
import sys
import types

MAX_BYTES = 4 * 2**20


class TooLarge(Exception):
    """The arguments of a call are larger than is kept."""


class BoundedBuffer(io.RawIOBase):
    """Collects at most MAX_BYTES; raises TooLarge past that."""

    def __init__(self):
        self.parts = []
        self.size = 0

    def writable(self):
        """Say yes."""
        return True

    def write(self, data):
        """Keep the data, or raise TooLarge."""
        data = bytes(data)
        self.size += len(data)
        if self.size > MAX_BYTES:
            raise TooLarge
        self.parts.append(data)
        return len(data)


class CallPickler(pickle.Pickler):
    """A pickler that also takes lambdas, closures and modules."""

    def reducer_override(self, obj):
        """Reduce what pickle refuses; leave everything else to it."""
        if isinstance(obj, types.FunctionType):
            if found_by_name(obj):
                return NotImplemented
            cells = obj.__closure__
            values = None if cells is None else tuple(cell.cell_contents for cell in cells)
            details = (obj.__name__, obj.__defaults__, obj.__kwdefaults__, values)
            return rebuild_function, (marshal.dumps(obj.__code__), obj.__module__, details)
        if isinstance(obj, types.ModuleType):
            return importlib.import_module, (obj.__name__,)
        return NotImplemented


def found_by_name(function):
    """Tell whether pickle can refer to the function by its module and qualname."""
    value = sys.modules.get(function.__module__)
    for name in function.__qualname__.split("."):
        value = getattr(value, name, None)
    return value is function


def rebuild_function(code, module, details):
    """Make a function again from its marshalled code."""
    name, defaults, kwdefaults, values = details
    namespace = vars(importlib.import_module(module))
    closure = None if values is None else tuple(types.CellType(value) for value in values)
    function = types.FunctionType(marshal.loads(code), namespace, name, defaults, closure)
    function.__kwdefaults__ = kwdefaults
    function.__module__ = module
    return function


def dump(args, kwargs):
    """Return the call's arguments as bytes. Raises TooLarge, or what the user's objects raise."""
    buffer = BoundedBuffer()
    CallPickler(buffer, protocol=4).dump((args, kwargs))
    return b"".join(buffer.parts)


def load(data):
    """Return fresh (args, kwargs)."""
    return pickle.loads(data)


def write_file(path, calls):
    """Write a list of dumped calls."""
    with open(path, "wb") as file:
        pickle.dump(calls, file, protocol=4)


def read_file(path):
    """Read a list of dumped calls."""
    with open(path, "rb") as file:
        return pickle.load(file)
