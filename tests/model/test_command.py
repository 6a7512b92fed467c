"""``perfopt optimize --model FOLDER``: the whole way, with a real tiny model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bare
import pytest
from preloaded import Preloaded


@pytest.mark.slow
def test_a_model_in_a_folder_is_asked_and_said_to_be_of_no_use(
    tiny: Any, tmp_path: Path, preloaded: Preloaded
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (tmp_path / "mod.py").write_text("def total(items):\n    return sum(list(items))\n")
    (tmp_path / "test_mod.py").write_text(
        "from mod import total\n\ndef test_total():\n"
        "    for n in range(300):\n        assert total(range(n)) == n * (n - 1) // 2\n"
    )
    words = ["-m", "perfopt_cli", "optimize", "--python", bare.python(), "--model", tiny.causal()]
    done = preloaded.run([*words, "--candidates", "2", "--quantize", "none"], folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 replies held no definition of the function" in done.stderr
    assert "on cpu" in done.stderr
