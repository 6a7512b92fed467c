"""The gains of rules, and the count of where they fire."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from perfopt_cli.core import Speedup
from perfopt_cli.model.rules import RULES
from perfopt_cli.model.rules.examples import digest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"
RULE = RULES["sorted-extreme"]
GAIN = Speedup(3.123456, 3.0, 3.25)


@pytest.fixture(scope="module")
def scripts() -> Iterator[SimpleNamespace]:
    names = ("rules", "rules_fired", "rules_timing")
    before = sys.path[:]
    sys.path.insert(0, str(BENCHMARKS))
    found: dict[str, ModuleType] = {name: importlib.import_module(name) for name in names}
    yield SimpleNamespace(**found)
    sys.path[:] = before
    for name in names:
        del sys.modules[name]


def nothing_known() -> dict[str, Any]:
    return {"gains": {}, "fired": {}}


def test_both_sides_are_called_equally_often_on_arguments_of_their_own(
    scripts: SimpleNamespace,
) -> None:
    text = "def f(items):\n    items.append(1)\n    assert len(items) == 3\n"
    found = scripts.rules_timing.quads(text, text, "([1, 2],)", 2)
    assert len(found) == 2
    assert all(before > 0 and after > 0 for before, after in found)


def test_what_a_generator_yields_is_timed_too(scripts: SimpleNamespace) -> None:
    seen: list[int] = []

    def function() -> Iterator[int]:
        seen.append(1)
        yield 1

    scripts.rules_timing.timed(function, lambda: (), 3)
    assert seen == [1, 1, 1]


def test_a_gain_is_known_until_the_example_changes(scripts: SimpleNamespace) -> None:
    known = nothing_known()
    scripts.rules.add_gain(known, RULE, "3.11", GAIN)
    assert known["gains"][RULE.name] == {"example": digest(RULE), "3.11": [3.123, 3.0, 3.25]}
    assert scripts.rules.is_known(known, RULE, "3.11")
    assert not scripts.rules.is_known(known, RULE, "3.13")
    known["gains"][RULE.name]["example"] = "of another"
    assert not scripts.rules.is_known(known, RULE, "3.11")
    scripts.rules.add_gain(known, RULE, "3.13", GAIN)
    assert "3.11" not in known["gains"][RULE.name]


def test_what_is_written_is_read_again(scripts: SimpleNamespace, tmp_path: Path) -> None:
    known = nothing_known()
    scripts.rules.add_gain(known, RULE, "3.11", GAIN)
    scripts.rules.add_fired(known, scripts.rules_fired.Fired("x", 3, 1, {RULE.name: 1}))
    path = tmp_path / "rules.json"
    scripts.rules.write(path, known)
    assert scripts.rules.read(path) == known
    assert json.loads(path.read_text())["fired"]["x"]["rules"] == {RULE.name: 1}


def test_counts_of_one_rule_leave_those_of_others(scripts: SimpleNamespace) -> None:
    known = nothing_known()
    fired = scripts.rules_fired.Fired
    scripts.rules.add_fired(known, fired("x", 3, 2, dict.fromkeys(RULES, 1)))
    scripts.rules.add_fired(known, fired("x", 3, 2, {RULE.name: 2}))
    assert known["fired"]["x"]["any"] == 2
    assert known["fired"]["x"]["rules"][RULE.name] == 2
    assert len(known["fired"]["x"]["rules"]) == len(RULES)


def test_functions_are_counted_where_a_rule_fires(scripts: SimpleNamespace, tmp_path: Path) -> None:
    package = tmp_path / "pack"
    (package / "tests").mkdir(parents=True)
    (package / "one.py").write_text(f"{RULE.example.before}\ndef g(x):\n    return x\n")
    (package / "broken.py").write_text("def f(:\n")
    (package / "tests" / "test_one.py").write_text(RULE.example.before)
    (tmp_path / "pack-1.2.dist-info").mkdir()
    found = scripts.rules_fired.fired(package, [RULE, RULES["index-join"]])
    assert (found.name, found.functions, found.any) == ("pack 1.2", 2, 1)
    assert found.rules == {RULE.name: 1, "index-join": 0}
