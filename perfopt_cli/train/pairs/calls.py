"""What calls of builtins and of methods say of their arguments and results."""

from __future__ import annotations

from collections.abc import Sequence

from perfopt_cli.train.pairs.kinds import Kind

_STR = {
    "startswith", "endswith", "split", "rsplit", "strip", "lstrip", "rstrip", "lower", "upper",
    "join", "replace", "splitlines", "encode", "format", "isdigit", "isalpha", "isspace", "isupper",
    "islower", "title", "capitalize", "find", "rfind", "zfill", "ljust", "rjust", "center",
    "partition", "rpartition", "translate", "isidentifier", "isalnum", "expandtabs", "swapcase",
    "removeprefix", "removesuffix", "casefold", "isnumeric",
}  # fmt: skip
_LIST = {"append", "extend", "insert", "sort", "reverse"}
_DICT = {"items", "keys", "values", "get", "setdefault", "popitem"}
_SET = {"add", "discard", "union", "intersection", "difference", "issubset", "issuperset",
        "isdisjoint", "symmetric_difference"}  # fmt: skip
_GIVES = {
    "split": "list", "rsplit": "list", "splitlines": "list", "find": "int", "rfind": "int",
    "count": "int", "index": "int", "startswith": "bool", "endswith": "bool", "isdigit": "bool",
    "partition": "list", "encode": "bytes",
}  # fmt: skip
_COLLECTING = {
    "len", "sorted", "list", "tuple", "set", "frozenset", "reversed", "iter", "enumerate", "sum",
    "any", "all", "min", "max", "zip", "map", "filter", "Counter", "deque",
}  # fmt: skip
_NUMBERS = {"int", "abs", "float", "ord", "chr", "round", "divmod", "pow", "hash", "id"}
_TESTS = {"isinstance", "issubclass", "hasattr", "callable", "bool"}
_ANY = {"setattr", "print", "type", "dict", "super", "slice"}
_EITHER = {"count", "index", "pop", "remove", "update", "copy", "clear"}


def builtin(name: str, args: Sequence[Kind]) -> Kind | None:
    """Return the kind of what a builtin gives; None where the name is none that is known."""
    first = args[0] if args else Kind()
    if name in _COLLECTING:
        return _collected(name, first, args)
    if name == "range":
        return _range(first, args)
    if name in _NUMBERS:
        for one in args[:1] if name in ("int", "float") else args:
            said = "digits" if name in ("int", "float") else "str" if name == "ord" else "int"
            one.vote(said, 1 if said == "digits" else 2)
        return Kind().vote("str" if name == "chr" else "int")
    if name in ("str", "repr"):
        return Kind().vote("str")
    if name in _TESTS:
        if len(args) > 1:
            args[1].vote(*(("str", 4) if name == "hasattr" else ("cls", 6)))
        return Kind().vote("bool")
    if name == "next":
        return first.vote("iter", 5).part("e")
    if name == "getattr" and len(args) > 1:
        args[1].vote("str", 4)
        return first.vote("thing", 3).part("e")
    return Kind() if name in _ANY else None


def _range(first: Kind, args: Sequence[Kind]) -> Kind:
    for one in args:
        one.vote("int", 3)
    (args[1] if len(args) > 1 else first).vote("big")
    made = Kind().vote("list", 1)
    made.part("e").vote("int", 3)
    return made


def _collected(name: str, first: Kind, args: Sequence[Kind]) -> Kind:
    if name in ("map", "filter"):
        return _mapped(name, first, args)
    if name in ("min", "max") and len(args) > 1:
        for one in args[1:]:
            first.join(one)
        return first.vote("int", 1).root
    first.vote("many", 2)
    if name == "sum":
        first.part("e").vote("int", 1)
    if name in ("len", "any", "all"):
        return Kind().vote("int" if name == "len" else "bool")
    if name in ("sum", "min", "max"):
        return first.part("e")
    made = Kind().vote({"set": "set", "frozenset": "set", "tuple": "list"}.get(name, "list"))
    if name in ("enumerate", "zip"):
        _side_by_side(name, made, args)
    else:
        made.part("e").join(first.part("e"))
    return made


def _mapped(name: str, first: Kind, args: Sequence[Kind]) -> Kind:
    for one in args[1:]:
        one.vote("many")
    first.vote("call", 1)
    made = Kind().vote("list", 1)
    if name == "map":
        made.part("e").join(first.part("r"))
    elif len(args) > 1:
        made.part("e").join(args[1].part("e"))
    return made


def _side_by_side(name: str, made: Kind, args: Sequence[Kind]) -> None:
    parts = [Kind().vote("int", 3)] if name == "enumerate" else []
    whole = made.part("e").vote("fields", 3)
    for one in args if name == "zip" else args[:1]:
        one.vote("many", 2)
        parts.append(one.part("e"))
    for at, one in enumerate(parts):
        whole.root.fields.setdefault(at, Kind()).join(one)


def method(owner: Kind, name: str, args: Sequence[Kind], *, of_text: bool) -> Kind:
    """Return the kind of what a method gives; ``of_text`` is whether it may be one of texts."""
    first = args[0] if args else Kind()
    if name in _STR and of_text:
        return _of_text(owner, name, first, args)
    if name in _LIST:
        owner.vote("list", 4)
        if name == "append" and args:
            owner.part("e").join(first)
        elif name == "extend" and args:
            first.vote("many")
        return Kind().vote("none", 1)
    if name in _SET:
        return _of_set(owner, name, first)
    if name in _DICT:
        return _of_dict(owner, name, first, args)
    if name in _EITHER:
        return _of_either(owner, name, first)
    made = owner.vote("thing", 3).attribute(name)
    return made.vote("call", 4).part("r")


def _of_text(owner: Kind, name: str, first: Kind, args: Sequence[Kind]) -> Kind:
    owner.vote("str", 3)
    if name == "join":
        first.vote("many", 2).part("e").vote("str", 4)
    elif name != "format":
        for one in args:
            one.vote("str", 1)
    made = Kind().vote(_GIVES.get(name, "str"), 3)
    if name in _GIVES:
        made.part("e").vote("str", 3)
    return made


def _of_set(owner: Kind, name: str, first: Kind) -> Kind:
    owner.vote("set", 4)
    if name in ("add", "discard"):
        owner.part("e").join(first)
        return Kind()
    first.vote("many")
    owner.part("e").join(first.part("e"))
    return owner.root


def _of_dict(owner: Kind, name: str, first: Kind, args: Sequence[Kind]) -> Kind:
    owner.vote("dict", 4)
    if name in ("get", "setdefault"):
        owner.part("y").join(first)
        if len(args) > 1 and not args[1].root.votes["none"]:
            owner.part("e").join(args[1])
        return owner.part("e")
    made = Kind().vote("list", 1)
    if name == "items":
        whole = made.part("e").vote("fields", 3)
        whole.fields.setdefault(0, Kind()).join(owner.part("y"))
        whole.fields.setdefault(1, Kind()).join(owner.part("e"))
    else:
        made.part("e").join(owner.part("y" if name == "keys" else "e"))
    return made


def _of_either(owner: Kind, name: str, first: Kind) -> Kind:
    """Lists, sets and dicts all have these."""
    owner.vote("many", 1)
    if name == "update":
        owner.vote("dict", 2)
        owner.join(first)
    if name == "pop":
        return owner.part("e")
    return owner.root if name == "copy" else Kind().vote("int")
