"""Which functions a commit in the making changes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from perfopt_cli.project.find import Project, Selection
from perfopt_cli.project.git import run_git
from perfopt_cli.source import definitions, read_source

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def staged_functions(
    project: Project, selections: Sequence[Selection]
) -> tuple[Selection, ...] | None:
    """Return the functions of the selected files with a line that the index changes against HEAD.

    Before the first commit every line is changed. Returns None where git can't
    say. A file that does not parse has none: its own hooks will tell.
    """
    found: list[Selection] = []
    for selection in selections:
        path = str(selection.path)
        out = run_git(project, "diff", "--cached", "-U0", "--no-color", "--", path, staged=True)
        if out is None:
            return None
        lines = changed_lines(out)
        try:
            functions = definitions(read_source(selection.path).text)
        except SyntaxError:
            continue
        found += [
            Selection(selection.path, name)
            for name, function in functions.items()
            if any(function.first <= line <= function.last for line in lines)
        ]
    return tuple(found)


def changed_lines(diff: str) -> set[int]:
    """Return the line numbers, in the new file, that a unified diff without context touches.

    A hunk that only removes lines touches the line before the gap.
    """
    lines: set[int] = set()
    for start, count in _HUNK.findall(diff):
        first, length = int(start), int(count or 1)
        lines |= set(range(first, first + max(1, length)))
    return lines
