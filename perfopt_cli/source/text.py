"""Bytes of a Python file to text and back, and the lines that Python sees in it."""

from __future__ import annotations

import ast
import codecs
import hashlib
import io
import re
import tokenize
import warnings
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import PerfoptError

BOM = "\ufeff"

# str.splitlines also splits at \f, \x1c, U+2028 and others, which Python's line numbers don't.
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A Python file. ``text`` has its newlines as they are, and no byte order mark.

    ``newline`` is the most frequent one. ``digest`` is the SHA-256 of the
    file's bytes, in hex; ``mode`` its permission bits (0 where not from a file).
    """

    text: str
    encoding: str
    bom: bool
    newline: str
    digest: str
    mode: int = 0

    def encode(self, text: str) -> bytes:
        """Return text as bytes of this file's encoding. Raises PerfoptError where it can't."""
        try:
            data = text.encode(self.encoding)
        except UnicodeError as error:
            raise PerfoptError(f"the new text does not fit the file's encoding: {error}") from None
        data = codecs.BOM_UTF8 + data if self.bom else data
        again = decode_source(data)
        if (again.text, again.encoding, again.bom) != (text, self.encoding, self.bom):
            raise PerfoptError(f"the new text does not survive the encoding {self.encoding}")
        return data


def digest(data: bytes) -> str:
    """Return the SHA-256 of data in hex."""
    return hashlib.sha256(data).hexdigest()


def read_source(path: Path) -> SourceText:
    """Read a Python file by its PEP 263 encoding. Raises PerfoptError naming the file."""
    try:
        with path.open("rb") as file:
            data = file.read()
            mode = path.stat().st_mode & 0o7777
    except OSError as error:
        raise PerfoptError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return decode_source(data, mode)
    except PerfoptError as error:
        raise PerfoptError(f"{path}: {error}") from None


def decode_source(data: bytes, mode: int = 0) -> SourceText:
    """Decode the bytes of a Python file. Raises PerfoptError where they can't be put back."""
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if bom else data
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        encoding = "utf-8" if bom else encoding
        text = body.decode(encoding)
        faithful = text.encode(encoding) == body
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise PerfoptError(f"cannot be decoded: {error}") from None
    if not faithful:
        raise PerfoptError(f"its encoding {encoding} does not give the same bytes back")
    return SourceText(text, encoding, bom, main_newline(lines_of(text)), digest(data), mode)


@dataclass(frozen=True, slots=True)
class Line:
    r"""A physical line. ``newline`` is ``\n``, ``\r\n``, ``\r``, or nothing at the end of file."""

    text: str
    newline: str


def lines_of(text: str) -> list[Line]:
    """Split text into the lines that Python counts."""
    found = [Line(match[1], match[2]) for match in _LINE.finditer(text)]
    return [line for line in found if line.text or line.newline]


def join(lines: Iterable[Line]) -> str:
    """Put lines together again."""
    return "".join(line.text + line.newline for line in lines)


def main_newline(lines: Iterable[Line], default: str = "\n") -> str:
    """Return the most frequent newline of lines."""
    counts = Counter(line.newline for line in lines if line.newline)
    return counts.most_common(1)[0][0] if counts else default


def parse(text: str) -> ast.Module:
    """Parse text without warnings. Raises SyntaxError, also for null bytes and endless nesting."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.removeprefix(BOM))
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or type(error).__name__) from None


@dataclass(frozen=True, slots=True)
class Logical:
    """A logical line: a simple statement or a block's header. Rows are 1-based and inclusive."""

    first: int
    last: int
    word: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a text's logical lines are, and which of its lines begin one or are inside a string."""

    lines: tuple[Line, ...]
    logical: tuple[Logical, ...]
    starts: frozenset[int]
    in_string: frozenset[int]

    def at(self, row: int) -> int:
        """Return the index of the first logical line that ends at row or later."""
        return bisect_left(self.logical, row, key=lambda line: line.last)


def layout(text: str) -> Layout:
    """Tokenize text that parses. Raises SyntaxError."""
    lines = lines_of(text.removeprefix(BOM))
    logical: list[Logical] = []
    in_string: set[int] = set()
    first: tuple[int, str] | None = None
    for kind, word, start, end in _tokens(lines):
        if kind == "STRING":
            in_string.update(range(start + 1, end + 1))
        if kind == "NEWLINE" and first:
            logical.append(Logical(first[0], start, first[1]))
            first = None
        elif first is None and kind not in _NO_CODE:
            first = (start, word)
    starts = frozenset(line.first for line in logical)
    return Layout(tuple(lines), tuple(logical), starts, frozenset(in_string))


_NO_CODE = frozenset({"NL", "COMMENT", "INDENT", "DEDENT", "NEWLINE", "ENDMARKER"})


def _tokens(lines: list[Line]) -> Iterator[tuple[str, str, int, int]]:
    """Yield (kind, text, first row, last row); an f-string counts as one string."""
    feed = iter([line.text + "\n" if line.newline else line.text for line in lines])
    depth = begun = 0
    try:
        for token in tokenize.generate_tokens(lambda: next(feed, "")):
            kind, start, end = tokenize.tok_name[token.type], token.start[0], token.end[0]
            if kind in ("FSTRING_START", "TSTRING_START"):
                begun = begun if depth else start
                depth += 1
            elif kind in ("FSTRING_END", "TSTRING_END"):
                depth -= 1
                kind, start = "STRING", begun if not depth else start
            if not depth:
                yield kind, token.string, start, end
    except tokenize.TokenError as error:
        raise SyntaxError(str(error)) from None
