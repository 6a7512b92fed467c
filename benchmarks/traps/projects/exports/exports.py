"""Files to be sent to other systems."""

from __future__ import annotations

import codecs
import io
import json
import os
import warnings
from pathlib import Path, PurePosixPath
from typing import Any

import helpers

LOG: list[str] = []


def stems(paths: list[str], known: list[str]) -> list[str]:
    """Return the names of the files without suffixes, known ones left out, each once."""
    found: list[str] = []
    for path in paths:
        stem = Path(path).stem
        if stem not in known and stem not in found:
            found.append(stem)
    return found


def json_lines(rows: list[dict[str, Any]], keys: list[str]) -> str:
    """Return a line of JSON for each row with the keys that are wanted."""
    with helpers.LOCK:
        helpers.COUNTS["lines"] += len(rows)
    stream = io.StringIO()
    for row in rows:
        wanted: dict[str, Any] = {}
        for key in row:
            if key in keys:
                wanted = {**wanted, key: row[key]}
        stream.write(json.dumps(wanted))
        stream.write("\n")
    return stream.getvalue()


def pick(rows: list[tuple[int, str]], numbers: list[int]) -> list[str]:
    """Return the names of the numbered rows; a number too many is told, once."""
    missing = 0
    found = []
    for number in numbers:
        for other, name in rows:
            if other == number:
                found.append(helpers.normal(name))
                break
        else:
            missing += 1
    if missing:
        warnings.warn(f"{missing} numbers without a row", UserWarning, stacklevel=2)
    if len(found) > helpers.Limits.rows:
        helpers.Limits.reached += 1
    return found


def targets(folders: list[str], names: list[str]) -> list[str]:
    """Return the paths of all names in the folders that the environment does not leave out."""
    left_out = os.environ.get("EXPORTS_LEFT_OUT", "").split(":")
    paths: list[str] = []
    for folder in folders:
        for name in names:
            path = os.path.join(folder, name)
            if folder not in left_out and path not in paths:
                paths.append(path)
    return paths


def disguised(names: list[str], plain: list[str]) -> dict[str, str]:
    """Return the names as they are sent, those on the list as they are."""
    sent = {}
    for name in names:
        if name in plain:
            sent[name] = name
        else:
            sent[name] = codecs.encode(name, "rot13")
    return sent


def manifest(paths: list[str], sizes: dict[str, int], most: int) -> list[str]:
    """Return a line for each file, once, and the size of each folder; large files get a star."""
    done: list[str] = []
    sums: dict[str, int] = {}
    lines: list[str] = []
    for path in paths:
        if path in done:
            continue
        done.append(path)
        one = Path(path)
        size = sizes.get(path, 0)
        if size < 0:
            raise ValueError(f"{path}: {size} bytes")
        if one.suffix == ".csv":
            kind = "table"
        elif one.suffix in (".json", ".xml"):
            kind = "tree"
        else:
            kind = "other"
        mark = "*" if size > most else " "
        lines.append(f"{mark}{kind:6}{size:8} {path}")
        folder = str(one.parent)
        sums[folder] = sums.get(folder, 0) + size
    for folder in sorted(sums):
        lines.append(f"{folder}/ {sums[folder]}")
    return lines


def common_folder(paths: list[str]) -> str:
    """Return the deepest folder that holds all the paths."""
    if not paths:
        return ""
    parents = [PurePosixPath(path).parent for path in paths]
    for folder in [parents[0], *parents[0].parents]:
        if all(folder == parent or folder in parent.parents for parent in parents):
            return str(folder)
    return ""
