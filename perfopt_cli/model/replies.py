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
from perfopt_cli.model.cleaning import readings, texts_in_json
from perfopt_cli.model.extract import (
    Candidate,
    Original,
    candidates_in,
    decorated_alike,
    imports_of,
    lines_of,
    original_of,
    surroundings,
)
from perfopt_cli.model.fences import DIFF, PYTHON, Block, fenced, unfenced, without_thoughts
from perfopt_cli.model.normal import normal_form, syntax_tree
from perfopt_cli.model.patches import apply_patch, is_bare_patch, is_patch

__all__ = ["code_blocks", "is_complete", "parse_reply", "without_thoughts"]

_BESIDE = re.compile(
    r"^[ \t]*(?:async +def|def|class) +(\w+)|^(\w+)(?: *:[^=\n]+)? *=[^=]", re.MULTILINE
)

# Each end is parsed, so the cost of a reply that never parses must be bounded.
_MOST_ENDS = 20


def parse_reply(reply: str, target: Target, module_source: str = "") -> list[Candidate]:
    """Return the target's definitions in the reply, each with the imports it needs.

    A source is dedented to column 0 and ends with a newline; it has the
    original's decorators where the reply left them out, and the original's
    docstring. Imports are one statement for each name, those only that the
    source uses. A diff is applied to ``module_source``, or to the target where
    that is empty. Left out is a definition that relies on a function, class or
    constant which the reply defines beside it, one that is cut short, one that
    has code left out, and a diff that changes something else as well, fits in
    no place or in two.
    """
    text = without_thoughts(reply)
    reading = _Reading(original_of(target, module_source), module_source)
    return list(dict.fromkeys(decorated_alike(reading.read(text), reading.original)))


def is_complete(reply: str, target: Target) -> bool:
    """Tell whether a reply that is still being written has given its rewrite.

    So it is when a closed fence, or code followed by something else, defines
    the target in another way than the original does, or a closed fence holds a diff.
    """
    text = without_thoughts(reply)
    original = original_of(target)
    everything = fenced(text)
    if is_patch(text) or any(_is_patch(block) for block in everything):
        return any(_is_patch(block) and block.closed for block in everything)
    blocks = [block for block in everything if block.language in PYTHON]
    if blocks:
        codes = [block.code for block in blocks if block.closed]
    else:
        codes = [code for code, ended in _scan(text, original.name) if ended]
    known = normal_form(target.source)
    return any(
        normal_form(source) != known for code in codes for source, _ in _candidates(code, original)
    )


def code_blocks(text: str) -> list[str]:
    """Return the code of the text's Python fences, and of those that name no language."""
    return [block.code for block in fenced(text) if block.language in PYTHON]


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads texts as definitions of the original."""

    original: Original
    module: str

    def read(self, text: str) -> list[Candidate]:
        """Read what the fences hold, else all of the text."""
        found = [one for value in texts_in_json(text) for one in self.read(value)]
        if found:
            return found
        blocks = fenced(text)
        named = [block for block in blocks if block.language in PYTHON | DIFF]
        found = [one for block in named for one in self._block(block)]
        if not found:
            found = [one for block in blocks if block not in named for one in self._block(block)]
        bare = unfenced(text)
        if found or any(_is_patch(block) for block in blocks):
            return found
        return self._patched(bare) if is_patch(bare) else _candidates(bare, self.original)

    def _block(self, block: Block) -> list[Candidate]:
        if _is_patch(block):
            return self._patched(block.code) if block.closed else []
        values = texts_in_json(block.code)
        if values:
            return [one for value in values for one in self.read(value)]
        return _candidates(block.code, self.original)

    def _patched(self, patch: str) -> list[Candidate]:
        """Return the target as the patch makes it, where it changes nothing else but imports."""
        original = self.original
        for text in (self.module, original.target.source):
            done = apply_patch(patch, text, lambda now: lines_of(now, original)) if text else None
            before = surroundings(text, original) if done is not None else None
            if done is None or before is None or before != surroundings(done, original):
                continue
            lines = lines_of(done, original)
            assert lines is not None
            code = textwrap.dedent("\n".join(done.split("\n")[lines.start : lines.stop]))
            known = set(imports_of(text))
            imports = [one for one in imports_of(done) if one not in known]
            return candidates_in("\n".join([*imports, code]), original, set())
        return []


def _is_patch(block: Block) -> bool:
    return block.language in DIFF or is_patch(block.code) or is_bare_patch(block.code)


def _candidates(code: str, original: Original) -> list[Candidate]:
    """Return the definitions by the first reading of the code that has some."""
    for text in readings(code, original.target.source):
        found = _definitions(text, original)
        if found:
            return found
    return []


def _definitions(code: str, original: Original) -> list[Candidate]:
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
