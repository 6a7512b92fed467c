"""Tokens of a line as text in the usual layout, and readable names for new variables."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Sequence

VALUES = frozenset(("None", "True", "False"))
_WORDS = frozenset(keyword.kwlist) - VALUES
_OPEN = "([{"
_CLOSE = ")]}"
_UNARY = frozenset(("-", "+", "~", "*", "**", "@"))
_TIGHT = frozenset((",", ";", ":"))


def rendered(tokens: Sequence[str]) -> str:
    """Join the tokens of one logical line."""
    parts: list[str] = []
    brackets: list[str] = []
    # Per bracket: whether a lambda's parameters are being read, and whether one has an annotation.
    lambdas, annotated = [0], [False]
    before, sign = "", False
    for token in tokens:
        tight = sign or not before or _joined(before, token, brackets, lambdas)
        inside = lambdas[-1] > 0 or (brackets[-1:] == ["("] and not annotated[-1])
        default = token == "=" and inside
        if not (tight or default):
            parts.append(" ")
        parts.append(token)
        sign = default or (token in _UNARY and _starts_operand(before))
        if token in _OPEN:
            brackets.append(token)
            lambdas.append(0)
            annotated.append(False)
        elif token in _CLOSE and brackets:
            brackets.pop()
            lambdas.pop()
            annotated.pop()
        elif token == "lambda":
            lambdas[-1] += 1
        elif token == ":":
            if lambdas[-1]:
                lambdas[-1] -= 1
                token = "lambda:"
            elif brackets[-1:] == ["("]:
                annotated[-1] = True
        elif token == ",":
            annotated[-1] = False
        before = token
    return "".join(parts)


def _starts_operand(before: str) -> bool:
    """Tell whether what follows can't be a binary operator."""
    if not before or before in _WORDS:
        return True
    ends = before in _CLOSE or before == "..." or before[0].isalnum() or before[0] in "_\"'"
    return not ends


def _joined(before: str, token: str, brackets: list[str], lambdas: list[int]) -> bool:
    """Tell whether no blank stands between two tokens."""
    if before in _OPEN or token in _CLOSE or token in _TIGHT:
        return True
    if token == ".":
        return before not in _WORDS and not before[0].isdigit()
    if before == ".":
        return token != "import"
    if before == ":" and brackets[-1:] == ["["]:
        return True
    if token in ("(", "["):
        if before in _WORDS or before == "lambda:":
            return False
        return before[0].isalpha() or before[0] in "_\"')]}" or not before[0].isascii()
    return False


_MADE = {
    "set": "seen",
    "frozenset": "known",
    "dict": "lookup",
    "Counter": "counts",
    "defaultdict": "groups",
    "len": "size",
    "iter": "iterator",
    "deque": "queue",
    "list": "items",
    "sorted": "ordered",
    "range": "span",
    "str": "text",
    "join": "text",
    "sum": "total",
    "accumulate": "totals",
    "compile": "pattern",
    "[": "found",
    "{": "lookup",
}


class Fresh:
    """Gives new names that nothing else uses; each is suggested by what the name is for."""

    def __init__(self, taken: Collection[str]) -> None:
        self.taken = set(taken) | set(keyword.kwlist)

    def name(self, tokens: list[str], at: int) -> str:
        """Return a name for the new variable whose first use is the token there."""
        wanted = _suggested(tokens, at)
        name, number = wanted, 2
        while name in self.taken:
            name, number = f"{wanted}{number}", number + 1
        self.taken.add(name)
        return name


def _suggested(tokens: list[str], at: int) -> str:
    rest = tokens[at + 1 : at + 12]
    if tokens[at - 1 : at] == ["def"]:
        return "helper"
    if rest[:1] == ["="] or (at == 0 and rest[:1] == [":"] and "=" in tokens):
        return _of_value(tokens[tokens.index("=") + 1 :])
    start = at
    if "for" in tokens[:at]:
        start = max(index for index in range(at) if tokens[index] == "for")
    loop = tokens[start : at + 12]
    if loop[:1] == ["for"] and "in" in loop:
        source = loop[loop.index("in") + 1 :]
        first = at == start + 1
        if source[:2] == ["enumerate", "("]:
            return "index" if first else "item"
        if source[:2] == ["range", "("]:
            return "index"
        if "items" in source[:4]:
            return "key" if first else "value"
    return "item"


def _of_value(tokens: Sequence[str]) -> str:
    head = tokens[0] if tokens else ""
    called = tokens[2] if len(tokens) > 3 and tokens[1] == "." else head
    if head == "{" and len(tokens) > 2 and ":" not in tokens and tokens[1] != "}":
        return "seen"
    if called in _MADE:
        return _MADE[called]
    if len(tokens) >= 3 and tokens[-2] == "." and tokens[-1].isidentifier():
        return tokens[-1].strip("_") or "value"
    return "value"
