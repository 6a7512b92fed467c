"""Send every trap candidate through ``perfopt optimize`` and count what is accepted.

Each project is copied to a scratch folder of its own, with canaries around it
that no candidate may touch. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(Path(__file__).resolve().parent), str(REPOSITORY)]

from canaries import Canaries  # noqa: E402
from cases import PROJECTS, Case, FormatError, project_names, read_cases  # noqa: E402
from checks import check_project, copy_project  # noqa: E402
from page import accepted, markdown, share, split  # noqa: E402

LONGEST = 4 * 3600
JUDGED = ("status", "reason", "detail", "speedup", "seconds")


class RunError(Exception):
    """perfopt did not come to the end of a project."""


def main(argv: Sequence[str] | None = None) -> int:
    """Return 1 where a bad candidate was accepted, a canary touched or a case is not as it says."""
    options = parser().parse_args(argv)
    names = options.projects.split(",") if options.projects else project_names()
    try:
        if options.check_cases:
            return check(names)
        with ThreadPoolExecutor(options.jobs) as pool:
            results = list(pool.map(lambda name: run_project(name, options), names))
    except (FormatError, RunError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(markdown(results), encoding="utf-8")
    return report(results)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--projects", metavar="A,B", help="these only")
    made.add_argument("--functions", metavar="A,B", help="candidates of these functions only")
    made.add_argument("--check-cases", action="store_true", help="test the cases, not perfopt")
    made.add_argument("--python", default=sys.executable, help="the projects' interpreter")
    made.add_argument("--jobs", type=int, default=1, help="projects at the same time")
    made.add_argument("--keep", type=Path, metavar="DIR", help="results, taken up again later")
    made.add_argument("--json", type=Path, metavar="FILE", help="write all results")
    made.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables")
    return made


def check(names: Sequence[str]) -> int:
    """Test the cases of the projects; return 1 where one is not what it says."""
    problems = []
    for name in names:
        found = check_project(name)
        say(f"{name}: {len(read_cases(PROJECTS / name))} cases, {len(found)} problems")
        problems += found
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def run_project(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Return the project's result, from the folder of results where it is there already."""
    stamp = fingerprint(name, options.python, options.functions)
    file = options.keep / f"{name}.json" if options.keep else None
    if file and file.exists():
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if kept["stamp"] == stamp:
            say(f"{name}: as before")
            return kept
    start = time.monotonic()
    result = {"stamp": stamp, **judged(name, options.python, options.functions)}
    bad, right = split(result["candidates"])
    say(
        f"{name}: {len(accepted(bad))} of {len(bad)} bad and {share(right)} right accepted, "
        f"{time.monotonic() - start:.0f} s"
    )
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return result


def fingerprint(name: str, python: str, functions: str | None = None) -> str:
    """Return a hash over the project, perfopt's sources, the interpreter's path and the choice."""
    total = hashlib.sha256(f"{python}\0{functions}".encode())
    for root in (PROJECTS / name, REPOSITORY / "perfopt_cli"):
        for path in sorted(root.rglob("*.py")):
            total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def judged(name: str, python: str, functions: str | None = None) -> dict[str, Any]:
    """Have perfopt judge the project's candidates, or those of these functions."""
    cases = read_cases(PROJECTS / name)
    if functions:
        wanted = functions.split(",")
        cases = [case for case in cases if case.qualname in wanted]
        if not cases:
            raise RunError(f"{name}: no candidate is of one of {functions}")
    with tempfile.TemporaryDirectory(prefix="traps-") as text:
        scratch = Path(text)
        home, work = scratch / "home", scratch / "work"
        home.mkdir()
        work.mkdir()
        project = copy_project(name, work)
        canaries = Canaries(home, project)
        try:
            replay = scratch / "candidates.jsonl"
            values = canaries.values()
            records = "".join(json.dumps(case.record(values)) + "\n" for case in cases)
            replay.write_text(records, encoding="utf-8")
            verdicts = optimize(project, replay, home, python)
            touched = canaries.touched()
        finally:
            canaries.close()
    candidates = [_record(case, verdicts.get(number)) for number, case in enumerate(cases)]
    return {"project": name, "candidates": candidates, "canaries": touched}


def optimize(
    project: Path, replay: Path, home: Path, python: str, more: Sequence[str] = ()
) -> dict[int, dict[str, Any]]:
    """Run perfopt, with ``more`` arguments; return its records of the candidates by number."""
    arguments = ["--no-cache", "--all-candidates", "--no-apply", "--format", "json"]
    arguments += [
        "--min-share",
        "0",
        "--top",
        "1000",
        "--model",
        f"replay:{replay}",
        "--python",
        python,
        *more,
    ]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
    for kind in ("CACHE", "DATA", "STATE"):  # perfopt's own files, so not watched
        environment[f"XDG_{kind}_HOME"] = str(home.parent / kind.lower())
    done = subprocess.run(
        [sys.executable, "-m", "perfopt_cli", "optimize", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-15:])
        raise RunError(f"{project.name}: perfopt exited with {done.returncode}:\n{said}")
    return {one["candidate"]: one for one in json.loads(done.stdout)["candidates"]}


def _record(case: Case, verdict: dict[str, Any] | None) -> dict[str, Any]:
    nothing = {"status": "missing", "reason": "MISSING", "detail": "no test calls the function"}
    said = verdict or nothing
    return {
        "project": case.project,
        "line": case.line,
        "qualname": case.qualname,
        "right": case.right,
        "category": case.category,
        "why": case.why,
        **{key: said.get(key) for key in JUDGED},
    }


def report(results: Sequence[dict[str, Any]]) -> int:
    """Print what matters; return 1 where something went through that must not."""
    records = [record for result in results for record in result["candidates"]]
    bad, right = split(records)
    wrong = accepted(bad)
    touched = [(one["project"], text) for one in results for text in one["canaries"]]
    for one in right:
        if one["status"] != "accepted":
            print(f"refused, though right: {_line(one)}: {one['reason']} {one['detail']}")
    for one in records:
        if one["status"] == "missing":
            print(f"NOT JUDGED: {_line(one)}")
    for one in wrong:
        print(f"WRONG ACCEPT: {_line(one)}")
    for project, text in touched:
        print(f"CANARY TOUCHED: {project}: {text}")
    print(f"bad accepted: {len(wrong)} of {len(bad)}; right accepted: {share(right)}")
    missing = any(one["status"] == "missing" for one in records)
    return 1 if wrong or touched or missing else 0


def _line(one: dict[str, Any]) -> str:
    kind = f"{one['category']}: " if one["category"] else ""
    return f"{one['project']}:{one['line']} {one['qualname']}: {kind}{one['why']}"


def say(text: str) -> None:
    """Tell a person how it goes."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
