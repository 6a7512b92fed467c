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
REGRESSION = ("fail", "warn", "off")
SANDBOX = ("auto", "bwrap", "landlock", "none")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is to do. Times are in seconds; ``min_share`` is 0 to 1.

    ``model`` is empty where the user named none; ``budget`` None is no limit.
    ``python`` is as the user wrote it; ``include`` (empty: all) and ``exclude``
    hold globs on paths relative to the project's root. ``hook_regression``: what
    the hook does about a function that the commit makes slower. ``float_ulps``:
    by how many units in the last place the floats of two results may differ and
    still count as equal. ``record``: keep each verdict in the project's
    ``.perfopt``. ``cache``: take verdicts that earlier runs came to; without it
    all is judged anew, and what was kept is replaced. ``jobs``: how many threads
    judge; None as many as there are cores. ``rounds``: how often sources are
    asked about a function, the first time included. ``workload`` holds command
    lines of programs to be profiled and recorded beside the tests.
    """

    model: tuple[str, ...] = ()
    adapter: str | None = None
    quantize: str = "auto"
    candidates: int = 8
    rounds: int = 2
    top: int = 10
    min_share: float = 0.01
    min_speedup: float = 1.05
    budget: float | None = None
    python: str | None = None
    pytest_args: str = ""
    workload: tuple[str, ...] = ()
    all_candidates: bool = False
    sandbox: str = "auto"
    network: bool = False
    hook_budget: float = 20.0
    hook_regression: str = "fail"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    float_ulps: int = 0
    record: bool = False
    cache: bool = True
    jobs: int | None = None


Check = Callable[[object], Any]
Checks = Mapping[str, tuple[str, Check]]


def load_settings(root: Path) -> Settings:
    """Read the settings of the project in root; the defaults where it has none.

    Raises PerfoptError naming the file, the key, what was found and what is wanted.
    """
    path = root / "pyproject.toml"
    values = check_table(f"{path}: [tool.perfopt] ", _table(path), _CHECKS)
    return replace(Settings(), **values)


def check_table(where: str, table: Mapping[str, object], checks: Checks) -> dict[str, Any]:
    """Return a table's settings by name; a key may have ``-`` for ``_``.

    ``where`` goes before the key in messages. Raises PerfoptError for an
    unknown key, naming the nearest, for one set twice, and for a bad value.
    """
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in checks:
            raise PerfoptError(f"{where}{key}: no such setting{_nearest(name, checks)}")
        if name in values:
            raise PerfoptError(f"{where}{key}: set twice, as {name} and {name.replace('_', '-')}")
        values[name] = check_value(f"{where}{key}", value, checks[name])
    return values


def merge(settings: Settings, **options: object) -> Settings:
    """Return the settings with each option that is not None in its place.

    Raises PerfoptError for a value out of range, TypeError for an unknown name.
    """
    given: dict[str, Any] = {}
    for name, value in options.items():
        if name not in _CHECKS:
            raise TypeError(f"no setting named {name}")
        if value is not None:
            given[name] = check_value(f"--{name.replace('_', '-')}", value, _CHECKS[name])
    return replace(settings, **given)


def wanted(name: str) -> str:
    """Return in words which values a setting takes."""
    return _CHECKS[name][0]


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file's content. Raises PerfoptError where it can't be read."""
    try:
        return read_toml_text(path, path.read_bytes().decode())
    except OSError as error:
        raise PerfoptError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PerfoptError(f"{path}: not UTF-8: {error}") from None


def read_toml_text(path: Path, text: str) -> dict[str, Any]:
    """Return the content of a TOML file's text. Raises PerfoptError where it is not valid."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PerfoptError(f"{path}: not valid TOML: {error}") from None


def _table(path: Path) -> dict[str, Any]:
    data = read_toml(path) if path.exists() else {}
    tool = data.get("tool", {})
    table = tool.get("perfopt", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise PerfoptError(f"{path}: tool.perfopt is {_shown(table)}; wanted a table")
    return table


def _nearest(name: str, checks: Checks) -> str:
    near = difflib.get_close_matches(name, checks, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(checks))}"


def check_value(where: str, value: object, wanted_check: tuple[str, Check]) -> Any:
    """Return the value as its check gives it back. Raises PerfoptError with what is wanted."""
    wanted, check = wanted_check
    try:
        return check(value)
    except (ValueError, TypeError):
        raise PerfoptError(f"{where} is {_shown(value)}; wanted {wanted}") from None


def _shown(value: object) -> str:
    return f"the {type(value).__name__} {value!r}"


def number(low: float, *, over: bool = False, high: float = math.inf) -> Check:
    """Return a check for a finite number from ``low`` (or above it: ``over``) to ``high``."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError
        if not math.isfinite(value) or value < low or value > high or (over and value == low):
            raise ValueError
        return float(value)

    return check


def count(low: int) -> Check:
    """Return a check for a whole number from ``low``."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError
        if value < low:
            raise ValueError
        return value

    return check


def flag(value: object) -> bool:
    """Check for a boolean."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def text(value: object) -> str:
    """Check for a text."""
    if not isinstance(value, str):
        raise TypeError
    return value


def named(value: object) -> str:
    """Check for a text that is not blank."""
    if not text(value).strip():
        raise ValueError
    return text(value)


def one_of(*names: str) -> Check:
    """Return a check for one of these names."""

    def check(value: object) -> str:
        if value not in names:
            raise ValueError
        return text(value)

    return check


def texts(value: object) -> tuple[str, ...]:
    """Check for a list of texts that are not blank."""
    if not isinstance(value, list | tuple):
        raise TypeError
    return tuple(named(item) for item in value)


def _one_or_more(value: object) -> tuple[str, ...]:
    return (named(value),) if isinstance(value, str) else texts(value)


_SECONDS = "a number of seconds above 0"
_CHECKS: Checks = {
    "model": ("a list of model names, such as ['rules']", _one_or_more),
    "adapter": ("the path of a folder", named),
    "quantize": (f"one of {', '.join(QUANTIZE)}", one_of(*QUANTIZE)),
    "candidates": ("a whole number from 1", count(1)),
    "rounds": ("a whole number from 1", count(1)),
    "top": ("a whole number from 1", count(1)),
    "min_share": ("a number from 0 to 1", number(0, high=1)),
    "min_speedup": ("a number from 1", number(1)),
    "budget": (_SECONDS, number(0, over=True)),
    "python": ("the path or name of an interpreter", named),
    "pytest_args": ("a text of options, such as '-m \"not slow\"'", text),
    "workload": ("a list of command lines, such as ['python bench.py']", _one_or_more),
    "all_candidates": ("true or false", flag),
    "sandbox": (f"one of {', '.join(SANDBOX)}", one_of(*SANDBOX)),
    "network": ("true or false", flag),
    "hook_budget": (_SECONDS, number(0, over=True)),
    "hook_regression": (f"one of {', '.join(REGRESSION)}", one_of(*REGRESSION)),
    "include": ("a list of globs, such as ['src/*']", texts),
    "exclude": ("a list of globs, such as ['vendor/*']", texts),
    "record": ("true or false", flag),
    "cache": ("true or false", flag),
    "float_ulps": ("a whole number from 0", count(0)),
    "jobs": ("a whole number from 1", count(1)),
}
assert {field.name for field in fields(Settings)} == set(_CHECKS)
