"""Runs inside the sandbox: both sides of each pair, on inputs made by the order; stdlib only.

Reads JSON lines, one for a pair, and answers each with a line: ``ratio`` where
the sides agree, else ``why``.
"""

import gc
import itertools
import json
import os
import pickle
import random
import signal
import sys
import time

SIZES = (3, 6, 11)
LIMIT = 0.15
ROUNDS = 5
COUNT = 5
AGREED = 3
WORDS = ("a", "b", "key", "name", "x1", "Item", "some text", "z", "foo", "bar", "-1", "12")
TEXT = "".join(random.Random(0).choices("abcab ,.XY01", k=1300))


class TooLong(BaseException):
    """A side took longer than LIMIT seconds of processor time."""


class Any:
    """An object that takes part in nearly everything; what comes of it depends on what was asked."""

    def __init__(self, number):
        self.__dict__["_number"] = number % 1000003

    def _next(self, what):
        return Any(hash((self._number, what)))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._next(len(name) + ord(name[0]))

    def __call__(self, *args, **named):
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
        return "any %d" % self._number

    __repr__ = __str__


class Thing(Any):
    """An object that has the attributes that the code asks for."""

    def __init__(self, number, parts):
        self.__dict__.update(parts)
        self.__dict__["_number"] = number


class Left:
    """What the names hold at the end of a side that returns nothing."""

    def __init__(self, names):
        self.names = names


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
        return getattr(self, spec["k"])(spec, depth)

    def many(self, depth):
        return self.size if depth == 0 else max(2, min(self.size, 8 if depth == 1 else 3))

    def int(self, spec, depth):
        if spec.get("big"):
            return self.size
        return int(self.random() * max(2, min(self.size, 7 if self.full else 10**6)))

    def float(self, spec, depth):
        return int(self.random() * 63 + 1) / 4

    def bool(self, spec, depth):
        return self.random() < 0.4

    def none(self, spec, depth):
        return None

    def cls(self, spec, depth):
        return int

    def any(self, spec, depth):
        return Any(int(self.random() * 100000))

    def iter(self, spec, depth):
        return iter(self.list(spec, depth))

    def str(self, spec, depth):
        words = spec.get("words")
        if words and self.random() < 0.5:
            return words[int(self.random() * len(words))]
        if spec.get("long"):
            start = int(self.random() * 900)
            return TEXT[start : start + max(4, self.size if depth == 0 else min(self.size, 16))]
        if self.random() < 0.6:
            return "k%d" % int(self.random() * max(2, self.size))
        return WORDS[int(self.random() * len(WORDS))]

    def bytes(self, spec, depth):
        return self.draw.randbytes(max(4, self.size))

    def list(self, spec, depth):
        return [self.make(spec["e"], depth + 1) for _ in range(self.many(depth))]

    def tuple(self, spec, depth):
        if "f" in spec:
            return tuple(self.make(one, depth) for one in spec["f"])
        return tuple(self.list(spec, depth))

    def fields(self, spec, depth):
        return [self.make(one, depth) for one in spec["f"]]

    def set(self, spec, depth):
        return {self.make(spec["e"], depth + 1) for _ in range(self.many(depth))}

    def dict(self, spec, depth):
        count, key, table = self.many(depth), spec["y"], {}
        for _ in range(count):
            table[self.make(key, depth + 1)] = self.make(spec["e"], depth + 1)
        if self.full:
            whole = key["k"] == "int"
            for one in range(max(8, self.size)):
                table.setdefault(one if whole else "k%d" % one, self.make(spec["e"], depth + 1))
            for word in (*WORDS, *key.get("words", ())) if key["k"] == "str" else ():
                table.setdefault(word, self.make(spec["e"], depth + 1))
        for word, one in spec.get("c", {}).items():
            table[word] = self.make(one, depth + 1)
        return table

    def thing(self, spec, depth):
        parts = {name: self.make(one, depth) for name, one in spec["a"].items()}
        self.number += 1
        made = Thing(self.number, parts)
        if "r" in spec:
            call = self.call(spec, depth)
            made = type("Called", (Thing,), {"__call__": lambda self, *a, **k: call(*a, **k)})(
                self.number, parts
            )
        return made

    def call(self, spec, depth):
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


