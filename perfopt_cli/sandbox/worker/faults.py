"""Two faults in one call: which of them is found first is part of what a function does."""

from .changes import Stuck


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
    if kind is list and kind is type(given[key]) and (len(keys) == 1 or rng.random() < 0.5):
        pair = [holder[key], given[key]]
        rng.shuffle(pair)
        holder[key] = pair[0] + pair[1]
    else:
        holder[key] = given[key]
    return args, kwargs
