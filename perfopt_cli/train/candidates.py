"""Programs of an RL step, candidates for them, and what these are worth.

What is drawn at random depends on the seed, the stage and the place in it alone.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.language import Unreadable
from perfopt_cli.train.context import Context, answer, asked, target_of
from perfopt_cli.train.metrics import KINDS
from perfopt_cli.train.records import Score, Task
from perfopt_cli.train.rundir import Log, write_json
from perfopt_cli.train.samples import Candidate
from perfopt_cli.train.scorebook import score_of, score_row, task_of

CHUNK = 32
"""How many programs are sampled for between two writes to the disk."""


def choose(c: Context, *, untested: bool = False) -> dict[str, Any]:
    """Return the programs of this step by place, each with its target's score.

    Programs that don't run to begin with are passed over, and so are those
    without tests, unless ``untested``, which has their places in a list of its
    own. With a number of programs for each step, the steps go through one
    shuffled order in turn. Raises PerfoptError where there is no program.
    """
    size, wanted = len(c.pairs), c.config.programs_per_step
    order = list(range(size))
    random.Random(f"programs {c.config.seed}").shuffle(order)
    if wanted:
        first = (c.unit.step - 1) * wanted % size
        order = order[first:] + order[:first]
    found: dict[int, Score | None] = {}
    block = wanted or size
    while order and len(found) < (wanted or size):
        tested = [place for place in order[:block] if c.pairs[place].tests]
        scores = c.book.check(c.pairs, tested)
        for place in order[:block]:
            if place in scores or (untested and not c.pairs[place].tests):
                found[place] = scores.get(place)
        order = order[block:]
    if not found:
        raise PerfoptError(_none_runs(c))
    kept = list(found.items())[: wanted or size]
    return {
        "targets": {place: score_row(score) for place, score in kept if score},
        "untested": [place for place, score in kept if not score],
        "not_running": c.book.not_running(),
    }


def _none_runs(c: Context) -> str:
    if not any(pair.tests for pair in c.pairs):
        return (
            f"none of the {len(c.pairs)} programs has tests, so candidates can't be run; use the "
            "stages sft and dpa, or the stage reward before rloo or grpo"
        )
    told = sorted({" ".join(one.detail.split())[:200] for one in c.book.checked()})[:3]
    return (
        f"none of the {len(c.pairs)} slow programs passes its own tests, so there is nothing to "
        f"rank candidates against; is --python the right interpreter, --limit long enough? They "
        f"say: {' | '.join(told)}"
    )


def draw(c: Context, places: Sequence[int]) -> dict[int, list[Candidate]]:
    """Return candidates for the programs; each chunk is on the disk once it is drawn."""
    prompts = {place: text for place in places if (text := _prompt(c, place)) is not None}
    # Of like length, so that little of a batch is padding.
    order = sorted(prompts, key=lambda place: (len(prompts[place]), place))
    chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
    paths = [c.folder / "candidates" / f"{number:05}.json" for number in range(len(chunks))]
    for number, (chunk, path) in enumerate(zip(chunks, paths, strict=True)):
        c.listener.tests(number * CHUNK, len(order))
        if c.team.has(number) and not path.exists():
            seed = seed_of(c.config.seed, c.unit.name, number)
            drawn = c.learner.sample([prompts[place] for place in chunk], seed)
            rows = [[[one.kind, one.text, one.finished] for one in row] for row in drawn]
            write_json(path, {"places": chunk, "candidates": rows})
    found: dict[int, list[Candidate]] = {}
    for path in paths:
        kept = c.team.read(path)
        for place, row in zip(kept["places"], kept["candidates"], strict=True):
            found[place] = [Candidate(*one) for one in row]
    return {place: found.get(place, []) for place in places}


def _prompt(c: Context, place: int) -> str | None:
    """Return the prompt of a program, None where the model's language can't say it."""
    try:
        return asked(c, place)
    except Unreadable:
        return None


def judge(
    c: Context, drawn: Mapping[int, Sequence[Candidate]], targets: Mapping[int, Score]
) -> dict[int, list[tuple[Candidate, Score]]]:
    """Return the candidates of each program and its target, scored, in the order of ties."""
    items: dict[str, tuple[Task, str]] = {}
    codes: dict[int, dict[str, str]] = {}
    for place, candidates in drawn.items():
        codes[place] = {}
        for one in candidates:
            code = answer(c, place, one.text)
            if code not in codes[place] and code != c.pairs[place].fast:
                key = f"{place} {len(codes[place])}"
                codes[place][code] = key
                items[key] = (task_of(c.pairs[place]), code)
    scores = c.team.once(c.folder / "scored.json", lambda: score_all(c, items))
    found = {}
    for place, candidates in drawn.items():
        pair, rows = c.pairs[place], []
        for one in sorted(candidates, key=lambda one: KINDS.index(one.kind)):
            known = codes[place].get(answer(c, place, one.text))
            rows.append((one, targets[place] if known is None else score_of(scores[known])))
        if (target := target_of(c, pair, pair.fast)) is not None:
            rows.append((Candidate("target", target), targets[place]))
        if rows:
            found[place] = rows
    return found


def score_all(c: Context, items: Mapping[str, tuple[Task, str]]) -> dict[str, Any]:
    """Return the programs' scores as JSON, by key."""
    log = Log(c.folder / "scores.jsonl")
    scores = c.book.scores(log, items)
    return {key: score_row(score) for key, score in scores.items()}


def seed_of(*parts: object) -> int:
    """Return a seed that depends on the parts alone, from 0 to 2**31 - 1."""
    return int.from_bytes(sha256(repr(parts).encode()).digest()[:4], "big") >> 1
