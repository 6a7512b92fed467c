"""What the small model is worth beside the rules, and what it costs: docs/small-model.md.

    python benchmarks/small_model.py --work DIR [--only PART…] [--output docs/small-model.md] …

Parts: hand, problems, reference, cost, exact, passing, rrhf. With the same ``--work`` a run
that was stopped goes on, and tables are made of all parts that are done. See
README.md beside this file. Functions of problem sets are run with your rights.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from field import machine
from field_runs import Found
from output_page import put_into
from real_projects import work_folder

import small_model_cost as cost  # isort: skip
import small_model_page as page  # isort: skip
import small_model_rrhf as rrhf  # isort: skip
import small_model_runs as runs  # isort: skip

EXACT = Path(__file__).with_name("small_model_exact.py")
PASSING = Path(__file__).with_name("small_model_passing.py")


def main(argv: Sequence[str] | None = None) -> int:
    chosen = arguments().parse_args(argv)
    with work_folder(chosen.work) as work:
        (work / "parts").mkdir(exist_ok=True)
        python = Path(os.path.abspath(chosen.python))
        for name in chosen.only:
            found = MAKERS[name](chosen, python, work)
            again = f"-{chosen.run}" if name in AGAIN and chosen.run > 1 else ""
            (work / "parts" / f"{name}{again}.json").write_text(json.dumps(found, indent=1))
        texts = sections(work / "parts")
    for name, text in texts.items():
        if chosen.output:
            put_into(chosen.output, f"small_model_{name}", text)
        else:
            print(f"## {name}\n\n{text}\n")
    return 0


def hand(chosen: argparse.Namespace, python: Path, work: Path) -> dict[str, Any]:
    """Run the arms on the functions written by hand."""
    every = runs.by_hand(python, work, chosen.functions)[: chosen.hand]
    return compare({"hand": every}, chosen, python, work)


def problems(chosen: argparse.Namespace, python: Path, work: Path) -> dict[str, Any]:
    """Run the arms on functions of problems that nothing is trained on."""
    if chosen.data is None:
        raise SystemExit("the part problems needs --data")
    sets = {}
    for name in runs.KEYS:
        count = getattr(chosen, name)
        drawn, _ = runs.held_out(name, count, chosen.data, python, work, chosen.seed)
        sets[name] = drawn
    return compare(sets, chosen, python, work)


def compare(
    sets: dict[str, Any], chosen: argparse.Namespace, python: Path, work: Path
) -> dict[str, Any]:
    """Run rules, and rules and model, at the same time; the model alone after that."""
    plan = plan_of(chosen)
    folder = work / f"run-{chosen.run}" if chosen.run > 1 else work
    found: dict[str, Any] = {"plan": {**plan, "weights": None, "machine": machine()}, "sets": {}}

    def results(arm: str) -> dict[str, list[dict[str, Any]]]:
        rows = {}
        for name, every in sets.items():
            print(f"{name}: {arm}", file=sys.stderr)
            some = every[:: chosen.alone] if ARMS[arm] == runs.ALONE else every
            some_found = runs.run_arm(ARMS[arm], some, python, folder, plan)
            rows[name] = [asdict(one) for one in some_found]
        return rows

    pair = [arm for arm in chosen.arms if ARMS[arm] != runs.ALONE]
    alone = [arm for arm in chosen.arms if ARMS[arm] == runs.ALONE]
    done = runs.side_by_side([partial(results, arm) for arm in pair], swapped=chosen.run % 2 == 0)
    for arm, rows in zip([*pair, *alone], [*done, *map(results, alone)], strict=True):
        for name, one in rows.items():
            found["sets"].setdefault(name, {})[ARMS[arm]] = one
    return found


def reference(chosen: argparse.Namespace, python: Path, work: Path) -> dict[str, Any]:
    """Propose the fast versions by hand: what the gates let through at best."""
    every = runs.by_hand(python, work, chosen.functions)[: chosen.hand]
    results = runs.run_reference(every, python, work, plan_of(chosen))
    return {"found": [asdict(one) for one in results]}


def costs(chosen: argparse.Namespace, python: Path, work: Path) -> dict[str, Any]:
    """Measure size, start-up and latency, by perfopt's interpreter."""
    return cost.measure(Path(sys.executable), chosen.weights)


def exact(chosen: argparse.Namespace, python: Path, work: Path) -> dict[str, Any]:
    """Have small_model_exact.py count exact matches on held-out packages."""
    if chosen.pairs is None:
        raise SystemExit("the part exact needs --pairs")
    file = work / "parts" / "exact-families.json"
    weights = chosen.weights or runs.MINI
    argv = [sys.executable, str(EXACT), str(chosen.pairs), str(weights), "--split", "test"]
    rrhf.call([*argv, "--pairs", str(chosen.exact), "--output", str(file)])
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def passing(chosen: argparse.Namespace, python: Path, work: Path) -> dict[str, Any]:
    """Have small_model_passing.py run the tests of held-out functions with each rewrite."""
    if chosen.pairs is None:
        raise SystemExit("the part passing needs --pairs")
    file = work / "parts" / "passing-rows.json"
    weights = ["--model", str(chosen.weights)] if chosen.weights else []
    argv = [sys.executable, str(PASSING), str(chosen.pairs / "programs"), "--split", "test"]
    rrhf.call([*argv, *weights, "--programs", str(chosen.passing), "--output", str(file)])
    return {"programs": chosen.passing, "rows": json.loads(file.read_text(encoding="utf-8"))}


