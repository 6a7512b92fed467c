"""Does RRHF help the small model? Three seeds of the small size, by ``perfopt train``.

Each seed starts from its own random weights, is fine-tuned on pairs, and learns on
by RRHF from functions with tests (``programs`` in the folder of pairs); both states
answer for the same functions of held-out problems, by ``perfopt evaluate``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from field_texts import REPOSITORY

SIZE = "mini-xs"
SAMPLES = 8
NEW = (
    "import sys; from pathlib import Path; from perfopt_cli.model.mini.shipped import new_model; "
    "new_model(Path(sys.argv[1]), seed=int(sys.argv[2]), size=sys.argv[3])"
)


def measure(data: Path, work: Path, plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return for each seed and state the levels of its candidates; what is done stays done.

    ``plan`` has ``seeds``, ``minutes`` of fine-tuning, ``steps`` and ``programs`` of
    RRHF, ``tests`` (held-out programs) and ``extra`` options of ``perfopt train``.
    """
    rows = []
    for seed in range(plan["seeds"]):
        folder = work / f"rrhf-{seed}"
        base, first, then = folder / "base", folder / "sft", folder / "rrhf"
        if not (base / "config.json").is_file():
            folder.mkdir(parents=True, exist_ok=True)
            call([sys.executable, "-c", NEW, str(base), str(seed), SIZE])
        shared = ["--preset", "mini", "--seed", str(seed), *plan["extra"]]
        minutes = ["--minutes", f"{plan['minutes']:g}", "--epochs", "1000"]
        train(base, first, ["--data", str(data), "--stages", "sft", *minutes, *shared])
        steps = ["--steps", str(plan["steps"]), "--programs-per-step", str(plan["programs"])]
        asked = data / "programs"
        train(first, then, ["--data", str(asked), "--stages", "rrhf", *steps, *shared])
        for name, run in (("SFT", first), ("SFT, then RRHF", then)):
            rows.append({"seed": seed, "state": name, **levels(asked, run, seed, plan["tests"])})
    return rows


def train(model: Path, run: Path, rest: list[str]) -> None:
    """Train from a model into a run folder; a run that is done ends at once."""
    call([sys.executable, "-m", "perfopt_cli", "train", "--model", str(model),
          "--output", str(run), *rest])  # fmt: skip


def levels(data: Path, run: Path, seed: int, tests: int) -> dict[str, Any]:
    """Return how many candidates for held-out programs came how far."""
    told = call(
        [sys.executable, "-m", "perfopt_cli", "evaluate", "--data", str(data),
         "--model", str(run), "--samples", str(SAMPLES), "--limit", str(tests),
         "--seed", str(seed), "--no-instructions", "--output", str(run / "evaluation.json"),
         "--format", "json"]
    )  # fmt: skip
    found = json.loads(told)
    return {"programs": found["programs"], "levels": found["levels"]}


def shares(row: dict[str, Any]) -> tuple[float, float]:
    """Return the shares of candidates that pass, and that pass and are faster."""
    count = max(1, sum(row["levels"].values()))
    faster = row["levels"].get("faster", 0)
    return (row["levels"].get("passed", 0) + faster) / count, faster / count


def call(argv: list[str]) -> str:
    """Run a command in the repository and return what it prints. Raises SystemExit."""
    done = subprocess.run(argv, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"exit {done.returncode}: {' '.join(argv)}")
    return done.stdout
