"""What a class says of its instances, read past anything that a class or a metaclass overrides."""

import sys
import types

HEAP_TYPE = 1 << 9
POINTER = tuple.__itemsize__
FIELDS = (types.GetSetDescriptorType, types.MemberDescriptorType)


address = object.__hash__
"""Tells objects apart as ``id`` does. The interpreter reports every ``id`` to audit hooks, and
ours are written in Python: it would take longer than all else there is to do for a value."""


class Opaque(Exception):
    """The value holds something that can't be put in canonical form."""


def typed(kind, name):
    """Return an attribute of a class as the interpreter has it: ``__mro__``, ``__flags__`` ..."""
    return type.__dict__[name].__get__(kind)


def type_qualname(kind):
    """Return the qualname of a class, past any metaclass."""
    return typed(kind, "__qualname__")


def type_module(kind):
    """Return the name of the module of a class, or "" where it has none."""
    try:
        module = typed(kind, "__module__")
    except AttributeError:
        return ""
    return module if type(module) is str else ""


def type_name(kind):
    """Return module and qualname of a class."""
    return type_module(kind) + "." + type_qualname(kind)


def named(module, qualname):
    """Return what the name stands for in an imported module, or None; wakes nothing."""
    value = sys.modules.get(module) if type(module) is str else None
    for name in qualname.split("."):
        if type(value) is type or (value is not None and issubclass(type(value), type)):
            value = typed(value, "__dict__").get(name)
        elif value is not None and issubclass(type(value), types.ModuleType):
            value = module_fields(value).get(name)
        else:
            return None
        if type(value) in (staticmethod, classmethod):
            value = value.__func__
    return value


def made_here(kind):
    """Tell whether a class can't be found by its name: it was made in a function."""
    if not typed(kind, "__flags__") & HEAP_TYPE:
        return False
    module = type_module(kind)
    return not is_native(module) and named(module, type_qualname(kind)) is not kind


def is_native(name):
    """Tell whether a loaded module is written in C: its classes are what they are."""
    module = sys.modules.get(name)
    if name in ("builtins", "__main__") or not issubclass(type(module), types.ModuleType):
        return False
    path = module_fields(module).get("__file__")
    return not str(path).endswith((".py", ".pyc"))


def module_fields(module):
    """Return the namespace of a module; wakes no lazy one."""
    return types.ModuleType.__dict__["__dict__"].__get__(module)


class Shape:
    """What is known of a class once and for all: its name, its slots, where instances keep data.

    ``plain``: an instance with no memory but for its fields holds nothing else
    that could differ. ``numbered``: which instance it is counts (aliasing).
    ``writer`` writes what an instance holds beside its fields, and is None
    where there is no way to.
    """

    def __init__(self, kind, writer=None, numbered=True):
        self.kind = kind
        mro = typed(kind, "__mro__")
        self.name = type_name(kind)
        self.slots = [found for owner in mro for found in own_slots(owner)]
        self.fields = next(filter(None, map(own_fields, mro)), None)
        self.made_here = made_here(kind)
        dictionary = typed(kind, "__dictoffset__")
        pointers = len(self.slots) + (dictionary > 0) + (typed(kind, "__weakrefoffset__") > 0)
        whole = typed(kind, "__basicsize__") == object.__basicsize__ + POINTER * pointers
        known = self.fields is not None or dictionary == 0
        self.plain = typed(kind, "__itemsize__") == 0 and whole and known
        self.writer = writer
        self.numbered = numbered


def own_slots(owner):
    """Return (name, descriptor) of the slots that a class itself defines."""
    members = typed(owner, "__dict__")
    if "__slots__" not in members or not typed(owner, "__flags__") & HEAP_TYPE:
        return []
    return [
        (name, member)
        for name, member in members.items()
        if type(member) is types.MemberDescriptorType and member.__objclass__ is owner
    ]


def own_fields(owner):
    """Return the descriptor of the instances' ``__dict__`` if this class brings it."""
    member = typed(owner, "__dict__").get("__dict__")
    if owner is type or type(member) not in FIELDS:
        return None
    return member if member.__objclass__ is owner else None
