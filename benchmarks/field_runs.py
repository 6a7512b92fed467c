"""Run perfopt on projects made of subjects, and hold what it accepts against calls kept back."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from field_projects import write_project
from field_sets import Cannot, Subject, run
from field_texts import REPOSITORY
from real_projects import clean_environment

from perfopt_cli.core import PerfoptError
from perfopt_cli.source import splice

OPTIONS = (
    "--model rules --top 1000 --min-share 0 --no-apply --all-candidates --record "
    "--no-cache --format json"
)
EACH_SECONDS = 900
"""Wall seconds for each function of a project, at most."""
CHECK_SECONDS = 60


@dataclass
class Found:
    """What came of one subject. Seconds are wall time, its part of the project's run.

    ``again`` is slow over rewritten by CPU time, measured here with all
    accepted rewrites in place; ``gain`` the same of the reference. ``checked``
    counts the calls kept back on which accepted rewrites were compared,
    ``wrong`` names those with another outcome.
    """

    set: str
    name: str
    gain: float = 0.0
    seconds: float = 0.0
    targets: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    again: float = 0.0
    checked: int = 0
    unchecked: int = 0
    wrong: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def accepted(self) -> list[dict[str, Any]]:
        return [one for one in self.candidates if one["status"] == "accepted"]

    @property
    def proved(self) -> float:
        """The best speedup that perfopt proved of a function of it; 1 without any."""
        return max((one["speedup"]["ratio"] for one in self.accepted), default=1.0)


def source_hash(*folders: Path) -> str:
    """Return a hash over the Python files of folders."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:12]


def run_all(
    subjects: Sequence[Subject], python: Path, work: Path, together: int, jobs: int,
    options: str = OPTIONS, each: float | None = None,
) -> list[Found]:  # fmt: skip
    """Return what came of each subject; what ``work`` holds of this perfopt is not run again.

    ``each`` is perfopt's budget for a function, in seconds: a project's is the sum.
    """
    folder = work / "runs" / source_hash(REPOSITORY / "perfopt_cli")
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Found] = {}
    left = []
    for subject in subjects:
        kept = folder / kept_name(subject, options, each)
        if kept.is_file():
            found[subject.module] = Found(**json.loads(kept.read_text(encoding="utf-8")))
        else:
            left.append(subject)
    for start in range(0, len(left), together):
        part = left[start : start + together]
        results = batch(part, python, work, jobs, options, each)
        for subject, result in zip(part, results, strict=True):
            kept = folder / kept_name(subject, options, each)
            kept.write_text(json.dumps(asdict(result), indent=1))
            found[subject.module] = result
        print(f"{len(found)} of {len(subjects)} functions", file=sys.stderr)
    return [found[subject.module] for subject in subjects]


def kept_name(subject: Subject, options: str = OPTIONS, each: float | None = None) -> str:
    """Return the name of the file for a subject's result: another subject has another."""
    told = repr((options, subject) if each is None else (options, each, subject)).encode()
    return f"{subject.module}-{hashlib.sha256(told).hexdigest()[:8]}.json"


def batch(
    subjects: Sequence[Subject], python: Path, work: Path, jobs: int,
    options: str = OPTIONS, each: float | None = None,
) -> list[Found]:  # fmt: skip
    """Run perfopt on one project of these subjects; on halves of them where that fails."""
    start = time.monotonic()
    budget = f" --budget {each * len(subjects):g}" if each else ""
    with tempfile.TemporaryDirectory(prefix="perfopt-field-") as name:
        folder = Path(name) / "project"
        document, verdicts, error = optimized(subjects, folder, python, jobs, options + budget)
    seconds = (time.monotonic() - start) / len(subjects)
    if document is None:
        if len(subjects) > 1:
            half = len(subjects) // 2
            return [*batch(subjects[:half], python, work, jobs, options, each),
                    *batch(subjects[half:], python, work, jobs, options, each)]  # fmt: skip
        (one,) = subjects
        return [Found(one.set, one.name, one.gain, seconds, error=error)]
    return [
        judged(subject, document, verdicts, seconds, python, work / "sets") for subject in subjects
    ]


