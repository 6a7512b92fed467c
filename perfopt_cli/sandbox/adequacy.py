"""Is the evidence strong enough? Mutants of the original and of the candidate tell.

A mutant is the function with one small mistake. Where too many of them do as
the function does, on all calls there are, a mistake of the candidate's could
as well: the evidence is too weak to apply anything by. So it is where a branch
of either is never entered.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from perfopt_cli.core import Support
from perfopt_cli.sandbox.evidence import Evidence
from perfopt_cli.sandbox.names import bound_names
from perfopt_cli.sandbox.session import Ending, Message, Session

MOST_MISSED = 0.1
MUTANT_SECONDS = 8.0
"""CPU time for the mutants of one text."""
START_SECONDS = 60.0
LOAD = 10.0
"""How many times its CPU time a process may take on a busy machine."""
INFECTED_CALLS = 5
MOST_TESTED = 8
LEAST_TRIED = 10
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed function and whether the calls show it.

    ``line`` is a line of the module's text. ``infected`` counts the calls in
    which a comparison whose boundary was moved came out the other way, and no
    difference followed. ``source`` is the mutant where it was not noticed.
    """

    line: int
    before: str
    after: str
    boundary: bool
    noticed: bool
    infected: int
    source: str

    @property
    def harmless(self) -> bool:
        """Whether it looks like the same function: the change took effect, with no result."""
        return not self.noticed and self.boundary and self.infected >= INFECTED_CALLS


@dataclass(frozen=True, slots=True)
class Findings:
    """What the calls showed of one text: its mutants, and its branches that none enters.

    ``never`` are (line, what call is missing). ``problem`` says why nothing
    could be found out, and is empty where it could.
    """

    mutants: tuple[Mutant, ...] = ()
    branches: int = 0
    never: tuple[tuple[int, str], ...] = ()
    problem: str = ""


def examine(
    session: Session,
    evidence: Evidence,
    text: str,
    imports: Sequence[str] = (),
    *,
    request: Message | None = None,
    mutants: bool = True,
    rewrite: bool = False,
    sources: bool = False,
) -> Findings:
    """Replay the usable calls by mutants of the function as the module's text has it.

    ``request`` names another target, with the same calls, than the evidence's;
    ``rewrite`` tells that the text is not the original's. ``sources``: give the
    source of every mutant, not only of those that went unnoticed.
    """
    nanos = evidence.all_nanos()
    asked = {
        **(request or evidence.request),
        "job": "mutants",
        "text": text,
        "imports": list(imports),
        "nanos": nanos,
        "mutants": mutants,
        "rewrite": rewrite,
        "sources": sources,
        "seconds": MUTANT_SECONDS,
    }
    seconds = START_SECONDS + LOAD * MUTANT_SECONDS + 20 * sum(nanos.values()) / 1e9
    found: list[Mutant] = []
    branches, problem = 0, ""
    never: tuple[tuple[int, str], ...] = ()
    start = session.warm if asked.get("warm") else session.open
    with session.turns.reading(), start(asked, seconds=seconds) as worker:
        for message in worker:
            if message["kind"] == "mutant":
                found.append(_mutant(message))
            elif message["kind"] == "branches":
                branches = message["branches"]
                never = tuple((line, str(words)) for line, words in message["never"])
            elif message["kind"] == "untried":
                if len(found) < LEAST_TRIED:
                    problem = f"there was time for {len(found)} small mistakes only"
            else:
                problem = str(message.get("text", ""))
    if worker.ending is not Ending.DONE and not problem:
        lines = worker.errors.strip().splitlines()
        problem = lines[-1] if lines else "the process ended early"
    return Findings(tuple(found), branches, never, problem)


def _mutant(message: Message) -> Mutant:
    fields = ("line", "before", "after", "boundary", "noticed", "infected", "source")
    return Mutant(*(message[name] for name in fields))


