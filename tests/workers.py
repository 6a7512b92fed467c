"""Tiny projects with a suite, and sessions of workers over them, for any interpreter here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from perfopt_cli.locate import Located, locate, test_arguments
from perfopt_cli.sandbox.isolate import open_sandbox
from perfopt_cli.sandbox.place import make_place
from perfopt_cli.sandbox.session import Session

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13")


@lru_cache
def interpreters() -> tuple[str, ...]:
    """Interpreters that have pytest: this one, and PERFOPT_TEST_PYTHONS or those on PATH."""
    named = os.environ.get("PERFOPT_TEST_PYTHONS")
    if named:
        return (sys.executable, *named.split(os.pathsep))
    found = {sys.version_info[:2]: sys.executable}
    for version in VERSIONS:
        path = shutil.which(f"python{version}")
        key = tuple(map(int, version.split(".")))
        if path is not None and key not in found and _has_pytest(path):
            found[key] = path
    return tuple(found.values())


def extremes() -> tuple[str, ...]:
    """This interpreter, the oldest and the newest, for tests that take long."""
    found = sorted(interpreters(), key=version_of)
    return tuple(dict.fromkeys((interpreters()[0], found[0], found[-1])))


def _has_pytest(path: str) -> bool:
    ran = subprocess.run([path, "-c", "import pytest"], capture_output=True, check=False)
    return ran.returncode == 0


@lru_cache
def version_of(python: str) -> tuple[int, int]:
    code = "import sys; print(*sys.version_info[:2])"
    out = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
    major, minor = out.split()
    return int(major), int(minor)


@dataclass
class Workshop:
    """A session over a copy of a project."""

    session: Session
    arguments: list[str]

    @property
    def copy(self) -> Path:
        return self.session.place.copy

    def files(self) -> list[str]:
        """The project's files but for tests."""
        return sorted(
            path.relative_to(self.copy).as_posix()
            for path in self.copy.rglob("*.py")
            if "tests" not in path.parts and not path.name.startswith(("test_", "conftest"))
        )

    def locate(self, files: Sequence[str] | None = None, **options: Any) -> Located:
        return locate(self.session, self.copy, files or self.files(), self.arguments, **options)

    def messages(self, **request: Any) -> list[dict[str, Any]]:
        """Everything that a ``profile`` job on all files says."""
        files = [str(self.copy / name) for name in self.files()]
        whole = {"job": "profile", "arguments": self.arguments, "files": files, **request}
        with self.session.open(whole, seconds=60) as worker:
            found = list(worker)
        assert worker.ending is not None
        assert worker.ending.value == "done", worker.errors
        return found


def make_workshop(
    folder: Path,
    files: Mapping[str, str],
    *,
    python: str = sys.executable,
    plugins: Sequence[str] = (),
    path: Sequence[str] = (".",),
    extra: str = "",
) -> Workshop:
    """Write the project's files and open a session; ``plugins`` are modules loaded with ``-p``."""
    original = folder / "original"
    original.mkdir()
    prefixes = (Path(python).parent.parent,)
    place = make_place(original, folder / "scratch", Path(python), readable=prefixes, network=False)
    for name, text in files.items():
        file = place.copy / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
    place = place.with_search_path([str(place.copy / one) for one in path])
    environment = {**place.environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    place = replace(place, environment=environment)
    sandbox = open_sandbox("none", python=Path(python), scratch=place.scratch)
    arguments = test_arguments((), place.copy, place.scratch, extra)
    loaded = [word for plugin in plugins for word in ("-p", plugin)]
    return Workshop(Session(sandbox, place), [*loaded, *arguments])
