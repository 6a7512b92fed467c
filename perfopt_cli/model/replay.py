"""Candidates from a file: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from perfopt_cli.core import Known, PerfoptError, Rewrite, Target

FORM = '{"path": "pkg/mod.py", "qualname": "Class.method", "source": "def …", "imports": []}'


@dataclass(frozen=True, slots=True)
class Line:
    """A candidate as the file has it; ``number`` is its 0-based line."""

    number: int
    path: str
    qualname: str
    source: str
    imports: tuple[str, ...]


class ReplayProposer:
    """Hands on the candidates of a file as they are, each with its line's number.

    The whole file is read and checked at once: PerfoptError names the file and
    the 1-based line of the first fault. Blank lines hold no candidate but count.
    """

    def __init__(self, path: str | Path, project_root: Path) -> None:
        self.name = f"replay:{path}"
        self.lines = _read(Path(path), project_root)

    def targets(self) -> set[tuple[str, str]]:
        """Return (path, qualname) of every function that the file has a candidate for."""
        return {(line.path, line.qualname) for line in self.lines}

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        """Return all of the file's candidates for the target, be they more than n.

        A list that somebody wrote is judged whole: nothing is left out as a
        duplicate or for its syntax.
        """
        return [
            Rewrite(target, line.source, line.imports, self.name, line.number)
            for line in self.lines
            if (line.path, line.qualname) == (target.path, target.qualname)
        ]


def _read(path: Path, project_root: Path) -> tuple[Line, ...]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise PerfoptError(f"replay file {path} does not exist; check the path") from None
    except UnicodeDecodeError as error:
        raise PerfoptError(f"replay file {path} is not UTF-8 text: {error}") from None
    except OSError as error:
        raise PerfoptError(f"replay file {path} can't be read: {error.strerror}") from None
    found = []
    # str.splitlines would also split at U+2028, which JSON strings may hold.
    for number, line in enumerate(text.split("\n")):
        if not line.strip():
            continue
        try:
            found.append(_parse(number, line, project_root))
        except ValueError as error:
            raise PerfoptError(
                f"{path}, line {number + 1}: {error}; a line has the form {FORM}"
            ) from None
    return tuple(found)


def _parse(number: int, line: str, project_root: Path) -> Line:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(record, dict):
        raise ValueError(f"not a JSON object but {_json_type(record)}")
    imports = record.get("imports", [])
    if not isinstance(imports, list) or not all(isinstance(one, str) for one in imports):
        raise ValueError('"imports" must be a list of strings')
    for text in imports:
        _check_text("imports", text)
    return Line(
        number,
        _project_path(_string(record, "path"), project_root),
        _string(record, "qualname"),
        _string(record, "source"),
        tuple(imports),
    )


def _string(record: dict[str, Any], key: str) -> str:
    if key not in record:
        raise ValueError(f'"{key}" is missing')
    value = record[key]
    if not isinstance(value, str):
        raise ValueError(f'"{key}" must be a string, not {_json_type(value)}')
    _check_text(key, value)
    if key != "source" and not value.strip():
        raise ValueError(f'"{key}" is empty')
    return value


def _check_text(key: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f'"{key}" holds half a surrogate pair') from None


def _project_path(path: str, project_root: Path) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute():
        raise ValueError(f'"path" must be relative to the project, and {path} is absolute')
    if ".." in pure.parts:
        raise ValueError(f'"path" must stay inside the project, and {path} has ".."')
    if "\0" in path or not (project_root / pure).resolve().is_relative_to(project_root.resolve()):
        raise ValueError(f'"path" must stay inside the project, and {path!r} leads out of it')
    return str(pure)


def _json_type(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), "a number")
