"""How often covering tests speak against code that is no slower: docs/timing.md.

Compares original and candidate on a function's tests, as the gate does it, again and again.

    python benchmarks/timing_tests.py [--trials 100]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "sandbox")]

from bench import make_bench  # noqa: E402

from perfopt_cli.core import Rewrite  # noqa: E402
from perfopt_cli.sandbox.judge import Judge  # noqa: E402
from perfopt_cli.source import splice  # noqa: E402

RENEWED_EVERY = 10
SECONDS = 2.0

MODULE = """
def total(items):
    result = 0
    for item in items:
        result = result + item
    return result
"""

TESTS = """
import pytest


@pytest.mark.parametrize("count", [0, 1, 5, 30, 200, 1000, 10000, 50000])
def test_one(count):
    assert total(list(range(count))) == count * (count - 1) // 2


@pytest.mark.parametrize("count", range(22))
def test_many(count):
    for n in range(60):
        assert total(list(range(count * n))) == count * n * (count * n - 1) // 2


@pytest.fixture
def made(tmp_path):
    (tmp_path / "a").write_text("x" * 1000)
    return [{"a": i, "b": [i] * 10} for i in range(3000)]


@pytest.mark.parametrize("count", range(4))
def test_garbage(made, count):
    kept = [[made[i % 3000]["a"]] for i in range(20000)]
    assert total([k[0] for k in kept]) > 0
"""

FIRST = "    result = 0\n"
CANDIDATES = {
    "identical": MODULE,
    "another name for a variable": MODULE.replace("result", "outcome"),
    "faster": "def total(items):\n    return sum(items)\n",
    "slower on few items": MODULE.replace(
        FIRST, f"{FIRST}    if len(items) < 10:\n        for _ in range(3000):\n            pass\n"
    ),
}


def main() -> None:
    options = parse()
    print("| candidate | refused | seconds, median | most |\n| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        bench = make_bench(Path(folder), MODULE, TESTS)
        try:
            judge = bench.judge("total")
            for name, source in CANDIDATES.items():
                refused, taken = compared(judge, source.lstrip("\n"), options.trials)
                cells = f"{statistics.median(taken):.2f} | {max(taken):.2f}"
                print(f"| {name} | {refused} of {options.trials} | {cells} |", flush=True)
        finally:
            bench.session.close()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=100, help="comparisons of each candidate")
    return parser.parse_args()


def compared(judge: Judge, source: str, trials: int) -> tuple[int, list[float]]:
    """Return how often the tests spoke against the candidate, and the wall seconds of each time."""
    forks = judge._forks
    assert forks is not None
    text = splice(judge.module.text, "total", source)
    rewrite = Rewrite(judge.target, source, (), "benchmark", 0)
    refused, taken = 0, []
    for number in range(trials):
        if number % RENEWED_EVERY == 0:
            judge.verifier.session.close()
        if not forks.fit() or not judge.verifier.session.stands(forks._request):
            raise SystemExit(f"the tests can't be timed here: {forks.unfit}")
        began = time.perf_counter()
        refused += forks._compared(rewrite, text, SECONDS).slower() is not None
        taken.append(time.perf_counter() - began)
    return refused, taken


if __name__ == "__main__":
    main()
