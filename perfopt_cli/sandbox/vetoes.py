"""What speaks against a candidate that is faster on the whole.

Asked in the last of the fresh interpreters: is it slower on inputs of some
size, on larger ones than were recorded, or with the garbage collector on? Does
it take more memory? Is it faster only on what it has had before? Does the
kernel, asked from outside, agree?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from perfopt_cli.core import Quad, Reason, Sized
from perfopt_cli.sandbox.outside import tree_cpu_ns
from perfopt_cli.sandbox.sampling import Failure, ask, ask_quads
from perfopt_cli.sandbox.session import Messages

BUCKET_QUADS = 9
SLOWEST_BUCKET = 0.95
LEAST_LOSS_NS = 1_000
MILD_LOSS = 0.8
MILD_SHARE = 0.05
MOST_MEMORY = 1.2
MOST_INPUTS = 12
PASS_NS = 4_000_000
MOST_LARGER = 3
LARGER_NS = 50_000_000
ARM_BATCHES = 5
ARM_ORDER = (0, 1, 1, 0, 0, 1, 1, 0)
SLACK_NS = 1_000_000
TICKS_SLACK_NS = 20_000_000
CLAIMS = "its process claims more CPU time than it used"
SIZES = ("small", "medium", "large")
LONGEST = "longest"
LARGER = "larger than recorded"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Indices of calls: all that are timed, and the same by size.

    ``others``: recorded calls that are not timed, ``made``: made-up ones, both
    with the original's time in ns.
    """

    chosen: tuple[int, ...]
    buckets: tuple[tuple[int, ...], ...]
    others: dict[int, int] = field(default_factory=dict)
    made: dict[int, int] = field(default_factory=dict)


