"""Function-level sets -> subjects: a slow function, calls to test, and calls kept back.

Nothing of the sets is in this repository; ``--data`` names the folder they lie in.
"""

from __future__ import annotations

import json
import lzma
import random
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from field_texts import NODES, enlarged, module_text, nodes_text, program_in, stated

RUNNER = Path(__file__).resolve().parent / "field_runner.py"
LEAST_RATIO = 1.2
"""A pair's slow side takes so many times the CPU time of the fast one, over its calls."""
LONGEST = 0.1
"""CPU seconds of the dearest call that a project's tests make."""
LEAST_WORK = 20e-6
"""CPU seconds of the dearest call of a function of MBPP, at least: else nothing can be gained."""
ENLARGED_LEAST, ENLARGED_MOST = 0.0005, 0.1
RUN_SECONDS = 20
"""CPU seconds of one process of the runner; it may wait ten times as long for a processor."""


@dataclass(frozen=True)
class Subject:
    """A function to be made faster, as the text of a module.

    ``entry`` is an expression for it. ``given`` are the assertions that the
    project tests, ``held`` those kept back; both speak of ``candidate``.
    ``reference`` is a faster module, or empty; ``gain`` is slow over reference,
    in CPU time over the calls given.
    """

    set: str
    name: str
    text: str
    entry: str
    given: tuple[str, ...]
    held: tuple[str, ...]
    reference: str = ""
    gain: float = 0.0

    @property
    def module(self) -> str:
        """The name of its module in the project."""
        return f"{self.set}_{re.sub(r'[^a-z0-9]+', '_', self.name.lower())}"


class Cannot(Exception):
    """The runner could not do what it was asked."""


def run(python: Path, folder: Path, seconds: float = RUN_SECONDS, **request: Any) -> dict[str, Any]:
    """Have the runner measure texts. Raises Cannot."""
    request = {"folder": str(folder), "helpers": NODES, "limit": seconds, **request}
    try:
        done = subprocess.run(
            [str(python), "-B", str(RUNNER)],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=10 * seconds,
        )
        reply: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Cannot(f"more than {10 * seconds:g} s") from None
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise Cannot(f"exit {done.returncode}: {last}") from None
    if "error" in reply:
        raise Cannot(str(reply["error"]))
    return reply


