"""How a model is to be asked: as it was trained, or in perfopt's own words.

What ``perfopt train`` makes has its settings beside it (``run.json``): the
style of its prompts, and whether they asked for a score. A model is asked as
it was trained; any other one is told all that is known.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import PerfoptError

SLOWER = "# slower version:"
FASTER = "# optimized version of the same code:"
"""What stands before the code and after it in the plain form, as in the PIE data set."""

STYLES = ("pie", "pie2", "perfrl", "optimize", "mini")
MINI = "mini"
"""The style of perfopt's own small model, which has a language of its own."""

BEST_TAG = 10
"""What a conditioned model is asked for."""

PROGRAM = "### Program:"
OPTIMIZED = "### Optimized Version"

_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")
_RUN = "run.json"


@dataclass(frozen=True, slots=True)
class Style:
    """The wording that a model knows.

    ``trained``: perfopt trained it on prompts of this wording and on no others.
    ``conditioned``: they asked for a score from 1 to 10, so the best is asked for.
    """

    name: str = "optimize"
    trained: bool = False
    conditioned: bool = False


TOLD = Style()
"""For models that perfopt did not train: they are told all that is known."""


def style_of(*folders: Path) -> Style:
    """Return the style that a model was trained with, read beside its weights.

    Of several folders (the adapter's, then the model's) the first that holds a
    training run counts. TOLD where none does, or where its record is not to be read.
    """
    for folder in folders:
        try:
            run = json.loads((folder / _RUN).read_text(encoding="utf-8"))
            name, conditioned = run["config"]["style"], run["config"]["conditioning"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if name in STYLES and isinstance(conditioned, bool):
            return Style(name, trained=True, conditioned=conditioned)
    return TOLD


def prompt_for(slow: str, *, style: str, tag: int | None = None) -> str:
    """Return the prompt for a slow program as plain text; the answer follows it directly.

    ``tag`` (1 to 10) asks for a program so near to the best. Raises PerfoptError
    for an unknown style, for a tag with ``optimize`` or ``mini``, which never ask with
    one, and Unreadable for code that can't be said in the small model's language.
    """
    if style == MINI and tag is None:
        from perfopt_cli.model.mini.style import prompt

        return prompt(slow)
    code = tidy(slow) + "\n"
    score = "" if tag is None else f" with score {tag}/10"
    if style == "pie":
        return f"{SLOWER}\n\n{code}\n{FASTER.rstrip(':')}{score}:\n\n"
    if style == "pie2":
        task = "Below is a slow program. Give a faster version of it that does the same."
        return f"{task}\n\n{PROGRAM}\n{code}\n{OPTIMIZED}{score}:\n"
    if style == "perfrl":
        return f"Improve the run time of this program{score}:\n{code}"
    if style not in ("optimize", MINI):
        raise PerfoptError(f"no style of prompt is named {style}; there are {', '.join(STYLES)}")
    if tag is not None:
        raise PerfoptError(
            f"the style {style} has no tags, as `perfopt optimize` asks without; "
            "switch conditioning off or use the style pie2"
        )
    return plain_form(code)


def plain_form(code: str) -> str:
    """Return the plain prompt for code that ends with a newline; the answer follows it."""
    return f"{SLOWER}\n{code}{FASTER}\n"


def tidy(code: str) -> str:
    """Return the code without blank lines around it and blanks after it."""
    return _BLANK_LINES.sub("", code, count=1).rstrip()
