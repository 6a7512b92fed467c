"""Which words of the vocabulary stand for which kinds of tokens in replies to a reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfopt_cli.model.mini.blocks import CLAUSES
from perfopt_cli.model.mini.imports import BUILTINS, KNOWN
from perfopt_cli.model.mini.syntax import MEMBER, NAME, NUMBER, STRING, VALUE
from perfopt_cli.model.mini.vocabulary import (
    IDENTIFIERS,
    IDS,
    KEPT,
    KEYWORDS,
    LITERALS,
    OPERATORS,
    OWN,
)

if TYPE_CHECKING:
    from perfopt_cli.model.mini.reading import Reading

_PLACES = {"v": NAME, "g": NAME, "a": MEMBER, "s": STRING, "n": NUMBER, "f": STRING}


def ids_of(reading: Reading) -> dict[str, list[int]]:
    """Return the ids of the words that stand for each kind of token in replies to the reading."""
    bound = reading.bound
    meant = (BUILTINS | KNOWN.keys() | bound.free() | bound.imported | bound.hidden) - bound.local
    there = {*reading.text.split(), "_"}
    found: dict[str, list[int]] = {word: [IDS[word]] for word in (*KEYWORDS, *OPERATORS)}
    found.update({kind: [] for kind in (NAME, MEMBER, STRING, NUMBER)})
    found["clauses"] = [IDS[word] for word in CLAUSES]
    found[VALUE] = [IDS[word] for word in _VALUES]
    for word, number in IDS.items():
        if word in IDENTIFIERS:
            if word in (there if word in KEPT else meant):
                found[NAME].append(number)
            found[MEMBER].append(number)
        elif word in LITERALS:
            found[NUMBER if word[0].isdigit() else STRING].append(number)
        elif word in reading.names:
            found[_PLACES[word[0]]].append(number)
        elif word == OWN and bound.own is not None:
            found[NAME].append(number)
    return found


_VALUES = ("None", "True", "False", "...")
