"""The tables of docs/small-model.md, as Markdown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from field_runs import Found
from field_stats import outcome
from small_model_rrhf import shares
from small_model_runs import ALONE, BOTH, REFERENCE, RULES
from small_model_set import KINDS
from small_model_stats import (
    Candidates,
    Pairs,
    arm,
    by_source,
    candidates,
    checked,
    compared,
    is_mini,
    pooled,
    solved,
)

from perfopt_cli.model.mini.proposer import FAINT

from real_projects_page import _table as markdown  # isort: skip

LEAST_CASES = 5
"""Families of so many held-out pairs have a row of their own."""

Arms = Mapping[str, Sequence[Found]]
NAMES = {
    "hand": "written by hand",
    "leetcode": "LeetCodeDataset, held-out problems",
    "mbpp": "MBPP with stress inputs, held-out problems",
}


def name_of(key: str) -> str:
    """Return what a set is called; ``hand-2`` is the second run on the set ``hand``."""
    name, _, run = key.partition("-")
    text = NAMES.get(name, name)
    return f"{text}, run {run}" if run else text


def solved_section(sets: Mapping[str, Arms], plan: Mapping[str, Any]) -> str:
    """Return the tables of functions solved by each arm, set by set."""
    lines = [
        f"`--budget` of {plan['budget']:g} s for each function, {plan['together']} functions a"
        f" project, for both arms. {plan['machine']}.",
        "",
        *_solved(sets),
        "",
        *_kinds(_runs(sets, "hand")),
        *_sources(sets),
        *_only_one(sets),
    ]
    return "\n".join(lines).rstrip()


def _solved(sets: Mapping[str, Arms]) -> Iterator[str]:
    rows = []
    for name, arms in sets.items():
        for label in (RULES, BOTH, REFERENCE):
            if label not in arms:
                continue
            one = arm(arms[label])
            rows.append(
                [name_of(name), label, f"{one.solved} of {one.functions}",
                 f"{one.geometric:.2f}x", f"{one.total:.1f}", f"{one.candidates}, {one.accepted}",
                 f"{one.seconds / max(1, one.functions):.1f}"]
            )  # fmt: skip
    heads = ("Functions", "Sources", "solved", "geometric mean", "sum of ln speedup",
             "candidates, accepted", "seconds each")  # fmt: skip
    yield from _aligned(heads, rows, 2)
    rows = []
    for name, arms in sets.items():
        if RULES in arms and BOTH in arms:
            rows.append(_row(name_of(name), compared(arms[RULES], arms[BOTH])))
    for name in dict.fromkeys(map(_set_of, sets)):
        several = [one for one in _runs(sets, name) if RULES in one and BOTH in one]
        if len(several) > 1:
            together = pooled(*([one[label] for one in several] for label in (RULES, BOTH)))
            rows.append(_row(f"{name_of(name)}, all runs", together))
    if rows:
        yield ""
        heads = ("Rules and mini against rules", "solved", "rules alone did", "with mini alone",
                 "McNemar, exact p", "sum of ln speedup [95 %]")  # fmt: skip
        yield from _aligned(heads, rows, 1)


def _row(name: str, one: Pairs) -> list[str]:
    more = "–" if one.more is None else f"{one.more:+.1%}"
    return [name, more, str(one.first_alone), str(one.second_alone), f"{one.p:.2g}",
            f"{one.total:+.1f} [{one.low:+.1f}, {one.high:+.1f}]"]  # fmt: skip


def _runs(sets: Mapping[str, Arms], wanted: str) -> list[Arms]:
    """Return the arms of each run on a set."""
    return [arms for name, arms in sets.items() if _set_of(name) == wanted]


def _set_of(key: str) -> str:
    return key.partition("-")[0]


def _kinds(runs: Sequence[Arms]) -> Iterator[str]:
    from small_model_set import load

    if not runs:
        return
    kind = {one.name: one.kind for one in load()}
    labels = [label for label in (RULES, BOTH, REFERENCE) if label in runs[0]]
    rows = []
    for name, text in KINDS.items():
        parts = [
            [one for arms in runs for one in arms.get(label, ()) if kind.get(one.name) == name]
            for label in labels
        ]
        counts = [f"{sum(map(solved, part))} of {len(part)}" for part in parts]
        rows.append([name, text, *counts])
    yield from _aligned(("Kind", "The fast version is", *labels), rows, 2)
    yield ""


def _sources(sets: Mapping[str, Arms]) -> Iterator[str]:
    for name, arms in sets.items():
        if BOTH in arms:
            counts = ", ".join(f"{source} {n}" for source, n in by_source(arms[BOTH]).most_common())
            yield f"Where the best accepted rewrite is from, {name_of(name)}: {counts}."
            yield ""


def _only_one(sets: Mapping[str, Arms]) -> Iterator[str]:
    for name, arms in sets.items():
        if RULES not in arms or BOTH not in arms:
            continue
        for label, first, second in (("with mini", BOTH, RULES), ("with rules alone", RULES, BOTH)):
            found = [
                a for a, b in zip(arms[first], arms[second], strict=True)
                if solved(a) and not solved(b)
            ]  # fmt: skip
            if found:
                told = ", ".join(f"`{one.name}` {one.proved:.2f}x" for one in found)
                yield f"Solved only {label}, {name_of(name)}: {told}."
                yield ""


def candidates_section(sets: Mapping[str, Arms]) -> str:
    """Return the table of what became of the small model's candidates."""
    every = {name: candidates(arms[ALONE]) for name, arms in sets.items() if ALONE in arms}
    rows = [
        [name_of(name), f"{one.answered} of {one.functions}", str(one.judged),
         _of(one, one.parse), _of(one, one.equivalent), _of(one, one.faster)]
        for name, one in every.items()
    ]  # fmt: skip
    heads = ("Functions", "with a candidate", "candidates judged", "parse", "equivalent", "faster")
    lines = list(_aligned(heads, rows, 1))
    for name, one in every.items():
        told = ", ".join(f"{reason} {count}" for reason, count in one.reasons.items())
        left = ", ".join(f"{reason} {count}" for reason, count in one.unjudged.items())
        lines += ["", f"Verdicts, {name_of(name)}: {told or 'none'}."]
        if left:
            lines[-1] += f" Not counted: {left}."
    return "\n".join(lines)


