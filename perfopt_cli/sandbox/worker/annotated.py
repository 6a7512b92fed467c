"""Make calls from a function's annotations: values that no test has, of the types it names."""

import collections
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import types
import typing
import uuid

from .changes import Stuck, copied
from .places import ITEMS, KEYS, positions

SIZES = (0, 1, 2, 3, 5, 8, 21, 60)
INNER_SIZES = (0, 1, 2, 3)
DEEPEST = 4
RECORDED = 0.4
NONE = type(None)
UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))
LISTS = (
    list,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Iterable,
    collections.abc.Collection,
    collections.abc.Reversible,
)
SETS = {
    set: set,
    frozenset: frozenset,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
}
DICTS = {
    dict: dict,
    collections.OrderedDict: collections.OrderedDict,
    collections.abc.Mapping: dict,
    collections.abc.MutableMapping: dict,
}
TEXTS = ("", "a", "b", "ab", "ba", "A b", " x ", "10", "-3", "a,b", "x\ny", "Zo\xe9", "aaa")
DAY = datetime.date(2024, 2, 28)
SCALARS = {
    NONE: lambda rng: None,
    bool: lambda rng: rng.random() < 0.5,
    int: lambda rng: rng.choice((0, 1, -1, 2, 10, 100, -7, 255, rng.randint(-9, 9))),
    float: lambda rng: rng.choice((0.0, 1.0, -1.0, 0.5, 2.5, 100.0, rng.randint(-99, 99) / 8)),
    complex: lambda rng: complex(rng.randint(-3, 3), rng.randint(-3, 3)),
    str: lambda rng: rng.choice(TEXTS),
    bytes: lambda rng: rng.choice(TEXTS).encode(),
    bytearray: lambda rng: bytearray(rng.choice(TEXTS).encode()),
    decimal.Decimal: lambda rng: decimal.Decimal(rng.randint(-999, 999)).scaleb(-rng.randint(0, 2)),
    fractions.Fraction: lambda rng: fractions.Fraction(rng.randint(-9, 9), rng.randint(1, 9)),
    datetime.date: lambda rng: DAY + datetime.timedelta(rng.randint(-400, 400)),
    datetime.datetime: lambda rng: (
        datetime.datetime(2024, 2, 28, 23, 59)
        + datetime.timedelta(minutes=rng.randint(-9999, 9999))
    ),
    datetime.time: lambda rng: datetime.time(rng.randrange(24), rng.randrange(60)),
    datetime.timedelta: lambda rng: datetime.timedelta(seconds=rng.randint(-99999, 99999)),
    pathlib.Path: lambda rng: pathlib.Path(rng.choice(("a", "a/b", "a/b.txt", "/c", "."))),
    pathlib.PurePath: lambda rng: pathlib.PurePath(rng.choice(("a", "a/b", "a/b.txt", "/c", "."))),
    uuid.UUID: lambda rng: uuid.UUID(int=rng.randrange(2**64)),
}


