"""Candidates judged a second: perfopt, a fresh pytest for each candidate, and codeflash.

All three get the same candidates, bad and right, on this machine, one after the
other: those of trap projects, and rewrites and mutants of functions of
well-known packages. Candidates of category "unsafe" are left out, as only
perfopt has a sandbox to run them in.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "benchmarks" / "traps"), str(REPOSITORY)]

from cases import Case, project_names  # noqa: E402
from output_page import put_into  # noqa: E402
from throughput_cloud import Cloud  # noqa: E402
from throughput_codeflash import PINNED, install, judge, make_environment, prepare  # noqa: E402
from throughput_edits import FUNCTIONS  # noqa: E402
from throughput_page import section  # noqa: E402
from throughput_plot import draw  # noqa: E402
from throughput_subjects import Subject, chosen, package, trap  # noqa: E402
from throughput_tools import fresh_pytest, hopeless, perfopt, verdict  # noqa: E402

from perfopt_cli import __version__  # noqa: E402

FORM = 2  # of the results that are kept
TOOLS = ("perfopt", "pytest-covering", "pytest-suite", "codeflash")
DEFAULT_PROJECTS = ("textkit", "graphs", "tickets")
DEFAULT_PACKAGES = tuple(dict.fromkeys(one.package for one in FUNCTIONS))
PYTEST = next(one for one in PINNED if one.startswith("pytest=="))


def main(argv: Sequence[str] | None = None) -> int:
    options = parser().parse_args(argv)
    unknown = set(options.projects) - set(project_names())
    unknown |= set(options.packages) - set(DEFAULT_PACKAGES)
    if unknown:
        print(f"no such project: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    if options.plot and not can_draw():
        print("the plot needs matplotlib: pip install matplotlib, or --plot ''", file=sys.stderr)
        return 2
    # What is running then is ended too, and scratch folders are removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with work_folder(options.work) as work:
        results = list(measured(work, options))
    text = section(results, about(options))
    if options.output:
        put_into(options.output, "throughput", text)
    else:
        print(text)
    if options.plot:
        draw(results, Path(options.plot))
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="environments and results, kept: a run that was stopped goes on; "
        "default: a temporary one",
    )
    made.add_argument(
        "--projects", nargs="*", default=DEFAULT_PROJECTS, metavar="NAME", help="trap projects"
    )
    made.add_argument("--packages", nargs="*", default=DEFAULT_PACKAGES, metavar="NAME")
    made.add_argument(
        "--mutants", type=int, default=6, metavar="N", help="of each function of a package"
    )
    made.add_argument("--functions", nargs="+", metavar="NAME", help="these functions only")
    made.add_argument("--limit", type=int, metavar="N", help="candidates of each function")
    made.add_argument("--tools", nargs="+", default=TOOLS, choices=TOOLS, metavar="TOOL")
    made.add_argument("--python", default=sys.executable, help="to make the environments with")
    made.add_argument(
        "--timeout", type=float, default=60, metavar="SECONDS", help="for one pytest run"
    )
    made.add_argument("--output", type=Path, metavar="FILE", help="the page to write into")
    made.add_argument(
        "--plot", metavar="FILE", default="", help="the SVG to draw; needs matplotlib"
    )
    return made


def can_draw() -> bool:
    """Say whether matplotlib is there, before hours of measuring."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return False
    return True


@contextmanager
def work_folder(given: Path | None) -> Iterator[Path]:
    if given is None:
        with tempfile.TemporaryDirectory(prefix="throughput-") as name:
            yield Path(name).resolve()
        return
    given.mkdir(parents=True, exist_ok=True)
    yield given.resolve()


