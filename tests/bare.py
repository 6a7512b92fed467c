"""An interpreter that has pytest and nothing else, for the projects that perfopt is tried on.

The environment of the tests has plugins of pytest, which each start of pytest would load, and
tens of thousands of files, which each run of perfopt would look at: a third of a run's time.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from functools import lru_cache
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement


@lru_cache
def python() -> str:
    """Make the environment, once a process; return its interpreter."""
    folder = Path(tempfile.mkdtemp(prefix="bare-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/*/site-packages")
    for name in {top for one in needed("pytest") for top in tops(one)}:
        source = Path(sysconfig.get_path("purelib")) / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, site / name)
    return str(folder / "bin" / "python")


def needed(name: str) -> list[Distribution]:
    """Return a distribution and those that it requires."""
    found: dict[str, Distribution] = {}
    wanted = [name]
    while wanted:
        one = distribution(wanted.pop())
        if one.name in found:
            continue
        found[one.name] = one
        lines = map(Requirement, one.requires or ())
        wanted += [r.name for r in lines if r.marker is None or r.marker.evaluate({"extra": ""})]
    return [*found.values()]


def tops(one: Distribution) -> set[str]:
    """Return its files and folders at the top of site-packages."""
    return {path.parts[0] for path in one.files or ()} - {"..", "__pycache__"}