def optimized(
    subjects: Sequence[Subject], folder: Path, python: Path, jobs: int, options: str = OPTIONS
) -> tuple[dict[str, Any] | None, list[dict[str, Any]], str]:
    """Return perfopt's JSON (None where it fails), the recorded verdicts, and what went wrong."""
    paths = write_project(subjects, folder)
    argv = [sys.executable, "-m", "perfopt_cli", "optimize", *(str(folder / one) for one in paths)]
    argv += ["--python", str(python), *options.split(), *(["--jobs", str(jobs)] if jobs else [])]
    try:
        done = subprocess.run(
            argv,
            cwd=REPOSITORY,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=EACH_SECONDS * len(subjects),
        )
        document = json.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired:
        return None, [], f"more than {EACH_SECONDS * len(subjects)} s"
    except ValueError as error:
        return None, [], f"perfopt's output is not JSON: {error}"
    if document is None:
        last = " ".join(done.stderr.strip().splitlines()[-4:])
        return None, [], f"perfopt exited with {done.returncode}: {last}"
    return document, list(recorded(folder)), ""


def recorded(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the verdicts that perfopt wrote into the project."""
    file = folder / ".perfopt" / "verdicts.jsonl"
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def judged(
    subject: Subject,
    document: Mapping[str, Any],
    verdicts: Sequence[Mapping[str, Any]],
    seconds: float,
    python: Path,
    folder: Path,
) -> Found:
    """Return what the documents say of one subject, with its accepted rewrites checked."""
    path = f"{subject.module}.py"
    found = Found(subject.set, subject.name, subject.gain, seconds)
    found.targets = [one for one in document["targets"] if one["path"] == path]
    found.candidates = [one for one in document["candidates"] if one["path"] == path]
    mine = [one for one in verdicts if one["path"] == path and one["status"] == "accepted"]
    if len(mine) != len(found.accepted):
        found.error = f"{len(found.accepted)} accepted, {len(mine)} recorded"
    try:
        texts = [
            splice(subject.text, one["qualname"], one["candidate"], one["imports"]) for one in mine
        ]
    except PerfoptError as error:
        found.error = f"an accepted rewrite can't be put in its place: {error}"
        return found
    if texts:
        check(found, subject, texts, [one["origin"] for one in mine], python, folder)
        found.again = again(subject, combined(subject.text, mine), python, folder)
    return found


def combined(text: str, accepted: Sequence[Mapping[str, Any]]) -> str:
    """Return the module with the fastest accepted rewrite of each function."""
    best: dict[str, Mapping[str, Any]] = {}
    for one in sorted(accepted, key=lambda one: -one["speedup"]["ratio"]):
        best.setdefault(one["qualname"], one)
    for name, one in best.items():
        if any(name.startswith(f"{other}.") for other in best):
            continue  # it is a part of another
        text = splice(text, name, one["candidate"], one["imports"])
    return text


def check(
    found: Found, subject: Subject, texts: Sequence[str], origins: Sequence[str], python: Path,
    folder: Path,
) -> None:  # fmt: skip
    """Compare each text with the slow one on the calls kept back, and note what differs."""
    pieces = [list(subject.held)]
    while pieces:
        calls = pieces.pop()
        try:
            told = run(
                python, folder, CHECK_SECONDS, texts=[subject.text, *texts], entry=subject.entry,
                calls=calls,
            )["outcomes"]  # fmt: skip
        except Cannot:
            if len(calls) > 1:
                pieces += [calls[: len(calls) // 2], calls[len(calls) // 2 :]]
            else:
                found.unchecked += 1
            continue
        found.checked += len(calls)
        for origin, outcomes in zip(origins, told[1:], strict=True):
            for call, before, after in zip(calls, told[0], outcomes, strict=True):
                if before != after:
                    found.wrong.append(f"{origin}: {call[:200]}: {before[0]} became {after[0]}")


def again(subject: Subject, text: str, python: Path, folder: Path) -> float:
    """Return slow over rewritten, in CPU seconds over the calls given; 0 where it can't be told."""
    try:
        found = run(
            python, folder, CHECK_SECONDS, texts=[subject.text, text], entry=subject.entry,
            calls=list(subject.given), repeats=3,
        )["seconds"]  # fmt: skip
    except Cannot:
        return 0.0
    return float(sum(found[0]) / sum(found[1]))
