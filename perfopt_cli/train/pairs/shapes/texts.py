"""The texts of the shapes: after ``=== NAME`` slow ways, each after ``--- slow``, and the fast.

Words in capitals stand for names, which ``words.json`` has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

THEMES = ("counting", "summing", "idioms", "algorithms", "records", "texts_and_parsing")
_FOLDER = Path(__file__).parent
Shape = tuple[tuple[str, ...], str]


def read_shapes() -> dict[str, Shape]:
    """Return for each shape its slow ways and the fast one."""
    texts = [(_FOLDER / f"{theme}.txt").read_text("utf-8") for theme in THEMES]
    return {name: shape for text in texts for name, shape in shapes_in(text)}


def shapes_in(text: str) -> Iterator[tuple[str, Shape]]:
    """Yield the shapes of a file."""
    for part in f"\n{text}".split("\n=== ")[1:]:
        name, *ways = part.split("\n--- ")
        told = [way.rstrip("\n").split("\n", 1) for way in ways]
        slow = tuple(code for kind, code in told if kind == "slow")
        [fast] = [code for kind, code in told if kind == "fast"]
        yield name, (slow, fast)


def read_words() -> dict[str, list[str]]:
    """Return the names that a word of the shapes may stand for."""
    words: dict[str, list[str]] = json.loads((_FOLDER / "words.json").read_text("utf-8"))
    return words
