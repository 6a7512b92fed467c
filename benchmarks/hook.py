"""How long `perfopt hook` takes on the example project, with each kind of commit.

Each line is the wall time of the command on a copy of examples/shop, in a
repository and with a cache of its own: the median of the repeats, and the
longest. The first check of a function is made with nothing kept from earlier
runs. The project has an environment of its own with pytest in it, which needs
a package index.

    python benchmarks/hook.py [--repeats 5] [--checks 3] [--output docs/hook.md]
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from output_page import put_into

ROOT = Path(__file__).resolve().parent.parent
IDENTITY = ("-c", "user.name=perfopt", "-c", "user.email=perfopt@example.org")
START = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from perfopt_cli.main import main
main()
"""
PYTEST = "pytest==8.4.2"
SLOW = "ranking = sorted(scores, reverse=True)"
SLOWER = "ranking = sorted(sorted(scores), reverse=True)"


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured: the goal in seconds, the times, and the hook's last word."""

    name: str
    goal: float
    seconds: Sequence[float]
    said: str


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="runs perfopt")
    parser.add_argument("--repeats", type=int, default=5, help="of what is quick")
    parser.add_argument("--checks", type=int, default=3, help="repeats of a first check")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the page to write into")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = page(measure(Bench(Path(folder), options.python), options), options)
    if options.output:
        put_into(options.output, "hook", text)
    else:
        print(text)


class Bench:
    """A repository with the example project in it, and the hook."""

    def __init__(self, folder: Path, python: str) -> None:
        self.root = folder / "shop"
        self.cache = folder / "cache"
        self.python = python
        hidden = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / "examples" / "shop", self.root, ignore=hidden)
        (self.root / ".gitignore").write_text("__pycache__\n.pytest_cache\n.venv\n")
        subprocess.run([python, "-m", "venv", self.root / ".venv"], check=True)
        pip = [self.root / ".venv/bin/python", "-m", "pip", "install", "-q", PYTEST]
        subprocess.run(pip, check=True)
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "first")

    def git(self, *words: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        subprocess.run(["git", *IDENTITY, *words], cwd=self.root, env=kept, check=True)

    def stage(self, name: str, old: str, new: str) -> None:
        """Stage a change of the first place in one file, on top of the first commit."""
        self.git("reset", "-q", "--hard")
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise ValueError(f"{name} has no {old!r}")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.git("add", "-A")

    def forget(self) -> None:
        """Remove what earlier runs kept."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def hook(self, *files: str) -> tuple[float, str]:
        """Run the hook; return its wall seconds, and the first line it printed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment = {**kept, "XDG_CACHE_HOME": str(self.cache)}
        # PYTHONPATH would count for the tests as well.
        command = [self.python, "-c", START, str(ROOT), "hook"]
        began = time.monotonic()
        done = subprocess.run(
            [*command, *files],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - began
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr)
        return seconds, (done.stdout.splitlines() or ["nothing"])[0]


def measure(bench: Bench, options: argparse.Namespace) -> list[Line]:
    """Measure every kind of commit."""
    quick, first = options.repeats, options.checks
    found = []
    bench.stage("README.md", "shop", "Shop")
    found.append(line("no Python file", 0.5, bench.hook, (), quick))
    bench.stage("tests/test_stock.py", "def ", "# words\ndef ")
    found.append(line("tests only", 0.5, bench.hook, ("tests/test_stock.py",), quick))
    bench.stage("shop/reports.py", '"""', '""" ')
    found.append(line("a module, no function of it", 0.5, bench.hook, ("shop/reports.py",), quick))

    def afresh(*files: str) -> tuple[float, str]:
        bench.forget()
        return bench.hook(*files)

    file = ("shop/reports.py",)
    bench.stage(*file, SLOW, f"{SLOW}  # best first")
    found.append(line("one function, first check", 15, afresh, file, first))
    found.append(line("the same again", 1, bench.hook, file, quick))
    (bench.root / "loose.txt").write_text("not staged")
    found.append(line("the same beside unstaged work", 1, bench.hook, file, quick))
    bench.stage(*file, SLOW, SLOWER)
    found.append(line("one function made slower, first check", 15, afresh, file, first))
    found.append(line("the same again", 1, bench.hook, file, quick))
    return found


def line(
    name: str,
    goal: float,
    hook: Callable[..., tuple[float, str]],
    files: Sequence[str],
    repeats: int,
) -> Line:
    """Run the hook once with time enough, if it is to be quick then, and measure it."""
    if goal <= 1:
        hook("--budget", "600", *files)
    runs = [hook(*files) for _ in range(repeats)]
    return Line(name, goal, [seconds for seconds, _ in runs], runs[-1][1])


def page(found: Sequence[Line], options: argparse.Namespace) -> str:
    """Return the figures as Markdown."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    version = subprocess.run([options.python, "-V"], capture_output=True, text=True, check=True)
    repeats = f"{options.repeats} runs, {options.checks} of a first check"
    lines = [
        "",
        f"{version.stdout.strip()}, {machine}; {repeats}.",
        "",
        "| staged | median | longest | goal | the hook's first line |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for one in found:
        median, longest = statistics.median(one.seconds), max(one.seconds)
        mark = "" if median <= one.goal else " **missed**"
        figures = f"{median:.2f} s | {longest:.2f} s | {one.goal:g} s{mark}"
        lines.append(f"| {one.name} | {figures} | {one.said} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
