"""pytest's command line for every run of the project's tests."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from pathlib import Path

from perfopt_cli.core import PerfoptError

# By plugin: the name that ``-p no:NAME`` switches it off by, and what every run
# needs: one process, no second profiler, and the same order and seed each time.
PLUGINS: dict[str, tuple[str, tuple[str, ...]]] = {
    "xdist": ("xdist", ("-n0",)),
    "cov": ("pytest_cov", ("--no-cov",)),
    "benchmark": ("benchmark", ("--benchmark-disable",)),
    "randomly": ("randomly", ("--randomly-dont-reorganize", "--randomly-seed=0")),
    "random-order": ("random_order", ("--random-order-bucket=none",)),
    "testmon": ("pytest-testmon", ("--no-testmon",)),
    "hypothesis": ("hypothesispytest", ("--hypothesis-seed=0",)),
}
CONFIGURATION = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_BLOCKED = re.compile(r"\bno:([\w-]+)")


def test_arguments(plugins: Collection[str], copy: Path, scratch: Path, extra: str) -> list[str]:
    """Return pytest's arguments for a run in the copy of the project.

    ``plugins`` are the names of what is installed, with or without
    ``pytest-``; ``extra`` is the user's own command line. What every run needs
    comes last, so that it holds against ``addopts`` and ``extra``. A plugin
    that the project switches off gets no options: it would not know them.
    """
    try:
        own = shlex.split(extra)
    except ValueError as error:
        raise PerfoptError(f"--pytest-args {extra!r}: {error}") from None
    installed = {name.removeprefix("pytest-") for name in plugins}
    blocked = set(_BLOCKED.findall(extra))
    for name in CONFIGURATION:
        file = copy / name
        if file.is_file():
            blocked |= set(_BLOCKED.findall(file.read_text("utf-8", "replace")))
    needed = ["--rootdir", str(copy), "-o", f"cache_dir={scratch / 'cache' / 'pytest'}"]
    for plugin, (registered, options) in PLUGINS.items():
        if plugin in installed and not {registered, plugin} & blocked:
            needed += options
    end = own.index("--") if "--" in own else len(own)
    return ["-q", "--no-header", "--tb=short", *own[:end], *needed, *own[end:]]
