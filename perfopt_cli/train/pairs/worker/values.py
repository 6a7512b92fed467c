"""Inputs for the sides of a pair, made from descriptions: by seed and size, always the same."""

import random

COUNT = 5
"""How many items an ``Any`` gives when it is looped over."""

WORDS = ("a", "b", "key", "name", "x1", "Item", "some text", "z", "foo", "bar", "-1", "12")
TEXT = "".join(random.Random(0).choices("abcab ,.XY01", k=1300))


class Any:
    """An object that takes part in nearly everything, with results that depend on the question."""

    def __init__(self, number):
        self.__dict__["_number"] = number % 1000003

    def _next(self, what):
        return Any(hash((self._number, what)))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._next(len(name) + ord(name[0]))

    def __call__(self, *args, **named):
        """Return what depends on the arguments."""
        try:
            return self._next(hash(args))
        except TypeError:
            return self._next(len(args))

    def __getitem__(self, key):
        kept = self.__dict__.get("_kept")
        try:
            if kept and key in kept:
                return kept[key]
            return self._next(hash(key))
        except TypeError:
            return self._next(1)

    def __setitem__(self, key, value):
        self.__dict__.setdefault("_kept", {})[key] = value

    def __delitem__(self, key):
        self.__dict__.setdefault("_kept", {}).pop(key, None)

    def __iter__(self):
        return iter([self._next(one) for one in range(COUNT)])

    def __next__(self):
        return self._next(1)

    def __contains__(self, item):
        return hash((self._number, item)) % 2 == 0

    def __len__(self):
        return COUNT

    def __bool__(self):
        return self._number % 3 != 0

    def __index__(self):
        return self._number % 3

    def __int__(self):
        return self._number % 97

    def __float__(self):
        return self._number % 97 / 4

    def __enter__(self):
        return self._next(2)

    def __exit__(self, *_):
        return False

    def _operated(self, other):
        return self._next(other if type(other) in (int, str, float) else 5)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = _operated
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __and__ = __rand__ = _operated
    __or__ = __ror__ = __xor__ = __rxor__ = __pow__ = __rpow__ = __matmul__ = _operated
    __lshift__ = __rshift__ = __rmod__ = _operated

    def __neg__(self):
        return self._next(3)

    def __hash__(self):
        return self._number

    def __eq__(self, other):
        return isinstance(other, Any) and self._number == other._number

    def __lt__(self, other):
        return self._number < getattr(other, "_number", 500)

    def __le__(self, other):
        return self._number <= getattr(other, "_number", 500)

    def __gt__(self, other):
        return self._number > getattr(other, "_number", 500)

    def __ge__(self, other):
        return self._number >= getattr(other, "_number", 500)

    def __str__(self):
        return f"any {self._number}"

    __repr__ = __str__


class Thing(Any):
    """An object that has the attributes that the code asks for."""

    def __init__(self, number, parts):
        self.__dict__.update(parts)
        self.__dict__["_number"] = number


class Maker:
    """Makes the inputs of one call."""

    def __init__(self, seed, size, full, light):
        self.light = light
        self.draw = random.Random(seed)
        self.random = self.draw.random
        self.size = size
        self.full = full
        self.number = 0

    def make(self, spec, depth=0):
        """Return a value as the description says."""
        return getattr(self, "_" + spec["k"])(spec, depth)

    def many(self, depth):
        """Return how many items a container has; one inside of another has fewer."""
        return self.size if depth == 0 else max(2, min(self.size, 8 if depth == 1 else 3))

    def _int(self, spec, depth):
        if spec.get("big"):
            return self.size
        return int(self.random() * max(2, min(self.size, 7 if self.full else 10**6)))

    def _float(self, spec, depth):
        return int(self.random() * 63 + 1) / 4

    def _bool(self, spec, depth):
        return self.random() < 0.4

    def _none(self, spec, depth):
        return None

    def _cls(self, spec, depth):
        return int

    def _any(self, spec, depth):
        return Any(int(self.random() * 100000))

    def _iter(self, spec, depth):
        return iter(self._list(spec, depth))

    def _str(self, spec, depth):
        words = spec.get("words")
        if words and self.random() < 0.5:
            return words[int(self.random() * len(words))]
        if spec.get("long"):
            start = int(self.random() * 900)
            return TEXT[start : start + max(4, self.size if depth == 0 else min(self.size, 16))]
        if self.random() < 0.6:
            return f"k{int(self.random() * max(2, self.size))}"
        return WORDS[int(self.random() * len(WORDS))]

    def _bytes(self, spec, depth):
        return self.draw.randbytes(max(4, self.size))

    def _list(self, spec, depth):
        return [self.make(spec["e"], depth + 1) for _ in range(self.many(depth))]

    def _tuple(self, spec, depth):
        if "f" in spec:
            return tuple(self.make(one, depth) for one in spec["f"])
        return tuple(self._list(spec, depth))

    def _fields(self, spec, depth):
        return [self.make(one, depth) for one in spec["f"]]

    def _set(self, spec, depth):
        return {self.make(spec["e"], depth + 1) for _ in range(self.many(depth))}

    def _dict(self, spec, depth):
        count, key, table = self.many(depth), spec["y"], {}
        for _ in range(count):
            table[self.make(key, depth + 1)] = self.make(spec["e"], depth + 1)
        if self.full:
            whole = key["k"] == "int"
            for one in range(max(8, self.size)):
                table.setdefault(one if whole else f"k{one}", self.make(spec["e"], depth + 1))
            for word in (*WORDS, *key.get("words", ())) if key["k"] == "str" else ():
                table.setdefault(word, self.make(spec["e"], depth + 1))
        for word, one in spec.get("c", {}).items():
            table[word] = self.make(one, depth + 1)
        return table

    def _thing(self, spec, depth):
        parts = {name: self.make(one, depth) for name, one in spec["a"].items()}
        self.number += 1
        made = Thing(self.number, parts)
        if "r" in spec:
            call = self._call(spec, depth)
            made = type("Called", (Thing,), {"__call__": lambda self, *a, **k: call(*a, **k)})(
                self.number, parts
            )
        return made

    def _call(self, spec, depth):
        results = [self.make(spec["r"], depth + 1) for _ in range(5)]

        if self.light:  # what is called should not take longer than what is compared
            result = next((one for one in results if one), results[0])
            return lambda *args, **named: result

        def function(*args, **named):
            try:
                return results[hash(args) % 5]
            except TypeError:
                return results[len(args) + 1]

        return function
