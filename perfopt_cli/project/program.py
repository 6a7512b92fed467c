"""From a workload's command line to the Python program that it names.

No shell reads it, and perfopt starts the interpreter itself: what runs under
the profiler has to be a program of this interpreter.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.project.interpreter import Interpreter

FORMS = (
    "wanted: python FILE.py ..., python -m MODULE ..., python -c CODE, FILE.py ..., or a command "
    "that is installed beside the project's interpreter"
)
OF_A_SHELL = frozenset({"|", "||", "&", "&&", ";", "<", "<<", ">", ">>", "2>", "2>&1", "&>"})
RUNNERS = frozenset({"uv", "poetry", "pdm", "hatch", "pipenv", "rye", "pixi"})
_PYTHON = re.compile(r"python[\d.]*")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SHEBANG = re.compile(rb"#!.*python|'''exec' ")


@dataclass(frozen=True, slots=True)
class Program:
    """A Python program and its arguments. ``command`` is as the user wrote it.

    ``kind`` is ``script``, ``module`` or ``code``, and ``name`` the path, the
    module's name or the text. A path is relative to the project's root, or
    that of a command that is installed elsewhere. ``words`` is ``sys.argv``.
    """

    command: str
    kind: str
    name: str
    words: tuple[str, ...]

    def request(self) -> dict[str, object]:
        """Return it as a worker is told."""
        return {"kind": self.kind, "name": self.name, "words": list(self.words)}

    def is_in(self, tree: Path) -> bool:
        """Tell whether a tree of the project has the program, as far as a path tells."""
        return self.kind != "script" or (tree / self.name).is_file()

    def files(self) -> tuple[str, ...]:
        """Return where its text may be, relative to the project's root."""
        if self.kind != "module":
            return (self.name,) if self.kind == "script" else ()
        path = self.name.replace(".", "/")
        found = [f"{path}.py", f"{path}/__main__.py"]
        return (*found, *(f"src/{one}" for one in found))


def read_programs(
    commands: Iterable[str], root: Path, interpreter: Interpreter
) -> tuple[Program, ...]:
    """Return the programs that the commands name. Raises PerfoptError as ``read_program``."""
    return tuple(read_program(one, root, interpreter) for one in dict.fromkeys(commands))


def read_program(command: str, root: Path, interpreter: Interpreter) -> Program:
    """Return the program that a command line names, as seen from the project's root.

    Raises PerfoptError where that is no Python program of the project's interpreter.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise _refused(command, f"it can't be taken apart: {error}") from None
    found = OF_A_SHELL.intersection(words)
    if found:
        why = f"no shell reads it: {min(found)} has no meaning"
        raise _refused(command, f"{why}. Put what it does into a Python program")
    if not words:
        raise _refused(command, f"it is empty; {FORMS}")
    if _ASSIGNMENT.match(words[0]):
        raise _refused(command, "variables can't be set in it: set them in a Python program")
    if words[0] in RUNNERS:
        raise _refused(
            command, f"leave {words[0]} out: perfopt starts the project's interpreter itself"
        )
    if _PYTHON.fullmatch(os.path.basename(words[0])):
        return _of_python(command, words[1:], root)
    if words[0].endswith(".py") or "/" in words[0]:
        return _script(command, words, root)
    return _installed(command, words, interpreter)


def _of_python(command: str, words: list[str], root: Path) -> Program:
    if not words:
        raise _refused(command, f"it names no program; {FORMS}")
    first, *rest = words
    if first in ("-m", "-c"):
        if not rest:
            raise _refused(command, f"nothing follows {first}")
        kind = "module" if first == "-m" else "code"
        return Program(command, kind, rest[0], (first, *rest[1:]))
    if first.startswith("-"):
        raise _refused(
            command, f"perfopt starts the interpreter itself, without {first}: leave that out"
        )
    return _script(command, words, root)


def _script(command: str, words: list[str], root: Path) -> Program:
    path = Path(os.path.normpath(root / words[0]))
    if not path.is_relative_to(root):
        raise _refused(command, f"{words[0]} is outside of the project in {root}")
    if not path.is_file():
        what = "is a folder" if path.is_dir() else f"is not in {root}"
        raise _refused(command, f"{words[0]} {what}; {FORMS}")
    if path.suffix != ".py" and not _is_python(path):
        raise _refused(command, f"{words[0]} is no Python program; {FORMS}")
    name = path.relative_to(root).as_posix()
    shown = name if os.path.isabs(words[0]) else words[0]
    return Program(command, "script", name, (shown, *words[1:]))


def _installed(command: str, words: list[str], interpreter: Interpreter) -> Program:
    folders = (interpreter.path.parent, interpreter.prefix / "bin")
    for folder in dict.fromkeys(folders):
        path = folder / words[0]
        if path.is_file() and _is_python(path):
            return Program(command, "script", str(path), (str(path), *words[1:]))
    where = " or ".join(str(folder) for folder in dict.fromkeys(folders))
    raise _refused(command, f"there is no Python program {words[0]} in {where}; {FORMS}")


def _is_python(path: Path) -> bool:
    """Tell whether a file begins as programs for an interpreter of Python do."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError:
        return False
    return start[:2] == b"#!" and _SHEBANG.search(start) is not None


def _refused(command: str, why: str) -> PerfoptError:
    return PerfoptError(f"the workload {command!r}: {why}")
