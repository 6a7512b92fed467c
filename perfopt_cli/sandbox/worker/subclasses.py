"""Subclasses of the project's classes: what a method makes of them is part of what it does."""

import functools

NAME = "_perfopt_base"


@functools.lru_cache(maxsize=None)
def subclass_of(kind):
    """Return the subclass of a class that adds nothing; the same one each time.

    Raises TypeError where the class can't have one.
    """
    fields = {"__slots__": (), "__module__": kind.__module__, NAME: kind}
    made = type(kind)(kind.__name__ + "Special", (kind,), fields)
    made.__qualname__ = kind.__qualname__ + "Special"
    return made


def base_of(kind):
    """Return the class that ``subclass_of`` made this one of, or None."""
    return type.__getattribute__(kind, "__dict__").get(NAME)
