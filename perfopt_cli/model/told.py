"""What recorded calls show of a function, in the words of a prompt."""

from __future__ import annotations

from perfopt_cli.core import Facts, HotLine, Seen, Target
from perfopt_cli.model.parts import Part, Rank, fenced

MOST_LINES = 6
LEAST_SHARE = 0.02
LONGEST_LINE = 100
MOST_TYPES = 4


def facts_parts(facts: Facts, target: Target) -> list[Part]:
    """Return the facts as parts: what may go first last."""
    lines = [
        *_signature(facts),
        *_behaviour(facts),
        *(f"- with {words} a call takes {duration(nanos)}" for words, nanos in facts.sizes),
    ]
    told = [Part("facts", Rank.FACTS, line, 100 + place) for place, line in enumerate(lines)]
    told += _hot_lines(facts, target)
    for place, callee in enumerate(facts.callees):
        if "```" in callee.source:
            continue
        share = "" if callee.share is None else f", about {callee.share:.0%} of its time"
        text = f"`{callee.name}`{share}:\n{fenced(callee.source)}"
        told.append(Part("callees", Rank.CALLEES, text, place))
    return told


def _signature(facts: Facts) -> list[str]:
    lines = [f"- `self` is a `{facts.owner}`"] if facts.owner else []
    for argument in facts.arguments:
        if argument.name in ("self", "cls") or not argument.seen:
            continue
        lines.append(f"- `{argument.name}`: {types_of(argument.seen)}")
    return lines


def _behaviour(facts: Facts) -> list[str]:
    lines = []
    if facts.results:
        lines.append(f"- it returns {types_of(facts.results)}")
    lines += [
        f"- it raises `{name}` in {count} of {_calls(facts.rerun)}" for name, count in facts.raised
    ]
    names = [one.name for one in facts.arguments if one.changed]
    fields = [name for name in names if "." in name]
    changed = [f"`{name}`" for name in names if "." in name or not fields or name != "self"]
    if changed:
        lines.append(f"- it changes {' and '.join(changed)} in place")
    elif facts.rerun:
        lines.append("- it leaves its arguments as they are")
    return lines


def _hot_lines(facts: Facts, target: Target) -> list[Part]:
    return [
        Part("lines", Rank.FACTS, line, place)
        for place, line in enumerate(hot_lines(facts, target.source))
    ]


def hot_lines(facts: Facts, source: str) -> list[str]:
    """Return a line of text for each hot line of the source, the hottest first."""
    text = source.splitlines()
    hot = [line for line in facts.lines if line.share >= LEAST_SHARE][:MOST_LINES]
    return [_hot_line(line, text) for line in hot]


def _hot_line(line: HotLine, source: list[str]) -> str:
    text = source[line.number - 1].strip() if 0 < line.number <= len(source) else ""
    shown = f", `{text}`" if text and len(text) <= LONGEST_LINE and "`" not in text else ""
    often = f", run {line.times:,.0f} times in a call" if line.times >= 2 else ""
    return f"- line {line.number}{shown}: {line.share:.0%}{often}"


def types_of(seen: tuple[Seen, ...]) -> str:
    """Return types in words, with how often where there are several."""
    total = sum(one.calls for one in seen)
    told = []
    for one in seen[:MOST_TYPES]:
        often = f" in {one.calls} of {_calls(total)}" if len(seen) > 1 else ""
        told.append(f"`{one.type}`{_extent(one)}{often}")
    return "; ".join(told)


def _extent(one: Seen) -> str:
    if one.extent is None:
        return ""
    least, median, most = one.extent
    of = " " if one.type == "int" else " of length "
    if least == most:
        return f"{of}{least:,}"
    return f"{of}{least:,} to {most:,} (median {median:,})"


def duration(nanos: int) -> str:
    """Return a time in words, to two digits."""
    for unit, size in (("s", 10**9), ("ms", 10**6), ("us", 10**3)):
        if nanos >= size:
            value = nanos / size
            return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    return f"{nanos} ns"


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number:,} calls"
