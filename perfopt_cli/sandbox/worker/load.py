"""Find the target function in the imported module, and put a candidate's code into it.

The candidate replaces ``__code__`` of the very function object, so that
recursion, aliases, wrappers and ``super()`` see it too. A function defined in
a function has no such object: a ``StandIn`` takes its place.
"""

import gc
import importlib
import marshal
import os
import sys
import types

from .closures import StandIn

GENERATOR = 0x20
COROUTINE = 0x80
ITERABLE_COROUTINE = 0x100
ASYNC_GENERATOR = 0x200
KIND_FLAGS = GENERATOR | COROUTINE | ITERABLE_COROUTINE | ASYNC_GENERATOR
OPTIMIZED = 0x01  # code of a function, not of a class or module
LOCALS = "<locals>"


class NotLoadable(Exception):
    """The target can't be had in this process; the text says why."""


def prepare_imports(request):
    """Make imports find what they found at the end of the test run."""
    for entry in reversed(request["sys_path"]):
        if entry not in sys.path:
            sys.path.insert(1, entry)


def load_module(place):
    """Import the module of this name, which has to come from this file, and return it."""
    module = importlib.import_module(place["module"])
    path = getattr(module, "__file__", None)
    if path is None or os.path.realpath(path) != os.path.realpath(place["file"]):
        raise NotLoadable("the module was imported from %s, not from the copy" % path)
    return module


def load_target(request):
    """Import the module and return the target's function object, or its ``StandIn``."""
    target = request["target"]
    module = load_module(target)
    if LOCALS in target["qualname"]:
        return StandIn(original_code(target), module, target["qualname"])
    function = by_name(module, target["qualname"])
    if not is_target(function, target):
        function = by_scan(target)
    if function is None:
        raise NotLoadable("the function object can't be found behind its decorators")
    return function


def by_name(module, qualname):
    """Return the function at the qualname, out of its descriptors and wrappers, or None."""
    value, owner = module, ""
    for name in qualname.split("."):
        held = vars(value) if hasattr(value, "__dict__") else {}
        value, owner = held.get(name, held.get("_" + owner.lstrip("_") + name)), name
    for _ in range(20):
        if isinstance(value, types.FunctionType):
            inner = getattr(value, "__wrapped__", None)
            if inner is None or not hasattr(inner, "__code__"):
                return value
            value = inner
        elif isinstance(value, property):
            value = value.fget
        else:
            inner = vars(value).get("func") if hasattr(value, "__dict__") else None
            value = getattr(value, "__func__", None) or getattr(value, "__wrapped__", inner)
    return None


def is_target(function, target):
    """Tell whether the function was compiled from the target's lines."""
    if not isinstance(function, types.FunctionType):
        return False
    code = function.__code__
    return code.co_name == target["qualname"].split(".")[-1] and (
        code.co_firstlineno == target["first"]
        and os.path.realpath(code.co_filename) == os.path.realpath(target["file"])
    )


def by_scan(target):
    """Look for the function among all objects: a decorator may keep it in a closure."""
    frozen = gc.get_freeze_count()
    gc.unfreeze()  # what a standing worker froze would not be listed
    found = [
        obj
        for obj in gc.get_objects()
        if type(obj) is types.FunctionType and is_target(obj, target)  # asks no __class__
    ]
    if frozen:
        gc.freeze()
    return found[0] if len(found) == 1 else None


def original_code(target):
    """Return the code object that the target has in its file."""
    with open(target["file"], "rb") as file:
        module = compile(file.read(), target["file"], "exec", dont_inherit=True)
    for code in codes_named(module, target["qualname"].split(".")):
        if code.co_firstlineno == target["first"]:
            return code
    raise NotLoadable("the definition is not in its file")


def compile_definition(text, target):
    """Compile the module's text; return the code object of the target in it.

    Of several definitions of the name, such as a property and its setter, it
    is the one that comes as the target comes among those in its file.
    """
    names = target["qualname"].split(".")
    found = list(codes_named(compile(text, target["file"], "exec", dont_inherit=True), names))
    if len(found) == 1:
        return found[0]
    with open(target["file"], "rb") as file:
        module = compile(file.read(), target["file"], "exec", dont_inherit=True)
    lines = [code.co_firstlineno for code in codes_named(module, names)]
    if not found or len(found) != len(lines) or target["first"] not in lines:
        raise NotLoadable("the definition is not in the candidate's text")
    return found[lines.index(target["first"])]


def codes_named(code, names):
    """Yield the code objects of the functions of this qualname, in the order of the text."""
    name, *rest = names
    function = rest[:1] in ([], [LOCALS])
    below = rest[1:] if function else rest
    for inner in code.co_consts:
        if not isinstance(inner, types.CodeType):
            continue
        if inner.co_name.startswith("<generic parameters of "):
            yield from codes_named(inner, names)
        elif inner.co_name == name and function is bool(inner.co_flags & OPTIMIZED):
            yield from codes_named(inner, below) if below else (inner,)


def check_code(function, code):
    """Raise NotLoadable where the code can't take the function's place."""
    old = function.__code__
    if old.co_flags & KIND_FLAGS != code.co_flags & KIND_FLAGS:
        raise NotLoadable("the candidate is another kind of function (generator, coroutine)")
    if old.co_freevars != code.co_freevars:
        raise NotLoadable("the candidate uses other variables of its enclosing scope")


def add_imports(function, statements):
    """Execute the candidate's import statements in the module, as the edited file would."""
    for statement in statements:
        exec(compile(statement, "<import>", "exec"), function.__globals__)


def code_copy(code):
    """Return the same code at another place in memory."""
    return marshal.loads(marshal.dumps(code))
