"""How often a median of wall times below 1x would refuse what is faster: docs/timing.md.

Candidates of a true 1.10x that the gate accepts, idle and beside busy
processes. Of the wall times of each it takes the median, and the interval that
perfopt goes by: over the quads of one short test, and over all of them.

    python benchmarks/timing_wall.py [--trials 30] [--busy 4] [--load idle|busy]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from timing import LEAST, LOADS, busy  # noqa: E402
from timing_cases import scaled  # noqa: E402
from timing_lab import Lab  # noqa: E402

from perfopt_cli.core import Quad  # noqa: E402
from perfopt_cli.sandbox.stats import slower_by_the_wall, wall_ratio  # noqa: E402
from perfopt_cli.sandbox.timing import FRESH_INTERPRETERS  # noqa: E402

SCREENED = 9
FACTOR = 1.1


def main() -> None:
    options = parse()
    for load in options.load or LOADS:
        with busy(options.busy if load == "busy" else 0):
            found = samples(options.trials, options.sandbox)
        print(f"{load}: {len(found)} of {options.trials} timed to the end; called slower of them:")
        for name, count in ((f"{SCREENED} quads", SCREENED), ("all quads", None)):
            part = [quads[:count] for quads in found]
            medians = sum(wall_ratio(quads) < 1 for quads in part)
            intervals = sum(slower_by_the_wall(quads) for quads in part)
            print(f"  {name}: by the median {medians}, by the whole interval {intervals}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=30, help="trials under each load")
    parser.add_argument("--busy", type=int, default=4, help="busy processes beside")
    parser.add_argument("--load", choices=LOADS, action="append", help="only this one")
    parser.add_argument("--sandbox", default="auto", help="as in perfopt optimize")
    return parser.parse_args()


def samples(trials: int, sandbox: str) -> list[list[Quad]]:
    """Return the samples of each trial that came to all three fresh interpreters."""
    found = []
    cases = scaled(FACTOR)
    for number, case in enumerate(cases):
        lab = Lab(case, sandbox)
        try:
            for _ in range(trials // len(cases) + (number < trials % len(cases))):
                timing = lab.verdict(case.candidate, LEAST).timing
                if timing is not None and len(timing.samples) == FRESH_INTERPRETERS:
                    found.append([quad for quads in timing.samples for quad in quads])
        finally:
            lab.close()
    return found


if __name__ == "__main__":
    main()
