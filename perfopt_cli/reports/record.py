"""A finished run with all its evidence: what is kept of it, and what every report is made from."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from perfopt_cli import __version__
from perfopt_cli.core import Outcome, Review, Summary, Target, Verdict
from perfopt_cli.project import Project
from perfopt_cli.project.git import run_git
from perfopt_cli.report import review_json, to_json

MOST_TARGETS = 200
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """A run of ``optimize`` (``summary``) or ``verify`` (``review``).

    ``words`` are those of the command line after ``perfopt``. ``created`` is in
    seconds since 1970, when the run ended. ``root`` is the project's folder,
    and ``prefix`` its path from the top of its repository, with ``/`` at the
    end, or empty. ``commit`` is that of HEAD, or empty. ``written``: the files
    have the rewrites.
    """

    words: tuple[str, ...]
    created: float
    root: str
    prefix: str = ""
    commit: str = ""
    perfopt: str = __version__
    runs_on: str = ""
    written: bool = False
    notes: tuple[str, ...] = ()
    summary: Summary | None = None
    review: Review | None = None

    @property
    def run(self) -> str:
        """The name of the run."""
        found = self.summary or self.review
        return found.run if found is not None else ""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, in their order."""
        if self.review is not None:
            return tuple(one.verdict for one in self.review.judged)
        outcomes = self.summary.outcomes if self.summary else ()
        return tuple(one.verdict for one in outcomes if one.verdict is not None)


def record_of(
    found: Summary | Review,
    project: Project,
    notes: Sequence[str] = (),
    *,
    written: bool = False,
    words: Sequence[str] | None = None,
) -> Record:
    """Return the record of a run that has just ended.

    ``words`` are the command line's; where they are not given, this process's own.
    """
    commit = run_git(project, "rev-parse", "--verify", "--quiet", "HEAD")
    top = project.git.resolve() if project.git else project.root
    inside = project.root.relative_to(top).as_posix() if project.root.is_relative_to(top) else "."
    return Record(
        words=tuple(sys.argv[1:] if words is None else words),
        created=time.time(),
        root=str(project.root),
        prefix="" if inside == "." else f"{inside}/",
        commit=(commit or "").strip(),
        runs_on=f"{platform.system()} {platform.release()} {platform.machine()}",
        written=written,
        notes=tuple(dict.fromkeys(notes)),
        summary=found if isinstance(found, Summary) else None,
        review=found if isinstance(found, Review) else None,
    )


def slimmed(record: Record) -> Record:
    """Return the record with each target told once, and the coldest left out; see ``restored``."""
    summary = record.summary
    if summary is None:
        return record
    wanted = {_place(target) for target in summary.chosen}
    others = [target for target in summary.targets if _place(target) not in wanted]
    left = {_place(target) for target in others[:MOST_TARGETS]} | wanted
    return replace(
        record,
        summary=replace(
            summary,
            targets=tuple(target for target in summary.targets if _place(target) in left),
            chosen=tuple(_bare(target) for target in summary.chosen),
            outcomes=tuple(_with_target(one, _bare(one.target)) for one in summary.outcomes),
        ),
    )


def restored(record: Record) -> Record:
    """Undo ``slimmed``, but for what was left out."""
    summary = record.summary
    if summary is None:
        return record
    known = {_place(target): target for target in summary.targets}
    chosen = tuple(known.get(_place(target), target) for target in summary.chosen)
    outcomes = tuple(
        _with_target(one, known.get(_place(one.target), one.target)) for one in summary.outcomes
    )
    return replace(record, summary=replace(summary, chosen=chosen, outcomes=outcomes))


def _place(target: Target) -> Place:
    return target.path, target.qualname


def _bare(target: Target) -> Target:
    return Target(target.path, target.qualname, target.line, "")


def _with_target(outcome: Outcome, target: Target) -> Outcome:
    verdict = outcome.verdict
    if verdict is not None:
        verdict = replace(verdict, rewrite=replace(verdict.rewrite, target=target))
    return replace(outcome, target=target, verdict=verdict)


def full_json(record: Record) -> dict[str, Any]:
    """Return the run as ``--format json`` printed it, and the evidence that is kept beside."""
    report: dict[str, Any] = {}
    if record.summary is not None:
        report = to_json(record.summary)
        report["patch"] = record.summary.patch
    elif record.review is not None:
        report = review_json(record.review)
    rows = report.get("candidates", [])
    rows = [{**row, **_evidence(v)} for row, v in zip(rows, record.verdicts, strict=True)]
    return {
        **report,
        "perfopt": record.perfopt,
        "command": ["perfopt", *record.words],
        "created": record.created,
        "commit": record.commit,
        "runs_on": record.runs_on,
        "written": record.written,
        "notes": [*record.notes],
        "candidates": rows,
    }


def _evidence(verdict: Verdict) -> dict[str, Any]:
    rewrite = verdict.rewrite
    samples = verdict.timing.samples if verdict.timing else ()
    return {
        "original": rewrite.target.source,
        "source": rewrite.source,
        "imports": list(rewrite.imports),
        "reached_by": list(rewrite.target.tests),
        "counterexample": verdict.paste,
        "samples": [
            [
                {
                    "original_cpu_ns": quad.original_cpu,
                    "candidate_cpu_ns": quad.candidate_cpu,
                    "original_wall_ns": quad.original_wall,
                    "candidate_wall_ns": quad.candidate_wall,
                    "calls": quad.calls,
                }
                for quad in part
            ]
            for part in samples
        ],
    }


def replay_row(verdict: Verdict) -> Mapping[str, Any]:
    """Return the candidate as a line of a ``replay:`` file."""
    rewrite = verdict.rewrite
    return {
        "path": rewrite.target.path,
        "qualname": rewrite.target.qualname,
        "source": rewrite.source,
        "imports": list(rewrite.imports),
    }
