"""Runs inside the sandbox: both sides of each pair, on inputs made by the order; stdlib only.

Reads JSON lines, one for a pair, and answers each with a line: ``ratio`` where
the sides agree, else ``why``.
"""

import gc
import itertools
import json
import os
import pickle
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from values import Any, Maker, Thing  # type: ignore[import-not-found]  # the folder is alone in the sandbox

SIZES = (3, 6, 11)
LIMIT = 0.15
ROUNDS = 5
AGREED = 3


class TooLong(BaseException):
    """A side took longer than LIMIT seconds of processor time."""


class Left:
    """What the names hold at the end of a side that returns nothing."""

    def __init__(self, names):
        self.names = names


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
    sys.stdout = sys.stderr = open("/dev/null", "w")  # noqa: SIM115  (until the end)
    sys.setrecursionlimit(400)
    gc.disable()  # a collection in the middle of a run would be timed

    def stop(number, frame):
        raise TooLong

    signal.signal(signal.SIGVTALRM, stop)
    for number, line in enumerate(sys.stdin):
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
        if not number % 20:
            gc.collect()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
