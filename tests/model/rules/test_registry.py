"""The registry is complete, and every rule has its tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfopt_cli.model import rules
from perfopt_cli.model.rules import RULES

FOLDER = Path(rules.__file__).parent


def test_every_module_with_a_name_is_registered() -> None:
    named = {
        found.group(1)
        for path in FOLDER.rglob("*.py")
        if (found := re.search(r'^NAME = "(.+)"$', path.read_text(), re.MULTILINE))
    }
    assert named == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_lives_in_the_file_of_its_name_and_has_both_tables(name: str) -> None:
    stem = name.replace("-", "_")
    (place,) = FOLDER.rglob(f"{stem}.py")
    here = Path(__file__).parent / place.parent.relative_to(FOLDER)
    tables = (here / f"test_{stem}.py").read_text()
    assert "NOOP = [" in tables
    assert "REWRITES = [" in tables


@pytest.mark.parametrize("name", RULES)
def test_a_name_is_kebab_case_and_has_a_summary(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert RULES[name].summary
    assert RULES[name].name == name


def test_there_are_enough_rules_to_be_of_use() -> None:
    assert len(RULES) >= 16
