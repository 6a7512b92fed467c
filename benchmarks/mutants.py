"""How many mistakes perfopt's gates notice, beside the packages' own tests.

Functions of well-known packages are mutated; each mutant is replayed on the
calls that perfopt records and makes up, as it is for the strength of the
evidence, and put before the package's own tests that reach the function.
Packages are fetched as in real_projects.py. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mutants_page import section
from output_page import put_into
from real_projects import PROJECTS, Project, SetupError, environment, unpack, work_folder

from perfopt_cli.config import Settings
from perfopt_cli.core import PerfoptError, Rewrite, Target
from perfopt_cli.pipeline.prepare import prepare_run
from perfopt_cli.pipeline.run import Run
from perfopt_cli.pipeline.workshop import Workshop, open_workshop
from perfopt_cli.project import copy_project, python_files
from perfopt_cli.sandbox.adequacy import Findings, Mutant, examine, too_many
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.source import SourceText, read_source, splice

REPOSITORY = Path(__file__).resolve().parent.parent
CHOSEN = ("toolz", "more-itertools", "boltons", "sqlparse", "mistune", "tabulate", "textdistance")


class Silent:
    """A listener that shows what is at hand, and no more."""

    def stage(self, text: str) -> None:
        print(f"... {text}", file=sys.stderr)

    def tests(self, done: int, total: int) -> None:
        pass

    def verdict(self, verdict: object) -> None:
        pass

    def note(self, text: str) -> None:
        print(f"note: {text}", file=sys.stderr)


@dataclass
class Row:
    """A mutant: who notices it. ``left_alone``: its function is, for weak evidence."""

    function: str
    line: int
    before: str
    after: str
    replay: bool
    tests: bool
    harmless: bool
    left_alone: bool


@dataclass
class Package:
    """What came of one package. ``weak`` counts functions with too little evidence."""

    name: str
    version: str
    functions: int = 0
    weak: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0
    adequate: int = 0
    error: str = ""


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments().parse_args(argv)
    names = options.only or CHOSEN
    found = []
    with work_folder(options.work) as work:
        for project in (one for one in PROJECTS if one.name in names):
            kept = work / "mutants" / f"{project.name}.json"
            if not (options.reuse and kept.is_file()):
                kept.parent.mkdir(exist_ok=True)
                kept.write_text(json.dumps(asdict(measure(project, work, options)), indent=1))
            document = json.loads(kept.read_text())
            rows = [Row(**row) for row in document.pop("rows")]
            found.append(Package(rows=rows, **document))
    text = section(found, options.functions, options.mutants)
    if options.output:
        put_into(options.output, "mutants", text)
    else:
        print(text)
    return 0


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, metavar="DIR", help="kept and used again")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--functions", type=int, default=15, help="of each package; default: 15")
    parser.add_argument("--mutants", type=int, default=12, help="of each function; default: 12")
    parser.add_argument("--reuse", action="store_true", help="take results that --work holds")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the page to write into")
    return parser


def measure(project: Project, work: Path, options: argparse.Namespace) -> Package:
    """Mutate the functions of one package that its tests reach and take longest in."""
    result = Package(project.name, project.version)
    print(f"{project.name} {project.version}", file=sys.stderr)
    try:
        root, python = unpack(project, work), environment(project, work)
        given = {"python": str(python), "pytest_args": project.pytest_args or None}
        run = prepare_run([str(root / project.path)], root, given, Silent(), write_files=False)
        with open_workshop(run.project, run.interpreter, run.settings, run.listener) as shop:
            mutate(shop, run, result, options)
    except (SetupError, PerfoptError) as error:
        result.error = str(error)
    return result


def mutate(shop: Workshop, run: Run, result: Package, options: argparse.Namespace) -> None:
    """Fill in the result from the hottest functions."""
    copy_project(run.project, shop.place.copy)
    session, arguments_ = shop.open_session()
    files = python_files(run.project, run.selections, run.settings.exclude)
    located = shop.locate(session, arguments_, [run.project.relative(one) for one in files], ())
    chosen = [one for one in located.targets if one.skip is None][: 4 * options.functions]

    def renew() -> None:
        shutil.rmtree(session.place.copy)
        copy_project(run.project, session.place.copy)

    verifier = Verifier(session, located.baseline, arguments_, renew, located.seconds)
    recording = shop.record(verifier, chosen)
    for number, target in enumerate(chosen):
        if result.functions >= options.functions:
            return
        module = read_source(session.place.copy / target.path)
        judge = Judge(verifier, target, number, module, recording, Settings().min_speedup)
        evidence = judge.evidence()
        if evidence is None or evidence.weak is not None:
            reason = evidence.weak[0].value if evidence and evidence.weak else "UNTESTED"
            result.weak[reason] = result.weak.get(reason, 0) + 1
            continue
        start = time.monotonic()
        found = examine(session, evidence, module.text, sources=True)
        result.seconds += time.monotonic() - start
        if found.problem or not found.mutants:
            result.weak["no mutants"] = result.weak.get("no mutants", 0) + 1
            continue
        result.functions += 1
        weak = weak_evidence(found)
        rows = list(compare(verifier, target, module, found.mutants[: options.mutants], weak))
        result.rows += rows
        print(
            f"{target.path}::{target.qualname}: {len(rows)} mutants, "
            f"{sum(not row.replay for row in rows)} not noticed, {len(found.never)} branches never",
            file=sys.stderr,
        )


def weak_evidence(found: Findings) -> bool:
    """Tell whether no rewrite of the function would be applied, however good."""
    counted = [one for one in found.mutants if not one.harmless]
    return bool(found.never) or too_many(sum(not m.noticed for m in counted), len(counted))


def compare(
    verifier: Verifier, target: Target, module: SourceText, mutants: Sequence[Mutant], weak: bool
) -> Iterator[Row]:
    """Put each mutant before the package's own tests as well."""
    for mutant in mutants:
        text = splice(module.text, target.qualname, mutant.source + "\n", ())
        rewrite = Rewrite(target, mutant.source)
        noticed = verifier.covering_tests(rewrite, module.encode(text)) is not None
        name = f"{target.path}::{target.qualname}"
        yield Row(
            name,
            mutant.line,
            mutant.before,
            mutant.after,
            mutant.noticed,
            noticed,
            mutant.harmless,
            weak,
        )


if __name__ == "__main__":
    sys.exit(main())
