"""Accepted rewrites to edits of files, and edits to a diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import PerfoptError, Rewrite
from perfopt_cli.source import SourceText, decode_source, find, read_source, splice


@dataclass(frozen=True, slots=True)
class Edit:
    """A file's old and new bytes. ``path`` is relative to the project's root, with ``/``.

    ``before`` is the SHA-256 that the file must still have when it is written.
    ``stale`` is true for a file that had changed when the edit was planned:
    ``new`` is then ``old``, and ``write`` leaves the file alone.
    """

    path: str
    before: str
    old: bytes
    new: bytes
    qualnames: tuple[str, ...] = ()
    stale: bool = False


def plan(
    root: Path, rewrites: Sequence[Rewrite], snapshot: Mapping[Path, str] | None = None
) -> tuple[Edit, ...]:
    """Return one edit for each file, with all its rewrites in it; the files stay as they are.

    ``snapshot`` has the digests of the files as they were judged: a file that
    has another now gets a stale edit, as does one that is gone or whose
    function is not the target's source any more. Raises PerfoptError for two rewrites of one
    function, for a rewrite inside another's function, and where a rewrite
    does not fit its file.
    """
    by_path: dict[str, list[Rewrite]] = {}
    for rewrite in rewrites:
        by_path.setdefault(rewrite.target.path, []).append(rewrite)
    return tuple(_edit(root, path, found, snapshot or {}) for path, found in by_path.items())


def _edit(root: Path, path: str, rewrites: list[Rewrite], snapshot: Mapping[Path, str]) -> Edit:
    qualnames = tuple(rewrite.target.qualname for rewrite in rewrites)
    _check_apart(path, qualnames)
    if not (root / path).is_file():
        return Edit(path, "", b"", b"", qualnames, stale=True)
    source = read_source(root / path)
    old = source.encode(source.text)
    judged = snapshot.get(root / path, source.digest)
    if judged != source.digest or not all(_is_fresh(source, rewrite) for rewrite in rewrites):
        return Edit(path, judged, old, old, qualnames, stale=True)
    text = source.text
    try:
        for rewrite in rewrites:
            text = splice(text, rewrite.target.qualname, rewrite.source, rewrite.imports)
    except PerfoptError as error:
        raise PerfoptError(f"{path}: {error}") from None
    return Edit(path, source.digest, old, source.encode(text), qualnames)


def _check_apart(path: str, qualnames: Sequence[str]) -> None:
    for index, one in enumerate(qualnames):
        for other in qualnames[index + 1 :]:
            if one == other:
                raise PerfoptError(f"{path}: two rewrites of {one}")
            if other.startswith(one + ".<locals>.") or one.startswith(other + ".<locals>."):
                raise PerfoptError(f"{path}: {one} and {other}: one is inside the other")


def _is_fresh(source: SourceText, rewrite: Rewrite) -> bool:
    try:
        return find(source.text, rewrite.target.qualname).source == rewrite.target.source
    except (PerfoptError, SyntaxError):
        return False


def diff(edits: Sequence[Edit]) -> str:
    """Return the edits as one unified diff with ``a/`` and ``b/`` paths, as git shows them."""
    return "".join(part for edit in edits for part in _diff(edit))


def _diff(edit: Edit) -> Iterator[str]:
    old, new = _lines(edit.old), _lines(edit.new)
    for line in difflib.unified_diff(old, new, f"a/{edit.path}", f"b/{edit.path}"):
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[str]:
    """Return lines as diff tools count them: they end with a line feed and nothing else."""
    source = decode_source(data)
    text = "\ufeff" + source.text if source.bom else source.text
    return re.findall(r"[^\n]*\n|[^\n]+", text)
