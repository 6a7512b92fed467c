"""The strength of one target's evidence: examined once for the original, once a candidate."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from perfopt_cli.core import PerfoptError, Rewrite, Support, Target
from perfopt_cli.sandbox.adequacy import (
    LEAST_TRIED,
    Findings,
    Mutant,
    Text,
    examine,
    limits_of_its_own,
    same_until,
    weigh,
    with_tests,
)
from perfopt_cli.sandbox.evidence import Evidence
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.source import SourceText, find, splice

LONGEST_TESTS = 5.0


class Strength:
    """Weighs the evidence of one target; the original is examined when first asked."""

    def __init__(self, verifier: Verifier, target: Target, module: SourceText) -> None:
        self.verifier = verifier
        self.target = target
        self.module = module
        self._replayed: Findings | None = None
        self._original: Findings | None = None

    def original(self, evidence: Evidence) -> Findings:
        """Examine the original, which is to be in place in the working copy; once."""
        if self._original is None:
            self._original = with_tests(self._by_replay(evidence), self._tests_notice)
        return self._original

    def _by_replay(self, evidence: Evidence) -> Findings:
        if self._replayed is None:
            self._replayed = examine(self.verifier.session, evidence, self.module.text)
        return self._replayed

    def of_rewrite(
        self, evidence: Evidence, aimed: Evidence | None, rewrite: Rewrite, text: str
    ) -> tuple[Support, str | None]:
        """Return what speaks for a candidate, and why it is too little, or None.

        ``aimed`` are calls that were made for this candidate. ``text`` is the
        module with the candidate.
        """
        replayed = self._by_replay(evidence)
        session = self.verifier.session
        candidate = examine(session, evidence, text, rewrite.imports, rewrite=True)
        if aimed is not None and candidate.never:
            more = examine(session, aimed, text, rewrite.imports, mutants=False, rewrite=True)
            left = set(more.never) if not more.problem else set(candidate.never)
            never = tuple(one for one in candidate.never if one in left)
            candidate = replace(candidate, never=never)
        support, weak = self.weigh(evidence, replayed, candidate, text)
        if weak is None or support.never:
            # The tests take longer than replays, and can't enter a branch that no call enters.
            return support, weak
        return self.weigh(evidence, self.original(evidence), candidate, text)

    def weigh(
        self, evidence: Evidence, original: Findings, candidate: Findings, text: str
    ) -> tuple[Support, str | None]:
        """Hold the findings of original and candidate together, and suggest a test."""
        before = find(self.module.text, self.target.qualname)
        after = find(text, self.target.qualname)
        old, new = same_until(before.node, after.node)
        texts = (
            Text(original, "the original", 0, old),
            Text(candidate, "the rewrite", after.first - 1, new),
        )
        support, weak = weigh(texts, evidence)
        limits = limits_of_its_own(before.node, candidate)
        if weak is None and limits:
            weak = (
                f"a number that the original has not could be another: {texts[1].told(limits[0])}"
            )
        if weak is not None:
            support = replace(support, test=suggestion(self.target.qualname, texts, evidence))
        elif not self.target.tests and support.mutants < LEAST_TRIED:
            weak = f"no test reaches it, and {support.mutants} small mistakes are too few to tell"
        return support, weak

    def _tests_notice(self, mutant: Mutant) -> bool:
        """Run the covering tests on a mutant of the original; slow ones tell nothing."""
        if not self.target.tests:
            return False
        spent = sum(self.verifier.seconds.get(name, 0.0) for name in self.target.tests)
        if spent > LONGEST_TESTS:
            return False
        try:
            text = splice(self.module.text, self.target.qualname, mutant.source + "\n", ())
            data = self.module.encode(text)
        except PerfoptError:
            return False
        return self.verifier.covering_tests(Rewrite(self.target, mutant.source), data) is not None


def suggestion(qualname: str, texts: Iterable[Text], evidence: Evidence) -> str:
    """Return a test to be written, as Python with a hole, for what no call shows."""
    for text in texts:
        for line, words in text.never():
            return _test(qualname, f"wanted: {words} ({text.where(line)})", evidence)
    for text in texts:
        for mutant in text.findings.mutants:
            if not mutant.noticed and not mutant.harmless:
                return _test(qualname, _wanted(text, mutant), evidence)
    return ""


def _wanted(text: Text, mutant: Mutant) -> str:
    where = text.where(mutant.line)
    if mutant.boundary:
        node = ast.parse(mutant.before, mode="eval").body
        if isinstance(node, ast.Compare):
            left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
            return f"wanted: a call where `{left}` equals `{right}` ({where})"
    return f"wanted: a call whose result differs if {where} had `{mutant.after}`"


def _test(qualname: str, wanted: str, evidence: Evidence) -> str:
    calls = evidence.replays[0].calls
    shown = [calls[0, i] for i in evidence.originals() if calls[0, i]["how"] == "returned"]
    texts = sorted((str(seen.get("call", "")) for seen in shown), key=len)
    example = texts[0] if texts else "(...)"
    name = qualname.split(".")[-1].strip("_")
    return (
        f"def test_{name}_more():\n"
        f"    # {wanted}\n"
        f"    # such as {qualname}{example}, with other arguments\n"
        f"    assert {qualname}(...) == ...\n"
    )
