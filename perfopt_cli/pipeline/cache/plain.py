"""Records as JSON and back, checked against the types that their fields are declared with."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints


def encode(value: Any) -> Any:
    """Return the value as JSON has it. Raises TypeError for one that has no such form."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {_name(key): encode(item) for key, item in value.items()}
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def decode(kind: Any, data: Any) -> Any:
    """Return the value of this type that ``encode`` made the data of.

    Raises ValueError for any other data, be it by one field.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        return _one_of(inner, data)
    if origin is tuple:
        return tuple(_items(inner, data))
    if origin is dict:
        found = _expect(dict, data)
        return {_name(key): decode(inner[1], item) for key, item in found.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, _expect(dict, data))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind is Path:
        return Path(_expect(str, data))
    if kind is float and type(data) is int:
        return float(data)
    return _expect(kind, data)


def _record(kind: type, data: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind)}
    if names != set(data):
        raise ValueError(f"{kind.__name__} has other fields: {sorted(names ^ set(data))}")
    return kind(**{name: decode(hints[name], item) for name, item in data.items()})


def _one_of(kinds: tuple[Any, ...], data: Any) -> Any:
    for kind in kinds:
        try:
            return decode(kind, data)
        except ValueError:
            continue
    raise ValueError(f"{data!r:.80} is none of {kinds}")


def _items(kinds: tuple[Any, ...], data: Any) -> list[Any]:
    found = _expect(list, data)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return [decode(kinds[0], item) for item in found]
    if len(kinds) != len(found):
        raise ValueError(f"{len(found)} items instead of {len(kinds)}")
    return [decode(kind, item) for kind, item in zip(kinds, found, strict=True)]


def _expect(kind: Any, data: Any) -> Any:
    if kind is types.NoneType or kind is None:
        kind = types.NoneType
    if type(data) is not kind:
        raise ValueError(f"{data!r:.80} is no {kind}")
    return data


def _name(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{key!r} is no name")
    return key
