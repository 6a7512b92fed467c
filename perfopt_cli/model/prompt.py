"""A target as a prompt for a language model.

A prompt has two forms: messages for models that follow instructions, and the
form of the PIE data set (slower version, optimized version) for all others.
What is known of the target is in the messages only. A model that perfopt has
trained is asked as it was trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from perfopt_cli.core import Known, PerfoptError, Target
from perfopt_cli.model.examples.example import Example
from perfopt_cli.model.feedback import feedback_parts
from perfopt_cli.model.parts import ABOVE, BELOW, Part, Rank, ever_fewer, fenced, length, sections
from perfopt_cli.model.styles import BEST_TAG, TOLD, Style, plain_form, prompt_for
from perfopt_cli.model.surroundings import statements_above
from perfopt_cli.model.told import facts_parts
from perfopt_cli.model.wording import REPLY, SYSTEM, opening

DEFAULT_BUDGET = 16_000
"""How many characters of code and facts a prompt may hold."""

MUCH = 0.75


class TooLong(PerfoptError):
    """The function doesn't fit into the prompt, whatever else is left out."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The form for models that follow instructions."""

    system: str
    user: str


class Prompt(str):
    """The plain form as text, with the form for instructed models and the target beside it.

    ``shorter`` is the same prompt with one part less, and None where there is
    none to leave out: a chain down to the function alone. ``verbatim``: the
    plain form is what the model was trained on, whatever template there is.
    """

    __slots__ = ("messages", "shorter", "target", "verbatim")
    messages: Messages
    shorter: Prompt | None
    target: Target
    verbatim: bool

    def __new__(
        cls,
        plain: str,
        messages: Messages,
        target: Target,
        shorter: Prompt | None = None,
        *,
        verbatim: bool = False,
    ) -> Prompt:
        """Make a prompt of its two forms."""
        prompt = super().__new__(cls, plain)
        prompt.messages = messages
        prompt.shorter = shorter
        prompt.target = target
        prompt.verbatim = verbatim
        return prompt

    @property
    def much_shorter(self) -> Prompt | None:
        """The next form with a quarter less to read, else the last one; None after that.

        For backends to which each try is dear.
        """
        form = self.shorter
        most = MUCH * len(self.messages.user)
        while form is not None and form.shorter is not None and len(form.messages.user) > most:
            form = form.shorter
        return form


def build_prompt(
    target: Target,
    module_source: str,
    *,
    known: Known | None = None,
    examples: Sequence[Example] = (),
    style: Style = TOLD,
    budget: int = DEFAULT_BUDGET,
) -> Prompt:
    """Return the prompt that asks for a faster version of the target.

    The function is never cut. What else there is goes by whole parts where the
    budget (characters) is exceeded: ``examples`` (nearest first), callees,
    earlier candidates, facts, and what the module has above the function. Raises
    TooLong where the function exceeds the budget.
    """
    source = target.source.rstrip() + "\n"
    if len(source) > budget:
        raise TooLong(
            f"{target.path}: {target.qualname} has {len(source)} characters, and a prompt holds "
            f"{budget}; split the function"
        )
    context = context_of(target, module_source, budget=budget)
    parts = [Part("context", Rank.CONTEXT, context)] if context else []
    if style.trained:
        target = replace(target, share=0.0)
    else:
        parts += _told(target, known or Known(), examples)
    prompt: Prompt | None = None
    for fewer in reversed(list(ever_fewer(parts))):
        if len(source) + length(fewer) <= budget + 1 or not fewer:
            prompt = _with_parts(target, source, fewer, style, prompt)
    assert prompt is not None
    return prompt


def context_of(target: Target, module_source: str, *, budget: int = DEFAULT_BUDGET) -> str:
    """Return what the prompt shows of the module above the target; empty where nothing."""
    source = target.source.rstrip() + "\n"
    return statements_above(module_source, source, budget - len(source))


def _told(target: Target, known: Known, examples: Sequence[Example]) -> list[Part]:
    parts = [
        Part("examples", Rank.EXAMPLES, _example(example), place)
        for place, example in enumerate(examples)
    ]
    if known.facts is not None:
        parts += facts_parts(known.facts, target)
    return parts + feedback_parts(known.tried, target, known.best)


def _example(example: Example) -> str:
    why = f" ({example.why})" if example.why else ""
    return f"Before:\n{fenced(example.slow)}\nAfter{why}:\n{fenced(example.fast)}"


def _with_parts(
    target: Target, source: str, parts: Sequence[Part], style: Style, shorter: Prompt | None
) -> Prompt:
    above = "".join(f"{part.text}\n\n" for part in parts if part.section == "context")
    if style.trained and style.name != "optimize":
        tag = BEST_TAG if style.conditioned else None
        plain = prompt_for(above + source, style=style.name, tag=tag)
        return Prompt(plain, Messages("", plain), target, shorter, verbatim=True)
    messages = Messages(SYSTEM, _user_message(target, source, parts))
    return Prompt(plain_form(above + source), messages, target, shorter)


def _user_message(target: Target, source: str, parts: Sequence[Part]) -> str:
    shown = [
        replace(part, text=fenced(part.text)) if part.section == "context" else part
        for part in parts
    ]
    paragraphs = [
        *opening(target),
        *sections(shown, ABOVE),
        f"The function:\n```python\n{source}```",
        *sections(shown, BELOW),
        REPLY,
    ]
    return "\n\n".join(paragraphs) + "\n"
