"""How long perfopt takes to start, against an interpreter that does nothing.

Prints CPU and wall seconds (the least of the repeats) and the ratio of CPU
seconds; with --output writes them into a page.

    python benchmarks/startup.py [--python PATH] [--repeats 15] [--output docs/benchmarks.md]
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from output_page import put_into

ROOT = Path(__file__).resolve().parent.parent
LINES = (
    ("`python -c pass`", ("-c", "pass")),
    ("`perfopt --help`", ("-m", "perfopt_cli", "--help")),
    ("`perfopt locate --help`", ("-m", "perfopt_cli", "locate", "--help")),
    ("`perfopt --version`", ("-m", "perfopt_cli", "--version")),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--output", type=Path, metavar="FILE", help="the page to write into")
    options = parser.parse_args()
    text = table([least(options.python, words, options.repeats) for _, words in LINES], options)
    if options.output:
        put_into(options.output, "startup", text)
    else:
        print(text)


def least(python: str, words: Sequence[str], repeats: int) -> tuple[float, float]:
    """Return CPU and wall seconds, each the least of the repeats."""
    runs = [once([python, *words]) for _ in range(repeats + 1)][1:]
    return min(cpu for cpu, _ in runs), min(wall for _, wall in runs)


def once(command: Sequence[str]) -> tuple[float, float]:
    """Return the CPU and wall seconds of one run."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall


def table(found: Sequence[tuple[float, float]], options: argparse.Namespace) -> str:
    """Return the figures as Markdown."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    version = subprocess.run([options.python, "-V"], capture_output=True, text=True, check=True)
    lines = [
        "",
        f"{version.stdout.strip()}, {machine}; each the least of {options.repeats} runs.",
        "",
        "| | CPU | wall | CPU, times that of `python -c pass` |",
        "| --- | ---: | ---: | ---: |",
    ]
    base = found[0][0]
    for (name, _), (cpu, wall) in zip(LINES, found, strict=True):
        lines.append(f"| {name} | {cpu:.3f} s | {wall:.3f} s | {cpu / base:.1f} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