def measured(work: Path, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Have each tool judge the candidates; yield what it took and decided."""
    for name in options.projects:
        python = environment(work / "python", options.python)
        yield from by_all(trap(name), work, str(python), options)
    for name in options.packages:
        subject, python = package(name, work / "packages", options.mutants)
        yield from by_all(subject, work, str(python), options)


def by_all(
    subject: Subject, work: Path, python: str, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    cases = chosen(subject.cases, options.functions, options.limit)
    if not cases:
        return
    for tool in options.tools:
        key = f"{tool}-{subject.name}"
        if tool == "codeflash":
            yield from by_codeflash(subject, cases, work, options)
        elif tool == "perfopt":
            yield kept(work, key, subject, cases, lambda: by_perfopt(subject, cases, python))
        else:
            arguments = (tool, subject, cases, python, options.timeout)
            yield kept(work, key, subject, cases, lambda arguments=arguments: by_pytest(*arguments))


def kept(
    work: Path,
    key: str,
    subject: Subject,
    cases: Sequence[Case],
    make: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Return the result of this key for these cases, from the work folder where it is there."""
    file = work / "results" / f"{key}.json"
    stamp = fingerprint(subject, cases, with_perfopt=key.startswith("perfopt-"))
    if file.is_file():
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if found["stamp"] == stamp:
            say(f"{key}: as before")
            return found
    say(f"{key}: {len(cases)} candidates")
    made = {"stamp": stamp, "kind": subject.kind, "project": subject.name, **make()}
    say(f"{key}: {made['wall']:.1f} s, of which to start {made['start_wall']:.1f} s")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    part.replace(file)
    return made


def fingerprint(subject: Subject, cases: Sequence[Case], *, with_perfopt: bool) -> str:
    """Return a hash over the candidates, the other tools' versions, the project, and perfopt."""
    total = hashlib.sha256(repr((FORM, cases, PINNED)).encode())
    own = [REPOSITORY / "perfopt_cli"] if with_perfopt else []
    for root in (subject.folder, *own):
        for path in sorted(root.rglob("*.py")):
            total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def by_perfopt(subject: Subject, cases: Sequence[Case], python: str) -> dict[str, Any]:
    with scratch() as one, scratch() as other:
        start = perfopt(subject, hopeless(subject, cases), one, python)
        found = perfopt(subject, cases, other, python)
    return joined("perfopt", start, found)


def by_pytest(
    tool: str, subject: Subject, cases: Sequence[Case], python: str, limit: float
) -> dict[str, Any]:
    covering = tool == "pytest-covering"
    with scratch() as folder:
        found = fresh_pytest(subject, cases, folder, python, covering=covering, limit=limit)
    return joined(tool, {"wall": 0.0, "cpu": 0.0}, found)


def by_codeflash(
    subject: Subject, cases: Sequence[Case], work: Path, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Yield the result of each function, as codeflash has a run for each."""
    programs = install(work / "codeflash", options.python)
    for function in dict.fromkeys(case.qualname for case in cases):
        these = [case for case in cases if case.qualname == function]
        yield kept(
            work,
            f"codeflash-{subject.name}-{function}",
            subject,
            these,
            lambda these=these: codeflash_run(
                programs, subject, these, options.timeout, work / "logs"
            ),
        )


def codeflash_run(
    programs: Path, subject: Subject, cases: Sequence[Case], limit: float, logs: Path
) -> dict[str, Any]:
    log = logs / f"{subject.name}-{cases[0].qualname}.log"
    with Cloud() as cloud, scratch() as folder:
        project = prepare(subject, folder / "work")
        found = judge(programs, project, cases, cloud, 300 + limit * len(cases), log)
        unfit = set(cloud.unfit)
    verdicts = [
        verdict(
            case,
            accepted=number in found.accepted,
            judged=found.judged and number not in unfit,
            note=found.note,
        )
        for number, case in enumerate(cases)
    ]
    said = {"wall": found.wall, "cpu": found.cpu, "verdicts": verdicts}
    return joined("codeflash", {"wall": found.start_wall, "cpu": found.start_cpu}, said)


def joined(tool: str, start: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a run, with what it took to start."""
    return {"tool": tool, "start_wall": start["wall"], "start_cpu": start["cpu"], **found}


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="throughput-") as name:
        yield Path(name).resolve()


def environment(folder: Path, python: str) -> Path:
    """Make an environment that has pytest and nothing else; return its interpreter."""
    made = folder / "bin" / "python"
    if not made.exists():
        make_environment(folder, python, [PYTEST])
    return made


def about(options: argparse.Namespace) -> dict[str, Any]:
    """Return what the page says about versions, machine and settings."""
    version = subprocess.run(
        [options.python, "-c", "import platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        "perfopt": __version__,
        "python": version.stdout.strip(),
        "pinned": [one.replace("==", " ") for one in PINNED],
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "limit": options.limit,
        "plot": options.plot,
    }


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
