"""perfopt's own form: a JSON object a line.

``{"group": …, "slow": …, "fast": …, "tests": …}``, and where known ``split``,
``ratio``, ``tag``, ``family``. ``tests`` is a list whose members are ``{"input", "output"}``
(stdin and stdout) or Python assertions as text, or an object with the lists
``runs``, ``asserts`` and ``inputs`` and the text ``setup``.
"""

from __future__ import annotations

from typing import Any

from perfopt_cli.model.normal import syntax_tree
from perfopt_cli.train.formats.preamble import with_preamble
from perfopt_cli.train.formats.rows import (
    BadRow,
    Draft,
    Row,
    checked_text,
    family_of,
    name_of,
    positive,
    program_of,
    split_of,
    tag_of,
)
from perfopt_cli.train.records import Check, Pair, Tests

COLUMNS = frozenset({"slow", "fast", "group"})
_KEYS = {"runs", "asserts", "inputs", "setup"}


def read_own(row: Row) -> Draft:
    """Read a row of perfopt's own form. Raises BadRow."""
    slow, fast = program_of(row, "slow"), program_of(row, "fast")
    pair = Pair(
        name_of(row, "group"),
        slow,
        fast,
        with_preamble(tests_of(row.values.get("tests")), (slow, fast)),
        row.where,
        positive(row.values.get("ratio")),
        tag_of(row.values.get("tag")),
        family_of(row.values.get("family")),
    )
    return Draft(pair, row.excerpt, split_of(row))


def as_row(pair: Pair) -> dict[str, Any]:
    """Return the pair as ``read_own`` reads it. ``where`` is left out."""
    tests = pair.tests
    kept: dict[str, Any] = {
        "runs": [{"input": run.input, "output": run.output} for run in tests.runs],
        "asserts": list(tests.asserts),
        "setup": tests.setup,
        "inputs": list(tests.inputs),
    }
    row = {
        "group": pair.group,
        "slow": pair.slow,
        "fast": pair.fast,
        "tests": {key: value for key, value in kept.items() if value},
        "ratio": pair.ratio,
        "tag": pair.tag,
        "family": pair.family or None,
    }
    return {key: value for key, value in row.items() if value is not None}


def tests_of(value: object) -> Tests:
    """Read a row's tests; none where it has none. Raises BadRow."""
    if value is None:
        return Tests()
    if isinstance(value, list):
        runs = [one for one in value if not isinstance(one, str)]
        value = {"runs": runs, "asserts": [one for one in value if isinstance(one, str)]}
    if not isinstance(value, dict):
        raise BadRow("tests is neither a list nor an object")
    if not value.keys() <= _KEYS:
        raise BadRow(f"tests has other keys than {', '.join(sorted(_KEYS))}")
    asserts = tuple(checked_text(one, "an assertion") for one in _list(value, "asserts"))
    if any(syntax_tree(one) is None for one in asserts):
        raise BadRow("an assertion is not Python")
    return Tests(
        tuple(_check(one) for one in _list(value, "runs")),
        asserts,
        checked_text(value.get("setup", ""), "setup"),
        tuple(checked_text(one, "an input") for one in _list(value, "inputs")),
    )


def _list(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key, [])
    if not isinstance(found, list):
        raise BadRow(f"{key} is no list")
    return found


def _check(value: object) -> Check:
    if not isinstance(value, dict) or "input" not in value or "output" not in value:
        raise BadRow("a test is neither an assertion nor an object with input and output")
    return Check(
        checked_text(value["input"], "a test's input"),
        checked_text(value["output"], "a test's output"),
    )
