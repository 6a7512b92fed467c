"""Write a script's output into its place on a page."""

from __future__ import annotations

from pathlib import Path


def put_into(path: Path, name: str, text: str) -> None:
    """Write the text between ``<!-- output: NAME -->`` and ``<!-- end -->`` of a page.

    Raises ValueError where the page has no such place.
    """
    page = path.read_text(encoding="utf-8")
    start, end = f"<!-- output: {name} -->\n", "<!-- end -->"
    before, found, rest = page.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{path} has no place for {name}: the lines {start.strip()} and {end}")
    path.write_text(f"{before}{start}{text}\n{end}{after}", encoding="utf-8")
