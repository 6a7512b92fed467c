"""Two faults in one call: which of them is found first is part of what a function does."""

import ast

from .changes import Stuck
from .load import NotLoadable
from .places import positions
from .slots import FIRST
from .tree import Definition

JOINED_SHARE = 0.2
MARKS = " \n,;\t|&/"
TEXTS_SHARE = 0.6


def crossed(rng, one, other):
    """Return (args, kwargs) of one call with something of another; both end in an exception.

    That is one of its arguments, the items of its list as well, or two texts in
    one. Raises Stuck where they have nothing in common.
    """
    args, kwargs = list(one[0]), dict(one[1])
    keys = [index for index in range(len(args)) if index < len(other[0])]
    keys += [name for name in kwargs if name in other[1]]
    if not keys:
        raise Stuck
    key = rng.choice(keys)
    holder, given = (args, other[0]) if isinstance(key, int) else (kwargs, other[1])
    kind = type(holder[key])
    if rng.random() < TEXTS_SHARE and join_texts(rng, holder, key, given[key]):
        return args, kwargs
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


def join_texts(rng, holder, key, given):
    """Make one text of one in the holder, or in its list, and a given one; tell whether it did."""
    value = holder[key]
    if type(value) is str and type(given) is str:
        holder[key] = joined(rng, value, given)
        return True
    if type(value) is not list or type(given) is not list:
        return False
    places = [index for index, item in enumerate(value) if type(item) is str]
    others = [item for item in given if type(item) is str]
    if not places or not others:
        return False
    index = rng.choice(places)
    text = joined(rng, value[index], rng.choice(others))
    holder[key] = [*value[:index], text, *value[index + 1 :]]
    return True


def joined(rng, one, other):
    """Return both texts as one, with a mark between them that one of them has, if there is one."""
    found = [mark for mark in MARKS if mark in one or mark in other]
    pair = [one, other]
    rng.shuffle(pair)
    return rng.choice(found or [" ", ",", ""]).join(pair)


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