@dataclass(frozen=True, slots=True)
class Text:
    """A function in its module: what was found out of it, and its place.

    ``offset`` is taken from the lines of the module's text for the report; up
    to the line ``same_until`` original and candidate are the same.
    """

    findings: Findings
    who: str
    offset: int = 0
    same_until: int = 0

    def never(self) -> list[tuple[int, str]]:
        """Return the branches never entered, but for those that both texts share at the start.

        The same statements at the start meet the same state: there is nothing
        to tell apart.
        """
        return [(line, words) for line, words in self.findings.never if line > self.same_until]

    def told(self, mutant: Mutant) -> str:
        """Return a mutant in words."""
        return f"`{mutant.before}` as `{mutant.after}` in {self.where(mutant.line)}"

    def where(self, line: int) -> str:
        """Return a line in words."""
        return f"line {line - self.offset} of {self.who}" if self.offset else f"line {line}"


def same_until(original: ast.AST, candidate: ast.AST) -> tuple[int, int]:
    """Return the last lines of the statements that both functions have at their start.

    A statement is another one where a name in it is local to one function only.
    """
    until = 0, 0
    changed = bound_names(original) ^ bound_names(candidate)
    for one, other in zip(_body(original), _body(candidate), strict=False):
        names = {node.id for node in ast.walk(one) if isinstance(node, ast.Name)}
        if ast.dump(one) != ast.dump(other) or names & changed:
            break
        until = one.end_lineno or one.lineno, other.end_lineno or other.lineno
    return until


def _body(function: ast.AST) -> Sequence[ast.stmt]:
    return function.body if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else []


def weigh(texts: Sequence[Text], evidence: Evidence) -> tuple[Support, str | None]:
    """Return what speaks for the candidate, and why it is too little, or None."""
    counted = [(text, m) for text in texts for m in text.findings.mutants if not m.harmless]
    missed = [(text, m) for text, m in counted if not m.noticed]
    never = [(text, *one) for text in texts for one in text.never()]
    support = Support(
        recorded=len(evidence.originals()),
        fuzzed=evidence.fuzzed,
        mutants=len(counted),
        noticed=len(counted) - len(missed),
        missed=tuple(text.told(m) for text, m in missed),
        never=tuple(f"{text.where(line)}: no call is {words}" for text, line, words in never),
    )
    problem = next((t.findings.problem for t in texts if t.findings.problem), "")
    if problem:
        return support, f"how strong the evidence is can't be measured: {problem}"
    if never:
        text, line, words = never[0]
        more = f" (and {len(never) - 1} more)" if len(never) > 1 else ""
        return support, f"no test or made-up call is {words}, {text.where(line)}{more}"
    if too_many(len(missed), len(counted)):
        shown = "; ".join(support.missed[:SHOWN])
        return support, (
            f"{support.noticed} of {support.mutants} small mistakes would be noticed, "
            f"{1 - MOST_MISSED:.0%} needed; not noticed: {shown}"
        )
    return support, None


def too_many(missed: int, counted: int) -> bool:
    """Tell whether too many mutants were missed; one always may be, as it can be equivalent."""
    return missed > max(1, MOST_MISSED * counted)


def limits_of_its_own(original: ast.AST, findings: Findings) -> list[Mutant]:
    """Return the missed mutants of numbers that a rewrite has and the original has not.

    They may be the size from which it is wrong; -2 to 2 are ends and steps.
    """
    known = {node.value for node in ast.walk(original) if isinstance(node, ast.Constant)}
    found = []
    for mutant in findings.mutants:
        number = mutant.before.isdecimal() and int(mutant.before) > 2
        if number and not mutant.noticed and int(mutant.before) not in known:
            found.append(mutant)
    return found


def with_tests(findings: Findings, tests_notice: Callable[[Mutant], bool]) -> Findings:
    """Ask the tests about mutants that replay missed, where it missed too many and they can help.

    At most MOST_TESTED are asked about, and no more than it takes.
    """
    counted = [one for one in findings.mutants if not one.harmless]
    left = sum(not one.noticed for one in counted)
    if not too_many(left, len(counted)) or too_many(left - MOST_TESTED, len(counted)):
        return findings
    mutants, asked = [], 0
    for one in findings.mutants:
        open_ = not one.noticed and not one.harmless
        if open_ and too_many(left, len(counted)) and asked < MOST_TESTED:
            asked += 1
            if tests_notice(one):
                one, left = replace(one, noticed=True), left - 1
        mutants.append(one)
    return replace(findings, mutants=tuple(mutants))
