"""Subjects -> a small project with a module and a test file of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from field_sets import Subject
from field_texts import NODES, imports_for, nodes_text

STATEMENTS = 12
"""So many assertions make a test."""
CONFIG = '[tool.pytest.ini_options]\npythonpath = ["."]\ntestpaths = ["tests"]\n'


def files(subjects: Sequence[Subject]) -> dict[str, str]:
    """Return the project's files: path -> text."""
    found = {"pyproject.toml": CONFIG, f"{NODES}.py": nodes_text()}
    for subject in subjects:
        found[f"{subject.module}.py"] = subject.text
        found[f"tests/test_{subject.module}.py"] = test_text(subject)
    return found


def test_text(subject: Subject) -> str:
    """Return the test file: the assertions given, a dozen to a test."""
    statements = "\n".join(subject.given)
    words = set(re.findall(r"\w+", statements))
    helpers = list(re.findall(r"^(?:class|def) (\w+)", nodes_text(), re.M))
    used = [one for one in helpers if one in words]
    name = re.match(r"\w+", subject.entry)
    assert name is not None
    lines = [f"from {NODES} import {', '.join(used)}"] if used else []
    lines += [
        f"from {subject.module} import {name.group()}",
        "",
        "",
        "def candidate(*args, **named):",
        f"    return {subject.entry}(*args, **named)",
        "",
    ]
    for number, start in enumerate(range(0, len(subject.given), STATEMENTS)):
        lines += ["", f"def test_{number}():"]
        lines += [f"    {one.strip()}" for one in subject.given[start : start + STATEMENTS]]
        lines.append("")
    text = "\n".join(lines)
    return imports_for(text) + text


def write_project(subjects: Sequence[Subject], folder: Path) -> list[str]:
    """Write the project; return the paths of the subjects' modules within it."""
    for path, text in files(subjects).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return [f"{subject.module}.py" for subject in subjects]
