"""How many of the small model's rewrites pass the tests and are faster, by their probability?

Asked as ``perfopt optimize`` asks, without its bound on what is likely enough
(``FAINT``): that is chosen by this. DATA is a folder of functions with
tests, such as ``programs`` of ``perfopt pairs --problems``; the split ``val`` leaves
``test`` for figures. Rewrites run in the sandbox; those that pass are timed there
against the function, as RRHF's rewards are.

    python benchmarks/small_model_passing.py DATA [--model DIR] [--split val] [--programs N]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from perfopt_cli.model.mini.language import NOTHING, Unreadable, read  # noqa: E402
from perfopt_cli.model.mini.proposer import FAINT, replies  # noqa: E402
from perfopt_cli.model.mini.runner import Runner  # noqa: E402
from perfopt_cli.model.mini.vocabulary import VOCABULARY  # noqa: E402
from perfopt_cli.model.mini.weights import SHIPPED  # noqa: E402
from perfopt_cli.train.formats.own import read_own  # noqa: E402
from perfopt_cli.train.formats.rows import Row, read_rows  # noqa: E402
from perfopt_cli.train.records import Level, Pair, Task  # noqa: E402
from perfopt_cli.train.scoring.execute import Benches  # noqa: E402
from perfopt_cli.train.scoring.score import ScoreSettings, judge  # noqa: E402

CHANCES = (0.8, 0.5, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-5, 0.0)
ODDS = (10.0, 1.0, 0.1, 0.01, 0.0)
"""A rewrite's probability over that of "nothing to do"."""
SECONDS = 5.0


def main() -> None:
    """Ask, run, and print the shares."""
    options = _options()
    runner = Runner(options.model, VOCABULARY)
    judged: Counter[tuple[str, float]] = Counter()
    passed: Counter[tuple[str, float]] = Counter()
    faster: Counter[tuple[str, float]] = Counter()
    helped: set[int] = set()
    settings = ScoreSettings(Path(sys.executable), options.sandbox, SECONDS)
    with closing(Benches(settings.python, options.sandbox)) as benches:
        bench = benches.make()
        asked = list(functions(options.data / f"{options.split}.jsonl", options.seed))
        for number, pair in enumerate(asked[: options.programs]):
            for chance, odds, text in rewrites(pair, runner, options.beams):
                level = judge(bench, Task(pair.slow, pair.tests), text, settings).level
                if level is Level.FASTER and chance >= FAINT:
                    helped.add(number)
                for key in (("probability", bound(CHANCES, chance)), ("odds", bound(ODDS, odds))):
                    judged[key] += 1
                    passed[key] += level >= Level.PASSED
                    faster[key] += level is Level.FASTER
    for name, bounds in (("probability", CHANCES), ("odds", ODDS)):
        for one in bounds:
            if count := judged[name, one]:
                shares = [f"{found[name, one] / count:.1%}" for found in (passed, faster)]
                print(f"{name} from {one:g}: {count} rewrites, {' pass, '.join(shares)} are faster")
    print(f"{len(helped)} functions have a faster rewrite of a probability from {FAINT:g}")
    if options.output:
        rows = [[*key, count, passed[key], faster[key]] for key, count in judged.items()]
        options.output.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def functions(path: Path, seed: int) -> Iterator[Pair]:
    """Yield the functions of a file, in a drawn order."""
    rows = [row for row in read_rows(path) if isinstance(row, Row)]
    random.Random(seed).shuffle(rows)
    for row in rows:
        yield read_own(row).pair


def rewrites(pair: Pair, runner: Runner, beams: int) -> Iterator[tuple[float, float, str]]:
    """Yield each rewrite's probability, its odds against none, and the code with its imports."""
    try:
        reading = read(pair.slow)
    except Unreadable:
        return
    found = replies(runner, reading, reading.source, n=beams)
    idle = max((one.total for one in found if one.result.family == NOTHING), default=-math.inf)
    for one in found:
        if one.result.family != NOTHING:
            text = "\n".join([*one.result.imports, one.result.source])
            yield math.exp(one.total), math.exp(min(50.0, one.total - idle)), text


def bound(bounds: tuple[float, ...], value: float) -> float:
    """Return the highest of the bounds that the value reaches."""
    return next(one for one in bounds if value >= one)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Rewrites that pass, and are faster.")
    parser.add_argument("data", type=Path, help="a folder of functions with tests")
    parser.add_argument("--model", type=Path, default=SHIPPED, help="with graphs; else the shipped")
    parser.add_argument("--split", choices=("train", "val", "test"), default="val")
    parser.add_argument("--programs", type=int, default=200, help="at most")
    parser.add_argument("--beams", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sandbox", default="auto", help="as of perfopt train")
    parser.add_argument("--output", type=Path, help="write the figures there, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
