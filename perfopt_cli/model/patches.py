"""Changes that a reply gives as a diff, and their application to a text.

Models get line numbers wrong, leave headers out and shift margins: a hunk is
found by its lines alone, and has to fit in one place only. A patch applies
whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from perfopt_cli.model.extract import imports_of

_HEADED = re.compile(
    r"^(?:@@(?:[ -]|$)|\*\*\* (?:Begin Patch|Update File)|<{5,9} ?SEARCH\b"
    r"|--- \S[^\n]*\n\+\+\+ \S)",
    re.MULTILINE,
)
_SEARCH = re.compile(
    r"^<{5,9} ?SEARCH[^\n]*\n(.*?)^={5,9}[ \t]*\n(.*?)^>{5,9} ?REPLACE", re.DOTALL | re.MULTILINE
)
_CODE = re.compile(r"(?:async +def|def|class|import|from|if|return|for|while)\b|[@#]")
_MOST_SEARCHES = 50
_ELSEWHERE = (
    "*** Add File",
    "*** Delete File",
    "*** Move to",
    "rename ",
    "new file",
    "deleted file",
)
_NOISE = ("diff ", "index ", "similarity ", "old mode", "new mode", "*** Begin", "*** End of File")


@dataclass(frozen=True, slots=True)
class _Hunk:
    old: tuple[str, ...]
    new: tuple[str, ...]


Span = Callable[[str], "range | None"]
"""Which lines (from 0) of a text are the ones that the patch is likely about."""


def is_patch(text: str) -> bool:
    """Tell whether the text has the marks of a diff, a patch, or search and replace."""
    return _HEADED.search(text) is not None


def is_bare_patch(code: str) -> bool:
    """Tell whether code in a fence is a diff without any header."""
    lines = [line for line in code.split("\n") if line.strip()]
    changed = [line for line in lines if line[0] in "+-"]
    return bool(changed) and all(line[0] in "+- " for line in lines)


def apply_patch(patch: str, text: str, span: Span) -> str | None:
    """Return the text with the patch applied, or None where it doesn't fit, or in two places.

    Where it fits in several, the one that meets ``span`` counts.
    """
    if re.search(r"^<{5,9} ?SEARCH", patch, re.MULTILINE):
        readings = [_searches(patch)]
    else:
        groups = _groups(patch)
        readings = [_hunks(groups, marked=marked) for marked in (True, False)] if groups else []
    for hunks in readings:
        done = _applied(hunks, text, span) if hunks else None
        if done is not None and done != text:
            return done
    return None


def _searches(patch: str) -> list[_Hunk]:
    begun = len(re.findall(r"^<{5,9} ?SEARCH", patch, re.MULTILINE))
    # Each that never ends would be searched to the end of the text.
    found = list(_SEARCH.finditer(patch)) if begun <= _MOST_SEARCHES else []
    if len(found) != begun:
        return []
    return [
        _Hunk(tuple(one[1].rstrip("\n").split("\n")), tuple(one[2].rstrip("\n").split("\n")))
        for one in found
    ]


def _groups(patch: str) -> list[list[str]]:
    """Return the lines of each hunk; nothing where the patch is about several files, or cut."""
    groups: list[list[str]] = [[]]
    files: set[str] = set()
    lines = patch.split("\n")
    if "*** Begin Patch" in patch and "*** End Patch" not in patch:
        return []
    ended = _HEADED.search(patch) is not None
    for number, line in enumerate(lines):
        follows = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith(_ELSEWHERE) or line.startswith("+++ /dev/null"):
            return []
        if line.startswith("--- ") and follows.startswith("+++ "):
            ended = True
        elif line.startswith("+++ ") and number and lines[number - 1].startswith("--- "):
            files.add(_file(line[4:]))
            groups.append([])
            ended = False
        elif line.startswith("*** Update File:"):
            files.add(_file(line.partition(":")[2]))
            groups.append([])
            ended = False
        elif line.startswith("@@"):
            groups.append([])
            ended = False
        elif line.startswith("*** End Patch"):
            ended = True
        elif not ended and not line.startswith(_NOISE) and not line.startswith("\\"):
            ended = _is_chatter(line, groups[-1])
            groups[-1] += [] if ended else [line]
    return (
        [group for group in groups if any(line.strip() for line in group)] if len(files) < 2 else []
    )


def _file(name: str) -> str:
    return re.sub(r"^[ab]/", "", name.strip().partition("\t")[0])


def _is_chatter(line: str, before: list[str]) -> bool:
    """An unmarked line after an empty one is no code, unless it looks like it."""
    unmarked = bool(line) and line[0] not in "+- \t"
    return unmarked and bool(before) and not before[-1].strip() and not _CODE.match(line)


def _hunks(groups: list[list[str]], *, marked: bool) -> list[_Hunk]:
    """Read hunks; unless ``marked``, lines that stay are written without the space before them."""
    hunks = []
    for group in groups:
        old: list[str] = []
        new: list[str] = []
        for line in group:
            if line[:1] == "-":
                old.append(line[1:])
            elif line[:1] == "+":
                new.append(line[1:])
            else:
                kept = line[1:] if marked and line[:1] == " " else line
                old.append(kept)
                new.append(kept)
        while old and new and not old[-1].strip() and not new[-1].strip():
            old, new = old[:-1], new[:-1]
        while old and new and not old[0].strip() and not new[0].strip():
            old, new = old[1:], new[1:]
        hunks.append(_Hunk(tuple(old), tuple(new)))
    return [hunk for hunk in hunks if hunk.old != hunk.new]


def _applied(hunks: Iterable[_Hunk], text: str, span: Span) -> str | None:
    lines = text.split("\n")
    for hunk in hunks:
        if not any(line.strip() for line in hunk.old):
            added = "\n".join(hunk.new).strip()
            if not added or len(imports_of(added)) < len(added.split("\n")):
                return None
            lines[0:0] = added.split("\n")
            continue
        places = [
            start for start in range(len(lines)) if _shift(lines, start, hunk.old) is not None
        ]
        if len(places) > 1:
            wanted = span("\n".join(lines)) or range(0)
            end = len(hunk.old)
            places = [p for p in places if p < wanted.stop and p + end > wanted.start]
        if len(places) != 1:
            return None
        [start] = places
        margins = _shift(lines, start, hunk.old)
        new = [_moved(line, *margins) for line in hunk.new] if margins is not None else []
        if any(line is None for line in new):
            return None
        lines[start : start + len(hunk.old)] = [line for line in new if line is not None]
    return "\n".join(lines)


def _shift(lines: Sequence[str], start: int, old: Sequence[str]) -> tuple[str, str] | None:
    """Return the margin to take off and the one to put on where the lines stand at start."""
    if start + len(old) > len(lines):
        return None
    first = next(number for number, line in enumerate(old) if line.strip())
    ours, theirs = _margin(lines[start + first]), _margin(old[first])
    if ours.endswith(theirs):
        margins = "", ours[: len(ours) - len(theirs)]
    elif theirs.endswith(ours):
        margins = theirs[: len(theirs) - len(ours)], ""
    else:
        return None
    for number, line in enumerate(old):
        moved = _moved(line, *margins)
        if moved is None or moved.rstrip() != lines[start + number].rstrip():
            return None
    return margins


def _moved(line: str, off: str, on: str) -> str | None:
    if not line.strip():
        return ""
    return on + line[len(off) :] if line.startswith(off) else None


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
