"""The results of benchmarks/throughput.py, added up for each tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import mean
from typing import Any

Record = Mapping[str, Any]
Place = tuple[str, str, int]
NO_GAIN = ("slower", "noise")
MUTANT = "mutant"
DIFFERENT = ("DIVERGED", "CRASHED", "TIMED_OUT")
LABELS = {
    "perfopt": "perfopt",
    "pytest-covering": "fresh pytest, covering tests",
    "pytest-suite": "fresh pytest, whole suite",
    "codeflash": "codeflash",
}
OUTCOMES = {
    "refused by the tests": ("TESTS_FAILED",),
    "refused by replay": DIFFERENT,
    "refused as not faster": ("NOT_FASTER", "SLOWER_SOMEWHERE", "NOISY"),
    "accepted": ("FASTER",),
}
OTHERWISE = "refused otherwise"


class Total:
    """All results of one tool; times are those of runs that judged at least one candidate.

    ``refuted`` has the places of mutants that a tool refuted; others may be
    equivalent, and count neither as wrong nor as right.
    """

    def __init__(self, tool: str, results: Sequence[Record], refuted: frozenset[Place]) -> None:
        """Add up the results of the tool."""
        mine = [one for one in results if one["tool"] == tool]
        self.tool, self.refuted = tool, refuted
        useful = [one for one in mine if any(each["judged"] for each in one["verdicts"])]
        self.runs = len(useful)
        self.wall, self.cpu, self.start_wall, self.start_cpu = (
            sum(one[key] for one in useful) for key in ("wall", "cpu", "start_wall", "start_cpu")
        )
        self.verdicts = verdicts(mine)
        self.judged = [one for one in self.verdicts if one["judged"]]

    def each(self, *, cpu: bool = False, start: bool = False) -> float:
        """Return seconds for a candidate that was judged, with or without the start of runs."""
        whole, begin = (self.cpu, self.start_cpu) if cpu else (self.wall, self.start_wall)
        return max(whole - (0.0 if start else begin), 1e-9) / max(1, len(self.judged))

    def of_kind(self, kind: str) -> list[Record]:
        """Return the verdicts on what is known to be right, wrong, without gain or unknown."""
        return [one for one in self.judged if kind_of(one, self.refuted) == kind]

    def accepted(self, kind: str) -> str:
        """Return how many of a kind were accepted."""
        group = self.of_kind(kind)
        return f"{sum(one['accepted'] for one in group)} of {len(group)}"

    def seconds(self) -> dict[Place, float]:
        """Return the wall seconds of each candidate that has them."""
        return {place(one): one["seconds"] for one in self.judged if one["seconds"] is not None}


def verdicts(results: Iterable[Record]) -> list[Record]:
    """Return the verdicts of the results, each with its project."""
    return [{**each, "project": one["project"]} for one in results for each in one["verdicts"]]


def totals_of(results: Sequence[Record]) -> list[Total]:
    """Return the totals of the tools that were run, in the order of LABELS."""
    present = {one["tool"] for one in results}
    refuted = frozenset(map(place, filter(refuting(), of_mutants(results))))
    return [Total(tool, results, refuted) for tool in LABELS if tool in present]


def of_mutants(results: Iterable[Record]) -> list[Record]:
    """Return all tools' verdicts on mutants, each with its tool."""
    return [
        {**each, "tool": one["tool"]}
        for one in results
        for each in verdicts([one])
        if each["category"] == MUTANT and each["judged"]
    ]


def refuting(*tools: str) -> Callable[[Record], bool]:
    """Return whether a verdict of one of the tools (default: all) shows a mutant to be wrong.

    That is a failing test, or a call that perfopt found another outcome of.
    codeflash does not tell what is wrong from what is not faster.
    """

    def refutes(one: Record) -> bool:
        if tools and one["tool"] not in tools:
            return False
        if one["tool"] == "perfopt":
            return one["note"] in ("TESTS_FAILED", *DIFFERENT)
        return one["tool"].startswith("pytest") and not one["accepted"]

    return refutes


def only_by_perfopt(results: Sequence[Record]) -> list[Record]:
    """Return perfopt's verdicts on the mutants that it refuted and the package's tests did not."""
    mutants = of_mutants(results)
    by_tests = set(map(place, filter(refuting("pytest-covering", "pytest-suite"), mutants)))
    return [one for one in mutants if refuting("perfopt")(one) and place(one) not in by_tests]


def place(one: Record) -> Place:
    """Return what names a candidate among all."""
    return one["project"], one["function"], one["line"]


def kind_of(one: Record, refuted: frozenset[Place]) -> str:
    """Return what is known of a candidate."""
    if one["right"]:
        return "right"
    if one["category"] in NO_GAIN:
        return "no gain"
    if one["category"] == MUTANT and place(one) not in refuted:
        return "unknown"
    return "wrong"


def by_outcome(judged: Iterable[Record]) -> dict[str, list[Record]]:
    """Return perfopt's verdicts that have seconds by what became of the candidate."""
    found: dict[str, list[Record]] = {name: [] for name in (*OUTCOMES, OTHERWISE)}
    for one in judged:
        if one["seconds"] is not None:
            names = [name for name, reasons in OUTCOMES.items() if one["note"] in reasons]
            found[names[0] if names else OTHERWISE].append(one)
    return {name: group for name, group in found.items() if group}


def mean_seconds(group: Iterable[Record], known: Mapping[Place, float]) -> float | None:
    """Return the mean of the seconds known of these candidates."""
    found = [known[place(one)] for one in group if place(one) in known]
    return mean(found) if found else None
