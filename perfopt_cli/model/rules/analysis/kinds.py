"""What is known of a value's type: a small lattice between "nothing yet" and "anything".

``int`` stands for int and bool and ``float`` for any real number, as they do
in annotations. ``scalar`` is a mixture of the immutable basic types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A type: its name, its parts, and the class of the module where it is a ``record``.

    ``tuple`` has one part, the type of every item; ``row`` is a tuple with
    one part for each item, and ``items`` is a list or a tuple. ``typed`` is a
    TypedDict of the module.
    """

    name: str
    args: tuple[Kind, ...] = ()
    of: str = ""

    @property
    def item(self) -> Kind:
        """The type of what iterating over a value of this type gives."""
        if self.name == "str":
            return STR
        if self.name in ("bytes", "range"):
            return INT
        if self.name == "never":
            return NEVER
        if self.name == "row":
            return join(*self.args)
        return self.args[0] if self.name in _ITERATED and self.args else ANY


NEVER = Kind("never")
ANY = Kind("any")
INT = Kind("int")
BOOL = Kind("bool")
FLOAT = Kind("float")
STR = Kind("str")
BYTES = Kind("bytes")
NONE = Kind("none")
SCALAR = Kind("scalar")
RANGE = Kind("range")

NUMBERS = frozenset({"int", "bool", "float"})
EXACT_KEYS = frozenset({"int", "bool", "str", "bytes", "none"})
SCALARS = EXACT_KEYS | {"float", "scalar"}
SIZED = frozenset(
    {"list", "tuple", "row", "set", "frozenset", "dict", "str", "bytes", "range", "deque", "view"}
) | {"items"}
REITERABLE = SIZED | {"defaultdict"}
# A set that is made of a set or dict at once may have another order than one filled by add.
COPIED = REITERABLE - {"set", "frozenset", "dict", "defaultdict"}
MAPPINGS = frozenset({"dict", "mapping", "defaultdict"})
_ITERATED = (REITERABLE | {"sequence", "iterable", "iterator", "mapping"}) - {"str", "bytes"}


def join(*kinds: Kind) -> Kind:
    """Return the least type that holds all the given ones."""
    result = NEVER
    for kind in kinds:
        result = _join(result, kind)
    return result


def _join(left: Kind, right: Kind) -> Kind:
    if left == right or right == NEVER:
        return left
    if left == NEVER:
        return right
    if left.name in NUMBERS and right.name in NUMBERS:
        return FLOAT if "float" in (left.name, right.name) else INT
    if left.name in SCALARS and right.name in SCALARS:
        return SCALAR
    if {left.name, right.name} <= {"tuple", "row"} and left.name != right.name:
        return Kind("tuple", (_join(left.item, right.item),))
    if {left.name, right.name} <= {"tuple", "row", "list", "items"} and left.name != right.name:
        return Kind("items", (_join(left.item, right.item),))
    if left.name == right.name and left.of == right.of and len(left.args) == len(right.args):
        pairs = zip(left.args, right.args, strict=True)
        return Kind(left.name, tuple(_join(a, b) for a, b in pairs), left.of)
    return ANY


def of(name: str, items: Iterable[Kind]) -> Kind:
    """Return the type of a fresh container with these items.

    Containers inside it can be changed under other names, so their own items
    are not known.
    """
    return Kind(name, (join(*(hidden(kind) for kind in items)),))


def hidden(kind: Kind) -> Kind:
    """Return the type of a value that may be changed under another name."""
    if kind.name in ("list", "set", "dict", "deque", "defaultdict", "items"):
        return Kind(kind.name, tuple(ANY for _ in kind.args))
    if kind.name in ("tuple", "row"):
        return Kind(kind.name, tuple(hidden(arg) for arg in kind.args))
    return kind


def is_scalar(kind: Kind) -> bool:
    """Tell whether values are immutable, hashable and run no code of the project."""
    return kind.name in SCALARS


def is_flat(kind: Kind) -> bool:
    """Tell whether values are scalars or tuples of scalars: immutable and hashable."""
    if kind.name in ("tuple", "row", "frozenset"):
        return all(is_flat(arg) for arg in kind.args)
    return is_scalar(kind) or kind.name == "range"


def is_plain(kind: Kind) -> bool:
    """Tell whether comparing and printing values runs no code of the project."""
    if kind.name in REITERABLE:
        return all(is_plain(arg) for arg in kind.args)
    return is_scalar(kind) or kind == NEVER


def is_key(kind: Kind) -> bool:
    """Tell whether set and dict look-ups agree with ``==`` (nan is kept out)."""
    if kind.name in ("tuple", "row"):
        return all(is_key(arg) for arg in kind.args)
    return kind.name in EXACT_KEYS


def is_ordered(kind: Kind) -> bool:
    """Tell whether any two values of the type can be compared by ``<``."""
    return kind.name in NUMBERS or kind.name in ("str", "bytes")


def spelled(kind: Kind) -> str:
    """Return an annotation for a basic type or a class of the module, else nothing."""
    if kind.of:
        return kind.of
    basic = {"int", "bool", "float", "str", "bytes"}
    return kind.name if kind.name in basic else ""
