"""PIE's Python test programs: ``perfopt evaluate`` with the rules on a sample of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from field_programs import prepare
from field_runs import source_hash
from field_stats import LEAST_GAIN
from field_texts import REPOSITORY
from real_projects import clean_environment

from perfopt_cli.train.evaluation.whole_programs import rewrite_program, wrapped

SAMPLES = 2
"""Candidates for each program, as PerfRL judges two."""


def draw(data: Path, python: Path, work: Path, count: int, seed: int) -> Path:
    """Return a folder with the sample. What was prepared once is kept in ``work``."""
    chosen = work / f"pie-{seed}-{count}"
    kept = work / "sets" / f"pie-{seed}.jsonl"
    prepare(data, python, count, seed, kept, chosen / "test.jsonl")
    return chosen


def evaluate(data: Path, python: Path, work: Path, count: int, seed: int) -> dict[str, Any]:
    """Return what ``perfopt evaluate --format json`` says of the sample, and rows and seconds.

    Finished rows are kept; the next call with the same perfopt goes on there.
    """
    chosen = draw(data, python, work, count, seed)
    output = work / "runs" / source_hash(REPOSITORY / "perfopt_cli") / f"{chosen.name}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    if not output.is_file():
        argv = [sys.executable, "-m", "perfopt_cli", "evaluate", "--data", str(chosen)]
        argv += ["--model", "rules", "--samples", str(SAMPLES), "--no-instructions"]
        argv += ["--python", str(python)]
        argv += ["--output", str(output), "-q"]
        done = subprocess.run(argv, cwd=REPOSITORY, env=clean_environment(), capture_output=True)
        if done.returncode:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-6:]
            return {"error": "\n".join(last) or f"perfopt evaluate exited with {done.returncode}"}
    document: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    kept = output.with_name(f"{output.name}.rows.jsonl").read_text(encoding="utf-8").splitlines()
    document["rows"] = [json.loads(line) for line in kept[1:]]
    texts = (chosen / "test.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in texts]
    document["drawn"] = count
    document["enlarged"] = sum(bool(one["tests"]["inputs"]) for one in pairs)
    document["moved"] = moved_alone(document, [one["slow"] for one in pairs])
    return document


def moved_alone(document: Mapping[str, Any], programs: Sequence[str]) -> int:
    """Count the improved programs whose only candidate is the move into a function."""
    number = 0
    for row in ran(document):
        better = [one["level"] == "FASTER" and one["speedup"][0] >= LEAST_GAIN
                  for one in row["scores"]]  # fmt: skip
        number += (
            better == [True]
            and wrapped(programs[row["row"]]) == rewrite_program(programs[row["row"]], 1)[0]
        )
    return number


def ran(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows whose slow program passes its tests."""
    return [row for row in document["rows"] if not row["skipped"]]


def answered(document: Mapping[str, Any]) -> int:
    """Return how many programs got any candidate."""
    return sum(bool(row["scores"]) for row in ran(document))


def unproved(document: Mapping[str, Any]) -> int:
    """Count the candidates that the timing rule could tell nothing of in its time."""
    scores = [score for row in ran(document) for score in row["scores"]]
    return sum(score["detail"].startswith("not proved within") for score in scores)


def figure(given: Mapping[str, Any], percent: bool) -> str:
    """Return a figure of the evaluation with its interval."""
    if given["value"] is None:
        return "–"
    scale, unit = (100, " %") if percent else (1, "")
    digits = 1 if percent else 2
    text = f"{scale * given['value']:.{digits}f}{unit}"
    if given["low"] is None:
        return text
    return f"{text} [{scale * given['low']:.{digits}f}, {scale * given['high']:.{digits}f}]"


def table(document: Mapping[str, Any]) -> list[list[str]]:
    """Return rows of the table: what was measured, then what papers say."""
    rows = [
        [
            f"perfopt, rules, Best@{best['k']}",
            figure(best["optimised"], True),
            figure(best["faster"], True),
            figure(best["sp"], False),
            figure(best["rtr"], False),
            figure(best["correct"], True),
            "here",
        ]
        for best in document["best"]
    ]
    target = document["targets"]["best"][0]
    rows.append(
        ["the data set's own faster programs", figure(target["optimised"], True),
         figure(target["faster"], True), figure(target["sp"], False), figure(target["rtr"], False),
         figure(target["correct"], True), "here"]
    )  # fmt: skip
    for one in document["published"]:
        if "Python" not in one["note"]:
            continue
        faster = "–" if one["optimised"] is None else f"{one['optimised']} %"
        rtr = "–" if one["rtr"] is None else f"{one['rtr']:.2f}"
        rows.append([one["name"], "–", faster, f"{one['speedup']}", rtr, "–", one["mark"]])
    return rows
