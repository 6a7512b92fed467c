"""Every change of a scalar, once at every place of a call: no luck decides what is tried.

Places are told apart by their way through the arguments: which parameter, which
field of a record or a tuple; the items of a list are one place.
"""

from . import changes, scalars
from .changes import Stuck
from .places import ITEMS
from .slots import slots


class Sweep:
    """Changes arguments in place, each time in a way that was not tried at that place."""

    def __init__(self, rng):
        self.rng = rng
        self.tried = set()

    def change(self, args, kwargs, _growing):
        """Return (args, kwargs) with one change. Raises Stuck where each was tried."""
        args, kwargs = list(args), dict(kwargs)
        left = [
            (key, slot, way)
            for slot in slots(args, kwargs)
            for number, way in enumerate(ways(slot.kind))
            if (key := (slot.place, slot.kind, number)) not in self.tried
        ]
        if not left:
            raise Stuck
        key, slot, way = self.rng.choice(left)
        self.tried.add(key)
        value = way(slot.value, self.rng)
        if type(value) is bool and slot.place[-1] != ITEMS:  # True for a size or a depth
            raise Stuck
        slot.put(value)
        return args, kwargs


def ways(kind):
    """Return the changes of scalars of a type."""
    return WAYS.get(kind, ())


def with_chance(way):
    """Return the change as one that is given a source of chance, too."""
    return lambda value, _rng: way(value)


WAYS = {
    kind: (*map(with_chance, changes.SCALARS.get(kind, ())), *scalars.SCALARS.get(kind, ()))
    for kind in {*changes.SCALARS, *scalars.SCALARS}
}