def canonical(value, depth=0):
    """Return a value in a form in which equal results are equal, with their types."""
    kind = type(value)
    if kind in (int, str, bool, float, bytes, type(None), complex):
        return (kind.__name__, repr(value)) if kind is float else (kind.__name__, value)
    if depth > 6:
        return ("deep",)
    name = kind.__name__
    if isinstance(value, (list, tuple)) or name == "deque":
        return (name, [canonical(one, depth + 1) for one in value])
    if isinstance(value, (set, frozenset)):
        return (name, sorted((canonical(one, depth + 1) for one in value), key=repr))
    if isinstance(value, dict):
        name = "dict" if name in ("Counter", "defaultdict", "OrderedDict") else name
        return (
            name,
            [(canonical(key, depth + 1), canonical(one, depth + 1)) for key, one in value.items()],
        )
    if isinstance(value, Any) and not isinstance(value, Thing):
        return ("any", value._number)
    if isinstance(value, Thing):
        parts = {key: one for key, one in vars(value).items() if not callable(one)}
        return ("thing", [(key, canonical(one, depth + 1)) for key, one in parts.items()])
    if hasattr(value, "__next__") or name in ("range", "dict_keys", "dict_values", "dict_items"):
        return (name, [canonical(one, depth + 1) for one in itertools.islice(value, 5000)])
    return (name,)


def loaded(order):
    """Return what the names of modules stand for, and the builtins that code may use."""
    import builtins

    names = dict(vars(builtins))
    for banned in (
        "open",
        "exec",
        "eval",
        "compile",
        "input",
        "exit",
        "quit",
        "breakpoint",
        "help",
    ):
        names.pop(banned, None)
    names["print"] = lambda *args, **named: None
    found = {"__builtins__": names, "__name__": "pair", "__left__": Left}
    for name, where in order["modules"].items():
        if where == "os:":
            known = ("path", "sep", "linesep", "pathsep", "curdir", "pardir", "fspath", "name")
            found[name] = Thing(1, {one: getattr(os, one) for one in known})
            continue
        module, _, part = where.partition(":")
        try:
            whole = __import__(module, fromlist=["x"])
            found[name] = getattr(whole, part) if part else whole
        except (ImportError, AttributeError):
            return None
    return found


def called(function, args):
    """Call one side, to its end where it is a generator."""
    value = function(*args)
    if hasattr(value, "send") and hasattr(value, "throw"):
        return list(itertools.islice(value, 5000))
    return value


def outcome(function, args, rebound, skipped):
    """Return what a call gives and leaves behind, in canonical form."""
    value = called(function, args)
    args = [one for at, one in enumerate(args) if at not in rebound]
    if isinstance(value, Left):
        kept = {key: one for key, one in value.names.items() if key not in skipped}
        return "left", {key: canonical(one) for key, one in kept.items()}, canonical(args)
    return "gave", canonical(value), canonical(args)


def agree(one, other, watched):
    """Tell whether two outcomes are the same; of names, those that code after them reads."""
    if one[0] != other[0] or one[2] != other[2]:
        return False
    if one[0] == "gave":
        return one[1] == other[1]
    missing = ("missing",)
    return all(one[1].get(key, missing) == other[1].get(key, missing) for key in watched)


def tried(order):
    """Run a pair, and return the answer."""
    space = loaded(order)
    if space is None:
        return {"why": "a module that is not there"}
    sides = []
    for text in (order["slow"], order["fast"]):
        scope = dict(space)
        try:
            exec(compile(text, "<pair>", "exec"), scope)
        except SyntaxError:
            return {"why": "does not compile alone"}
        sides.append(scope["pair"])
    slow, fast = sides
    rebound = order.get("rebound", ())
    why = ""
    for specs in order["specs"]:
        for full in (False, True):
            good = 0
            for at, size in enumerate(SIZES):
                try:
                    first = outcome(fast, made(specs, at, size, full), rebound, order["skipped"])
                except TooLong:
                    raise
                except BaseException as error:
                    why = why or "raises " + type(error).__name__
                    break
                try:
                    second = outcome(slow, made(specs, at, size, full), rebound, order["skipped"])
                except TooLong:
                    raise
                except BaseException as error:
                    return {"why": "only the slow side raises " + type(error).__name__}
                if not agree(first, second, order["watched"]):
                    return {"why": "the results differ"}
                good += 1
            if good >= AGREED:
                return timed(slow, fast, specs, full, order, space)
    return {"why": why or "no inputs were found"}


