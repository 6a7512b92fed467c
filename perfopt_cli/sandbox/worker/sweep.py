"""Every change of a scalar, once at every place of a call: no luck decides what is tried.

Places are told apart by their way through the arguments: which parameter, which
field of a record or a tuple; the items of a list are one place.

Where the function matches patterns, a line's end is put behind many of the
texts of a place, as ``$`` matches before it and the end of the text does not.
"""

import types

from . import changes, scalars
from .changes import Stuck
from .places import ITEMS
from .slots import slots

PATTERNS = {"match", "fullmatch", "search", "findall", "finditer", "sub", "subn"}
MOST_ENDED = 40


class Sweep:
    """Changes arguments in place, each time in a way that was not tried at that place."""

    def __init__(self, rng, function=None):
        self.rng = rng
        self.tried = set()
        self.ended = {}
        self.patterns = function is not None and uses_patterns(function.__code__)

    def change(self, args, kwargs, _growing):
        """Return (args, kwargs) with one change. Raises Stuck where each was tried."""
        args, kwargs = list(args), dict(kwargs)
        found = slots(args, kwargs)
        if self.patterns and self.rng.random() < 0.5 and self.end_line(found):
            return args, kwargs
        left = [
            (key, slot, way)
            for slot in found
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

    def end_line(self, found):
        """Put a line's end behind a text that had none; tell whether there was one."""
        texts = [slot for slot in found if slot.kind is str]
        self.rng.shuffle(texts)
        for slot in texts:
            ended = self.ended.setdefault(slot.place, set())
            if slot.value not in ended and len(ended) < MOST_ENDED:
                ended.add(slot.value)
                slot.put(slot.value + "\n")
                return True
        return False


def uses_patterns(code):
    """Tell whether a function, or one inside it, calls what matches regular expressions."""
    inner = [one for one in code.co_consts if isinstance(one, types.CodeType)]
    return bool(PATTERNS & {*code.co_names}) or any(map(uses_patterns, inner))


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
