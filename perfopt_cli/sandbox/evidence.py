"""What the recorded calls of a target show: how the original behaves, and which calls can judge.

Calls made up from the recorded ones are replayed after them. They only ever
add to what the recorded ones show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from perfopt_cli.core import Reason
from perfopt_cli.sandbox.replays import Replayed, replays_of
from perfopt_cli.sandbox.session import Ending, Message, Session
from perfopt_cli.sandbox.ulps import within

LEAST_CALLS = 3
MOST_UNSTABLE = 0.1
FUZZ_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The original's replays, one for each hash seed.

    ``usable`` are the calls that judge a candidate: comparable, and the same
    under both seeds. ``weak`` says why there is too little to judge by, with
    the reason for the report, and is None where there is enough. The first
    ``recorded`` calls are recorded ones, the others were made up from them;
    ``fuzzed`` of the latter are usable.
    """

    request: Message
    replays: tuple[Replayed, ...]
    usable: tuple[int, ...]
    weak: tuple[Reason, str] | None
    recorded: int
    fuzzed: int = 0

    def originals(self) -> tuple[int, ...]:
        """Return the usable calls that were recorded."""
        return tuple(index for index in self.usable if index < self.recorded)

    def untouched(self) -> bool:
        """Tell whether the original leaves its arguments alone, in every usable recorded call."""
        return all(self.replays[0].calls[0, index]["same"] for index in self.originals())

    def nanos(self) -> dict[int, int]:
        """Return the original's time in ns of each usable recorded call that returned."""
        return self._nanos(self.originals())

    def made_nanos(self) -> dict[int, int]:
        """Return the same of the calls that were made up."""
        return self._nanos(index for index in self.usable if index >= self.recorded)

    def _nanos(self, indices: Iterable[int]) -> dict[int, int]:
        first = self.replays[0].calls
        calls = {index: first[1, index] for index in indices}
        return {i: max(1, call["nanos"]) for i, call in calls.items() if call["how"] == "returned"}

    def all_nanos(self) -> dict[int, int]:
        """Return the original's time in ns of each usable call, as it was when called again."""
        return {index: self.replays[0].calls[1, index]["nanos"] for index in self.usable}

    def fuzzing_seconds(self) -> float:
        """Return how long the original took over all the made-up calls."""
        calls = self.replays[0].calls
        nanos = (int(calls[key]["nanos"]) for key in calls if key[1] >= self.recorded)
        return sum(nanos) / 1e9


def gather(session: Session, request: Message, recorded: Message, seconds: float) -> Evidence:
    """Replay the original under two hash seeds and see which calls can judge.

    ``recorded`` is the recorder's message: how many calls were kept, seen, refused.
    """
    if request.get("warm"):
        session.prepare({**request, "job": "fuzz"})
    evidence = _gather_recorded(session, request, recorded, seconds)
    if evidence.weak is not None:
        return evidence
    return _with_fuzzed(session, evidence, seconds) or evidence


def _with_fuzzed(session: Session, evidence: Evidence, seconds: float) -> Evidence | None:
    """Make further calls and replay the original with them too; None where that doesn't do.

    It doesn't where a recorded call, or the module's state at the end, is no
    longer the same from one process to the next.
    """
    recorded = evidence.recorded
    output = f"{evidence.request['calls']}-fuzzed"
    count = _make_calls(session, evidence, output)
    if not count:
        return None
    request = {**evidence.request, "calls": output}
    limit = seconds + FUZZ_SECONDS
    replays = tuple(replays_of(session, request, limit))
    ulps = int(request.get("ulps", 0))
    usable, _, _ = sort_calls(replays, range(recorded + count), ulps)
    ended = all(one.ending is Ending.DONE and one.state is not None for one in replays)
    if not ended or not set(evidence.usable) <= set(usable):
        return None
    if same_state(evidence.replays) and not same_state(replays):
        return None
    made = tuple(index for index in usable if index >= recorded)
    usable = (*evidence.usable, *made)
    return replace(evidence, request=request, replays=replays, usable=usable, fuzzed=len(made))


def same_state(replays: tuple[Replayed, ...]) -> bool:
    """Tell whether all replays left the module in the same state."""
    states = [{**(one.state or {}), "around": None} for one in replays]
    return all(state == states[0] for state in states)


def _make_calls(session: Session, evidence: Evidence, output: str) -> int:
    """Have calls made up and written, after the recorded ones, to output; return how many."""
    first = evidence.replays[0].calls
    usable = {index: first[1, index]["nanos"] for index in evidence.usable}
    request = {**evidence.request, "job": "fuzz", "usable": usable, "output": output}
    count = 0
    start = session.warm if request.get("warm") else session.open
    with start(request, seconds=FUZZ_SECONDS) as worker:
        for message in worker:
            count = int(message["count"]) if message["kind"] == "fuzzed" else 0
    return count if worker.ending is Ending.DONE else 0


def _gather_recorded(
    session: Session, request: Message, recorded: Message, seconds: float
) -> Evidence:
    request = {**request, "text": None, "imports": []}
    kept = int(recorded["kept"])
    replays = tuple(replays_of(session, request, seconds))
    ulps = int(request.get("ulps", 0))
    usable, unstable, opaque = sort_calls(replays, range(kept), ulps)
    weak: tuple[Reason, str] | None = None
    if any(one.ending is not Ending.DONE or one.state is None for one in replays):
        weak = Reason.UNTESTED, f"recorded calls can't be replayed: {replays[0].problem}"
    elif unstable > MOST_UNSTABLE * max(1, kept):
        differ = "1 recorded call differs" if unstable == 1 else f"{unstable} recorded calls differ"
        weak = Reason.FLAKY, f"{differ} from one process to the next"
    elif len(usable) < LEAST_CALLS:
        weak = Reason.UNTESTED, _too_few(recorded, len(usable), opaque)
    return Evidence(request, replays, usable, weak, kept)


def sort_calls(
    replays: tuple[Replayed, ...], indices: Iterable[int], ulps: int = 0
) -> tuple[tuple[int, ...], int, int]:
    """Return the usable calls, and how many are unstable and opaque."""
    usable, unstable, opaque = [], 0, 0
    for index in indices:
        seen = [one.calls.get((turn, index)) for one in replays for turn in (0, 1)]
        known = [message for message in seen if message is not None]
        if len(known) < len(seen) or any(message["how"] == "opaque" for message in known):
            opaque += 1
        elif not all(
            same(first, other, ulps)
            for first, other in zip(known, known[2:], strict=False)  # the same turn, each seed
        ):
            unstable += 1
        else:
            usable.append(index)
    return tuple(usable), unstable, opaque


def _too_few(recorded: Message, usable: int, opaque: int) -> str:
    parts = [f"{usable} different recorded calls to judge by, {LEAST_CALLS} needed"]
    if recorded["refused"]:
        parts.append(f"{recorded['refused']} calls have arguments that can't be recorded")
    if opaque:
        parts.append(f"{opaque} have results that can't be compared")
    return "; ".join(parts)


def same(one: Message, other: Message, ulps: int = 0) -> bool:
    """Tell whether two replays of a call show the same, floats within ulps."""
    if one["how"] != other["how"] or one["digest"] != other["digest"]:
        return False
    return not ulps or within(one["floats"], other["floats"], ulps)
