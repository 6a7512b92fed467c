"""Symbolic rewrites on libcst: candidates that are right by construction, with no model."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from perfopt_cli.core import Known, Rewrite, Target
from perfopt_cli.model.normal import normal_form
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.apply import UNWRITABLE, Result, Workbench, apply_rule
from perfopt_cli.model.rules.base import Context, Rule
from perfopt_cli.model.rules.guess import guesses, open_parameters
from perfopt_cli.model.rules.registry import RULES

__all__ = ["RULES", "Result", "Rule", "Rules", "apply_rule"]

UNREADABLE = (SyntaxError, ValueError, RecursionError)
"""What reading a text raises that is for another Python, or too deep."""


class Rules:
    """The built-in rules as a source of candidates."""

    name = "rules"

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> list[Rewrite]:
        """Return up to n candidates: all rules together first, then each on its own.

        Parameters have the types that are ``known`` of recorded calls.
        """
        start = Result(target.source)
        facts = known.facts if known is not None else None
        with _unwarned():
            try:
                module = Module(module_source)
            except UNREADABLE:
                return []
            bench = Workbench(module, target.qualname, facts.types if facts is not None else ())
            results = [bench.compose(RULES.values(), start)]
            results += [bench.apply(rule, start) for rule in RULES.values()]
            return _distinct(target, results)[:n]

    def wants_types(self, target: Target, module_source: str) -> bool:
        """Tell whether types of recorded calls could change what is proposed.

        So it is where some are not known, and a rule changes the function
        without them, or for types that its text suggests.
        """
        start = Result(target.source)
        with _unwarned():
            try:
                module = Module(module_source)
            except UNREADABLE:
                return False
            context = Workbench(module, target.qualname).context(start)
            if context is None or not open_parameters(context):
                return False
            guessed = (Workbench(module, target.qualname, types) for types in guesses(context))
            contexts = (bench.context(start) for bench in guessed)
            return any(one is not None and _fires(one) for one in (context, *contexts))


@contextmanager
def _unwarned() -> Iterator[None]:
    # Parsing the project's text may warn; that is not for perfopt to tell.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _fires(context: Context) -> bool:
    for rule in RULES.values():
        try:
            if next(rule.rewrite(context), None) is not None:
                return True
        except UNWRITABLE:
            continue
    return False


def _distinct(target: Target, results: list[Result]) -> list[Rewrite]:
    """Return a candidate for each result that is a program of its own."""
    changed = [result for result in results if result.rules]
    known = {normal_form(target.source)} if changed else set()
    found: list[Rewrite] = []
    for result in changed:
        form = normal_form(result.source)
        if form not in known:
            known.add(form)
            origin = "rules:" + "+".join(result.rules)
            found.append(Rewrite(target, result.source, result.imports, origin, len(found)))
    return found
