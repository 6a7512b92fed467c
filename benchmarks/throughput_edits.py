"""Equivalent rewrites of functions of well-known packages, as edits of their text.

Written by hand, read and argued to be equivalent. ``faster``: on what the
package's own tests pass; the others change names or the order of what is
independent, and bring nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]


class EditError(Exception):
    """The text that an edit changes is not there once, or a name can't be changed."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One rewrite: ``changes`` of text that is there once, ``names`` changed throughout."""

    faster: bool
    why: str
    changes: Pairs = ()
    names: Pairs = ()

    def applied(self, source: str) -> str:
        """Return the function's source with the edit. Raises EditError."""
        for old, new in self.changes:
            if source.count(old) != 1:
                raise EditError(f"{self.why}: {old!r} is there {source.count(old)} times, not once")
            source = source.replace(old, new)
        for old, new in self.names:
            if re.search(rf"\b{new}\b", source) or not re.search(rf"\b{old}\b", source):
                raise EditError(f"{self.why}: {old} can't be named {new}")
            source = re.sub(rf"\b{old}\b", new, source)
        return source


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a package, and its rewrites.

    ``hanging`` has what mutants are left out for, as the tests don't end with
    them: how long such a one takes is what time limit is chosen.
    """

    package: str
    path: str
    qualname: str
    edits: tuple[Edit, ...]
    hanging: tuple[str, ...] = ()


def functions(package: str) -> Sequence[Function]:
    """Return the package's functions."""
    return [one for one in FUNCTIONS if one.package == package]


def same(why: str, *changes: tuple[str, str], names: Pairs = ()) -> Edit:
    return Edit(False, why, changes, names)


def faster(why: str, *changes: tuple[str, str]) -> Edit:
    return Edit(True, why, changes)


