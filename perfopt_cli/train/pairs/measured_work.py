"""The work on one problem: its programs by tests, beside each other, and beside what rules make."""

from __future__ import annotations

import ast
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from perfopt_cli.train.formats.own import as_row
from perfopt_cli.train.pairs.corpus import Function
from perfopt_cli.train.pairs.make import NOTHING, Made, pairs_of
from perfopt_cli.train.pairs.measured_choice import (
    LEAST_RATIO,
    can_be_read,
    near,
    reply_length,
    short,
    worth_racing,
)
from perfopt_cli.train.pairs.measured_rules import Rewritten, rewritten
from perfopt_cli.train.pairs.measured_times import Timing, Track
from perfopt_cli.train.pairs.plain import plain_function
from perfopt_cli.train.pairs.problems_records import ASKED
from perfopt_cli.train.records import Pair

MOST_PAIRS = 30
"""So many pairs of one problem are kept, those with the shortest edits."""
LEAST_RULES = 1.05
MOST_ASKED = 2
MOST_SLOWED = 3
ASKED_SECONDS = 60.0
"""A problem has no more wall time for functions to ask about: there are many problems."""
_MOST_RULED = 4
_MOST_RACED = 45
_AMONG = 3
"""The fastest of fewer programs is no sign that nothing can be done."""


def solutions(track: Track) -> dict[str, Any]:
    """Time a problem's programs against each other; return what is found as JSON."""
    programs = near(short(track.problem.programs), track.problem.entry, track.seed)
    if len(programs) < 2:
        return _told(track, [], "no two short programs are near to each other")
    track.prepare()
    if not track.settle(programs):
        return _told(track, [], "no input takes long enough, or programs disagree")
    spent = track.once(programs)
    apart = worth_racing(spent, track.problem.entry, LEAST_RATIO, _MOST_RACED)
    good = set(track.passing({program: None for pair in apart for program in pair}))
    pairs = [(slow, fast) for slow, fast in apart if slow in good and fast in good]
    proved = track.races(pairs, LEAST_RATIO)
    rows = [_measured(track, *pair, apart[pair], timing) for pair, timing in proved.items()]
    rows.sort(key=lambda row: row["edit"])
    kept = rows[:MOST_PAIRS]
    best = min(spent, key=spent.__getitem__, default="")
    if len(spent) >= _AMONG and best in good:
        kept.append({"slow": best, "fast": best, "family": NOTHING})
    return _told(track, kept, "", run=len(programs), apart=len(apart), raced=len(pairs))


def programs(track: Track) -> dict[str, Any]:
    """Return functions that pass as JSON, for stages that ask a model about them.

    There are also slower forms of them, those that are proved to be slower, with what
    they were made of as the fast side.
    """
    known = [one for one in short(track.problem.programs) if can_be_read(one)]
    if not track.problem.entry or not known:
        return _told(track, [], "no short function")
    track.deadline = min(track.deadline, time.monotonic() + ASKED_SECONDS)
    track.prepare()
    good = track.passing(known[:MOST_ASKED])
    rows: list[dict[str, Any]] = [{"slow": one, "fast": one, "family": ASKED} for one in good]
    made = {one.slow: one for program in good for one in slowed(program, track)}
    slow = track.passing(made)
    fast = list(dict.fromkeys(made[one].fast for one in slow))
    if slow and track.settle([*fast, *slow]):
        proved = track.races([(one, made[one].fast) for one in slow], LEAST_RULES)
        rows += [
            {"slow": one, "fast": other, "family": made[one].family, **_times(timing)}
            for (one, other), timing in proved.items()
        ]
    return _told(track, rows, "")


def slowed(program: str, track: Track) -> list[Made]:
    """Return slow forms of a function."""
    node = ast.parse(program).body[0]
    if not isinstance(node, ast.FunctionDef):
        return []
    text = plain_function(node, typed=True)
    function = Function(track.problem.origin, node.name, text)
    made = [one for one in pairs_of(function, track.seed) if one.family != NOTHING]
    return made[:MOST_SLOWED]


def _measured(track: Track, slow: str, fast: str, renamed: str, timing: Timing) -> dict[str, Any]:
    if renamed != fast and not _right(track, renamed):
        renamed = fast
    edit = reply_length(slow, renamed)
    return {"slow": slow, "fast": renamed, "family": "measured", "edit": edit, **_times(timing)}


def _right(track: Track, program: str) -> bool:
    """Tell whether a program with other names does the same."""
    return bool(track.passing([program])) and program in track.once([program])


def rules(track: Track) -> dict[str, Any]:
    """Time a problem's programs against what rules make of them; return what is found as JSON."""
    programs = short(track.problem.programs)[:_MOST_RULED]
    made = [one for program in programs for one in rewritten(track.problem, program)]
    plain = _that_rules_leave(track, programs, made)
    if not made:
        return _told(track, plain, "no rule changes anything")
    imports = dict.fromkeys(line for one in made for line in one.imports)
    tests = track.problem.tests
    setup = "\n".join(filter(None, [tests.setup, *imports]))
    track.problem = replace(track.problem, tests=replace(tests, setup=setup))
    track.prepare()
    rows = [
        row for slow in dict.fromkeys(one.slow for one in made) for row in _ruled(track, slow, made)
    ]
    return _told(track, [*plain, *rows], "", made=len(made))


def _that_rules_leave(
    track: Track, programs: Sequence[str], made: Sequence[Rewritten]
) -> list[dict[str, Any]]:
    """Return the functions that pass and that no rule changes: there is nothing to do."""
    if not track.problem.entry:
        return []
    changed = {one.slow for one in made}
    left = [one for one in programs if one not in changed and can_be_read(one)]
    return [{"slow": one, "fast": one, "family": NOTHING} for one in track.passing(left)]


def _ruled(track: Track, slow: str, made: Sequence[Rewritten]) -> list[dict[str, Any]]:
    every = {one.fast: one.name for one in made if one.slow == slow}
    good = track.passing([slow, *every])
    if slow not in good or len(good) < 2 or not track.settle(good):
        return []
    spent = track.once(good)
    raced = [(slow, fast) for fast in good[1:] if fast in spent and slow in spent]
    proved = track.races([one for one in raced if spent[slow] > spent[one[1]]], LEAST_RULES)
    return [
        {"slow": slow, "fast": fast, "family": f"rules:{every[fast]}", **_times(timing)}
        for (_, fast), timing in proved.items()
    ]


def _times(timing: Timing) -> dict[str, float]:
    return {"ratio": timing.ratio, "low": timing.low, "high": timing.high}


def _told(track: Track, rows: list[dict[str, Any]], why: str, **counts: int) -> dict[str, Any]:
    told: dict[str, Any] = {"origin": track.problem.origin, "pairs": rows, "why": why, **counts}
    if rows:
        tests = track.kept_tests([rows[0]["fast"]])
        told["tests"] = as_row(Pair("", "", "", tests))["tests"]
    return told
