"""Prove perfopt's rules on code that nobody here wrote, and write what came of it as a page.

Functions of public sets become small projects, on which ``perfopt optimize``
runs; PIE's programs go through ``perfopt evaluate``. See README.md beside this
file. The sets' programs are run with your rights.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from field_sets import MAKERS, subjects
from field_texts import REPOSITORY

from perfopt_cli import __version__
from perfopt_cli.model.rules import RULES

from field_misses import misses, read_notes, unread  # isort: skip
from field_page import PLOT, page  # isort: skip
from field_pie import draw, evaluate  # isort: skip
from field_runs import run_all  # isort: skip
from real_projects import work_folder  # isort: skip


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments().parse_args(argv)
    notes = read_notes()
    with work_folder(options.work) as work:
        python = Path(os.path.abspath(options.python))
        sets, looked, every = {}, {}, []
        for name in MAKERS:
            count = getattr(options, name)
            if not count:
                continue
            drawn, looked[name] = subjects(
                name, count, options.data, python, work / "sets", options.seed
            )
            every += drawn
            if not options.draw_only:
                sets[name] = run_all(drawn, python, work, options.together, options.jobs)
        if options.draw_only:
            draw(options.data, python, work, options.pie, options.seed)
            return 0
        pie = (
            evaluate(options.data, python, work, options.pie, options.seed) if options.pie else None
        )
    found = [one for part in sets.values() for one in part]
    if options.unread:
        options.unread.write_text(unread(found, every, notes), encoding="utf-8")
    about = {
        "perfopt": __version__,
        "rules": len(RULES),
        "machine": machine(),
        "seed": options.seed,
    }
    text = page(sets, looked, misses(found, notes), pie, about)
    options.output.write_text(text, encoding="utf-8")
    plot(sets, options.output.parent / PLOT)
    print(f"wrote {options.output}", file=sys.stderr)
    return 0


def plot(sets: dict[str, list[Any]], file: Path) -> None:
    """Draw where matplotlib is; else leave an older plot alone, and say so."""
    try:
        from field_plot import draw

        draw(sets, file)
    except ImportError as error:
        print(f"no plot: {error}", file=sys.stderr)


def machine() -> str:
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores"
    )


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the sets' folder")
    parser.add_argument("--work", type=Path, metavar="DIR", help="kept, and gone on from")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="of the projects")
    parser.add_argument("--leetcode", type=int, default=110, metavar="N", help="functions")
    parser.add_argument("--mbpp", type=int, default=70, metavar="N", help="functions")
    parser.add_argument("--pie", type=int, default=100, metavar="N", help="programs; 0: none")
    parser.add_argument("--together", type=int, default=12, metavar="N", help="functions a project")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="as in perfopt optimize")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--draw-only", action="store_true", help="only draw functions and programs")
    parser.add_argument(
        "--unread", type=Path, metavar="FILE", help="write out misses that no note speaks of"
    )
    parser.add_argument("--output", type=Path, default=REPOSITORY / "docs" / "field.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
