"""The form in which functions stand in pairs: as ``ast.unparse`` writes them, fewer brackets."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

from perfopt_cli.train.pairs.views import Rewrite

_TUPLE = re.compile(r"^(\s*(?:return |[\w\[\]., ]+ = ))\((.+)\)$")
_OPEN, _CLOSED = "([{", ")]}"


def plain_function(node: ast.FunctionDef | ast.AsyncFunctionDef, *, typed: bool) -> str:
    """Return a function's text without its docstring, and without annotations unless ``typed``.

    The tree is changed.
    """
    if len(node.body) > 1 and ast.get_docstring(node, clean=False) is not None:
        del node.body[0]
    if not typed:
        node.returns = None
        for one in ast.walk(node):
            if isinstance(one, ast.arg):
                one.annotation = None
    return unbracketed(ast.unparse(node))


def unbracketed(text: str) -> str:
    """Return text in which returned and assigned tuples have no brackets, as people write them."""
    text = _single_generators(text)
    if " (" not in text:
        return text
    return "\n".join(_unbracketed_line(line) for line in text.split("\n"))


def _single_generators(text: str) -> str:
    """Take one pair of brackets from ``f((x for x in xs))``."""
    at = text.find("((")
    while at >= 0:
        end = _closing(text, at + 1)
        if (
            end > 0
            and text[end + 1 : end + 2] == ")"
            and at
            and (text[at - 1].isalnum() or text[at - 1] in "_])")
        ):
            inner = text[at + 2 : end]
            if " for " in inner and _top_level_for(inner):
                text = f"{text[: at + 1]}{inner}{text[end + 1 :]}"
        at = text.find("((", at + 1)
    return text


def _outside(text: str, start: int = 0) -> Iterator[tuple[int, str, int]]:
    """Yield the letters outside of strings, with their places and how deep in brackets they are.

    Both brackets of a pair are as deep as what is around them; one too many is at -1.
    """
    depth, quote = 0, ""
    for at in range(start, len(text)):
        letter = text[at]
        if quote:
            quote = "" if letter == quote and text[at - 1] != "\\" else quote
            continue
        if letter in "'\"":
            quote = letter
            continue
        depth -= letter in _CLOSED
        yield at, letter, depth
        depth += letter in _OPEN


def _closing(text: str, start: int) -> int:
    """Return where the bracket at ``start`` closes, in its line; -1 where it doesn't."""
    for at, letter, depth in _outside(text, start):
        if letter == "\n":
            return -1
        if not depth and letter in _CLOSED:
            return at
    return -1


def _top_level_for(inner: str) -> bool:
    """Tell whether text is a generator's: a ``for`` stands outside of all brackets."""
    for at, letter, depth in _outside(inner):
        if not depth and letter == ",":
            return False
        if not depth and inner.startswith(" for ", at):
            return True
    return False


def _unbracketed_line(line: str) -> str:
    found = _TUPLE.match(line) if line.endswith(")") else None
    if found is None:
        return line
    inner = found[2]
    if inner.endswith(",") or inner.startswith("*") or "\\" in inner or ":=" in inner:
        return line
    if inner.startswith("yield") or " for " in inner or "lambda" in inner:
        return line
    letters = list(_outside(inner))
    closed = all(depth >= 0 for _, _, depth in letters)
    comma = any(letter == "," and not depth for _, letter, depth in letters)
    return f"{found[1]}{inner}" if closed and comma else line


def woven(lines: list[str], rewrite: Rewrite) -> str | None:
    """Return a function's text after a rewrite; None where that is no Python, or no change."""
    old = lines[rewrite.first - 1 : rewrite.last]
    depth = len(old[0]) - len(old[0].lstrip())
    new = _snippet(rewrite.text)
    if new is None:
        return None
    pad = " " * depth
    fresh = [pad + line for line in new.split("\n")]
    if old[0].lstrip().startswith("elif ") and fresh[0].lstrip().startswith("if "):
        fresh[0] = fresh[0].replace("if ", "elif ", 1)
    if fresh == old:
        return None
    return "\n".join([*lines[: rewrite.first - 1], *fresh, *lines[rewrite.last :]])


def _snippet(text: str) -> str | None:
    """Return statements in the plain form; the last may be a line that opens a block."""
    headed = text.rstrip().endswith(":")
    if text.startswith("elif "):
        text = text[2:]
    whole = f"{text}\n{' ' * (_indent(text) + 4)}pass" if headed else text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(f"async def f():\n{textwrap.indent(whole, '    ')}")
    except (SyntaxError, ValueError):
        return None
    made = unbracketed("\n".join(ast.unparse(one) for one in tree.body[0].body))  # type: ignore[attr-defined]
    return made.rsplit("\n", 1)[0] if headed else made


def _indent(text: str) -> int:
    last = text.rstrip().rsplit("\n", 1)[-1]
    return len(last) - len(last.lstrip())
