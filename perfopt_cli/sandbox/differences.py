"""Where a candidate's replay differs from the original's, in words."""

from __future__ import annotations

from dataclasses import dataclass

from perfopt_cli.sandbox.evidence import Evidence, same
from perfopt_cli.sandbox.messages import Message
from perfopt_cli.sandbox.replays import Replayed

ENOUGH = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a candidate's replay differs: in a call (its index), or in the state left (None).

    ``call`` describes the arguments, ``difference`` what differs.
    """

    index: int | None
    call: str
    difference: str

    def text(self) -> str:
        """Return both in one line."""
        return f"{self.call}: {self.difference}" if self.call else self.difference


class Settled:
    """Tells when a candidate was seen to differ so often that the rest need not be seen.

    That is after ENOUGH calls with another result, or one of them and the first turn.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._usable = frozenset(evidence.usable)
        self._found = 0

    def __call__(self, seed: int, have: Message) -> bool:
        """Take note of a call; tell whether there were enough."""
        turn, index = have["turn"], have["index"]
        if turn:
            return self._found > 0
        if index in self._usable:
            want = self._evidence.replays[seed].calls[turn, index]
            ulps = int(self._evidence.request.get("ulps", 0))
            self._found += want["text"] != have["text"] and not same(want, have, ulps)
        return self._found >= ENOUGH


def difference(evidence: Evidence, candidate: Replayed, seed: int) -> Difference | None:
    """Return where a candidate's replay differs from the original's, or None.

    Of several calls that differ it is the one that is easiest to read.
    """
    original = evidence.replays[seed]
    ulps = int(evidence.request.get("ulps", 0))
    found: list[tuple[bool, int, int, int]] = []
    for turn in (0, 1):
        for index in evidence.usable:
            want, have = original.calls[turn, index], candidate.calls.get((turn, index))
            if have is not None and not same(want, have, ulps):
                length = len(original.calls[0, index].get("call", ""))
                found.append((want["text"] == have["text"], turn, length, index))
    if found:
        _, turn, _, index = min(found)
        return _in_words(evidence, original, candidate, turn, index)
    state = _state_difference(original, candidate, evidence)
    return None if state is None else Difference(None, "", state)


def _in_words(
    evidence: Evidence, original: Replayed, candidate: Replayed, turn: int, index: int
) -> Difference:
    want, have = original.calls[turn, index], candidate.calls[turn, index]
    call = original.calls[0, index].get("call", "")
    if index >= evidence.recorded:
        call = f"on an input no test has: {call}"
    if want["text"] != have["text"]:
        return Difference(index, call, f"original {want['text']}, candidate {have['text']}")
    again = " when called again" if turn else ""
    words = f"side effects, types or identities differ{again} ({want['text']})"
    return Difference(index, call, words)


def _state_difference(original: Replayed, candidate: Replayed, evidence: Evidence) -> str | None:
    if candidate.state is None or original.state is None:
        return None
    before, after = original.state["state"], candidate.state["state"]
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            return f"leaves the module's {name} different"
    new = set(candidate.state["new"]) - set(original.state["new"])
    if new:
        return f"leaves new names in the module: {', '.join(sorted(new))}"
    around = [one.state["around"] for one in evidence.replays if one.state is not None]
    for name, want in original.state["around"].items():
        steady = all(one.get(name) == want for one in around)
        if steady and candidate.state["around"].get(name) != want:
            return f"leaves another state behind: {name}"
    return None
