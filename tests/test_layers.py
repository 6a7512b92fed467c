"""Imports run one way, and the command starts without the heavy libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = (
    "mcp",
    "torch",
    "transformers",
    "peft",
    "bitsandbytes",
    "accelerate",
    "libcst",
    "git",
    "numpy",
    "onnxruntime",
)
WITH_A_PROJECT = ("rich", "pydantic", "pytest", "unittest", "asyncio", "multiprocessing", "sqlite3")


def python(code: str) -> subprocess.CompletedProcess[str]:
    # The folder perfopt is imported from is the current one, wherever it is installed.
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def test_the_import_contracts_hold() -> None:
    done = python("from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_importing_the_command_loads_no_heavy_library() -> None:
    done = python(
        "import sys, perfopt_cli.main;"
        f"print(*sorted({set(HEAVY)!r} & {{name.partition('.')[0] for name in sys.modules}}))"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_run_imports_rules_only_where_they_are_asked() -> None:
    done = python(
        "import sys, perfopt_cli.pipeline.run; print('perfopt_cli.model.rules' in sys.modules)"
    )
    assert done.stdout.split() == ["False"], done.stderr


def test_the_small_model_loads_nothing_heavy_before_it_is_asked() -> None:
    done = python(
        "import sys\n"
        "from pathlib import Path\n"
        "from perfopt_cli.model.default import default_specs\n"
        "from perfopt_cli.model.sources import open_proposers\n"
        "default_specs(print, hint=False)\n"
        "specs = ['mini', 'replay:/dev/null']\n"
        "found = open_proposers(specs, adapter=None, quantize='auto', root=Path())\n"
        f"print(len(found), *sorted({set(HEAVY)!r} & {{n.partition('.')[0] for n in sys.modules}}))"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2"]


@pytest.mark.parametrize(
    "line", ["--help", "locate --help", "optimize -h", "train --help", "mcp -h"]
)
def test_asking_for_help_loads_no_heavy_library(line: str) -> None:
    done = loaded_by(line)
    assert "Usage: perfopt" in done.stdout
    assert done.stderr.split() == []


def test_the_check_of_help_sees_what_a_command_loads(tmp_path: Path) -> None:
    assert "rich" in loaded_by(f"locate {tmp_path}").stderr.splitlines()[-1]


def loaded_by(line: str) -> subprocess.CompletedProcess[str]:
    """Run perfopt with these words; the last line on stderr names the heavy modules loaded."""
    return python(
        f"import sys; sys.argv = ['perfopt', *{line.split()!r}];"
        "import perfopt_cli.main as command\n"
        "try: command.main()\n"
        "finally: print(*sorted("
        f"{set(HEAVY) | set(WITH_A_PROJECT)!r} & {{name.partition('.')[0] for name in sys.modules}}"
        "), file=sys.stderr)"
    )


def test_the_check_for_heavy_libraries_sees_one_that_is_loaded() -> None:
    done = python("import sys, libcst; print('libcst' in sys.modules)")
    assert done.stdout.split() == ["True"], done.stderr
