"""Symbolic rewrites on libcst: candidates that are right by construction, with no model."""

from __future__ import annotations

from perfopt_cli.core import Rewrite, Target
from perfopt_cli.model.rules.apply import Result, Workbench, apply_rule, normal_form
from perfopt_cli.model.rules.base import Rule
from perfopt_cli.model.rules.module import Module
from perfopt_cli.model.rules.registry import RULES

__all__ = ["RULES", "Result", "Rule", "Rules", "apply_rule"]


class Rules:
    """The built-in rules as a source of candidates."""

    name = "rules"

    def propose(self, target: Target, module_source: str, *, n: int) -> list[Rewrite]:
        """Return up to n candidates: all rules together first, then each on its own."""
        try:
            bench = Workbench(Module(module_source), target.qualname)
        except (SyntaxError, ValueError, RecursionError):
            return []  # the text is for another Python, or too deep to read
        start = Result(target.source)
        results = [bench.compose(RULES.values(), start)]
        results += [bench.apply(rule, start) for rule in RULES.values()]
        known = set()
        found: list[Rewrite] = []
        for result in results:
            form = normal_form(result.source) if result.rules else ""
            if form and form not in known and form != normal_form(target.source):
                known.add(form)
                origin = "rules:" + "+".join(result.rules)
                found.append(
                    Rewrite(target, result.source, result.imports, origin, number=len(found))
                )
        return found[:n]
