"""Candidates from a language model: prompt, replies, distinct rewrites."""

from __future__ import annotations

from collections.abc import Sequence

from perfopt_cli.core import Backend, Known, Rewrite, Target
from perfopt_cli.model.extract import imports_of
from perfopt_cli.model.normal import normal_form
from perfopt_cli.model.prompt import TooLong, build_prompt
from perfopt_cli.model.replies import parse_reply

__all__ = ["ModelProposer", "normal_form"]


class ModelProposer:
    """Asks a backend for rewrites, and hands on the distinct ones that parse.

    ``unusable`` counts replies so far that held no definition of the target;
    ``too_long`` counts targets that didn't fit into a prompt.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.name = backend.name
        self.unusable = 0
        self.too_long = 0

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        """Return up to n rewrites that differ from the target and from each other.

        They are numbered by order of arrival, from 0. Imports that the module
        has already are left out. Raises PerfoptError where the backend does.
        """
        try:
            replies = self.backend.generate(build_prompt(target, module_source), n=n)
        except TooLong:
            self.too_long += 1
            return []
        present = set(imports_of(module_source))
        seen = {(normal_form(target.source), frozenset[str]())}
        found: list[Rewrite] = []
        for reply in replies:
            candidates = parse_reply(reply, target)
            self.unusable += not candidates
            for source, imports in candidates:
                added = tuple(line for line in imports if line not in present)
                key = (normal_form(source), frozenset(added))
                if key not in seen:
                    seen.add(key)
                    found.append(Rewrite(target, source, added, self.name, len(found)))
        return found[:n]
