"""The page of benchmarks/field.py, as Markdown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from field_misses import CLASSES, Miss
from field_pie import answered, ran, table, unproved
from field_runs import OPTIONS, Found
from field_stats import REFUTED, Summary, by_rule, outcome, reasons, summary
from real_projects_page import _table as markdown
from real_projects_page import bounds

NAMES = {"leetcode": "LeetCodeDataset, pairs", "mbpp": "MBPP functions with stress inputs"}
PLOT = "images/field.svg"


def page(
    sets: Mapping[str, Sequence[Found]],
    looked: Mapping[str, int],
    missed: Sequence[Miss],
    pie: Mapping[str, Any] | None,
    about: Mapping[str, Any],
) -> str:
    """Return the page. ``looked`` counts the problems that were drawn for each set."""
    lines = [
        *_start(about),
        *_functions(sets, looked),
        *_wrong(sets),
        *_refuted(sets),
        *_rules(sets),
        *_accepted(sets),
        *_pie(pie),
        *_misses(missed),
    ]
    return "\n".join(lines) + "\n"


def _start(about: Mapping[str, Any]) -> Iterator[str]:
    yield "# In the field"
    yield ""
    yield "Written by `benchmarks/field.py`; do not edit. Code that nobody here wrote, the built-in"
    yield "rules alone (no model weights), and every refusal told. The commands, and what the sets"
    yield "are, are in [benchmarks/README.md](../benchmarks/README.md#in-the-field). Whole"
    yield "packages with their own tests are in [benchmarks.md](benchmarks.md#real-projects)."
    yield ""
    yield (
        f"perfopt {about['perfopt']}, {about['rules']} rules, {about['machine']};"
        f" seed {about['seed']}."
    )
    yield ""


def _functions(sets: Mapping[str, Sequence[Found]], looked: Mapping[str, int]) -> Iterator[str]:
    yield "## Functions"
    yield ""
    yield f"Each function is a module of a small project with tests; `perfopt optimize {OPTIONS}`."
    yield ""
    heads = ["", *(NAMES.get(name, name) for name in sets)]
    columns = [summary(found) for found in sets.values()]
    rows = [[label, *(text(one) for one in columns)] for label, text in _ROWS]
    rows.insert(1, ["problems drawn for them", *(str(looked[name]) for name in sets)])
    yield from markdown([(head, "---:" if head else "---") for head in heads], rows)
    yield ""
    yield "*Improved* is a function with a rewrite that perfopt accepted at a measured speedup"
    yield "of 1.10x or more (its timing rule has proved at least 1.05x then); functions without one"
    yield "count as 1 in the means. *Measured again* is the whole module, all accepted rewrites in"
    yield "place, in another process on the tests' calls together. *Share of the reference's gain*"
    yield "is the sum of the logarithms of those speedups over that of the reference solutions."
    yield "*Seconds a function* are wall time, the start of perfopt and the profile included."
    yield ""
    yield f"![What became of the functions, and the speedups]({PLOT})"
    yield ""
    yield "### What became of them"
    yield ""
    ends = {name: Counter(map(outcome, found)) for name, found in sets.items()}
    total = sum(ends.values(), Counter[str]())
    kinds = [kind for kind, _ in total.most_common()]
    rows = [[kind, *(str(one[kind]) for one in ends.values())] for kind in kinds]
    yield from markdown([(head, "---:" if head else "---") for head in heads], rows)
    yield ""
    yield "### Why candidates were refused"
    yield ""
    counts = {name: reasons(found) for name, found in sets.items()}
    every = sum(counts.values(), Counter[str]())
    rows = [[kind, *(str(one[kind]) for one in counts.values())] for kind, _ in every.most_common()]
    yield from markdown([(head, "---:" if head else "---") for head in heads], rows)
    yield ""


_ROWS = (
    ("functions", lambda one: str(one.functions)),
    ("**improved ≥ 1.10x**", lambda one: _share(one)),
    ("speedup, mean over all", lambda one: f"{one.mean:.2f}x"),
    ("speedup, geometric mean over all", lambda one: f"{one.geometric:.2f}x"),
    ("speedup, geometric mean over the improved", lambda one: f"{one.geometric_improved:.2f}x"),
    ("the same, measured again", lambda one: f"{one.again:.2f}x"),
    ("≥ 1.10x, measured again", lambda one: str(one.again_improved)),
    (
        "share of the reference's gain",
        lambda one: "–" if one.of_gain is None else f"{one.of_gain:.1%}",
    ),
    ("as fast as the reference", lambda one: "–" if one.of_gain is None else str(one.as_fast)),
    ("functions with a candidate", lambda one: str(one.functions_with_candidates)),
    ("candidates, accepted", lambda one: f"{one.candidates}, {one.accepted}"),
    ("calls kept back, compared", lambda one: str(one.checked)),
    ("calls kept back that could not be run in time", lambda one: str(one.unchecked)),
    ("**wrong accepts**", lambda one: str(one.wrong)),
    ("seconds a function", lambda one: f"{one.seconds:.1f}"),
)


def _share(one: Summary) -> str:
    share = one.improved / one.functions
    return f"{one.improved}, {share:.1%} [{one.low:.1%}, {one.high:.1%}]"


def _wrong(sets: Mapping[str, Sequence[Found]]) -> Iterator[str]:
    yield "### Wrong accepts"
    yield ""
    yield "Every accepted rewrite was run on calls of the set that the project's tests do not make,"
    yield "beside the slow function, in another process: results and their types, exceptions with"
    yield "their texts, and changes of arguments."
    yield ""
    rows = [(one, text) for found in sets.values() for one in found for text in one.wrong]
    for one, text in rows:
        yield f"- {one.set} `{one.name}`: {text}"
    if not rows:
        yield "None differed."
    errors = [(one, one.error) for found in sets.values() for one in found if one.error]
    for one, text in errors:
        yield f"- no result for {one.set} `{one.name}`: {text}"
    yield ""


def _refuted(sets: Mapping[str, Sequence[Found]]) -> Iterator[str]:
    yield "### Refuted candidates"
    yield ""
    yield "A rule should make none of these; the gates kept them out."
    yield ""
    rows = [
        [f"{one.set}: {one.name}", each["origin"].partition(":")[2], each["reason"],
         " ".join(each.get("detail", "").split())[:160]]
        for found in sets.values() for one in found for each in one.candidates
        if each["reason"] in REFUTED
    ]  # fmt: skip
    heads = ("Function", "Rules", "Reason", "Detail")
    yield from markdown([(head, "---") for head in heads], rows) if rows else ["None."]
    yield ""


def _rules(sets: Mapping[str, Sequence[Found]]) -> Iterator[str]:
    yield "### Rules"
    yield ""
    rows = [
        [f"`{one.name}`", str(one.alone), str(one.accepted),
         f"{one.geometric:.2f}x" if one.accepted else "–", str(one.took_part)]
        for one in by_rule([one for found in sets.values() for one in found])
    ]  # fmt: skip
    heads = (
        "Rule",
        "candidates of it alone",
        "accepted",
        "geometric mean",
        "took part in accepted",
    )
    yield from markdown(
        [(head, "---:" if number else "---") for number, head in enumerate(heads)], rows
    )
    yield ""


def _accepted(sets: Mapping[str, Sequence[Found]]) -> Iterator[str]:
    yield "### Functions with an accepted rewrite"
    yield ""
    rows = []
    for name, found in sets.items():
        for one in sorted(found, key=lambda one: -one.proved):
            if one.accepted:
                best = max(one.accepted, key=lambda each: each["speedup"]["ratio"])
                gain = f"{one.gain:.2f}x" if one.gain else "–"
                rows.append([f"{name}: {one.name}", best["origin"].partition(":")[2],
                             bounds(best["speedup"]), f"{one.again:.2f}x", gain])  # fmt: skip
    heads = ("Function", "Rules", "Proved", "Module, measured again", "Reference")
    yield from markdown(
        [(head, "---:" if number > 1 else "---") for number, head in enumerate(heads)], rows
    )
    yield ""


def _pie(pie: Mapping[str, Any] | None) -> Iterator[str]:
    if pie is None:
        return
    yield "## Programs of PIE"
    yield ""
    if "error" in pie:
        yield f"No result: {pie['error']}"
        yield ""
        return
    yield (
        f"`perfopt evaluate --model rules` on a sample of {pie['drawn']} of PIE's Python test"
        f" programs (v1): {len(ran(pie))} pass their tests on this interpreter, and"
        f" {answered(pie)} of these got a candidate."
    )
    yield "*%Opt* counts programs proved faster by the timing rule and measured ≥ 1.10x; *any"
    yield "faster* is the papers' count, here with proof. The interpreter's start-up is in no time."
    yield ""
    yield (
        f"The public tests are tiny. {pie['enlarged']} of the programs also have larger inputs,"
        " made from the tests by repeating what they count, on which the slow program and the data"
        " set's faster one print the same: these are timed, and candidates have to print the same"
        " there. The others are timed on the public tests."
    )
    yield (
        f"Of the improved programs, {pie['moved']} were improved by nothing but the move of their"
        " top level into a function, which `perfopt optimize` has no need of. Of"
        f" {sum(len(row['scores']) for row in ran(pie))} candidates, {unproved(pie)} were given up"
        " after 60 s without proof either way."
    )
    yield ""
    heads = ("", "%Opt ≥ 1.10x", "any faster", "SP", "RTR", "correct", "measured")
    yield from markdown([(head, "---:" if head else "---") for head in heads], table(pie))
    yield ""
    for note in pie["notes"]:
        yield f"- {note}"
    yield ""


def _misses(missed: Sequence[Miss]) -> Iterator[str]:
    yield "## Misses"
    yield ""
    read = Counter(one.kind for one in missed if one.kind)
    yield (
        f"{len(missed)} functions were not improved by 1.10x. {sum(read.values())} of them were"
        " read by hand: what would have helped is in the last column"
        " (`benchmarks/field_misses.jsonl`)."
    )
    yield ""
    if read:
        rows = [[words, str(read[kind])] for kind, words in CLASSES.items()]
        yield from markdown([("Class", "---"), ("functions", "---:")], rows)
        yield ""
    shown = sorted(missed, key=lambda one: (not one.kind, one.set, one.outcome, one.name))
    rows = [[f"{one.set}: {one.name}", f"{one.gain:.2f}x" if one.gain else "–", one.outcome,
             one.kind or "–", one.detail] for one in shown]  # fmt: skip
    heads = ("Function", "Reference", "Outcome", "Class", "Detail")
    yield from markdown([(head, "---") for head in heads], rows)
    yield ""
