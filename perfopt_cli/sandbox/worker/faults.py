"""Two faults in one call: which of them is found first is part of what a function does."""

import ast

from .changes import Stuck
from .load import NotLoadable
from .places import positions
from .slots import FIRST
from .tree import Definition

JOINED_SHARE = 0.2


def crossed(rng, one, other):
    """Return (args, kwargs) of one call with something of another; both end in an exception.

    That is one of its arguments, or the items of its list as well. Raises Stuck
    where they have nothing in common.
    """
    args, kwargs = list(one[0]), dict(one[1])
    keys = [index for index in range(len(args)) if index < len(other[0])]
    keys += [name for name in kwargs if name in other[1]]
    if not keys:
        raise Stuck
    key = rng.choice(keys)
    holder, given = (args, other[0]) if isinstance(key, int) else (kwargs, other[1])
    kind = type(holder[key])
    if (
        kind is list
        and kind is type(given[key])
        and (len(keys) == 1 or rng.random() < JOINED_SHARE)
    ):
        pair = [holder[key], given[key]]
        rng.shuffle(pair)
        holder[key] = pair[0] + pair[1]
    else:
        holder[key] = given[key]
    return args, kwargs


def alone(rng, call):
    """Return (args, kwargs) of a call with but one item of one of its lists.

    With less before it, a second fault is met sooner. Raises Stuck where no list is longer.
    """
    args, kwargs = list(call[0]), dict(call[1])
    long = [key for key, value in positions(args, kwargs) if type(value) is list and value[1:]]
    if not long:
        raise Stuck
    key = rng.choice(long)
    holder = args if isinstance(key, int) else kwargs
    holder[key] = [rng.choice([*holder[key][:FIRST], holder[key][-1]])]
    return args, kwargs


def refusals_of(target):
    """Return the names of the exceptions that the target's own text raises."""
    try:
        with open(target["file"], "rb") as file:
            node = Definition(file.read(), target["qualname"]).node
    except (OSError, SyntaxError, ValueError, NotLoadable):
        return frozenset()
    raised = [one.exc for one in ast.walk(node) if isinstance(one, ast.Raise)]
    named = [getattr(one, "func", one) for one in raised]
    return frozenset(getattr(one, "id", getattr(one, "attr", "")) for one in named)
