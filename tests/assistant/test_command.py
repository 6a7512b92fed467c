"""The command line of ``perfopt mcp``, before it serves anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def perfopt(*words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    code = (
        f"import sys; sys.argv = ['perfopt', 'mcp', *{words!r}]; {before}\n"
        "from perfopt_cli.main import main; main()"
    )
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, cwd=ROOT, input="", capture_output=True, text=True, timeout=60)


def test_without_the_sdk_it_says_what_to_install() -> None:
    done = perfopt(before="sys.modules['mcp'] = None")
    assert done.returncode == 2
    assert 'pip install "perfopt[mcp]"' in done.stderr


def test_the_folder_has_to_be_there(tmp_path: Path) -> None:
    done = perfopt(f"{tmp_path}/none")
    assert done.returncode == 2
    assert "no such folder" in done.stderr