def _of(one: Candidates, count: int) -> str:
    return f"{count}, {count / one.judged:.1%}" if one.judged else "–"


def wrong_section(sets: Mapping[str, Arms]) -> str:
    """Return the table of accepted rewrites that differ on calls kept back."""
    rows, told = [], []
    for name, arms in sets.items():
        for label, found in arms.items():
            one = checked(found)
            mini = sum(is_mini(each) for each in (e for f in found for e in f.accepted))
            rows.append(
                [name_of(name), label, f"{one.accepted} ({mini})", str(one.calls),
                 str(one.unchecked), str(len({text.split(':')[0] for text in one.wrong}))]
            )  # fmt: skip
            told += [f"- {label}: {text}" for text in one.wrong]
    heads = ("Functions", "Sources", "accepted (of mini)", "calls kept back", "not run in time",
             "functions that differ")  # fmt: skip
    return "\n".join([*_aligned(heads, rows, 2), *([""] if told else []), *told])


def refused_section(found: Sequence[Found]) -> str:
    """Return what became of the fast versions that were not accepted."""
    ends = Counter(map(outcome, found))
    rows = [
        [f"`{one.name}`", each["reason"], " ".join(each.get("detail", "").split())[:120]]
        for one in found for each in one.candidates if each["status"] != "accepted"
    ]  # fmt: skip
    told = ", ".join(f"{count} {end}" for end, count in ends.most_common())
    return "\n".join([f"{len(found)} functions: {told}.", "",
                      *_aligned(("Function", "Reason", "Detail"), rows, 3)])  # fmt: skip


def cost_section(found: Mapping[str, Any]) -> str:
    """Return the table of sizes and times."""
    rows = [
        ["files of the model", _mb(found["bytes"])],
        ["the same in the wheel, compressed", _mb(found["packed"])],
        ["start-up: imports, files checked, graphs loaded", _ms(found, "start")],
        ["a process that does that, less one that does nothing",
         f"{1000 * (found['process'] - found['bare']):.0f} ms"],
        [f"8 candidates, median of {found['functions']} functions", _ms(found, "p50")],
        ["8 candidates, 95th percentile", _ms(found, "p95")],
        ["8 candidates, the slowest function", f"{1000 * found['most']:.0f} ms"],
        ["functions with a candidate", f"{found['answered']} of {found['functions']}"],
        ["candidates a function, mean", f"{found['candidates']:.1f}"],
    ]  # fmt: skip
    return "\n".join(_aligned(("", "One thread: wall time (CPU time)"), rows, 1))


