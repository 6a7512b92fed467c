"""A reply's fenced blocks, and the text without its thoughts."""

from __future__ import annotations

import re
from dataclasses import dataclass

PYTHON = {"", "python", "python3", "py", "py3"}
DIFF = {"diff", "patch", "udiff"}
_WRAPPERS = {"markdown", "md"}

FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*\{?\.?([\w+.-]*)\}?([^`\n]*)$")
_CODE = re.compile(r"(?:async +def|def|class|import|from|@)\b|@\w")
_NAMES = "think|thinking|thought|reasoning"
_THINKING = re.compile(rf"\A\s*<({_NAMES})>.*?(?:</\1>|\Z)", re.DOTALL)
_THOUGHT = re.compile(rf"^[ \t]*<({_NAMES})>.*?</\1>", re.DOTALL | re.MULTILINE)
_UNOPENED = re.compile(
    rf"\A.*^[ \t]*</(?:{_NAMES})>|\A[^\n]*</(?:{_NAMES})>", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Block:
    """What a fence holds. ``language`` is in small letters, empty where none is named."""

    code: str
    closed: bool
    language: str = ""


def without_thoughts(reply: str) -> str:
    """Return the reply with its lines ended by newlines, and without its thinking parts.

    A thought that has no end takes the rest with it; one that has no
    beginning, as chat templates open it, takes what comes before.
    """
    text = reply.replace("\r\n", "\n").replace("\r", "\n")
    text = _THINKING.sub("", text, count=1)
    text = _THOUGHT.sub("", text)
    return _UNOPENED.sub("", text, count=1)


def fenced(text: str) -> list[Block]:
    """Return the text's fenced blocks in order; of a block of Markdown, those inside it."""
    blocks: list[Block] = []
    opened: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        fence = FENCE.match(line)
        if opened is None:
            if fence:
                opened = fence
                lines = [fence[4].strip()] if _CODE.match(fence[4].strip()) else []
        elif fence and _closes(fence, opened):
            blocks += _blocks(opened, lines, True)
            opened = None
        else:
            lines.append(line)
    if opened is not None:
        blocks += _blocks(opened, lines, False)
    return blocks


def unfenced(text: str) -> str:
    """Return the text without the lines that open and close fences."""
    return "\n".join(line for line in text.split("\n") if not FENCE.match(line))


def _closes(fence: re.Match[str], opened: re.Match[str]) -> bool:
    """A fence further inside is part of the code: of a docstring, as CommonMark has it."""
    deeper = len(fence[1].expandtabs(4)) - len(opened[1].expandtabs(4))
    return fence[2].startswith(opened[2]) and not fence[3] and deeper < 4


def _blocks(opened: re.Match[str], lines: list[str], closed: bool) -> list[Block]:
    language, code = opened[3].lower(), "\n".join(lines)
    if language in _WRAPPERS and any(FENCE.match(line) for line in lines):
        return fenced(code)
    return [Block(code, closed, language)]
