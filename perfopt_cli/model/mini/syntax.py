"""Which words can go on a line of Python: operands and operators by turns, brackets that close.

It allows every line that Python does but for type parameters, and few others: a
line that is done is parsed as well.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

END = "end"
"""Stands for the end of the line among the words that may follow."""
NAME, MEMBER, NUMBER, STRING, VALUE = "name", "member", "number", "string", "value"
"""Kinds of words; any other word is of a kind of its own.

A member is the name of an attribute, or of an argument that is given by name.
"""
_ATTRIBUTE = "attribute"
"""What came before, where that is a member after its dot."""


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPERANDS = _words_of("( [ { - + ~ not lambda await") | {NAME, NUMBER, STRING, VALUE}
_BINARY = _words_of("+ - * / // % ** @ & | ^ << >> < > <= >= == != and or in is not")
_AUGMENTED = _words_of("+= -= *= /= //= %= **= @= &= |= ^= <<= >>=")
_COMPOUND = _words_of("if elif else while for with try except finally def class soft")
_SIMPLE = _words_of("return raise del assert global nonlocal import from pass break continue yield")
_MAKES = _BINARY | {"if", "else", ":="}
_STARTS = _OPERANDS | _SIMPLE | (_COMPOUND - {"soft"}) | {"async", "@", "*"}
_BARE = frozenset(("return", "raise", "yield"))
_CLOSE = {"(": ")", "call": ")", "def": ")", "[": "]", "sub": "]", "{": "}"}
_SOFT = frozenset(("match", "case", "type"))
_FREE = frozenset((NAME, MEMBER, ".", "...", ",", "as", "import", "*"))


class Frame(NamedTuple):
    """An open bracket, and what of its current element has been seen.

    ``bracket`` is empty for the line itself. ``target``: between a ``for`` and its
    ``in``; ``made``: after a comprehension's ``for``, or on the line itself where
    nothing can be assigned to what is there; ``pending``: conditional expressions
    without their ``else``.
    """

    bracket: str = ""
    target: bool = False
    made: bool = False
    colons: int = 0
    pending: int = 0
    assigned: bool = False


class Line(NamedTuple):
    """How far a line is. ``kind`` is its first keyword, None before its first word.

    ``need`` says what comes next: an operand, an operator, or a word for its own.
    """

    kind: str | None = None
    need: str = "start"
    before: str = ""
    frames: tuple[Frame, ...] = (Frame(),)


def follows(line: Line) -> frozenset[str]:
    """Return the kinds of words that may come next."""
    kind, need, before, frames = line
    return _follows(kind or "", need, before, frames[-1], len(frames) > 1)


@cache
def _follows(kind: str, need: str, before: str, frame: Frame, inner: bool) -> frozenset[str]:
    if need == "start":
        return _STARTS
    if need == "suite":
        return (_STARTS - _COMPOUND - {"@", "async"}) | {END}
    if need == "free":
        return _FREE | {END} if before in (NAME, MEMBER, "*") else _FREE
    if need in _WORDS:
        return _WORDS[need]
    found: frozenset[str] = frozenset()
    if need in ("operand", "any"):
        found = _operand(kind, before, frame, inner)
    if need in ("operator", "any"):
        found |= _operator(kind, before, frame, inner)
    return found


_WORDS = {
    "end": frozenset((END,)),
    "parameters": frozenset(("(",)),
    "bases": frozenset(("(", ":")),
    "colon": frozenset((":",)),
    "in": frozenset(("in",)),
    "for": frozenset(("for",)),
    "async": frozenset(("def", "for", "with")),
    "defined": frozenset((NAME, MEMBER)),
    "attribute": frozenset((MEMBER,)),
    "value": frozenset(("=",)),
}


@cache
def _operand(kind: str, before: str, frame: Frame, inner: bool) -> frozenset[str]:
    bracket = frame.bracket
    if frame.target:
        more = {"in"} if before == "," else set()
        return frozenset({NAME, "(", "[", "*"} | more)
    found = set(_OPERANDS)
    opens = before in ("open", "lambda")
    if opens or before in (",", "=", "return", "in", "yield", "for", ":", "@"):
        found.add("*")
    if before in ("=", "open", "yield") or (before in _AUGMENTED and not inner):
        found.add("yield")
    if opens or before == ",":
        if bracket in ("call", "def", "lambda", "{"):
            found.add("**")
        if bracket == "call":
            found.add(MEMBER)
        if bracket in ("def", "lambda"):
            found.add("/")
        if bracket in _CLOSE and not (before == "open" and bracket == "sub"):
            found.add(_CLOSE[bracket])
        if not inner:
            found |= {END, "=", ":"} if kind in ("", "return", "soft") else {":"}
    if before == "*" and bracket in ("def", "lambda"):
        found.add(",")
    if bracket == "lambda" and before in ("lambda", ","):
        found.add(":")
    if bracket == "sub" and before in ("open", ":", ","):
        found |= {":"} if before != ":" else {":", "]", ","}
    if before in _BARE:
        found |= {_CLOSE[bracket]} if bracket in _CLOSE else {END}
        if before == "yield":
            found.add("from")
    if before == "is":
        found.add("not")
    if before == "except":
        found |= {":", "*"}
    return frozenset(found)


def _operator(kind: str, before: str, frame: Frame, inner: bool) -> frozenset[str]:
    bracket = frame.bracket
    if not inner and kind == "def" and before == ")":
        return frozenset((":", "->"))
    trailers = {".", "(", "["} if before not in (NUMBER, VALUE) else set()
    if before == VALUE:
        trailers = {"."}
    if frame.target:
        return frozenset({"in", ","} | trailers)
    found = set(_BINARY) | trailers | {"if"}
    if before == STRING:
        found.add(STRING)
    if frame.pending:
        found.add("else")
        return frozenset(found)
    if not (frame.made and inner):
        found.add(",")
    if bracket in _CLOSE:
        found |= {_CLOSE[bracket], "for", "async"}
    if before == NAME:
        found |= {":="} if inner or kind else set()
        if bracket in ("call", "def", "lambda") and not frame.assigned:
            found.add("=")
    if bracket in ("def", "lambda") and not frame.assigned:
        found.add("=")
    if (bracket in ("{", "def") and not frame.colons) or bracket == "lambda":
        found.add(":")
    if bracket == "sub" and frame.colons < 2:
        found.add(":")
    if not inner:
        found |= _top(kind, frame, before)
    return frozenset(found)


def _top(kind: str, frame: Frame, before: str) -> set[str]:
    """Return what may come after an operand that is in no bracket."""
    if kind in _COMPOUND:
        named = {":", "as"} if kind in ("with", "except", "soft") else {":"}
        # A name of the words that begin a statement here and are names elsewhere.
        return named | ({END, "=", ";"} | _AUGMENTED if kind == "soft" else set())
    found = {END}
    if kind == "":
        if not frame.made:
            found.add("=")
            if before in (NAME, _ATTRIBUTE, "]") and not (frame.assigned or frame.colons):
                found |= {":"} | _AUGMENTED
    elif kind == "raise":
        found.add("from")
    return found | ({";"} if kind != "@" else set())


def after(line: Line, kind: str, word: str) -> Line:
    """Return the line with a word more, of one of the kinds that ``follows`` has."""
    if line.need in ("start", "suite"):
        return _first(kind, word, line)
    if line.need == "free":
        return line._replace(before=kind)
    if line.need == "defined":
        need = "parameters" if line.kind == "def" else "bases"
        return line._replace(need=need, before=kind)
    if line.need == "attribute":
        return line._replace(need="operator", before=_ATTRIBUTE)
    if line.need == "async":
        return _first(kind, word, line)
    operands = _operand(line.kind or "", line.before, line.frames[-1], len(line.frames) > 1)
    if line.need in ("operand", "any") and kind in operands:
        return _after_operand(line, kind)
    return _after_operator(line, kind)


def _first(kind: str, word: str, line: Line) -> Line:
    if kind == NAME and word in _SOFT:
        return Line("soft", "any", NAME)
    if kind in ("pass", "break", "continue"):
        return Line(kind, "end", kind)
    if kind in ("else", "try", "finally"):
        return Line(kind, "colon", kind)
    if kind in ("def", "class"):
        return Line(kind, "defined", kind)
    if kind in ("import", "from", "global", "nonlocal"):
        return Line(kind, "free", kind)
    if kind == "async":
        return Line(kind, "async", kind)
    if kind == "for":
        return Line(kind, "operand", kind, (Frame(target=True),))
    if kind in _SIMPLE or kind in _COMPOUND or kind == "@":
        return Line(kind, "operand", kind)
    return _after_operand(Line("", "operand", ""), kind)


def _after_operand(line: Line, kind: str) -> Line:
    top = line.frames[-1]
    if len(line.frames) == 1 and kind not in (NAME, "(", "[", "*"):
        top = top._replace(made=True)
        line = line._replace(frames=(top,))
    if kind == MEMBER:
        return line._replace(need="value", before=kind)
    if kind in (NAME, NUMBER, STRING, VALUE):
        return line._replace(need="operator", before=kind)
    if kind in ("(", "[", "{"):
        return _opened(line, kind)
    if kind == "lambda":
        return line._replace(need="operand", before=kind, frames=(*line.frames, Frame("lambda")))
    if kind in (")", "]", "}"):
        return _closed(line, kind)
    if kind == "/" and top.bracket in ("def", "lambda"):
        return line._replace(need="operator", before=NAME)
    if kind in (",", "=", ":", "in", "from"):
        return _after_operator(line, kind)
    return line._replace(need="operand", before=kind)


def _after_operator(line: Line, kind: str) -> Line:
    top, inner = line.frames[-1], len(line.frames) > 1
    if not inner and kind in _MAKES:
        top = top._replace(made=True)
    need = "operand"
    if kind == STRING:
        need = "operator"
    elif kind in ("(", "["):
        call = "def" if line.need == "parameters" else "call"
        return _opened(line, call if kind == "(" else "sub")
    elif kind in (")", "]", "}"):
        return _closed(line, kind)
    elif kind == ".":
        need = "attribute"
    elif kind == "not":
        need = "in"
    elif kind == "async":
        need = "for"
    elif kind == "for":
        top = top._replace(target=True, made=True)
    elif kind == "in" and top.target:
        top = top._replace(target=False)
    elif kind == "if" and not (top.made and inner):
        top = top._replace(pending=top.pending + 1)
    elif kind == "else":
        top = top._replace(pending=top.pending - 1)
    elif kind == ",":
        if inner:
            top = top._replace(colons=0, assigned=False)
    elif kind == "=" or kind in _AUGMENTED:
        top = top._replace(assigned=True, made=False)
    elif kind == ";":
        return Line(need="suite", before=kind)
    elif kind == ":":
        if top.bracket == "lambda":
            return line._replace(need="operand", before=kind, frames=line.frames[:-1])
        if not inner and line.kind in _COMPOUND:
            return Line(need="suite", before=kind)
        top = top._replace(colons=top.colons + 1)
    return line._replace(need=need, before=kind, frames=(*line.frames[:-1], top))


def _opened(line: Line, bracket: str) -> Line:
    return line._replace(need="operand", before="open", frames=(*line.frames, Frame(bracket)))


def _closed(line: Line, kind: str) -> Line:
    return line._replace(need="operator", before=kind, frames=line.frames[:-1])
