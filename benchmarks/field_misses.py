"""Slow functions that were not improved: what perfopt's JSON says of them, and what a reader does.

``field_misses.jsonl`` beside this file has the reader's part: a line for each
function, with its name, a class and a few words. No code of the sets is in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from field_runs import Found
from field_sets import Subject
from field_stats import IMPROVED, NO_CANDIDATE, outcome

FILE = Path(__file__).resolve().parent / "field_misses.jsonl"
CLASSES = {
    "rule": "no rule for it, though one could be made",
    "guard": "a rule looked at it and could not prove enough",
    "algorithm": "needs another algorithm",
    "nothing": "nothing to gain by a rewrite of its text",
}


@dataclass(frozen=True)
class Note:
    """What a reader found: ``kind`` is a key of CLASSES, ``words`` what would help."""

    set: str
    name: str
    kind: str
    words: str


def read_notes(file: Path = FILE) -> dict[tuple[str, str], Note]:
    """Return the reader's notes by set and name. Raises ValueError for an unknown class."""
    found = {}
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    for line in lines:
        note = Note(**json.loads(line))
        if note.kind not in CLASSES:
            raise ValueError(f"{file}: {note.name}: no such class: {note.kind}")
        found[note.set, note.name] = note
    return found


@dataclass(frozen=True)
class Miss:
    """A function without an accepted rewrite of 1.10x: ``detail`` is perfopt's or the reader's."""

    set: str
    name: str
    gain: float
    outcome: str
    kind: str
    detail: str


def misses(found: Sequence[Found], notes: dict[tuple[str, str], Note]) -> list[Miss]:
    """Return all that were not improved, with what is known of the reason."""
    rows = []
    for one in found:
        end = outcome(one)
        if end == IMPROVED:
            continue
        note = notes.get((one.set, one.name))
        said = [note.words] if note else []
        if end != NO_CANDIDATE:
            said.insert(0, told(one))
        rows.append(
            Miss(one.set, one.name, one.gain, end, note.kind if note else "", "; ".join(said))
        )
    return rows


def told(one: Found) -> str:
    """Return what the JSON says of a function's candidates, or of why it was left alone."""
    if one.error:
        return one.error
    ends = [
        f"{candidate['origin'].partition(':')[2]} {candidate['reason']}"
        + (f" {candidate['speedup']['ratio']:.2f}x" if candidate["speedup"] else "")
        for candidate in one.candidates
    ]
    ends = ends or sorted({str(target["reason"]) for target in one.targets})
    return ", ".join(dict.fromkeys(ends[:3])) + (" …" if len(ends) > 3 else "")


def unread(
    found: Sequence[Found], subjects: Sequence[Subject], notes: dict[tuple[str, str], Note]
) -> str:
    """Return the functions without a candidate that no note speaks of, to be read by a person."""
    texts = {(one.set, one.name): one for one in subjects}
    parts = []
    for one in found:
        if outcome(one) == NO_CANDIDATE and (one.set, one.name) not in notes:
            subject = texts[one.set, one.name]
            parts.append(f"##### {one.set} {one.name}: reference {one.gain:.2f}x\n{subject.text}")
            if subject.reference:
                parts.append(f"--- reference\n{subject.reference}")
    return "\n".join(parts)
