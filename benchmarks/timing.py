"""How often the timing gate is wrong, and what it costs: docs/timing.md.

Trials go through perfopt's own Timer in its sandbox: screening in a fork of a
standing worker, canary, three fresh interpreters, vetoes. Once with the machine
as it is, and once beside busy processes that the script starts. Cheats go past
the static gate, which would refuse all of them. Every trial is written to
``--work`` at once; a later run with the same folder goes on from there.

    python benchmarks/timing.py --work DIR [--identical 1000] [--slight 300] [--true 300]
        [--repeats 5] [--cheats 5] [--busy 4] [--load idle|busy] [--output docs/timing.md]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from output_page import put_into  # noqa: E402
from timing_cases import Case, cheats, scaled  # noqa: E402
from timing_lab import Lab  # noqa: E402
from timing_page import section  # noqa: E402

LEAST = 1.05
CLEAR = (0.5, 0.8, 1.0, 1.25, 1.6, 3.0)
LOADS = ("idle", "busy")
SPIN = """
import os, sys
while os.getppid() == int(sys.argv[1]):
    for _ in range(100_000):
        pass
"""


def main() -> None:
    options = parse()
    options.work.mkdir(parents=True, exist_ok=True)
    results = options.work / "timing.jsonl"
    for load in options.load or LOADS:
        with busy(options.busy if load == "busy" else 0):
            for kind, cases, count in plan(options):
                run(results, load, kind, cases, count, options.sandbox)
    rows = [json.loads(line) for line in results.read_text().splitlines()]
    text = section(rows, machine(options.busy))
    print(text)
    if options.output:
        put_into(options.output, "timing", text)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="where the trials are kept")
    parser.add_argument("--identical", type=int, default=1000, help="trials of identical code")
    parser.add_argument("--slight", type=int, default=300, help="trials of a true 1.03x")
    parser.add_argument("--true", type=int, default=300, help="trials of a true 1.10x")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each clear candidate")
    parser.add_argument("--cheats", type=int, default=5, help="trials of each cheat")
    parser.add_argument("--busy", type=int, default=4, help="busy processes beside")
    parser.add_argument("--load", choices=LOADS, action="append", help="only this one")
    parser.add_argument("--sandbox", default="auto", help="as in perfopt optimize")
    parser.add_argument("--output", type=Path, help="the page to write the table into")
    return parser.parse_args()


def plan(options: argparse.Namespace) -> Iterator[tuple[str, list[Case], int]]:
    """Yield kinds of trials: name, cases that take turns, trials altogether."""
    yield "identical", scaled(1.0), options.identical
    yield "slight", scaled(1.03), options.slight
    yield "true", scaled(1.1), options.true
    clear = [case for factor in CLEAR for case in scaled(factor)]
    yield "clear", clear, options.repeats * len(clear)
    hidden = cheats()
    yield "cheat", hidden, options.cheats * len(hidden)


def run(
    results: Path, load: str, kind: str, cases: Sequence[Case], count: int, sandbox: str
) -> None:
    """Run the trials that are still missing, as many of each case as of any other."""
    done: Counter[str] = Counter()
    if results.exists():
        for line in results.read_text().splitlines():
            row = json.loads(line)
            if (row["load"], row["kind"]) == (load, kind):
                done[row["case"]] += 1
    for number, case in enumerate(cases):
        wanted = count // len(cases) + (number < count % len(cases))
        if done[case.name] >= wanted:
            continue
        lab = Lab(case, sandbox)
        try:
            for _ in range(done[case.name], wanted):
                row = {"load": load, "kind": kind, "case": case.name}
                row |= asdict(lab.trial(case.candidate, LEAST))
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
        finally:
            lab.close()
        print(f"{load} {kind} {case.name}: {wanted} trials", file=sys.stderr, flush=True)


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep so many processes busy beside; they end with this one, even if it is killed."""
    command = [sys.executable, "-c", SPIN, str(os.getpid())]
    spinning = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def machine(count: int) -> str:
    """Say where the figures were measured."""
    version = platform.python_version()
    return f"{os.cpu_count()} cores, Python {version}; busy: {count} busy processes beside."


if __name__ == "__main__":
    main()
