"""A language model's reply as definitions of the target.

Models wrap code in fences and chatter, indent it, put it into a class, forget
decorators and repeat the module. What can be told apart without guessing is
put right here; everything else yields nothing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from perfopt_cli.core import Target
from perfopt_cli.model.extract import (
    Candidate,
    Original,
    candidates_in,
    decorated_alike,
    imports_of,
    original_of,
)
from perfopt_cli.model.normal import normal_form, syntax_tree

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+.-]*)[^`\n]*$")
_PYTHON = {"", "python", "python3", "py", "py3"}
_THINKING = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
_BESIDE = re.compile(
    r"^[ \t]*(?:async +def|def|class) +(\w+)|^(\w+)(?: *:[^=\n]+)? *=[^=]", re.MULTILINE
)

# Each end is parsed, so the cost of a reply that never parses must be bounded.
_MOST_ENDS = 20


@dataclass(frozen=True, slots=True)
class _Block:
    code: str
    closed: bool


def parse_reply(reply: str, target: Target) -> list[Candidate]:
    """Return the target's definitions in the reply, each with the imports it needs.

    A source is dedented to column 0 and ends with a newline; it has the
    original's decorators where the reply left them out, and the original's
    docstring. Imports are one statement for each name, those only that the
    source uses. A definition that relies on a function, class or constant
    which the reply defines beside it is left out, as is one that is cut short.
    """
    text = without_thoughts(reply)
    original = original_of(target)
    fenced = code_blocks(text)
    found = [one for code in fenced for one in _candidates(code, original)]
    if not found:
        unfenced = "\n".join(line for line in text.split("\n") if not _FENCE.match(line))
        found = _candidates(unfenced, original)
    return list(dict.fromkeys(decorated_alike(found, original)))


def is_complete(reply: str, target: Target) -> bool:
    """Tell whether a reply that is still being written has given its rewrite.

    So it is when a closed fence, or code followed by something else, defines
    the target in another way than the original does.
    """
    text = without_thoughts(reply)
    blocks = _fenced(text)
    if blocks:
        codes = [block.code for block in blocks if block.closed]
    else:
        name = original_of(target).name
        codes = [code for code, ended in _scan(text, name) if ended]
    known = normal_form(target.source)
    original = original_of(target)
    return any(
        normal_form(source) != known for code in codes for source, _ in _candidates(code, original)
    )


def code_blocks(text: str) -> list[str]:
    """Return the code of the text's Python fences, and of those that name no language."""
    return [block.code for block in _fenced(text)]


def without_thoughts(reply: str) -> str:
    """Return the reply with its lines ended by newlines, and without a thinking part before it."""
    text = reply.replace("\r\n", "\n").replace("\r", "\n")
    return _THINKING.sub("", text, count=1)


def _fenced(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    opened: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened, lines = fence, []
        elif fence and fence[1].startswith(opened[1]) and not fence[2]:
            if opened[2].lower() in _PYTHON:
                blocks.append(_Block("\n".join(lines), True))
            opened = None
        else:
            lines.append(line)
    if opened is not None and opened[2].lower() in _PYTHON:
        blocks.append(_Block("\n".join(lines), False))
    return blocks


def _candidates(code: str, original: Original) -> list[Candidate]:
    """Read code as a whole, or definition by definition where chatter or a cut spoils it."""
    whole = _repaired(code)
    if whole is not None:
        return candidates_in(whole, original, set())
    beside = {match[1] or match[2] for match in _BESIDE.finditer(code)} - {original.name}
    imports = [line.strip() for line in code.split("\n") if imports_of(line.strip())]
    found: list[Candidate] = []
    for block, _ in _scan(code, original.name):
        text = _repaired(block)
        if text is not None:
            found += candidates_in("\n".join([*imports, text]), original, beside)
    return found


def _repaired(code: str) -> str | None:
    """Return the code, made to parse by moving it to the left if need be."""
    lines = code.strip("\n").split("\n")
    margin = min((_indent(line) for line in lines[1:] if line.strip()), default=0)
    shifted = "\n".join([" " * margin + lines[0].lstrip(), *lines[1:]])
    for text in (code, textwrap.dedent(code), textwrap.dedent(shifted)):
        if syntax_tree(text) is not None:
            return text
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _scan(text: str, name: str) -> Iterator[tuple[str, bool]]:
    """Yield the text's definitions of name, each with whether something follows it."""
    head = re.compile(rf"[ \t]*(?:async +)?def +{re.escape(name)}\b")
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not head.match(line):
            continue
        first = number
        while first and lines[first - 1].lstrip().startswith("@"):
            first -= 1
        for end in islice(_ends(lines, number), _MOST_ENDS):
            block = "\n".join(lines[first:end])
            if _repaired(block) is not None:
                yield block, end < len(lines)
                break


def _ends(lines: list[str], number: int) -> Iterator[int]:
    """Yield where a definition that starts at the line could end, nearest first."""
    margin = _indent(lines[number])
    for end in range(number + 1, len(lines)):
        after = lines[end].strip()
        if after and not after.startswith("#") and _indent(lines[end]) <= margin:
            yield end
    yield len(lines)
