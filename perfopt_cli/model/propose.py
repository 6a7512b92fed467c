"""Candidates from a language model: prompt, replies, distinct rewrites."""

from __future__ import annotations

from collections.abc import Sequence

from perfopt_cli.core import Backend, Known, PerfoptError, ReplyFailed, Rewrite, Target
from perfopt_cli.model.examples.library import Library
from perfopt_cli.model.extract import imports_of
from perfopt_cli.model.normal import normal_form
from perfopt_cli.model.prompt import Prompt, TooLong, build_prompt
from perfopt_cli.model.replies import parse_reply
from perfopt_cli.model.styles import TOLD, Style

__all__ = ["ModelProposer", "normal_form"]


class ModelProposer:
    """Asks a backend for rewrites, and hands on the distinct ones that parse.

    ``library`` holds examples for its prompts. ``unusable`` counts replies so
    far that held no definition of the target; ``too_long`` counts targets that
    didn't fit into a prompt. ``failure`` is why the backend is not asked any
    more, and None while it is; ``answered`` counts the prompts that got an
    answer.
    """

    def __init__(self, backend: Backend, library: Library | None = None) -> None:
        self.backend = backend
        self.library = library
        self.name = backend.name
        self.unusable = 0
        self.too_long = 0
        self.answered = 0
        self.failure: PerfoptError | None = None
        self._failed_before = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know before the backend is asked."""
        return tuple(getattr(self.backend, "notes", ()))

    def check(self) -> None:
        """Find out now whether the backend works, where that is quick. Raises PerfoptError."""
        if hasattr(self.backend, "check"):
            self.backend.check()

    @property
    def listens(self) -> bool:
        """Whether what is known of a target changes the prompt."""
        return not self._style.trained

    @property
    def _style(self) -> Style:
        style = getattr(self.backend, "style", TOLD)
        return style if isinstance(style, Style) else TOLD

    def prompt(self, target: Target, module_source: str, known: Known | None = None) -> Prompt:
        """Return what the backend is asked. Raises TooLong."""
        library = self.library if self.listens else None
        examples = library.nearest(target) if library is not None else ()
        return build_prompt(
            target, module_source, known=known, examples=examples, style=self._style
        )

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        """Return up to n rewrites that differ from the target and from each other.

        They are numbered by order of arrival, from 0. Imports that the module
        has already are left out. Raises PerfoptError where the backend does;
        from then on it is not asked any more, and nothing is found. After
        ReplyFailed it is asked again, but not after two in a row.
        """
        if self.failure is not None:
            return []
        try:
            replies = self._replies(self.prompt(target, module_source, known), n)
        except TooLong:
            self.too_long += 1
            return []
        present = set(imports_of(module_source))
        seen = {(normal_form(target.source), frozenset[str]())}
        found: list[Rewrite] = []
        for reply in replies:
            candidates = parse_reply(reply, target, module_source)
            self.unusable += not candidates
            for source, imports in candidates:
                added = tuple(line for line in imports if line not in present)
                key = (normal_form(source), frozenset(added))
                if key not in seen:
                    seen.add(key)
                    found.append(Rewrite(target, source, added, self.name, len(found)))
        return found[:n]

    def _replies(self, prompt: str, n: int) -> Sequence[str]:
        try:
            replies = self.backend.generate(prompt, n=n)
        except TooLong:
            raise
        except ReplyFailed as error:
            if self._failed_before:
                self.failure = error
            self._failed_before = True
            raise
        except PerfoptError as error:
            self.failure = error
            raise
        self.name = self.backend.name  # A server may have told only now which model it has.
        self._failed_before = False
        self.answered += 1
        return replies