class Annotated:
    """Replaces arguments of recorded calls by values of their annotated types."""

    def __init__(self, rng, function, places, constants):
        self.rng = rng
        self.places = places
        self.constants = constants
        self.code = function.__code__
        self.hints = hints_of(function)
        self.turns = 0

    def __bool__(self):
        return bool(self.hints)

    def change(self, args, kwargs, _growing):
        """Return (args, kwargs) with one or more replaced. Raises Stuck where none can be."""
        args, kwargs = list(args), dict(kwargs)
        keys = [key for key, _ in positions(args, kwargs) if self.hint(key) is not None]
        keys = [key for key in keys if (key,) not in self.places.bound]
        self.rng.shuffle(keys)
        changed = False
        for key in keys:
            if changed and self.rng.random() < 0.5:
                break
            holder = args if isinstance(key, int) else kwargs
            try:
                holder[key] = self.make(self.hint(key), (key,))
                changed = True
            except Stuck:
                continue
        if not changed:
            raise Stuck
        return args, kwargs

    def hint(self, key):
        """Return the annotation of the argument at an index or of a name, or None."""
        if isinstance(key, int):
            if key >= self.code.co_argcount:
                return self.hints.get("*")
            key = self.code.co_varnames[key]
        return self.hints.get(key, self.hints.get("**"))

    def size(self, place):
        """Return how many items a container is to have: small ones inside others."""
        if self.places.are_rows(place):
            raise Stuck
        self.turns += 1
        return SIZES[self.turns % len(SIZES)] if len(place) == 1 else self.rng.choice(INNER_SIZES)

    def make(self, hint, place):
        """Return a value of the annotated type. Raises Stuck where there is no way."""
        if len(place) > DEEPEST:
            raise Stuck
        hint = plain(hint)
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin in UNIONS:
            return self.make(self.rng.choice(args), place)
        if origin is typing.Literal:
            return self.rng.choice(args)
        kind = origin or hint
        if not isinstance(kind, type):
            return self.recorded(place, object)
        if kind in SCALARS:
            return self.scalar(kind, place)
        if issubclass(kind, enum.Enum):
            return self.rng.choice(list(kind) or [None])
        made = self.container(kind, args, place)
        return made if made is not None else self.record(kind, place)

    def scalar(self, kind, place):
        """Return a scalar, often a recorded one or one that the code names."""
        if self.rng.random() < RECORDED:
            known = [v for v in self.places.values.get(place, ()) if type(v) is kind]
            known += list(self.constants.of(kind))
            if known:
                return self.rng.choice(known)
        return SCALARS[kind](self.rng)

    def recorded(self, place, kind):
        """Return a value that was recorded here."""
        known = [value for value in self.places.values.get(place, ()) if isinstance(value, kind)]
        if not known:
            raise Stuck
        return copied(self.rng.choice(known))

    def items(self, hint, place, count):
        """Return values for the items of a container."""
        return [self.make(hint, place) for _ in range(count)]

    def container(self, kind, args, place):
        """Return a container of the annotated items, or None where it is something else."""
        args = args or (typing.Any, typing.Any)
        inner = (*place, ITEMS)
        if kind in LISTS:
            return self.items(args[0], inner, self.size(place))
        if kind is tuple:
            if args[1:] == (...,):
                return tuple(self.items(args[0], inner, self.size(place)))
            parts = [] if args == ((),) else args
            return tuple([self.make(part, (*place, i)) for i, part in enumerate(parts)])
        if kind in SETS:
            return SETS[kind](self.items(args[0], inner, self.size(place)))
        if kind is collections.deque:
            return collections.deque(self.items(args[0], inner, self.size(place)))
        if kind is collections.Counter:
            keys = self.items(args[0], (*place, KEYS), self.size(place))
            return collections.Counter({key: self.rng.randint(0, 3) for key in keys})
        if kind in DICTS:
            keys = self.items(args[0], (*place, KEYS), self.size(place))
            return DICTS[kind]((key, self.make(args[1], inner)) for key in keys)
        return None

    def record(self, kind, place):
        """Return an instance with annotated fields, or a recorded one."""
        hints = hints_of(kind)
        if dataclasses.is_dataclass(kind):
            names = [field.name for field in dataclasses.fields(kind) if field.init]
        elif hasattr(kind, "_make") or hasattr(kind, "__required_keys__"):
            names = list(hints)
        else:
            return self.recorded(place, kind)
        if not set(names) <= set(hints):
            return self.recorded(place, kind)
        return kind(**{name: self.make(hints[name], (*place, name)) for name in names})


def plain(hint):
    """Return what an annotation stands for: behind NewType, Annotated, aliases and bounds."""
    for _ in range(10):
        if typing.get_origin(hint) is not None and hasattr(hint, "__metadata__"):
            hint = hint.__origin__
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif isinstance(hint, typing.TypeVar):
            known = hint.__constraints__ or (hint.__bound__,)
            if known[0] is None:
                return typing.Any
            hint = known[0]
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        else:
            break
    return NONE if hint is None else hint


def hints_of(owner):
    """Return the annotations that can be evaluated, by name; ``*`` and ``**`` for the rest."""
    try:
        hints = typing.get_type_hints(owner, include_extras=False)
    except Exception:
        hints = one_by_one(owner)
    code = getattr(owner, "__code__", None)
    hints.pop("return", None)
    if code is not None:
        count = code.co_argcount + code.co_kwonlyargcount
        for flag, mark in ((0x04, "*"), (0x08, "**")):
            if code.co_flags & flag:
                rest = hints.pop(code.co_varnames[count], None)
                count += 1
                if rest is not None:
                    hints[mark] = rest
    return {name: hint for name, hint in hints.items() if hint is not typing.Any}


def one_by_one(owner):
    """Return the annotations that can be evaluated where not all can."""
    hints = {}
    for name, hint in getattr(owner, "__annotations__", {}).items():
        holder = types.SimpleNamespace(__annotations__={name: hint})
        try:
            hints.update(typing.get_type_hints(holder, getattr(owner, "__globals__", None)))
        except Exception:
            continue
    return hints
