"""Symbolic rewrites on libcst: candidates that are right by construction, with no model."""

from __future__ import annotations

import warnings

from perfopt_cli.core import Known, Rewrite, Target
from perfopt_cli.model.normal import normal_form
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.apply import Result, Workbench, apply_rule
from perfopt_cli.model.rules.base import Rule
from perfopt_cli.model.rules.registry import RULES

__all__ = ["RULES", "Result", "Rule", "Rules", "apply_rule"]


class Rules:
    """The built-in rules as a source of candidates."""

    name = "rules"

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> list[Rewrite]:
        """Return up to n candidates: all rules together first, then each on its own."""
        start = Result(target.source)
        with warnings.catch_warnings():
            # Parsing the project's text may warn; that is not for perfopt to tell.
            warnings.simplefilter("ignore")
            try:
                bench = Workbench(Module(module_source), target.qualname)
            except (SyntaxError, ValueError, RecursionError):
                return []  # the text is for another Python, or too deep to read
            results = [bench.compose(RULES.values(), start)]
            results += [bench.apply(rule, start) for rule in RULES.values()]
            return _distinct(target, results)[:n]


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
