"""Settings: ``[tool.perfopt]`` of the project's pyproject.toml, and options over them."""

from __future__ import annotations

import difflib
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

QUANTIZE = ("auto", "nf4", "int8", "none")
SANDBOX = ("auto", "bwrap", "landlock", "none")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is to do. Times are in seconds; ``min_share`` is 0 to 1.

    ``model`` is empty where the user named none; ``budget`` None is no limit.
    ``python`` is as the user wrote it; ``exclude`` holds globs on paths
    relative to the project's root. ``float_ulps``: by how many units in the
    last place the floats of two results may differ and still count as equal.
    ``record``: keep each verdict in the project's ``.perfopt``.
    """

    model: tuple[str, ...] = ()
    adapter: str | None = None
    quantize: str = "auto"
    candidates: int = 8
    top: int = 10
    min_share: float = 0.01
    min_speedup: float = 1.05
    budget: float | None = None
    python: str | None = None
    pytest_args: str = ""
    all_candidates: bool = False
    sandbox: str = "auto"
    network: bool = False
    hook_budget: float = 20.0
    exclude: tuple[str, ...] = ()
    float_ulps: int = 0
    record: bool = False


Check = Callable[[object], Any]


def load_settings(root: Path) -> Settings:
    """Read the settings of the project in root; the defaults where it has none.

    Raises PerfoptError naming the file, the key, what was found and what is wanted.
    """
    path = root / "pyproject.toml"
    table = _table(path)
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        where = f"{path}: [tool.perfopt] {key}"
        if name not in _CHECKS:
            raise PerfoptError(f"{where}: no such setting{_nearest(name)}")
        if name in values:
            raise PerfoptError(f"{where}: set twice, as {name} and {name.replace('_', '-')}")
        values[name] = _checked(where, name, value)
    return replace(Settings(), **values)


def merge(settings: Settings, **options: object) -> Settings:
    """Return the settings with each option that is not None in its place.

    Raises PerfoptError for a value out of range, TypeError for an unknown name.
    """
    given: dict[str, Any] = {}
    for name, value in options.items():
        if name not in _CHECKS:
            raise TypeError(f"no setting named {name}")
        if value is not None:
            given[name] = _checked(f"--{name.replace('_', '-')}", name, value)
    return replace(settings, **given)


def _table(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PerfoptError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PerfoptError(f"{path}: not UTF-8: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise PerfoptError(f"{path}: not valid TOML: {error}") from None
    tool = data.get("tool", {})
    table = tool.get("perfopt", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise PerfoptError(f"{path}: tool.perfopt is {_shown(table)}; wanted a table")
    return table


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, _CHECKS, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(_CHECKS))}"


def _checked(where: str, name: str, value: object) -> Any:
    wanted, check = _CHECKS[name]
    try:
        return check(value)
    except (ValueError, TypeError):
        raise PerfoptError(f"{where} is {_shown(value)}; wanted {wanted}") from None


def _shown(value: object) -> str:
    return f"the {type(value).__name__} {value!r}"


def _number(low: float, *, over: bool = False, high: float = math.inf) -> Check:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError
        if not math.isfinite(value) or value < low or value > high or (over and value == low):
            raise ValueError
        return float(value)

    return check


def _count(low: int) -> Check:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError
        if value < low:
            raise ValueError
        return value

    return check


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _named(value: object) -> str:
    if not _text(value).strip():
        raise ValueError
    return _text(value)


def _one_of(*names: str) -> Check:
    def check(value: object) -> str:
        if value not in names:
            raise ValueError
        return _text(value)

    return check


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return tuple(_named(item) for item in value)


def _models(value: object) -> tuple[str, ...]:
    return (_named(value),) if isinstance(value, str) else _texts(value)


_SECONDS = "a number of seconds above 0"
_CHECKS: Mapping[str, tuple[str, Check]] = {
    "model": ("a list of model names, such as ['rules']", _models),
    "adapter": ("the path of a folder", _named),
    "quantize": (f"one of {', '.join(QUANTIZE)}", _one_of(*QUANTIZE)),
    "candidates": ("a whole number from 1", _count(1)),
    "top": ("a whole number from 1", _count(1)),
    "min_share": ("a number from 0 to 1", _number(0, high=1)),
    "min_speedup": ("a number from 1", _number(1)),
    "budget": (_SECONDS, _number(0, over=True)),
    "python": ("the path or name of an interpreter", _named),
    "pytest_args": ("a text of options, such as '-m \"not slow\"'", _text),
    "all_candidates": ("true or false", _flag),
    "sandbox": (f"one of {', '.join(SANDBOX)}", _one_of(*SANDBOX)),
    "network": ("true or false", _flag),
    "hook_budget": (_SECONDS, _number(0, over=True)),
    "exclude": ("a list of globs, such as ['vendor/*']", _texts),
    "record": ("true or false", _flag),
    "float_ulps": ("a whole number from 0", _count(0)),
}
assert {field.name for field in fields(Settings)} == set(_CHECKS)
