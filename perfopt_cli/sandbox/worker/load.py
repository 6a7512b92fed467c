"""Find the target function in the imported module, and put a candidate's code into it.

The candidate replaces ``__code__`` of the very function object, so that
recursion, aliases, wrappers and ``super()`` see it too.
"""

import gc
import importlib
import marshal
import os
import sys
import types

KIND_FLAGS = (
    0x20 | 0x80 | 0x100 | 0x200
)  # generator, coroutine, iterable coroutine, async generator


class NotLoadable(Exception):
    """The target can't be had in this process; the text says why."""


def prepare_imports(request):
    """Make imports find what they found at the end of the test run."""
    for entry in reversed(request["sys_path"]):
        if entry not in sys.path:
            sys.path.insert(1, entry)


def load_target(request):
    """Import the module and return the target's function object."""
    target = request["target"]
    module = importlib.import_module(target["module"])
    path = getattr(module, "__file__", None)
    if path is None or os.path.realpath(path) != os.path.realpath(target["file"]):
        raise NotLoadable("the module was imported from %s, not from the copy" % path)
    function = by_name(module, target["qualname"])
    if not is_target(function, target):
        function = by_scan(target)
    if function is None:
        raise NotLoadable("the function object can't be found behind its decorators")
    return function


def by_name(module, qualname):
    """Return the function at the qualname, out of its descriptors and wrappers, or None."""
    value = module
    for name in qualname.split("."):
        value = vars(value).get(name) if hasattr(value, "__dict__") else None
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
    found = [
        obj
        for obj in gc.get_objects()
        if isinstance(obj, types.FunctionType) and is_target(obj, target)
    ]
    return found[0] if len(found) == 1 else None


def compile_definition(text, target):
    """Compile the module's text; return the code object of the target in it."""
    code = compile(text, target["file"], "exec", dont_inherit=True)
    for name in target["qualname"].split("."):
        inner = [c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == name]
        if not inner:
            raise NotLoadable("the definition is not in the candidate's text")
        code = inner[-1]
    return code


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
