"""Code as chats, pages and terminals disfigure it, put right where that is no guess."""

from __future__ import annotations

import html
import json
import re
import textwrap
from collections.abc import Iterator

from perfopt_cli.model.normal import normal_form, syntax_tree

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#39|#34|#x27|#x22);")
_NUMBERED = re.compile(r"^[ \t]*(\d+)(?:[ \t]*[|│:.)][ ]?|\t| |$)(.*)$")
_TAGS = "code|pre|answer|solution|python|output|optimized_code|optimized"
_TAG = re.compile(rf"^[ \t]*<(?:{_TAGS})(?: [^<>\n]*)?>|</(?:{_TAGS})>[ \t]*$", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(?: |$)")

_CHARACTERS = {
    **dict.fromkeys(map(ord, "“”„‟″"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛′"), "'"),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad")),
}


def readings(code: str, original: str) -> Iterator[str]:
    """Yield the code as it could be meant, the most literal reading first.

    Entities are put right at once, unless the original has some: ``a &lt; b``
    is Python too. A caller takes the first reading that makes sense.
    """
    if _ENTITY.search(code) and not _ENTITY.search(original):
        code = html.unescape(code)
    yield code
    seen = {code}
    for change in (_untagged, _unquoted, _unnumbered, _unprompted):
        code = change(code)
        if code not in seen:
            seen.add(code)
            yield code
    plain = code.translate(_CHARACTERS)
    if plain not in seen:
        yield plain
    if "\t" in plain:
        # Python takes a tab to the next multiple of eight; editors show four.
        made = [textwrap.dedent(plain.expandtabs(size)) for size in (8, 4)]
        parsing = [text for text in made if syntax_tree(text) is not None]
        if len({normal_form(text) for text in parsing}) == 1:
            yield parsing[0]


def texts_in_json(text: str) -> list[str]:
    """Return the texts in a JSON value that hold a definition; none where it is not JSON."""
    text = text.strip()
    if text[:1] not in ("{", "[", '"'):
        return []
    try:
        waiting = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict):
            waiting[:0] = value.values()
        elif isinstance(value, list):
            waiting[:0] = value
        elif isinstance(value, str) and "def " in value:
            found.append(value)
    return found


def _untagged(code: str) -> str:
    return _TAG.sub("", code)


def _unquoted(code: str) -> str:
    """Take ``>`` off every line, as of a quoted message."""
    lines = code.strip("\n").split("\n")
    if all(re.match(r">(?!>)", line) for line in lines):
        return "\n".join(re.sub(r"^> ?", "", line) for line in lines)
    return code


def _unnumbered(code: str) -> str:
    """Take line numbers off where each line has one, and they go up by one."""
    lines = [line for line in code.strip("\n").split("\n") if line.strip()]
    found = [_NUMBERED.match(line) for line in lines]
    numbers = [int(match[1]) for match in found if match]
    going_up = numbers == list(range(numbers[0], numbers[0] + len(lines))) if numbers else False
    if len(lines) < 2 or not going_up:
        return code
    return "\n".join(match[2] for match in found if match)


def _unprompted(code: str) -> str:
    """Keep what was typed at an interpreter's prompt, where something was."""
    lines = code.split("\n")
    if not any(line.lstrip().startswith(">>> ") for line in lines):
        return code
    return "\n".join(_PROMPT.sub("", line) for line in lines if _PROMPT.match(line))
