"""Shrink a call that shows a difference, and say the difference in words.

What is refused stays refused, whatever happens here: where anything fails or
takes too long, the call is shown as it was found.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from perfopt_cli.sandbox.differences import Difference
from perfopt_cli.sandbox.evidence import Evidence, same
from perfopt_cli.sandbox.replays import HASH_SEEDS
from perfopt_cli.sandbox.session import Message, Messages, Session

MOST_ROUNDS = 40
SHRINK_CPU_SECONDS = 0.25
SHRINK_SECONDS = 4.0
WORKER_SECONDS = 10.0
SLOW_NANOS = 50_000_000
PARTS = {
    "arguments": "leaves other arguments behind",
    "output": "prints something else",
    "error output": "writes something else to stderr",
    "warnings": "warns otherwise",
    "log records": "logs something else",
    "random numbers": "leaves random numbers in another state",
}


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A call that shows a difference, as Python to paste.

    ``imports`` are the statements that ``call`` needs; without ``pasteable``
    the call is a shortened description. ``new``: no test makes this call.
    """

    imports: tuple[str, ...]
    call: str
    pasteable: bool
    new: bool
    difference: str

    def paste(self) -> str:
        """Return the call as Python to run, with its imports; empty where it is only described."""
        return "\n".join((*self.imports, self.call)) if self.pasteable else ""

    def text(self) -> str:
        """Return all of it in one line."""
        call = self.call if self.pasteable else f"{self.call} (shortened)"
        where = " on an input no test has" if self.new else ""
        return f"{'; '.join((*self.imports, call))}{where}: {self.difference}"


def explain(
    session: Session, evidence: Evidence, candidate: Message, found: Difference, position: int
) -> Counterexample | None:
    """Return the smallest call found that shows the difference; None where that fails.

    ``candidate`` is the request that replayed the candidate, ``position`` that
    of its hash seed in HASH_SEEDS.
    """
    if found.index is None:
        return None
    whole = {**evidence.request, "index": found.index, "job": "shrink"}
    whole["output"] = f"{whole['calls']}-shrunk"
    seed, other = HASH_SEEDS[position], HASH_SEEDS[position - 1]
    original = {**evidence.request, "job": "answer"}
    start = session.warm if evidence.request.get("warm") else session.open
    try:
        with (
            start(whole, seconds=WORKER_SECONDS, hash_seed=seed) as author,
            start({**candidate, "job": "answer"}, seconds=WORKER_SECONDS, hash_seed=seed) as rival,
            start(original, seconds=WORKER_SECONDS, hash_seed=other) as witness,
        ):
            parties = Parties(author, rival, witness, whole["output"], int(whole.get("ulps", 0)))
            slow = evidence.replays[position].calls[1, found.index]["nanos"] > SLOW_NANOS
            return parties.settle(found, evidence, shrink=not slow)
    except (KeyError, TypeError, ValueError, IndexError):
        return None


@dataclass(frozen=True, slots=True)
class Parties:
    """The workers: one proposes calls, one has the candidate, one is the original elsewhere."""

    author: Messages
    rival: Messages
    witness: Messages
    file: str
    ulps: int

    def settle(
        self, found: Difference, evidence: Evidence, *, shrink: bool
    ) -> Counterexample | None:
        """Shrink the call, check the outcome, and put it into words."""
        if any(ask(worker) is None for worker in (self.author, self.rival, self.witness)):
            return None
        take, shrunk = self.shrink() if shrink else (None, False)
        final = ask(self.author, {"do": "finish", "take": take})
        difference = self.check(final) if final is not None and shrunk else None
        if difference is None:
            shrunk = False
            final = ask(self.author, {"do": "give up"})
            difference = None if final is None else self.check(final)
        if final is None:
            return None
        return Counterexample(
            tuple(final["imports"]),
            str(final["text"]),
            bool(final["pasteable"]),
            shrunk or found.index not in evidence.originals(),
            difference or found.difference,
        )

    def shrink(self) -> tuple[int | None, bool]:
        """Go from one smaller call that differs to the next; return the last choice."""
        take: int | None = None
        shrunk = False
        end = time.monotonic() + SHRINK_SECONDS
        for _ in range(MOST_ROUNDS):
            proposed = ask(self.author, {"do": "propose", "take": take})
            if proposed is None or not proposed["seen"]:
                return None, shrunk
            answered = ask(self.rival, {"do": "answer", "file": self.file, "parts": False})
            if answered is None:
                return None, shrunk
            take = self.first_different(proposed["seen"], answered["seen"])
            shrunk = shrunk or take is not None
            if proposed["spent"] > SHRINK_CPU_SECONDS or time.monotonic() > end:
                break
        return take, shrunk

    def first_different(self, wanted: list[list[Message]], had: list[object]) -> int | None:
        """Return the first call that original and candidate answer differently."""
        for index, (want, have) in enumerate(zip(wanted, had, strict=True)):
            if isinstance(have, list) and self.turn(want, have) is not None:
                return index
        return None

    def turn(self, want: list[Message], have: list[Message]) -> int | None:
        """Return which of two calls in a row differs, 0 or 1, or None."""
        for number, (one, other) in enumerate(zip(want, have, strict=True)):
            if one["how"] != other["how"] or not same(one, other, self.ulps):
                return number
        return None

    def check(self, final: Message) -> str | None:
        """Return the difference in words, or None where there is none that holds.

        The original in another process, under another hash seed, is to answer
        as the first one did.
        """
        order = {"do": "answer", "file": self.file, "parts": True}
        witness, rival = ask(self.witness, order), ask(self.rival, order)
        if witness is None or rival is None:
            return None
        want, again, have = final["seen"], witness["seen"][0], rival["seen"][0]
        if want is None or again is None or have is None or self.turn(want, again) is not None:
            return None
        turn = self.turn(want, have)
        if turn is None:
            return None
        return in_words(want[turn], have[turn], final["parts"], rival["parts"], again=turn > 0)


def ask(worker: Messages, order: Message | None = None) -> Message | None:
    """Send an order and return the answer; None where there is none."""
    if order is not None:
        worker.send(order)
    answer = worker.receive()
    known = ("ready", "proposed", "answered", "call")
    return answer if answer is not None and answer["kind"] in known else None


def in_words(
    want: Message, have: Message, original: Message, candidate: Message, *, again: bool
) -> str:
    """Say how two answers to one call differ."""
    when = " when called again" if again else ""
    if want["text"] != have["text"]:
        return f"original {want['text']}, candidate {have['text']}{when}"
    if again or not original or not candidate:
        return f"side effects, types or identities differ{when} ({want['text']})"
    both = f"both {want['text']}, but"
    if original["type"] != candidate["type"]:
        return f"{both} of type {original['type']} and of type {candidate['type']}"
    if original["length"] != candidate["length"]:
        return f"{both} of length {original['length']} and of length {candidate['length']}"
    if original["result"] != candidate["result"]:
        return f"{both} not the same throughout: items, types, order or identities differ"
    if original["left"] != candidate["left"]:
        return (
            f"{both} the original leaves its arguments as {original['left']}, "
            f"the candidate as {candidate['left']}"
        )
    for part, words in PARTS.items():
        if original[part] != candidate[part]:
            return f"{both} the candidate {words}"
    return f"{both} side effects or identities differ"
