"""PIE's programs with their tests, and with larger inputs where both programs of a pair agree.

The public tests are tiny: what a program does there takes microseconds. An
input with its counted lists repeated is no input of the problem for certain,
so it only serves where the slow and the fast program both end well on it and
print the same; it is timed, and a candidate has to print the same there.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from field_texts import REPOSITORY  # noqa: F401  (makes perfopt importable)

from perfopt_cli.train.repair import forms

TIMES = (300, 30, 5)
MOST_INPUTS = 2
SECONDS = 1
"""CPU seconds of a program, at most."""
LARGER_SECONDS = 0.05
"""CPU seconds of the slow program on a larger input, at most: timing runs it dozens of times."""
WALL = 20
MOST_CHARACTERS = 400_000
MOST_NUMBER = 20_000


def sample(rows: Sequence[dict[str, Any]], count: int, seed: int) -> list[dict[str, Any]]:
    """Return so many rows in a shuffled order; a larger count begins with the same."""
    drawn = list(rows)
    random.Random(seed).shuffle(drawn)
    return drawn[:count]


def enlarged(text: str, times: int) -> Iterator[str]:
    """Yield inputs like the text with what it counts repeated, the likeliest first.

    A number N of the first line with N lines below it, a line of N words or a
    word of N letters grows with what it counts; a number alone is multiplied,
    a word alone repeated.
    """
    lines = text.strip("\n").split("\n")
    first = lines[0].split()
    grown, heads = lines[1:], list(first)
    for place, word in enumerate(first):
        if not word.isdecimal() or int(word) < 1:
            continue
        new = _repeated(grown, int(word), times)
        if new is not None:
            grown, heads[place] = new, str(int(word) * times)
    if heads != first:
        yield "\n".join([" ".join(heads), *grown]) + "\n"
    elif len(lines) == 1 and len(first) == 1 and not first[0].isdecimal():
        yield first[0] * times + "\n"
    else:
        for place, word in enumerate(first):
            if word.isdecimal() and 0 < int(word) <= MOST_NUMBER:
                larger = [*first[:place], str(int(word) * times), *first[place + 1 :]]
                yield "\n".join([" ".join(larger), *lines[1:]]) + "\n"
        if len(lines) == 1 and len(first) == 1 and int(first[0]) > MOST_NUMBER:
            yield first[0] * times + "\n"  # a text of digits


def _repeated(lines: list[str], count: int, times: int) -> list[str] | None:
    if len(lines) == count and count > 1:
        return lines * times
    found = False
    grown = []
    for line in lines:
        words = line.split()
        if len(words) == count and (count > 1 or words[0].isdecimal()):
            line, found = " ".join(words * times), True
        elif len(words) == 1 and len(line.strip()) == count:
            line, found = line.strip() * times, True
        grown.append(line)
    return grown if found else None


def output(python: Path, program: Path, text: str) -> str | None:
    """Return what a program prints, or None where it fails or takes too long."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    try:
        done = subprocess.run(
            [str(python), "-B", str(program)],
            input=text, capture_output=True, text=True, timeout=WALL, preexec_fn=limit,
            env={**os.environ, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
    except (subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None


def pair(row: dict[str, Any], cases: Path, python: Path) -> dict[str, Any] | None:
    """Return a row as perfopt's own form with larger inputs, or None where slow or tests fail.

    Of a program that 2to3 changed, the form as it was written is taken where
    it passes the tests.
    """
    folder = cases / str(row["problem_id"])
    runs = [
        {"input": file.read_text(), "output": file.with_name(f"output.{name}").read_text()}
        for file in sorted(folder.glob("input.*.txt"))
        for name in [file.name.removeprefix("input.")]
        if file.with_name(f"output.{name}").is_file()
    ]
    if not runs:
        return None
    with tempfile.TemporaryDirectory(prefix="perfopt-field-") as name:
        sides = []
        for side in ("input", "target"):
            program = Path(name) / f"{side}.py"
            passing = _passing(_plain(row[side]), runs, program, python)
            if passing is None and side == "input":
                return None
            sides.append(passing)
        slow, fast = sides
        larger = _larger(runs, python, Path(name), both=fast is not None)
    fast = fast or slow
    tests = {"runs": runs, "inputs": larger}
    return {"group": row["problem_id"], "slow": slow, "fast": fast, "tests": tests, "split": "test"}


def _plain(program: str) -> str:
    """Return the text without the empty line that the data set has after every line."""
    lines = program.replace("\r\n", "\n").split("\n")
    odd = lines[1::2]
    return "\n".join(lines[::2] if odd and not any(one.strip() for one in odd) else lines)


def _passing(
    program: str, runs: Sequence[dict[str, str]], file: Path, python: Path
) -> str | None:  # fmt: skip
    for text in reversed(forms(program)):
        file.write_text(text, encoding="utf-8")
        told = (output(python, file, run["input"]) for run in runs[:2])
        if all(
            one is not None and one.split() == run["output"].split()
            for one, run in zip(told, runs[:2], strict=True)
        ):
            return text
    return None


def _larger(runs: Sequence[dict[str, str]], python: Path, folder: Path, *, both: bool) -> list[str]:
    """Return larger inputs that both programs of the folder agree on."""
    if not both:
        return []
    found: list[str] = []
    for run in sorted(runs, key=lambda run: -len(run["input"]))[:2]:
        for times in TIMES:
            fitting = (one for one in enlarged(run["input"], times) if len(one) < MOST_CHARACTERS)
            good = [one for one in fitting if _agreed(one, python, folder)]
            if good:
                found.append(good[0])
                break
    return list(dict.fromkeys(found))[:MOST_INPUTS]


def _agreed(text: str, python: Path, folder: Path) -> bool:
    slow = output(python, folder / "input.py", text)
    if slow is None or slow != output(python, folder / "target.py", text):
        return False
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    output(python, folder / "input.py", text)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < LARGER_SECONDS


def prepare(data: Path, python: Path, count: int, seed: int, kept: Path, file: Path) -> None:
    """Write the sample in perfopt's own form; rows that ``kept`` has are not made again."""
    source = data / "pie" / "test.jsonl"
    rows = [
        json.loads(one) for one in source.read_text(encoding="utf-8").split("\n") if one.strip()
    ]
    kept.parent.mkdir(parents=True, exist_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    known = kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else []
    with kept.open("a", encoding="utf-8") as done:
        for row in sample(rows, count, seed)[len(known) :]:
            known.append(json.dumps(pair(row, data / "pie" / "test_cases", python)))
            done.write(known[-1] + "\n")
            done.flush()
    lines = [one for one in known[:count] if one != "null"]
    file.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
