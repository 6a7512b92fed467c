"""Make pairs of the functions of one package."""

from __future__ import annotations

import ast
import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perfopt_cli.train.pairs.corpus import Function
from perfopt_cli.train.pairs.plain import woven
from perfopt_cli.train.pairs.slowing.registry import rewrites
from perfopt_cli.train.pairs.views import Rewrite, Unwritable, View

NOTHING = "nothing"
"""The family of a pair whose slow function is its fast one: there is nothing to do."""
STACKED = 0.22
ROUNDS = 3
_PER_FUNCTION = 8
_PER_FAMILY = 3
# Families that nearly every function has a place for; this share of their places is used.
_THINNED = {
    "redundant-copy": 0.12,
    "common-call": 0.3,
    "direct-iteration": 0.6,
    "local-value": 0.3,
    "text-find": 0.4,
    "format-string": 0.5,
    "dict-get": 0.6,
    "one-of": 0.5,
    "return-test": 0.15,
    "shallow-copy": 0.3,
    "repeat-text": 0.5,
    "isinstance-tuple": 0.6,
    "affix": 0.5,
    "local-subscript": 0.6,
    "literal": 0.5,
}
_SLOW_SHAPES = re.compile(
    r"range\(len\(|\.keys\(\)|\.append\(|\.insert\(0|\.pop\(0\)|\+= ['\"]|\bany\(|\ball\(|"
    r"\.count\(|"
    r"\.index\(|sorted\(.*\)\[|list\(|deepcopy|\.format\(|' %|lambda|while .*<|\bmap\(|\bfilter\(|"
    r"= True$|= False$| \+= 1$|\*\* 2|dict\(\)|\bmin\(|\bmax\(|\bsum\(|divmod|\.add\(| or .* == |"
    r"\.startswith\(.* or |\.find\(|in \[|re\.(match|search|sub|findall)\(|^\s+for .*:$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Made:
    """A pair that nothing has run yet. ``imports`` are those of the fast function's module."""

    family: str
    slow: str
    fast: str
    origin: str
    group: str
    imports: tuple[str, ...] = ()


def pairs_of(function: Function, seed: int) -> Iterator[Made]:
    """Yield pairs whose fast side is this function, or one with nothing to do, drawn by seed."""
    draw = random.Random(f"{seed} {function.package} {function.text}")
    try:
        view = View(function.text, draw)
        found = _drawn(view)
    except (Unwritable, SyntaxError, RecursionError):
        return
    group = f"{function.package}:{function.name}:{digest(function.text)}"
    slow_ones: set[str] = set()
    for rewrite in found:
        slow = woven(view.lines, rewrite)
        if slow is None or not _readable(slow):
            continue
        if draw.random() < STACKED:
            slow = stacked(slow, rewrite, draw) or slow
        if slow not in slow_ones and slow != function.text:
            slow_ones.add(slow)
            yield Made(
                rewrite.family, slow, function.text, function.package, group, function.imports
            )
    if not _SLOW_SHAPES.search(function.text) and (found or draw.random() < 0.5):
        yield Made(NOTHING, function.text, function.text, function.package, group)


def _drawn(view: View) -> list[Rewrite]:
    """Return some rewrites of a function: of every family a few, of common ones fewer."""
    by_family: dict[str, dict[Rewrite, None]] = defaultdict(dict)
    for round_number in range(ROUNDS):
        if round_number and all(family in _THINNED for family in by_family):
            break
        for rewrite in rewrites(view):
            share = _THINNED.get(rewrite.family)
            if share is None or (round_number == 0 and view.chance(share)):
                by_family[rewrite.family][rewrite] = None
    found: list[Rewrite] = []
    for family, made in by_family.items():
        most = 1 if family in _THINNED else _PER_FAMILY
        found += view.draw.sample(list(made), min(most, len(made)))
    view.draw.shuffle(found)
    return found[:_PER_FUNCTION]


def stacked(slow: str, first: Rewrite, draw: random.Random) -> str | None:
    """Return a slow function with a second place made slow, or the same one made slower."""
    try:
        view = View(slow, draw)
        others = [one for one in rewrites(view) if one.family != first.family]
    except (Unwritable, SyntaxError, RecursionError):
        return None
    others = [one for one in others if draw.random() < _THINNED.get(one.family, 1.0)]
    if not others:
        return None
    text = woven(view.lines, draw.choice(others))
    return text if text is not None and _readable(text) else None


def slower(text: str, draw: random.Random) -> str | None:
    """Return a slow function with one more place made slow."""
    return stacked(text, Rewrite("", 0, 0, ""), draw)


def _readable(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def digest(text: str) -> str:
    """Return a short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def skeleton(text: str) -> str:
    """Return a function's shape: names and literals as numbers in the order they come."""
    seen: dict[str, str] = {}
    return _WORDS.sub(lambda found: seen.setdefault(found[0], str(len(seen))), text)


_WORDS = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|[A-Za-z_]\w*|\d+")


def different(functions: Iterable[Function], seen: set[str]) -> Iterator[Function]:
    """Yield the functions whose shape has not been seen."""
    for function in functions:
        shape = digest(skeleton(function.text))
        if shape not in seen:
            seen.add(shape)
            yield function
