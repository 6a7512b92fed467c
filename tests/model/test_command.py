"""``perfopt optimize --model FOLDER``: the whole way, with a real tiny model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_a_model_in_a_folder_is_asked_and_said_to_be_of_no_use(tiny: Any, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (tmp_path / "mod.py").write_text("def total(items):\n    return sum(list(items))\n")
    (tmp_path / "test_mod.py").write_text(
        "from mod import total\n\ndef test_total():\n"
        "    for n in range(300):\n        assert total(range(n)) == n * (n - 1) // 2\n"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "perfopt_cli", "optimize", "--python", sys.executable),
            *("--model", str(tiny.causal()), "--candidates", "2", "--quantize", "none"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2 replies held no definition of the function" in done.stderr
    assert "on cpu" in done.stderr