def _mb(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


def _ms(found: Mapping[str, Any], name: str) -> str:
    return f"{1000 * found[name]:.0f} ms ({1000 * found[f'cpu_{name}']:.0f} ms)"


def rrhf_section(rows: Sequence[Mapping[str, Any]], plan: Mapping[str, Any]) -> str:
    """Return the table of what RRHF changed, by seed."""
    table = []
    for row in (*rows, *_all_seeds(rows)):
        passed, faster = shares(dict(row))
        count = sum(row["levels"].values())
        table.append([str(row["seed"]), row["state"], str(row["programs"]), str(count),
                      f"{passed:.1%}", f"{faster:.1%}"])  # fmt: skip
    seeds = {row["seed"] for row in rows}
    last = {state: {row["seed"]: shares(dict(row)) for row in rows if row["state"] == state}
            for state in dict.fromkeys(row["state"] for row in rows)}  # fmt: skip
    first, then = list(last.values()) if len(last) == 2 else ({}, {})
    better = [sum(then[seed][which] > first[seed][which] for seed in seeds & then.keys())
              for which in (0, 1)]  # fmt: skip
    heads = ("Seed", "Trained by", "programs", "candidates", "equivalent", "and faster")
    return "\n".join([
        f"The small size, {plan['minutes']:g} minutes of fine-tuning from random weights, then"
        f" {plan['steps']} step{'s' * (plan['steps'] > 1)} of RRHF on {plan['programs']} programs"
        f"{' each' * (plan['steps'] > 1)}.",
        "", *_aligned(heads, table, 2), "",
        f"After RRHF more candidates are equivalent for {better[0]} and more are faster for"
        f" {better[1]} of {len(seeds)} seeds.",
    ])  # fmt: skip


def _all_seeds(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a row for each state that counts the candidates of all seeds."""
    for state in dict.fromkeys(row["state"] for row in rows):
        mine = [row for row in rows if row["state"] == state]
        levels = sum((Counter(row["levels"]) for row in mine), Counter[str]())
        programs = sum(row["programs"] for row in mine)
        yield {"seed": "all", "state": state, "programs": programs, "levels": dict(levels)}


def exact_section(found: Mapping[str, Any]) -> str:
    """Return the tables of exact matches on held-out pairs: by family, and by probability."""
    rows = [
        [name, str(one["cases"]), f"{one['first']:.2f}", f"{one['wide']:.2f}",
         f"{one['parsed']:.1%}"]
        for name, one in found.items()
        if one["cases"] >= LEAST_CASES
    ]  # fmt: skip
    heads = ("Family", "pairs", "top-1", "top-4", "replies that parse")
    left_out = f"Families of fewer than {LEAST_CASES} pairs have no row."
    lines = [*_aligned(heads, rows, 1), "", left_out]
    by_chance = found["all"].get("by_chance", [])
    if by_chance:
        heads = ("The model's probability", "rewrites", "the pair's own")
        shares = [[f"{at:g} and more", str(judged), f"{right / judged:.0%}"]
                  for at, judged, right in by_chance]  # fmt: skip
        lines += ["", *_aligned(heads, shares, 1)]
    return "\n".join(lines)


def passing_section(rows: Sequence[Sequence[Any]]) -> str:
    """Return the table of rewrites that pass and are faster, by probability; those proposed."""
    found = sorted((row[1:] for row in rows if row[0] == "probability"), reverse=True)
    shares = [[f"{_decimal(at)} and more" if at else "below", str(count),
               f"{passed / count:.0%}", f"{faster / count:.0%}"]
              for at, count, passed, faster in found]  # fmt: skip
    asked = [one for one in found if one[0] >= FAINT]
    judged, passed, faster = (sum(one[n] for one in asked) for n in (1, 2, 3))
    told = (
        f"From {_decimal(FAINT)} on, {passed} of {judged} pass ({passed / max(1, judged):.0%}), "
        f"{faster} are faster ({faster / max(1, judged):.0%})."
    )
    lines = _aligned(("The model's probability", "rewrites", "pass", "faster"), shares, 1)
    return "\n".join([*lines, "", told])


def _decimal(number: float) -> str:
    """Return a number without an exponent."""
    return f"{number:f}".rstrip("0")


def _aligned(heads: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> Iterator[str]:
    """Yield a table whose first columns are texts, and the others numbers."""
    pairs = [(head, "---" if n < texts else "---:") for n, head in enumerate(heads)]
    yield from markdown(pairs, [list(row) for row in rows])
