"""What calls may leave behind: the data of modules, and the settings of the process."""

import _locale
import atexit
import decimal
import gc
import logging
import os
import signal
import sys
import threading
import types
import warnings

from .canon import Canonizer
from .canon_types import module_fields, type_module, typed
from .observe import canonical, digest

MOST_NODES = 300_000
CODE = (
    types.BuiltinFunctionType,
    types.ModuleType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    property,
)


def module_state(function):
    """Return a digest by name of the module's data.

    Globals, attributes of its classes, and what its functions hold: attributes
    and mutable defaults.
    """
    target = function.__code__
    found = dict(named_values(function.__globals__, function.__globals__.get("__name__")))
    cells = [cell for cell in function.__closure__ or () if not is_empty(cell)]
    if cells:
        found["enclosing variables"] = cells
    return {name: digest_of(value, target) for name, value in found.items()}


def project_state(function, folder):
    """Return the same of the project's other modules, those imported from the folder.

    Bounded: past MOST_NODES values no more modules are looked at.
    """
    state, nodes = {}, 0
    for name, module in sorted(sys.modules.items()):
        if not is_of(module, folder) or module_fields(module) is function.__globals__:
            continue
        for key, value in named_values(module_fields(module), name):
            if nodes > MOST_NODES:
                return state
            writer = Canonizer(function.__code__, draining=False)
            state[name + "." + key] = digest_of(value, writer=writer)
            nodes += writer.nodes
    return state


def is_of(module, folder):
    """Tell whether a module was imported from the folder."""
    if not issubclass(type(module), types.ModuleType):
        return False
    path = module_fields(module).get("__file__")
    return type(path) is str and path.startswith(os.path.join(folder, ""))


def is_empty(cell):
    """Tell whether a variable that functions share has no value."""
    try:
        return cell.cell_contents is cell
    except ValueError:
        return True


def named_values(namespace, module):
    """Yield (name, value) of a namespace's data."""
    for name, value in list(namespace.items()):
        if type(name) is not str or name.startswith("__"):
            continue
        kind = type(value)
        if issubclass(kind, type):
            if type_module(value) == module:
                for key, item in named_values(typed(value, "__dict__"), None):
                    yield name + "." + key, item
        elif kind in (staticmethod, classmethod) or kind is types.FunctionType:
            inner = value if kind is types.FunctionType else value.__func__
            if type(inner) is types.FunctionType and holds_data(inner):
                yield name + "()", (inner.__defaults__, inner.__kwdefaults__, inner.__dict__)
        elif not issubclass(kind, CODE):
            yield name, value


def holds_data(function):
    """Tell whether a function has attributes, or defaults that can change."""
    defaults = (function.__defaults__ or ()) + tuple((function.__kwdefaults__ or {}).values())
    scalars = (int, float, str, bytes, bool, type(None))
    return bool(function.__dict__) or any(type(one) not in scalars for one in defaults)


def digest_of(value, target=None, writer=None):
    """Return a short digest of a value, or "opaque"."""
    writer = writer or Canonizer(target, draining=False)
    try:
        writer.write(value)
    except Exception:
        return "opaque"
    return digest(writer.text())[:16]


def process_state():
    """Return a digest by name of the settings that all code of a process shares."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONHASHSEED"}
    context = decimal.getcontext()
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    manager = logging.root.manager
    seen = {
        "environment": sorted(environment.items()),
        "working directory": os.getcwd(),
        "sys.path": list(sys.path),
        "sys.argv": list(sys.argv),
        "locale": _locale.setlocale(_locale.LC_ALL),
        "decimal context": repr(context),
        "recursion limit": sys.getrecursionlimit(),
        "switch interval": sys.getswitchinterval(),
        "garbage collection": (gc.isenabled(), gc.get_threshold()),
        "warning filters": list(warnings.filters),
        "signal handlers": list(handlers.items()),
        "logging": (logging.root.level, len(logging.root.handlers), manager.disable),
        "hooks": (sys.excepthook, sys.displayhook, threading.excepthook),
        "tracing": (sys.gettrace() is None, sys.getprofile() is None),
        "functions called at exit": atexit._ncallbacks(),
        "time zone": os.environ.get("TZ"),
    }
    return {name: digest(canonical(value) or "opaque")[:16] for name, value in seen.items()}


class Descriptors:
    """Catches what is written to the file descriptors 1 and 2, past ``sys.stdout``."""

    def __enter__(self):
        self.saved = {number: os.dup(number) for number in (1, 2)}
        self.files = {number: temporary() for number in (1, 2)}
        for number, file in self.files.items():
            os.dup2(file, number)
        return self

    def __exit__(self, *_details):
        for number, saved in self.saved.items():
            os.dup2(saved, number)
            os.close(saved)
            os.close(self.files[number])

    def digests(self):
        """Return a digest by name of what was written so far."""
        for stream in (sys.__stdout__, sys.__stderr__):
            try:
                stream.flush()
            except Exception:
                continue
        names = {1: "output", 2: "error output"}
        return {names[number]: self.digest(file) for number, file in self.files.items()}

    @staticmethod
    def digest(file):
        """Return the digest of a file."""
        size = os.fstat(file).st_size
        return digest(os.pread(file, size, 0).decode("latin-1"))[:16]


def temporary():
    """Return the descriptor of a file without a name."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("output")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
