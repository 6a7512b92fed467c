"""Recorded calls as bytes: pickled at entry, unpickled afresh for every replay.

Only the user's interpreter ever unpickles them. Functions that can't be
pickled by name (lambdas, closures) travel as marshalled code, which is safe
between processes of the same interpreter, and with the cells that they share.
"""

import dis
import functools
import importlib
import io
import marshal
import pickle
import sys
import types

from .closures import Cells, Shared, take_place, variables
from .subclasses import base_of, subclass_of

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
    """A pickler that also takes lambdas, closures and modules. ``cells`` are the call's own."""

    def __init__(self, file, cells):
        super().__init__(file, protocol=4)
        self.cells = cells
        self.shared = None if cells is None else Shared(cells)

    def reducer_override(self, obj):
        """Reduce what pickle refuses; leave everything else to it."""
        kind = type(obj)
        if kind is types.FunctionType:
            return NotImplemented if found_by_name(obj) else self.reduce_function(obj)
        if kind is types.CellType:
            try:
                content = obj.cell_contents
            except ValueError:
                return new_cell, ()
            return new_cell, (), (content,), None, None, fill_cell
        if kind is Cells:
            return Cells, (), variables(obj)
        if kind is CACHED and not found_by_name(obj):
            return rebuild_cached, (obj.__wrapped__, tuple(obj.cache_parameters().values()))
        if isinstance(obj, type) and base_of(obj) is not None:
            return subclass_of, (base_of(obj),)
        if kind is types.ModuleType:
            return importlib.import_module, (obj.__name__,)
        return NotImplemented

    def reduce_function(self, obj):
        """Reduce a function to its code and cells, and then its attributes."""
        module = obj.__globals__.get("__name__")
        if vars(sys.modules.get(module, types)) is not obj.__globals__:
            raise pickle.PicklingError("the globals of a function are those of no module")
        if module == "__main__" and needs_globals(obj.__code__, obj.__globals__):
            raise pickle.PicklingError("the program's own module is not there in a replay")
        closure, place = obj.__closure__, None
        if self.shared is not None:
            closure = self.shared.closure(obj)
            number = self.shared.number(obj)
            place = None if number is None else (self.cells, number)
        state = {name: getattr(obj, name) for name in ATTRIBUTES}
        details = (marshalled(obj.__code__), module, closure, place)
        return rebuild_function, details, (state, obj.__dict__), None, None, fill_function


CACHED = type(functools.lru_cache(len))
ATTRIBUTES = (
    "__name__",
    "__qualname__",
    "__module__",
    "__doc__",
    "__defaults__",
    "__kwdefaults__",
    "__annotations__",
)


def found_by_name(function):
    """Tell whether pickle can refer to the function by its module and qualname."""
    value = sys.modules.get(function.__module__)
    for name in function.__qualname__.split("."):
        value = getattr(value, name, None)
    return value is function


def marshalled(code):
    """Return the code as bytes; where the recorder has put probes into it, as its file has it."""
    try:
        return marshal.dumps(code)
    except ValueError:
        return code_in_file(code.co_filename, code.co_name, code.co_firstlineno)


@functools.lru_cache(maxsize=64)
def code_in_file(file, name, first):
    """Return the code object of that name and first line as bytes, if there is but one."""
    with open(file, "rb") as opened:
        waiting = [compile(opened.read(), file, "exec", dont_inherit=True)]
    found = []
    while waiting:
        code = waiting.pop()
        waiting += [inner for inner in code.co_consts if isinstance(inner, types.CodeType)]
        if (code.co_name, code.co_firstlineno) == (name, first):
            found.append(code)
    if len(found) != 1:
        raise pickle.PicklingError("a function's code can't be told from another's")
    return marshal.dumps(found[0])


def needs_globals(code, values):
    """Tell whether the code, or one within it, looks up any of these global names."""
    for step in dis.get_instructions(code):
        if step.opname.startswith(("LOAD_GLOBAL", "LOAD_NAME")) and step.argval in values:
            return True
        if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            return True
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return any(needs_globals(one, values) for one in inner)


def rebuild_function(code, module, closure, place):
    """Make a function again from its marshalled code.

    ``place`` is (cells, number) of one that runs the code under test.
    """
    namespace = vars(importlib.import_module(module))
    function = types.FunctionType(marshal.loads(code), namespace, None, None, closure)
    if place is not None:
        take_place(*place, function)
    return function


def fill_function(function, state):
    """Give a new function its attributes."""
    attributes, fields = state
    for name, value in attributes.items():
        setattr(function, name, value)
    function.__dict__.update(fields)


def new_cell():
    """Return a cell that holds nothing."""
    return types.CellType()


def fill_cell(cell, content):
    """Give a new cell what it holds."""
    (cell.cell_contents,) = content


def rebuild_cached(function, parameters):
    """Put a function behind an empty cache."""
    return functools.lru_cache(*parameters)(function)


def dump(args, kwargs):
    """Return the call's arguments as bytes. Raises TooLarge, or what the user's objects raise."""
    buffer = BoundedBuffer()
    cells = args[0] if args and type(args[0]) is Cells else None
    pickler = CallPickler(buffer, cells)
    pickler.dump((args, kwargs))
    if cells is not None:
        pickler.shared.settle()
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