def made(specs, seed, size, full, light=False):
    """Return the arguments of a call."""
    maker = Maker(seed, size, full, light)
    return [maker.make(one) for one in specs]


def copies_of(specs, count, size, full, light):
    """Return a function that makes the arguments of some calls, anew each time."""
    if all(map(plain, specs)):
        kept = pickle.dumps([made(specs, 7 + one, size, full) for one in range(count)])
        return lambda: pickle.loads(kept)
    return lambda: [made(specs, 7 + one, size, full, light) for one in range(count)]


def plain(spec):
    """Tell whether values can be copied by pickling."""
    if spec["k"] in ("call", "iter") or "r" in spec:
        return False
    parts = [spec[name] for name in ("e", "y") if name in spec]
    named = [*spec.get("c", {}).values(), *spec.get("a", {}).values()]
    return all(map(plain, [*parts, *spec.get("f", ()), *named]))


def timed(slow, fast, specs, full, order, space):
    """Compare on a large input, and return the ratio of the best times."""
    size, copies, why = order["size"], order["copies"], ""
    rebound = order.get("rebound", ())
    for _ in range(4):
        try:
            first = outcome(fast, made(specs, 7, size, full), rebound, order["skipped"])
            second = outcome(slow, made(specs, 7, size, full), rebound, order["skipped"])
        except TooLong:
            raise
        except BaseException as error:
            why = "raises on a larger input: " + type(error).__name__
            size //= 3
            continue
        if not agree(first, second, order["watched"]):
            return {"why": "the results differ on a larger input"}
        break
    else:
        return {"why": why}
    bare = [_bare(order[side], space) for side in ("slow", "fast")]
    best = [1e9, 1e9]
    light = True
    try:
        called(slow, made(specs, 7, size, full, light))
    except TooLong:
        raise
    except BaseException:
        light = False
    inputs_of = copies_of(specs, copies, size, full, light)
    clock = time.thread_time_ns  # the process clock is coarse while a timer runs
    for number in range(ROUNDS):
        for side, function in enumerate(bare):
            inputs = inputs_of()
            if function.__code__.co_flags & 0x20:  # a generator
                began = clock()
                for args in inputs:
                    called(function, args)
            else:
                began = clock()
                for args in inputs:
                    function(*args)
            best[side] = min(best[side], clock() - began)
        if number > 1 and (best[0] > 1.25 * best[1] or best[0] + best[1] > 2e7):
            break
    return {"ratio": round(best[0] / max(best[1], 1), 3), "ns": best[1] // copies}


def _bare(text, space):
    """Return a side that keeps nothing of what its names hold."""
    scope = dict(space)
    exec(compile(text.replace("return __left__(locals())", "return"), "<pair>", "exec"), scope)
    return scope["pair"]


def main():
    """Answer orders until there are no more."""
    answers = sys.stdout
    sys.stdout = sys.stderr = open("/dev/null", "w")
    sys.setrecursionlimit(400)
    gc.disable()  # a collection in the middle of a run would be timed

    def stop(number, frame):
        raise TooLong

    signal.signal(signal.SIGVTALRM, stop)
    number = 0
    for line in sys.stdin:
        order = json.loads(line)
        signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT, 0.05)
        try:
            answer = tried(order)
        except TooLong:
            answer = {"why": "takes too long"}
        except BaseException as error:
            answer = {"why": "can't be tried: " + type(error).__name__}
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        number += 1
        if not number % 20:
            gc.collect()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
