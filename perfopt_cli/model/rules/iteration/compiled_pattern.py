"""``re.match(pattern, …)`` in a loop uses a pattern that is compiled once, before it.

The pattern must be a literal that compiles without a warning.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, line, same

NAME = "compiled-pattern"
SUMMARY = "a regular expression in a loop is compiled once"
EXAMPLE = Example(
    before=r"""import re


def f(lines: list[str]) -> int:
    count = 0
    for line in lines:
        if re.match(r"\d+-\d+", line):
            count += 1
    return count
""",
    call="([f'{i}-{i}' for i in range(2000)],)",
    safe=(
        "The pattern is a literal that compiles without a warning, by the syntax of Python 3.10, "
        "flags are constants of `re`, and the name `re` means the module."
    ),
    pays=("The texts are short: a function of `re` looks its pattern up in a cache at every call."),
)
# The number of positional arguments that come before flags.
_PLACES = {"match": 2, "search": 2, "fullmatch": 2, "findall": 2, "finditer": 2}
_PLACES |= {"split": 3, "sub": 4, "subn": 4}
_FLAGS = {"re.I", "re.IGNORECASE", "re.M", "re.MULTILINE", "re.S", "re.DOTALL", "re.A", "re.ASCII"}

# Atomic groups and possessive quantifiers, which Python 3.10 does not know.
_NEW = re.compile(r"\(\?>|[*+?}]\+")


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each pattern and function of ``re``."""
    for call in context.tree.owned(cst.Call):
        name = _function(context, call)
        loops = context.tree.loops(call)
        if not name or not loops:
            continue
        region = context.tree.statement(loops[0])
        flags = _flags(call, name)
        pattern = call.args[0].value
        compile_ = _compiler(context, call)
        if flags is None or not compile_ or not _is_valid(context, pattern, flags):
            continue
        variable = context.fresh(f"{name}_pattern", "pattern")
        replace: dict[cst.CSTNode, cst.CSTNode] = {}
        for other in context.tree.find(region, cst.Call):
            alike = context.tree.own(other) and _function(context, other) == name
            if alike and same(other.args[0].value, pattern) and _flags(other, name) == flags:
                replace[other] = other.with_changes(
                    func=cst.Name(variable), args=_rest(other, name)
                )
        extra = f", {flags}" if flags else ""
        made = line(f"{variable} = {compile_}({code(pattern)}{extra}).{name}")
        yield Change(replace=replace, before={region: [made]})


def _function(context: Context, call: cst.Call) -> str:
    """Return ``match`` for ``re.match(pattern, …)`` and so on, else nothing."""
    home, _, name = context.kinds.origin(call.func).partition(".")
    known = home == "re" and name in _PLACES and len(call.args) > 1
    return name if known and plain(call.args[:2]) and not any(a.star for a in call.args) else ""


def _compiler(context: Context, call: cst.Call) -> str:
    """Return how to write re.compile beside this call."""
    if isinstance(call.func, cst.Attribute):
        return f"{code(call.func.value)}.compile"
    return ""


def _flags(call: cst.Call, name: str) -> str | None:
    """Return the text of the flags argument, or None if it is none of the known ones."""
    text = ""
    for place, arg in enumerate(call.args):
        keyword = arg.keyword.value if arg.keyword else ""
        if keyword == "flags" or (not keyword and place == _PLACES[name]):
            text = code(arg.value)
    return text if all(part.strip() in _FLAGS for part in text.split("|") if text) else None


def _rest(call: cst.Call, name: str) -> list[cst.Arg]:
    """Return the arguments without the pattern and the flags."""
    kept = [
        arg
        for place, arg in enumerate(call.args)
        if place and (arg.keyword.value != "flags" if arg.keyword else place != _PLACES[name])
    ]
    return [*kept[:-1], kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)]


def _is_valid(context: Context, pattern: cst.BaseExpression, flags: str) -> bool:
    if not isinstance(pattern, cst.SimpleString):
        return False
    if flags and ("re" not in context.module.imports or "re" in context.outer):
        return False
    if _NEW.search(str(pattern.evaluated_value)):
        return False
    value = 0
    for part in flags.split("|") if flags else ():
        value |= getattr(re, part.strip().removeprefix("re."))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(pattern.evaluated_value, value)
        except (re.error, Warning, SyntaxError, OverflowError, RecursionError, ValueError):
            return False
    return True
