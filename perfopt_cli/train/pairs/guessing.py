"""Guess what values free names have, by how code uses them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from perfopt_cli.train.pairs.kinds import Kind
from perfopt_cli.train.pairs.uses import Reader

Spec = dict[str, Any]

_DEEP = 4


def specs_of(free: Iterable[str], blocks: Iterable[list[ast.stmt]]) -> Iterator[list[Spec]]:
    """Yield guesses at the values of free names, the likeliest first."""
    reader = Reader()
    for block in blocks:
        reader.read(block)
    names = list(free)
    for fallback in ("int", "str", "any"):
        yield [_spec(reader.name(name), fallback, 0, set()) for name in names]


def _spec(kind: Kind, fallback: str, depth: int, above: set[int]) -> Spec:
    kind = kind.root
    if depth > _DEEP or id(kind) in above:
        return {"k": "int" if fallback != "str" else "str"}
    above = above | {id(kind)}
    name = _chosen(kind, fallback)
    if name in ("list", "set", "dict", "tuple", "fields", "iter"):
        return _container(kind, name, fallback, depth, above)
    if name == "thing":
        parts = {
            key: _spec(one, fallback, depth + 1, above) for key, one in kind.attributes.items()
        }
        made: Spec = {"k": "thing", "a": parts}
        if kind.votes["call"]:
            made["r"] = _spec(kind.part("r"), fallback, depth + 1, above)
        return made
    if name == "call":
        return {"k": "call", "r": _spec(kind.part("r"), fallback, depth + 1, above)}
    if name == "str":
        words = sorted(kind.words | (kind.part("e").words if "e" in kind.parts else set()))[:8]
        return {
            "k": "str",
            "words": words,
            "long": bool(kind.votes["many"] + kind.votes["sequence"]),
        }
    if name == "int" and kind.votes["big"]:
        return {"k": "int", "big": True}
    return {"k": name}


def _container(kind: Kind, name: str, fallback: str, depth: int, above: set[int]) -> Spec:
    if name == "fields" or (name == "tuple" and kind.fields):
        count = max(kind.fields, default=1) + 1
        fields = [
            _spec(kind.fields.get(at, kind.part("e")), fallback, depth + 1, above)
            for at in range(count)
        ]
        return {"k": "tuple", "f": fields}
    items = _spec(kind.part("e"), fallback, depth + 1, above)
    if name == "dict":
        key = _spec(kind.part("y"), "str" if fallback == "int" else "int", depth + 1, above)
        if key["k"] not in ("int", "str", "tuple", "bool", "thing", "float"):
            key = {"k": "str"}
        special = {word: _spec(one, fallback, depth + 1, above) for word, one in kind.keys.items()}
        return {"k": "dict", "y": key, "e": items, "c": special}
    if name == "set" and items["k"] in ("list", "dict", "set"):
        items = {"k": "int"}
    return {"k": name, "e": items}


def _chosen(kind: Kind, fallback: str) -> str:
    votes = Counter(kind.votes)
    if votes["fields"] and len(kind.fields) > 1:
        return "fields"
    keyed = kind.part("y").votes if "y" in kind.parts else Counter()
    if votes["indexed"]:
        votes["dict" if keyed["str"] > keyed["int"] else "list"] += votes["indexed"]
    if votes["sequence"]:
        votes["str" if votes["str"] else "list"] += votes["sequence"]
    if votes["many"]:
        best = max(("dict", "set", "str", "list", "fields"), key=lambda one: votes[one])
        votes[best if votes[best] else "list"] += votes["many"]
    if votes["holds"] and not votes["many"]:
        best = max(("dict", "list", "str", "set"), key=lambda one: votes[one])
        votes[best if votes[best] else "set"] += votes["holds"]
    if votes["number"]:
        best = max(("str", "list", "float", "int"), key=lambda one: votes[one])
        votes[best if votes[best] else "int"] += votes["number"]
    if votes["digits"]:
        votes["int"] += votes["digits"]
    for name in ("indexed", "sequence", "many", "holds", "number", "digits", "none"):
        votes.pop(name, None)
    known = {name: count for name, count in votes.items() if count > 0 and name in _KNOWN}
    if not known:
        return fallback
    return max(known, key=lambda name: (known[name], name))


_KNOWN = {
    "int",
    "float",
    "bool",
    "str",
    "bytes",
    "list",
    "tuple",
    "set",
    "dict",
    "thing",
    "call",
    "fields",
    "iter",
    "cls",
}