def by_seed(chosen: argparse.Namespace, python: Path, work: Path) -> dict[str, Any]:
    """Train three small ones, and count what RRHF changes."""
    if chosen.pairs is None:
        raise SystemExit("the part rrhf needs --pairs")
    plan = {name: getattr(chosen, name) for name in ("seeds", "minutes", "steps", "programs")}
    rows = rrhf.measure(
        chosen.pairs, work, {**plan, "tests": chosen.tests, "extra": chosen.train_options.split()}
    )
    return {"plan": plan, "rows": rows}


MAKERS = {
    "hand": hand,
    "problems": problems,
    "reference": reference,
    "cost": costs,
    "exact": exact,
    "passing": passing,
    "rrhf": by_seed,
}
AGAIN = ("hand", "problems")
"""Parts of which there may be several runs."""
ARMS = {"rules": runs.RULES, "both": runs.BOTH, "mini": runs.ALONE}


def sections(folder: Path) -> dict[str, str]:
    """Return the text of each place on the page, from the parts that are done."""
    again = {name: sorted(path.stem for path in folder.glob(f"{name}-[0-9].json"))
             for name in AGAIN}  # fmt: skip
    files = {name: folder / f"{name}.json" for name in (*MAKERS, *chain(*again.values()))}
    parts = {name: json.loads(file.read_text(encoding="utf-8"))
             for name, file in files.items() if file.is_file()}  # fmt: skip
    texts: dict[str, str] = {}
    sets: dict[str, dict[str, list[Found]]] = {}
    compared = [name for kind in AGAIN for name in (kind, *again[kind])]
    for name in compared:
        run = name.partition("-")[2]
        for key, arms in parts.get(name, {}).get("sets", {}).items():
            named = f"{key}-{run}" if run else key
            sets[named] = {label: read(results) for label, results in arms.items()}
    if "reference" in parts:
        found = read(parts["reference"]["found"])
        texts["reference"] = page.refused_section(found)
    if sets:
        plan = next(parts[name]["plan"] for name in compared if name in parts)
        texts["solved"] = page.solved_section(sets, plan)
        texts["wrong"] = page.wrong_section(sets)
        if any(runs.ALONE in arms for arms in sets.values()):
            texts["candidates"] = page.candidates_section(sets)
    if "cost" in parts:
        texts["cost"] = page.cost_section(parts["cost"])
    if "exact" in parts:
        texts["exact"] = page.exact_section(parts["exact"])
    if "passing" in parts:
        texts["passing"] = page.passing_section(parts["passing"]["rows"])
    if "rrhf" in parts:
        texts["rrhf"] = page.rrhf_section(parts["rrhf"]["rows"], parts["rrhf"]["plan"])
    return texts


def read(results: Sequence[dict[str, Any]]) -> list[Found]:
    return [Found(**one) for one in results]


def plan_of(chosen: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(chosen, name) for name in ("weights", "together", "jobs", "budget")}


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, metavar="DIR", help="kept, and gone on from")
    parser.add_argument("--only", nargs="+", choices=MAKERS, default=[], metavar="PART",
                        help=f"of {', '.join(MAKERS)}; none: only tables")  # fmt: skip
    parser.add_argument("--output", type=Path, metavar="FILE", help="the page to write into")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="of the projects")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="the model; default: shipped")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS), metavar="ARM",
                        help=f"of {', '.join(ARMS)}; default: all")  # fmt: skip
    parser.add_argument("--budget", type=float, default=10, help="perfopt's seconds a function")
    parser.add_argument("--together", type=int, default=12, metavar="N", help="functions a project")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="as in perfopt optimize")
    parser.add_argument("--run", type=int, default=1, metavar="N",
                        help="of hand and problems: which; even: cores swapped")  # fmt: skip
    parser.add_argument("--alone", type=int, default=1, metavar="N",
                        help="the model alone is asked about each Nth function only")  # fmt: skip
    parser.add_argument("--hand", type=int, metavar="N", help="the first so many; default: all")
    parser.add_argument("--functions", nargs="+", default=[], metavar="NAME", help="by hand: these")
    parser.add_argument("--data", type=Path, metavar="DIR", help="problem sets, as for field.py")
    parser.add_argument("--leetcode", type=int, default=60, metavar="N", help="functions")
    parser.add_argument("--mbpp", type=int, default=30, metavar="N", help="functions")
    parser.add_argument("--seed", type=int, default=0, help="of the order of problems")
    parser.add_argument("--pairs", type=Path, metavar="DIR", help="pairs: exact, passing, rrhf")
    parser.add_argument("--exact", type=int, default=1000, metavar="N", help="held-out pairs")
    parser.add_argument("--passing", type=int, default=100, metavar="N", help="held-out functions")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="rrhf: seeds")
    parser.add_argument("--minutes", type=float, default=10, help="rrhf: of fine-tuning a seed")
    parser.add_argument("--steps", type=int, default=2, metavar="N", help="rrhf: steps")
    parser.add_argument("--programs", type=int, default=200, metavar="N", help="rrhf: of a step")
    parser.add_argument("--tests", type=int, default=100, metavar="N", help="rrhf: held out")
    parser.add_argument("--train-options", default="", metavar="…", help="rrhf: for perfopt train")
    return parser


if __name__ == "__main__":
    sys.exit(main())
