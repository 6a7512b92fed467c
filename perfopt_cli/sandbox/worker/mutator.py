"""Make new calls out of recorded ones: one or two changes each, in turn of every kind."""

from .altering import Alterations
from .changes import DICTS, REARRANGED, ROWS, SETS, TEXTS, Stuck, items_of
from .places import positions
from .twins import Twins

SELF_SHARE = 0.2
SECOND_CHANGE = 0.3
SECOND_AIM = 0.5
PLANTED_SHARE = 0.5


class Mutator(Alterations):
    """Changes the arguments of calls in place; of a ``method`` its own object more seldom."""

    def __init__(self, rng, places, method, constants, aiming=False):
        super().__init__(rng, places, constants, aiming)
        self.method = method
        self.twins = Twins(rng, places)

    def change(self, args, kwargs, growing):
        """Return (args, kwargs) with one or two changes. Raises Stuck where none is possible."""
        self.growing = growing
        args, kwargs = list(args), dict(kwargs)
        self.change_once(args, kwargs)
        if self.aiming and self.rng.random() < PLANTED_SHARE:
            self.twins.planted(args, kwargs)
        elif self.rng.random() < (SECOND_AIM if self.aiming else SECOND_CHANGE):
            try:
                self.change_once(args, kwargs)
            except Stuck:
                pass
        return args, kwargs

    def change_once(self, args, kwargs):
        """Change one argument, or several whose lengths belong together."""
        if self.places.groups and self.rng.random() < 0.5:
            self.change_group(args, kwargs, self.rng.choice(self.places.groups))
            return
        keys = [key for key, _ in positions(args, kwargs)]
        self.rng.shuffle(keys)
        if self.method and len(keys) > 1 and self.rng.random() > SELF_SHARE:
            keys.remove(0)
            keys.append(0)
        for key in keys:
            holder = args if isinstance(key, int) else kwargs
            try:
                holder[key] = self.mutated(holder[key], (key,))
            except Stuck:
                continue
            return
        raise Stuck

    def change_group(self, args, kwargs, group):
        """Rearrange sequences that go side by side in the same way."""
        holders = {key: args if isinstance(key, int) else kwargs for key in group}
        rows = [key for key in group if type(holders[key][key]) is not int]
        order = self.order(len(holders[rows[0]][rows[0]]), tuple(group))
        for key in group:
            value = holders[key][key]
            holders[key][key] = self.picked(value, order) if key in rows else len(order)

    def enlarged(self, args, kwargs):
        """Return (args, kwargs) with one argument, or several side by side, twice as large."""
        args, kwargs = list(args), dict(kwargs)
        if self.places.groups:
            holders = dict(positions(args, kwargs))
            for key in self.rng.choice(self.places.groups):
                holder = args if isinstance(key, int) else kwargs
                value = holders[key]
                whole = type(value) is not int
                holder[key] = self.picked(value, [*range(len(value))] * 2) if whole else 2 * value
            return args, kwargs
        keys = [
            key
            for key, value in positions(args, kwargs)
            if isinstance(value, (*ROWS, *DICTS, *SETS, *TEXTS))
            and len(value)
            and not self.places.fixed((key,), value)
        ]
        if not keys:
            raise Stuck
        key = max(keys, key=lambda one: len((args if isinstance(one, int) else kwargs)[one]))
        holder = args if isinstance(key, int) else kwargs
        holder[key] = self.filled(holder[key], items_of(holder[key]), 2 * len(holder[key]))
        return args, kwargs

    def order(self, n, place):
        """Return how to rearrange n items, taking turns by place."""
        if n == 0:
            raise Stuck
        sizes = self.constants.sizes
        if self.growing and sizes and (self.aiming or self.turn(("aim", place)) % 5 == 4):
            size = sizes[self.turn(("size", place)) % len(sizes)]
            return [*range(min(n, size)), *(self.rng.randrange(n) for _ in range(n, size))]
        if self.growing and self.turn(("grow", place)) % 5 == 4:
            return [self.rng.randrange(n) for _ in range(self.larger(n))]
        return REARRANGED[self.turn(place) % len(REARRANGED)](n, self.rng)
