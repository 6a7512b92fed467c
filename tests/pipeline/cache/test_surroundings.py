"""Everything outside the tree that could make another verdict gives other surroundings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from perfopt_cli.config import Settings
from perfopt_cli.core import PerfoptError
from perfopt_cli.pipeline.cache.surroundings import (
    OF_NO_EFFECT,
    OWN_CODE,
    Budget,
    own_digest,
    signature,
    surroundings,
)
from perfopt_cli.project import Interpreter, Project

OTHER: dict[str, Any] = {
    "pytest_args": "-k one",
    "sandbox": "none",
    "network": True,
    "float_ulps": 2,
    "min_speedup": 1.5,
    "workload": ("python bench.py",),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "mod.py").write_text("")
    return root


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    folder = tmp_path / "env" / "lib" / "site-packages"
    (folder / "pkg" / "__pycache__").mkdir(parents=True)
    (folder / "pkg" / "__init__.py").write_text("a = 1\n")
    (tmp_path / "sibling").mkdir()
    (tmp_path / "sibling" / "other.py").write_text("a = 1\n")
    (folder / "linked").symlink_to(tmp_path / "sibling")
    return folder


def interpreter(installed: Path, **more: Any) -> Interpreter:
    path = installed.parent.parent / "bin" / "python"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.touch()
    prefix = path.parent.parent
    return Interpreter(
        path, "--python", (3, 11, 1), prefix, prefix, sys_path=(str(installed),), **more
    )


def look(root: Path, python: Interpreter, **changed: Any) -> dict[str, Any]:
    settings = Settings(**changed)
    return surroundings(Project(root), python, settings, {"PATH": "/bin", "HOME": "/h"})


CHANGES: dict[str, Callable[[Path], object]] = {
    "an edit in place": lambda folder: (folder / "pkg/__init__.py").write_text("a = 2\n"),
    "a new package": lambda folder: (folder / "new.py").write_text(""),
    "a package gone": lambda folder: shutil.rmtree(folder / "pkg"),
    "a folder that a link leads to": lambda folder: (folder / "linked/other.py").write_text("b"),
    "another link": lambda folder: ((folder / "linked").unlink(), (folder / "linked").touch()),
    "the interpreter": lambda folder: (folder.parent.parent / "bin/python").write_text("x"),
    "pyvenv.cfg": lambda folder: (folder.parent.parent / "pyvenv.cfg").write_text("x"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_in_the_environment_shows(
    root: Path, installed: Path, change: Callable[[Path], object]
) -> None:
    python = interpreter(installed)
    before = look(root, python)
    assert look(root, python) == before
    change(installed)
    assert look(root, python) != before


def test_bytecode_does_not_count(root: Path, installed: Path) -> None:
    before = look(root, interpreter(installed))
    (installed / "pkg/__pycache__/mod.pyc").write_text("x")
    assert look(root, interpreter(installed)) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"plugins": {"randomly": "1.0"}},
        {"pytest_version": "8.0"},
        {"editable": {"pkg": "/elsewhere"}},
        {"pythonpath": ("/x",)},
    ],
)
def test_another_interpreter_shows(root: Path, installed: Path, changed: dict[str, Any]) -> None:
    assert look(root, interpreter(installed)) != look(root, interpreter(installed, **changed))


def test_how_the_interpreter_was_found_does_not_count(root: Path, installed: Path) -> None:
    python = interpreter(installed)
    assert look(root, python) == look(root, replace(python, origin="PATH"))


def test_an_editable_install_elsewhere_is_looked_at(root: Path, installed: Path) -> None:
    elsewhere = root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mod.py").write_text("a = 1\n")
    python = interpreter(installed, editable={"elsewhere": str(elsewhere)})
    before = look(root, python)
    (elsewhere / "mod.py").write_text("a = 2\n")
    assert look(root, python) != before


def test_the_projects_own_folders_are_left_to_its_tree(root: Path, installed: Path) -> None:
    python = replace(interpreter(installed), sys_path=(str(root), str(root / "src")))
    before = look(root, python)
    os.utime(root / "src" / "mod.py", (1, 1))
    assert look(root, python) == before


def test_an_environment_inside_the_project_is_looked_at(root: Path) -> None:
    folder = root / ".venv" / "lib"
    folder.mkdir(parents=True)
    (root / ".venv" / "pyvenv.cfg").write_text("")
    (folder / "mod.py").write_text("a = 1\n")
    python = interpreter(folder)
    before = look(root, python)
    (folder / "mod.py").write_text("a = 2\n")
    assert look(root, python) != before


@pytest.mark.parametrize("name", sorted({field.name for field in fields(Settings)} - OF_NO_EFFECT))
def test_a_setting_that_matters_shows(root: Path, installed: Path, name: str) -> None:
    python = interpreter(installed)
    assert look(root, python) != look(root, python, **{name: OTHER[name]})


@pytest.mark.parametrize("name", sorted(OF_NO_EFFECT))
def test_settings_that_only_choose_are_real_ones(name: str) -> None:
    assert name in {field.name for field in fields(Settings)}


def test_a_variable_that_the_tests_see_shows(root: Path, installed: Path) -> None:
    python = interpreter(installed)
    seen = [
        surroundings(Project(root), python, Settings(), {"PATH": "/bin", **more})
        for more in ({}, {"TZ": "Asia/Tokyo"}, {"SECRET": "x"})
    ]
    assert seen[0] != seen[1]
    assert seen[0] == seen[2]


def test_another_place_of_the_project_shows(root: Path, installed: Path) -> None:
    (root.parent / "clone").mkdir()
    python = interpreter(installed)
    assert look(root, python) != look(root.parent / "clone", python)


def test_what_a_link_out_of_the_tree_leads_to_shows(root: Path, installed: Path) -> None:
    data = root.parent / "data"
    data.mkdir()
    python = interpreter(installed)

    def seen() -> dict[str, Any]:
        return surroundings(Project(root), python, Settings(), {}, [data])

    before = seen()
    (data / "new").write_text("")
    assert seen() != before


def test_links_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert signature(tmp_path, tmp_path / "project", Budget(100))


def test_too_many_files_are_an_error_with_words(installed: Path, tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="too many files"):
        signature(installed, tmp_path, Budget(2))


def test_any_change_of_perfopts_own_code_shows(tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(OWN_CODE / "sandbox", own, ignore=shutil.ignore_patterns("__pycache__"))
    before = own_digest(own)
    (own / "worker" / "timer.py").write_text("x = 1\n")
    assert own_digest(own) != before
    assert own_digest() == own_digest()