FUNCTIONS = (
    Function(
        "inflection",
        "inflection/__init__.py",
        "singularize",
        (
            faster(
                "one pattern for all uncountables",
                ("for inflection in UNCOUNTABLES:", "if UNCOUNTABLES:"),
                (r"\b(%s)\Z' % inflection, word", r"\b(?:%s)\Z' % '|'.join(UNCOUNTABLES), word"),
            ),
            same("another name", names=(("replacement", "put"), ("rule", "pattern"))),
            same(
                "the match has a name",
                (
                    "        if re.search(rule, word):",
                    "        found = re.search(rule, word)\n        if found:",
                ),
            ),
        ),
    ),
    Function(
        "inflection",
        "inflection/__init__.py",
        "ordinal",
        (
            faster(
                "a constant tuple for a dictionary made anew",
                (
                    "return {",
                    'return ("th", "st", "nd", "rd", "th", "th", "th", "th", "th", "th")[',
                ),
                ('            1: "st",\n', ""),
                ('            2: "nd",\n', ""),
                ('            3: "rd",\n', ""),
                ('}.get(number % 10, "th")', "number % 10]"),
            ),
            same("another order of the teens", ("(11, 12, 13)", "(13, 12, 11)")),
            same(
                "the rest has a name", ("if number % 100 in", "rest = number % 100\n    if rest in")
            ),
        ),
    ),
    Function(
        "toolz",
        "toolz/dicttoolz.py",
        "merge",
        (
            faster(
                "no call where there are no keywords",
                (
                    "factory = _get_factory(merge, kwargs)",
                    "factory = _get_factory(merge, kwargs) if kwargs else dict",
                ),
            ),
            same("another name", names=(("rv", "merged"),)),
            same(
                "the number has a name",
                ("    if len(dicts) == 1 and", "    count = len(dicts)\n    if count == 1 and"),
            ),
        ),
    ),
    Function(
        "toolz",
        "toolz/dicttoolz.py",
        "merge_with",
        (
            faster(
                "no call where there are no keywords, and none for each new key",
                (
                    "factory = _get_factory(merge_with, kwargs)",
                    "factory = _get_factory(merge_with, kwargs) if kwargs else dict",
                ),
                ("collections.defaultdict(lambda: [].append)", "{}"),
                (
                    "            values[k](v)",
                    "            if k in values:\n                values[k].append(v)\n"
                    "            else:\n                values[k] = [v]",
                ),
                ("func(v.__self__)", "func(v)"),
            ),
            same("another name", names=(("values", "gathered"),)),
            same(
                "the list has a name",
                (
                    "result[k] = func(v.__self__)",
                    "gathered = v.__self__\n        result[k] = func(gathered)",
                ),
            ),
        ),
    ),
    Function(
        "boltons",
        "boltons/urlutils.py",
        "quote_path_part",
        (
            faster(
                "nothing to normalise in ASCII",
                (
                    "        bytestr = normalize(",
                    "        if type(text) is str and text.isascii():\n"
                    "            bytestr = text.encode('utf8')\n"
                    "        else:\n            bytestr = normalize(",
                ),
            ),
            same("another name", names=(("bytestr", "encoded"),)),
            same(
                "the list has a name",
                (
                    "return ''.join([_PATH_PART_QUOTE_MAP[b] for b in bytestr])",
                    "parts = [_PATH_PART_QUOTE_MAP[b] for b in bytestr]\n"
                    "        return ''.join(parts)",
                ),
            ),
        ),
    ),
    Function(
        "boltons",
        "boltons/urlutils.py",
        "parse_qsl",
        (
            faster(
                "one split for many, and no call where nothing is quoted",
                (
                    "[s2 for s1 in qs.split('&') for s2 in s1.split(';')]",
                    "qs.replace(';', '&').split('&')",
                ),
                (
                    "key = unquote(key.replace('+', ' '))",
                    "key = key.replace('+', ' ')\n        if '%' in key:\n"
                    "            key = unquote(key)",
                ),
            ),
            same("other names", names=(("s1", "outer"), ("s2", "inner"))),
            same(
                "the parts have a name",
                (
                    "key, _, value = pair.partition('=')",
                    "parted = pair.partition('=')\n        key, _, value = parted",
                ),
            ),
        ),
    ),
    Function(
        "more-itertools",
        "more_itertools/more.py",
        "set_partitions",
        (
            faster(
                "no filter where there are no bounds",
                (
                    "    if k is None:\n        for k",
                    "    if k is None and min_size == 0 and max_size == n:\n"
                    "        for k in range(1, n + 1):\n"
                    "            yield from set_partitions_helper(L, k)\n"
                    "    elif k is None:\n        for k",
                ),
            ),
            same("another name", names=(("set_partitions_helper", "parts_of"),)),
            same(
                "bounds in the other order",
                (
                    "    min_size = min_size if min_size is not None else 0\n"
                    "    max_size = max_size if max_size is not None else n\n",
                    "    max_size = max_size if max_size is not None else n\n"
                    "    min_size = min_size if min_size is not None else 0\n",
                ),
            ),
        ),
    ),
    Function(
        "sqlparse",
        "sqlparse/utils.py",
        "imt",
        (
            faster(
                "loops for generators",
                (
                    "            if any(token.match(*pattern) for pattern in m):\n"
                    "                return True\n",
                    "            for pattern in m:\n                if token.match(*pattern):\n"
                    "                    return True\n",
                ),
                (
                    "            if any(token.ttype in ttype for ttype in t):\n"
                    "                return True\n",
                    "            for ttype in t:\n                if token.ttype in ttype:\n"
                    "                    return True\n",
                ),
            ),
            same("another name", names=(("pattern", "wanted"),)),
            same("None first", ("if token is None:", "if None is token:")),
        ),
        ("if token.match(*m): return True",),
    ),
    Function(
        "sqlparse",
        "sqlparse/sql.py",
        "Token.match",
        (
            same("another name", names=(("type_matched", "fits"),)),
            same(
                "the outcome has a name",
                (
                    "    return self.normalized in values",
                    "    found = self.normalized in values\n    return found",
                ),
            ),
            same(
                "two statements for one",
                (
                    "    if not type_matched or values is None:\n        return type_matched\n",
                    "    if not type_matched:\n        return type_matched\n"
                    "    if values is None:\n        return type_matched\n",
                ),
            ),
        ),
    ),
)
