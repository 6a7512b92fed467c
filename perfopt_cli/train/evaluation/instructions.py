"""Instruction counts of programs, where valgrind is there.

COFFE (Peng et al., 2025) compares instructions rather than times, as they do
not change with the load of the machine. They are counted by valgrind's
cachegrind without its cache, with a fixed hash seed; the count of an empty
program is subtracted, as starting the interpreter takes more instructions than
many programs; what a program imports counts. They miss what memory costs, so
they decide nothing but efficient@k.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from perfopt_cli.core import Limits, PerfoptError
from perfopt_cli.sandbox.isolate import Policy, clean_environment, open_sandbox
from perfopt_cli.train.records import Tests

LIMIT_SECONDS = 60.0
"""A program that takes longer than this under valgrind is not counted."""

_COUNT = re.compile(r"^==(\d+)== I +refs: +([\d,]+)\s*$", re.MULTILINE)


def find_valgrind() -> Path | None:
    """Return valgrind's path, or None where there is none."""
    found = shutil.which("valgrind")
    return Path(found) if found else None


class InstructionCounter:
    """Counts the instructions of programs in a sandbox. A context manager.

    Raises PerfoptError on entry where valgrind can't run Python here, and
    SandboxError where no sandbox holds.
    """

    def __init__(
        self,
        valgrind: Path,
        python: Path,
        *,
        sandbox: str = "auto",
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._command = [
            str(valgrind), "--tool=cachegrind", "--cache-sim=no", "--vgdb=no",
            "--cachegrind-out-file=/dev/null",
        ]  # fmt: skip
        self._python = python
        self._choice = sandbox
        self._limits = Limits(seconds=limit_seconds, processes=64)
        self._stack = ExitStack()
        self._empty = 0

    def __enter__(self) -> InstructionCounter:
        with ExitStack() as stack:
            folder = tempfile.TemporaryDirectory(prefix="perfopt-", ignore_cleanup_errors=True)
            scratch = Path(stack.enter_context(folder)).resolve()
            self._sandbox = open_sandbox(self._choice, python=self._python, scratch=scratch)
            self._code, self._work = scratch / "code", scratch / "work"
            self._code.mkdir()
            scratch.chmod(0o755)
            empty = self._run("", "")
            if empty is None:
                raise PerfoptError(
                    f"valgrind can't count the instructions of {self._python} here; "
                    "use --no-instructions"
                )
            self._empty = empty
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def count(self, code: str, tests: Tests) -> int | None:
        """Return the instructions of one run of the program on the largest of its inputs.

        None where it fails, or takes too long.
        """
        total = self._run(_script(code, tests), largest_input(tests))
        return None if total is None else max(0, total - self._empty)

    def _run(self, script: str, stdin: str) -> int | None:
        shutil.rmtree(self._work, ignore_errors=True)
        for name in ("home", "tmp"):
            (self._work / name).mkdir(parents=True)
        program, log = self._code / "program.py", self._work / "valgrind.log"
        program.write_text(script, encoding="utf-8", errors="surrogatepass")
        environment = clean_environment(
            os.environ, home=self._work / "home", tmp=self._work / "tmp"
        )
        environment |= {
            "PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1", "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        ran = self._sandbox.run(
            [*self._command, f"--log-file={log}", str(self._python), "-B", str(program)],
            cwd=self._work,
            env=environment,
            policy=Policy((self._code,), (self._work,), self._limits),
            stdin=stdin.encode("utf-8", errors="surrogatepass"),
        )
        if ran.timed_out or ran.returncode:
            return None
        return read_count(log)


def read_count(log: Path) -> int | None:
    """Return the count that a log of cachegrind ends with, or None where it has not just one."""
    try:
        found = _COUNT.findall(log.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return int(found[0][1].replace(",", "")) if len(found) == 1 else None


def largest_input(tests: Tests) -> str:
    """Return the input that counts are taken on: the longest one meant for timing, else of all."""
    inputs: Sequence[str] = tests.inputs or [check.input for check in tests.runs]
    return max(inputs, key=len, default="")


def _script(code: str, tests: Tests) -> str:
    return "\n".join([part for part in (tests.setup, code, *tests.asserts) if part]) + "\n"