def choose_inputs(nanos: dict[int, int], made: dict[int, int] | None = None) -> Inputs:
    """Choose among calls (index -> the original's time in ns) inputs of all sizes.

    As many as a pass of PASS_NS has room for, MOST_INPUTS at most, spread
    evenly over the calls in order of their time. Those that take more than
    half a pass are left aside, where there are others. Buckets are thirds,
    where the longest takes at least 4 times the shortest. ``made`` are calls
    that were made up.
    """
    ordered = sorted(nanos, key=lambda index: nanos[index])
    fitting = [index for index in ordered if nanos[index] <= PASS_NS // 2] or ordered[:1]
    chosen = fitting[:1]
    for count in range(min(len(fitting), MOST_INPUTS), 0, -1):
        step = len(fitting) / count
        spread = [fitting[-1 - int(i * step)] for i in reversed(range(count))]
        if sum(nanos[index] for index in spread) <= PASS_NS:
            chosen = spread
            break
    third = len(chosen) // 3
    parts: tuple[list[int], ...] = (chosen[:third], chosen[third:-third], chosen[-third:])
    if third == 0 or nanos[chosen[-1]] < 4 * nanos[chosen[0]]:
        parts = ()
    others = {index: nanos[index] for index in ordered if index not in chosen}
    return Inputs(tuple(chosen), tuple(map(tuple, parts)), others, made or {})


def by_size(worker: Messages, inputs: Inputs) -> tuple[Sized, ...] | Failure:
    """Return the speedup on inputs of each size, or which of them the candidate is slower on."""
    larger = larger_inputs(worker, inputs)
    if isinstance(larger, Failure):
        return larger
    groups = list(zip(SIZES, inputs.buckets, strict=False))
    longest = longest_inputs(inputs)
    if longest:
        groups.append((LONGEST, longest))
    if larger:
        groups.append((LARGER, larger))
    measured: dict[str, list[Quad]] = {}
    for name, group in groups:
        quads = ask_quads(worker, group, BUCKET_QUADS)
        if isinstance(quads, Failure):
            return quads
        measured[name] = quads
    gains = [-loss(measured[name]) for name in SIZES if name in measured]
    gain = sum(gains) / len(gains) if gains else 0.0
    for name, each in measured.items():
        place = f"inputs {name}" if name == LARGER else f"the {name} inputs"
        slower = slower_on(each, place, SLOWEST_BUCKET, gain)
        if slower is not None:
            return slower
    return tuple(Sized(name, nanos_of(each), ratio(each)) for name, each in measured.items())


def nanos_of(quads: Sequence[Quad]) -> float:
    """Return the original's CPU time of a call in ns."""
    return median(quad.original_cpu / quad.calls for quad in quads)


def longest_inputs(inputs: Inputs) -> tuple[int, ...]:
    """Return recorded calls that take too long to be among the chosen ones."""
    fitting = [index for index, nanos in inputs.others.items() if nanos <= LARGER_NS]
    long = [index for index in fitting if inputs.others[index] > PASS_NS // 2]
    return tuple(long[-1:])


def larger_inputs(worker: Messages, inputs: Inputs) -> tuple[int, ...] | Failure:
    """Return made-up calls whose arguments take more room than those of any recorded call."""
    made = [index for index, nanos in inputs.made.items() if nanos <= LARGER_NS]
    if not made:
        return ()
    recorded = [*inputs.chosen, *inputs.others]
    answer = ask(worker, "sizes", inputs=recorded + made)
    if isinstance(answer, Failure):
        return answer
    sizes = answer["bytes"]
    most = max(sizes[: len(recorded)])
    grown = [(size, index) for size, index in zip(sizes[len(recorded) :], made, strict=True)]
    largest = sorted((one for one in grown if one[0] > most), reverse=True)
    return tuple(index for _, index in largest[:MOST_LARGER])


def slower_on(quads: Sequence[Quad], place: str, least: float, gain: float = 0.0) -> Failure | None:
    """Say so where the candidate is slower: below ``least``, and by more than next to nothing.

    ``gain`` is what it gains a call elsewhere, in ns. Every rewrite that
    prepares something first loses a little on inputs that are next to nothing.
    """
    lost = loss(quads)
    if ratio(quads) >= least or lost <= LEAST_LOSS_NS:
        return None
    if ratio(quads) >= MILD_LOSS and lost <= MILD_SHARE * gain:
        return None
    return Failure(Reason.SLOWER_SOMEWHERE, f"{ratio(quads):.2f}x on {place}")


def ratio(quads: Sequence[Quad]) -> float:
    """Return the median ratio of CPU times."""
    return median(quad.original_cpu / quad.candidate_cpu for quad in quads)


def loss(quads: Sequence[Quad]) -> float:
    """Return how many ns of CPU time the candidate takes longer a call; negative if less."""
    return median((quad.candidate_cpu - quad.original_cpu) / quad.calls for quad in quads)


def collected(worker: Messages, inputs: Inputs) -> Failure | None:
    """Refuse what is slower with the garbage collector on, as it is in earnest."""
    quads = ask_quads(worker, inputs.chosen, BUCKET_QUADS, collect=True)
    if isinstance(quads, Failure):
        return quads
    if ratio(quads) >= 1:
        return None
    detail = f"{ratio(quads):.2f}x with the garbage collector on"
    return Failure(Reason.SLOWER_SOMEWHERE, detail)


def memory(worker: Messages, inputs: Inputs) -> Failure | None:
    """Refuse what takes much more memory at its peak."""
    answer = ask(worker, "memory", inputs=list(inputs.chosen))
    if isinstance(answer, Failure):
        return answer
    before, after = (peak + answer["resident"] for peak in answer["peaks"])
    if after <= MOST_MEMORY * before:
        return None
    return Failure(Reason.SLOWER_SOMEWHERE, f"peak memory grows {after / before:.2f}-fold")


def outside(worker: Messages, inputs: Inputs) -> Failure | None:
    """Refuse what is not faster by the kernel's clocks of the whole process tree, from outside."""
    claimed: tuple[list[int], list[int]] = ([], [])
    used: tuple[list[int], list[int]] = ([], [])
    slack = SLACK_NS
    for arm in ARM_ORDER:
        before = tree_cpu_ns(worker.pid)
        answer = ask(worker, "arm", arm=arm, inputs=list(inputs.chosen), batches=ARM_BATCHES)
        after = tree_cpu_ns(worker.pid)
        if isinstance(answer, Failure):
            return answer
        if before is None or after is None:
            return None
        claimed[arm].append(answer["cpu"])
        used[arm].append(after.living - before.living + after.ended - before.ended)
        if after.ended != before.ended:
            slack = TICKS_SLACK_NS
    return compared(claimed, used, slack)


def compared(
    claimed: Sequence[Sequence[int]], used: Sequence[Sequence[int]], slack: int
) -> Failure | None:
    """Hold what a worker claims of each arm, time for time, against what was used, in ns.

    What is used beyond that is the copying of arguments, the same for both,
    and now and then something else that the system or the sandbox does.
    """
    if any(sum(claim) > sum(use) + slack for claim, use in zip(claimed, used, strict=True)):
        return Failure(Reason.NOT_FASTER, CLAIMS)
    beside = [
        [use - claim for claim, use in zip(*arm, strict=True)]
        for arm in zip(claimed, used, strict=True)
    ]
    at_all = sum(beside[1]) - sum(beside[0])
    mostly = len(beside[1]) * (median(beside[1]) - median(beside[0]))
    hidden = min(at_all, mostly)
    truth = sum(claimed[0]) / (sum(claimed[1]) + max(0, hidden))
    if truth >= 1 or hidden <= slack:
        return None
    return Failure(Reason.NOT_FASTER, f"{truth:.2f}x by the CPU time of the process from outside")


def overclaimed(quads: Sequence[Quad], used: int | None) -> Failure | None:
    """Refuse samples that claim more CPU time than the kernel gave their process, in ns."""
    claimed = sum(quad.original_cpu + quad.candidate_cpu for quad in quads)
    return Failure(Reason.NOT_FASTER, CLAIMS) if used and claimed > used + SLACK_NS else None
