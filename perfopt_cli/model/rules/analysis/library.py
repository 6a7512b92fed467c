"""What the methods of the builtin types give back, and what running them may do."""

from __future__ import annotations

from enum import IntEnum

from perfopt_cli.model.rules.analysis.kinds import (
    ANY,
    BOOL,
    BYTES,
    INT,
    NONE,
    REITERABLE,
    STR,
    Kind,
    join,
)


class Effect(IntEnum):
    """What evaluating something may do, from nothing to anything.

    ``TOTAL`` gives a value, always. ``PURE`` gives a value or raises.
    ``LOCAL`` also changes a builtin object that is named in the code, or
    prints. ``OPAQUE`` may run any code of the project.
    """

    TOTAL = 0
    PURE = 1
    LOCAL = 2
    OPAQUE = 3


_STR_TESTS = {"isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower"}
_STR_TESTS |= {"isnumeric", "isprintable", "isspace", "istitle", "isupper"}
_STR_TO_STR = {"lower", "upper", "casefold", "title", "capitalize", "swapcase", "strip", "lstrip"}
_STR_TO_STR |= {"rstrip", "replace", "removeprefix", "removesuffix", "zfill", "ljust", "rjust"}
_STR_TO_STR |= {"center", "expandtabs", "join", "format"}
_STR: dict[str, Kind] = {
    **dict.fromkeys(_STR_TO_STR, STR),
    **dict.fromkeys(("find", "rfind", "count", "index", "rindex"), INT),
    **dict.fromkeys((*_STR_TESTS, "startswith", "endswith"), BOOL),
    **dict.fromkeys(("split", "rsplit", "splitlines"), Kind("list", (STR,))),
    **dict.fromkeys(("partition", "rpartition"), Kind("row", (STR, STR, STR))),
    "encode": BYTES,
}
_STR_BARE = {"lower", "upper", "casefold", "title", "capitalize", "swapcase", "strip", "lstrip"}
_STR_BARE |= {"rstrip", "split", "splitlines", *_STR_TESTS}
_STR_ONE = {"strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "find", "rfind", "count"}
_STR_ONE |= {"startswith", "endswith"}

_CHANGES = {
    "list": {"append", "extend", "insert", "clear", "reverse", "pop", "remove", "sort"},
    "set": {"add", "discard", "remove", "clear", "pop", "update"},
    "dict": {"setdefault", "pop", "popitem", "update", "clear"},
    "deque": {"append", "appendleft", "pop", "popleft", "extend", "extendleft", "clear", "rotate"},
}
_READS = {
    "list": {"copy", "count", "index"},
    "tuple": {"count", "index"},
    "row": {"count", "index"},
    "set": {"copy", "union", "intersection", "difference", "issubset", "issuperset", "isdisjoint"},
    "dict": {"copy", "get", "keys", "values", "items"},
    "deque": {"copy", "count"},
}
_READS["frozenset"] = _READS["set"]
_ALWAYS = {"copy", "keys", "values", "items"}
MUTATORS = frozenset().union(*_CHANGES.values())


def changes(receiver: Kind, name: str) -> bool:
    """Tell whether the method changes its receiver in place."""
    return name in _CHANGES.get(receiver.name, ())


def may_change(receiver: Kind, name: str) -> bool:
    """Tell whether the method of a container may change it: all but those known to read it."""
    if receiver.name == "defaultdict":
        return name not in _READS["dict"]
    return receiver.name in _CHANGES and name not in _READS[receiver.name]


def method_effect(receiver: Kind, name: str, args: list[Kind]) -> Effect:
    """Return what calling a method may do, its arguments' own evaluation aside."""
    if receiver == STR and name in _STR:
        return _str_effect(name, args)
    calm = all(is_calm(arg) for arg in args)
    items = not receiver.args or is_calm(receiver.args[0])
    if changes(receiver, name):
        if name in ("append", "appendleft", "insert", "clear", "reverse", "popleft"):
            return Effect.LOCAL
        if name == "extend" and args and args[0].name in REITERABLE:
            return Effect.LOCAL
        if name == "pop" and receiver.name in ("list", "deque"):
            return Effect.LOCAL if calm else Effect.OPAQUE
        first = not args or is_calm(args[0])
        return (
            Effect.LOCAL
            if items and (calm or (name == "setdefault" and first))
            else (Effect.OPAQUE)
        )
    if name in _READS.get(receiver.name, ()) and (not args or is_calm(args[0])):
        if name in _ALWAYS and not args:
            return Effect.TOTAL
        if name == "get" and args and items:
            return Effect.TOTAL
        return Effect.PURE if items and calm else Effect.OPAQUE
    return Effect.OPAQUE


def _str_effect(name: str, args: list[Kind]) -> Effect:
    if name == "join":
        if len(args) != 1 or args[0].item != STR:
            return Effect.OPAQUE
        return Effect.TOTAL if args[0].name in REITERABLE else Effect.PURE
    if not args:
        return Effect.TOTAL if name in _STR_BARE else Effect.PURE
    fits = (name in _STR_ONE and len(args) == 1) or (name == "replace" and len(args) == 2)
    if fits and all(arg == STR for arg in args):
        return Effect.TOTAL
    return Effect.PURE if all(is_calm(arg) for arg in args) else Effect.OPAQUE


def is_calm(kind: Kind) -> bool:
    """Tell whether hashing, comparing and iterating values runs no code of the project."""
    if kind.name in ("int", "bool", "float", "str", "bytes", "none", "scalar", "never", "range"):
        return True
    builtin = ("list", "tuple", "row", "set", "frozenset", "dict", "deque", "view")
    return kind.name in builtin and all(is_calm(arg) for arg in kind.args)


def method_kind(receiver: Kind, name: str, args: list[Kind]) -> Kind:
    """Return the type that a method of a builtin type gives back."""
    if receiver == STR:
        return _STR.get(name, ANY)
    if receiver.name == "dict":
        return _dict_kind(receiver, name, args)
    if name in ("count", "index") and name in _READS.get(receiver.name, ()):
        return INT
    if name in ("pop", "popleft") and receiver.name in ("list", "deque", "set"):
        return receiver.item
    if name in ("copy", "intersection", "difference") and name in _READS.get(receiver.name, ()):
        return receiver
    if name in ("issubset", "issuperset", "isdisjoint") and name in _READS.get(receiver.name, ()):
        return BOOL
    return NONE if changes(receiver, name) else ANY


def _dict_kind(receiver: Kind, name: str, args: list[Kind]) -> Kind:
    key, value = receiver.args
    if name == "get":
        return join(value, args[1] if len(args) > 1 else NONE)
    if name == "setdefault" and len(args) == 2:
        return join(value, args[1])
    views = {"keys": key, "values": value, "items": Kind("row", (key, value))}
    if name in views:
        return Kind("view", (views[name],))
    return receiver if name == "copy" else ANY