def rows(file: Path) -> list[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def problems(name: str, data: Path, seed: int) -> list[dict[str, Any]]:
    """Return a set's problems in a shuffled order."""
    found = rows(data / FILES[name])
    if name == "leetcode":
        found = [one for one in found if len(one["solutions"]) > 1]
    random.Random(seed).shuffle(found)
    return found


def pair(problem: dict[str, Any], python: Path, folder: Path, seed: int) -> Subject | None:
    """Return the slower of two passing solutions as a subject, or None where none is slower."""
    texts = [module_text(program_in(one)) for one in problem["solutions"][:2]]
    asserts = list(problem["test_cases"])
    random.Random(f"{seed} {problem['id']}").shuffle(asserts)
    entry = problem["entry_point"]
    given, held = asserts[: len(asserts) // 2], asserts[len(asserts) // 2 :]
    first = run(python, folder, texts=texts, entry=entry, calls=given, asserts=asserts)
    if any(first["failed"]):
        return None
    bigger = _bigger(given, texts, entry, python, folder)
    calls = [*given, *bigger]
    found = run(python, folder, texts=texts, entry=entry, calls=calls, repeats=2, values=True)
    spent = [sum(one) for one in found["seconds"]]
    slow = 0 if spent[0] > spent[1] else 1
    gain = spent[slow] / spent[1 - slow]
    if gain < LEAST_RATIO:
        return None
    values = found["values"][len(given) :]
    shown = [stated(call, value) for call, value in zip(bigger, values, strict=True)]
    return Subject(
        "leetcode", problem["id"], texts[slow], entry, (*given, *shown), tuple(held),
        texts[1 - slow], gain,
    )  # fmt: skip


def _bigger(
    given: Sequence[str], texts: Sequence[str], entry: str, python: Path, folder: Path
) -> list[str]:
    """Return calls with longer arguments on which the solutions agree; at most three."""
    longest = sorted(given, key=len, reverse=True)[:3]
    for times in (50, 8):
        calls = [one for one in (enlarged(text, times) for text in longest) if one]
        try:
            found = run(python, folder, 2, texts=texts, entry=entry, calls=calls)
        except Cannot:
            continue
        good = []
        for number, call in enumerate(calls):
            told = {one[number][0] for one in found["outcomes"]}
            dearest = max(one[number] for one in found["seconds"])
            raises = any(one.startswith("raises") for one in told)
            if len(told) == 1 and not raises and ENLARGED_LEAST < dearest < ENLARGED_MOST:
                good.append(call)
        if good:
            return good
    return []


def stressed(
    function: dict[str, Any], python: Path, folder: Path, seed: int
) -> Subject | None:  # fmt: skip
    """Return the function with its tests and two of its big inputs given, or None.

    Those given are the dearest that are cheap enough for a project's tests. None
    for a function that has next to nothing to do on them.
    """
    text = module_text(function["solution"])
    small = [f"candidate(*{one['input']!r})" for one in function["tests"]]
    timed = {"texts": [text], "entry": "solution", "repeats": 2, "values": True}
    told = run(python, folder, calls=small, **timed)
    tests = [stated(call, value) for call, value in zip(small, told["values"], strict=True)]
    dearest = max(told["seconds"][0])
    fitting: list[tuple[float, str, str | None]] = []
    held = []
    for call in (f"candidate(*{one['input']})" for one in function["stress"]):
        try:
            told = run(python, folder, 5, calls=[call], **timed)
        except Cannot:
            continue
        if told["outcomes"][0][0][0].startswith("raises"):
            continue
        if told["seconds"][0][0] < LONGEST:
            fitting.append((told["seconds"][0][0], call, told["values"][0]))
        else:
            held.append(call)
    fitting.sort(key=lambda one: -one[0])
    given = [stated(call, value) for _, call, value in fitting[:2]]
    held += [call for _, call, _ in fitting[2:]]
    if max([dearest, *(one[0] for one in fitting)]) < LEAST_WORK:
        return None
    return Subject("mbpp", function["entry_point"], text, "solution", (*tests, *given), tuple(held))


FILES = {"leetcode": "leetcode/problems.jsonl.xz", "mbpp": "mbpp_stress/functions.jsonl.xz"}
MAKERS: dict[str, Callable[[dict[str, Any], Path, Path, int], Subject | None]] = {
    "leetcode": pair,
    "mbpp": stressed,
}


def subjects(
    name: str, count: int, data: Path, python: Path, work: Path, seed: int,
    wanted: Callable[[dict[str, Any]], bool] = lambda problem: True,
) -> tuple[list[Subject], int]:  # fmt: skip
    """Return the first so many subjects of a set, and how many problems were looked at.

    What was looked at is kept in ``work``, so that a later call goes on from there:
    it has to want the same problems.
    """
    work.mkdir(parents=True, exist_ok=True)
    (work / f"{NODES}.py").write_text(nodes_text(), encoding="utf-8")
    kept = work / f"{name}-{seed}.jsonl"
    known = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    found = [Subject(**{**one, "given": tuple(one["given"]), "held": tuple(one["held"])})
             for one in known if one is not None]  # fmt: skip
    if len(found) >= count:
        ends = [number for number, one in enumerate(known, 1) if one is not None]
        return found[:count], ends[count - 1] if count else 0
    with kept.open("a", encoding="utf-8") as file:
        for problem in list(filter(wanted, problems(name, data, seed)))[len(known) :]:
            try:
                one = MAKERS[name](problem, python, work, seed)
            except (Cannot, SyntaxError, ValueError, RecursionError):
                one = None
            file.write(json.dumps(asdict(one) if one else None) + "\n")
            file.flush()
            known.append(None)
            if one is not None:
                found.append(one)
                print(f"{name} {len(found)}/{count}, {len(known)} looked at", file=sys.stderr)
            if len(found) == count:
                break
    return found, len(known)
