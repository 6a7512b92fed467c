"""Symbolic rewrites on libcst: candidates that are right by construction, with no model."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from perfopt_cli.core import Known, Reason, Rewrite, Target, Verdict
from perfopt_cli.model.normal import normal_form
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.apply import UNWRITABLE, Result, Workbench, apply_rule
from perfopt_cli.model.rules.base import Context, Rule
from perfopt_cli.model.rules.guess import guesses, open_fields, open_parameters
from perfopt_cli.model.rules.registry import RULES
from perfopt_cli.model.worth import PREFIX, expected, ordered, table_of

__all__ = ["RULES", "Result", "Rule", "Rules", "apply_rule"]

UNREADABLE = (SyntaxError, ValueError, RecursionError)
"""What reading a text raises that is for another Python, or too deep."""
WRONG = frozenset(
    {
        Reason.INVALID,
        Reason.UNSAFE,
        Reason.TESTS_FAILED,
        Reason.DIVERGED,
        Reason.TIMED_OUT,
        Reason.CRASHED,
        Reason.SANDBOX,
    }
)
USELESS = frozenset({Reason.NOT_FASTER, Reason.SLOWER_SOMEWHERE, Reason.NOISY})
MANY = 4
"""From how many rules on that change a function the better half is tried together."""


class Rules:
    """The built-in rules as a source of candidates.

    ``root`` is that of the project, whose own outcomes count for the order of
    the rules (see ``worth``).
    """

    name = "rules"

    def __init__(self, root: Path | None = None, rules: Mapping[str, Rule] = RULES) -> None:
        self.rules = rules
        self.table = table_of(root)
        self.order = ordered(rules, self.table)
        self.poor = {name for name, tally in self.table.items() if tally.poor}

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> list[Rewrite]:
        """Return up to n candidates: rules together first, then each on its own by its worth.

        Parameters have the types that are ``known`` of recorded calls. Rules whose
        own candidates were wrong are left out, and together go only those that
        are not known to be of no use; before them those that often pay.
        """
        start = Result(target.source)
        facts, tried = (known.facts, known.tried) if known is not None else (None, ())
        with _unwarned():
            try:
                module = Module(module_source)
            except UNREADABLE:
                return []
            bench = Workbench(module, target.qualname, facts.types if facts is not None else ())
            found = list(self._results(bench, start, tried))
            return _distinct(target, found)[:n]

    def worth(self, rewrite: Rewrite) -> float:
        """Return what judging a candidate is worth, beside those of other sources."""
        return expected(rewrite.origin, rewrite.chance, self.table)

    def _results(
        self, bench: Workbench, start: Result, tried: Sequence[Verdict]
    ) -> Iterator[Result]:
        wrong, useless = alone_with(tried, WRONG), alone_with(tried, USELESS)
        useful = [name for name in self.rules if name not in wrong | useless]
        if self.poor:
            yield self._together(bench, start, [one for one in useful if one not in self.poor])
        yield self._together(bench, start, useful)
        alone = {
            name: bench.apply(self.rules[name], start) for name in self.order if name not in wrong
        }
        fires = [name for name in alone if alone[name].rules and name in useful]
        if len(fires) >= MANY:
            # Where all together are refused, one of the worse half may be why.
            better = set(fires[: (len(fires) + 1) // 2])
            yield self._together(bench, start, [name for name in useful if name in better])
        yield from alone.values()

    def _together(self, bench: Workbench, start: Result, names: Sequence[str]) -> Result:
        return bench.compose([self.rules[name] for name in names], start)

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
            if context is None or not (open_parameters(context) or open_fields(context)):
                return False
            guessed = (Workbench(module, target.qualname, types) for types in guesses(context))
            contexts = (bench.context(start) for bench in guessed)
            return any(one is not None and self._fire(one) for one in (context, *contexts))

    def _fire(self, context: Context) -> bool:
        for rule in self.rules.values():
            try:
                if next(rule.rewrite(context), None) is not None:
                    return True
            except UNWRITABLE:
                continue
        return False


def alone_with(tried: Sequence[Verdict], reasons: Collection[Reason]) -> set[str]:
    """Return the rules whose own candidate, of the function as it was, ended like this."""
    return {
        one.rewrite.origin.removeprefix(PREFIX)
        for one in tried
        if one.rewrite.origin.startswith(PREFIX)
        if one.rewrite.after is None and one.reason in reasons
    }


@contextmanager
def _unwarned() -> Iterator[None]:
    # Parsing the project's text may warn; that is not for perfopt to tell.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _distinct(target: Target, results: list[Result]) -> list[Rewrite]:
    """Return a candidate for each result that is a program of its own."""
    changed = [result for result in results if result.rules]
    known = {normal_form(target.source)} if changed else set()
    found: list[Rewrite] = []
    for result in changed:
        form = normal_form(result.source)
        if form not in known:
            known.add(form)
            origin = PREFIX + "+".join(result.rules)
            found.append(Rewrite(target, result.source, result.imports, origin, len(found)))
    return found
