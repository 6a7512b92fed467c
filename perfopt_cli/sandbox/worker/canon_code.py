"""The canonical form of functions, classes and their kin: by name where that finds them.

What was made in a function (a lambda, a closure, a local class) is written out
with its code, constants, defaults and the values it closes over. Line numbers
and files don't count.
"""

import sys
import types

from .canon_types import Opaque, made_here, module_fields, named, type_name, typed

DERIVED = (
    "__dict__",
    "__weakref__",
    "__module__",
    "__qualname__",
    "__firstlineno__",
    "__static_attributes__",
    "__annotate__",
    "__annotate_func__",
    "__annotations_cache__",
    "_abc_impl",
)
CODE = (
    "co_name",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_flags",
    "co_code",
    "co_names",
    "co_varnames",
    "co_freevars",
    "co_cellvars",
    "co_exceptiontable",
)


def write_function(canon, value):
    """Write a Python function."""
    module, qualname = value.__module__, value.__qualname__
    canon.parts.append(":%s.%s" % (module if type(module) is str else "?", qualname))
    if named(module, qualname) is value or not canon.once(value):
        return
    if value.__code__ is canon.target:
        canon.parts.append(" under test")
    else:
        canon.write(value.__code__)
        canon.write((value.__name__, value.__doc__))
    canon.write((value.__defaults__, value.__kwdefaults__, value.__closure__))
    if value.__dict__:
        canon.mapping(value.__dict__)
    if sys.version_info < (3, 14):  # later on reading them may run the user's code
        canon.write(value.__annotations__)


def write_code(canon, value):
    """Write a code object."""
    canon.sequence("(", [getattr(value, name, None) for name in CODE], ")")
    canon.sequence("(", value.co_consts, ")")


def write_cell(canon, value):
    """Write a variable that functions share."""
    try:
        content = value.cell_contents
    except ValueError:
        canon.parts.append(" empty")
    else:
        canon.write(content)


def write_class(canon, value):
    """Write a class."""
    canon.parts.append(":" + type_name(value))
    if not made_here(value) or not canon.once(value):
        return
    canon.sequence("(", typed(value, "__bases__"), ")")
    for name, member in typed(value, "__dict__").items():
        if name not in DERIVED:
            canon.parts.append("." + name + "=")
            canon.write(member)


def write_module(canon, value):
    """Write a module."""
    name = module_fields(value).get("__name__")
    canon.parts.append(":" + (name if type(name) is str else "?"))


def write_builtin(canon, value):
    """Write a built-in function, or a method of a built-in type bound to an object."""
    owner = value.__self__
    if owner is None or issubclass(type(owner), types.ModuleType):
        canon.parts.append(":%s.%s" % (value.__module__, value.__qualname__))
    else:
        canon.parts.append(":" + value.__name__ + " of ")
        canon.write(owner)


def write_method(canon, value):
    """Write a bound method."""
    canon.write((value.__func__, value.__self__))


def write_descriptor(canon, value):
    """Write a descriptor that the interpreter made for a class."""
    canon.parts.append(":" + type_name(value.__objclass__) + "." + value.__name__)


def write_wrapped(canon, value):
    """Write a static or class method."""
    base = staticmethod if issubclass(type(value), staticmethod) else classmethod
    canon.write(base.__dict__["__func__"].__get__(value))


def write_property(canon, value):
    """Write a property."""
    parts = [property.__dict__[name].__get__(value) for name in ("fget", "fset", "fdel")]
    canon.sequence("(", parts, ")")


def write_alias(canon, value):
    """Write ``list[int]`` and ``int | str``."""
    canon.write((getattr(value, "__origin__", None), value.__args__))


def write_cached(canon, value):
    """Write a function behind ``lru_cache``; what it keeps can't be seen, and is not meant to."""
    fields = object.__getattribute__(value, "__dict__")
    inner = fields.get("__wrapped__")
    if inner is None:
        raise Opaque("a cached function without its origin can't be compared")
    canon.parts.append(" around ")
    canon.write(inner)


KINDS = (
    (types.FunctionType, write_function, False),
    (types.BuiltinFunctionType, write_builtin, False),
    (types.ModuleType, write_module, False),
    (type, write_class, False),
    (types.CodeType, write_code, False),
    (types.CellType, write_cell, True),
    (types.MethodType, write_method, False),
    (types.MethodWrapperType, write_builtin, False),
    (types.WrapperDescriptorType, write_descriptor, False),
    (types.MethodDescriptorType, write_descriptor, False),
    (types.ClassMethodDescriptorType, write_descriptor, False),
    (types.GetSetDescriptorType, write_descriptor, False),
    (types.MemberDescriptorType, write_descriptor, False),
    (staticmethod, write_wrapped, True),
    (classmethod, write_wrapped, True),
    (property, write_property, True),
    (types.GenericAlias, write_alias, False),
    *(((types.UnionType, write_alias, False),) if sys.version_info >= (3, 10) else ()),
)
