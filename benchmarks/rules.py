"""What each rule of the catalogue gains on its example, and how often it fires on real code.

Gains: before and after in turn, in three fresh processes of each interpreter,
as the ratio of processor times with perfopt's own 95 % interval. Everything
goes into one JSON file, from which ``python docs/update.py rules`` takes it.

    python benchmarks/rules.py [--only NAME…] [--python PY…] [--missing] [--output FILE]
    python benchmarks/rules.py --sources FOLDER… [--only NAME…] [--output FILE]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from rules_fired import Fired, fired  # noqa: E402

from perfopt_cli.core import Quad, Speedup  # noqa: E402
from perfopt_cli.model.rules import RULES, Rule  # noqa: E402
from perfopt_cli.model.rules.examples import digest, shown  # noqa: E402
from perfopt_cli.sandbox.stats import pooled_speedup  # noqa: E402

RESULTS = ROOT / "benchmarks" / "rules.json"
PROCESSES = 3
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def main() -> None:
    options = parse()
    rules = [RULES[name] for name in options.only or RULES]
    known = read(options.output)
    if options.sources:
        for folder in options.sources:
            found = fired(folder.resolve(), rules)
            print(f"{found.name}: {found.any} of {found.functions} functions")
            add_fired(known, found)
            write(options.output, known)
    else:
        for python in options.python:
            version = output([python, "-c", VERSION]).strip()
            wanted = [r for r in rules if not (options.missing and is_known(known, r, version))]
            for rule, gain in measured(python, wanted, options.samples):
                print(
                    f"{version}  {rule.name:22} {gain.ratio:7.2f}x  {gain.low:.2f}-{gain.high:.2f}"
                )
                add_gain(known, rule, version, gain)
                write(options.output, known)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=RULES, help="these rules")
    parser.add_argument("--python", nargs="+", metavar="PY", default=[sys.executable])
    parser.add_argument("--samples", type=int, default=11, help="in each of three processes")
    parser.add_argument("--missing", action="store_true", help="only examples with no figure yet")
    parser.add_argument("--sources", nargs="+", type=Path, metavar="FOLDER", help="count there")
    parser.add_argument("--output", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args()


def measured(python: str, rules: Sequence[Rule], samples: int) -> Iterator[tuple[Rule, Speedup]]:
    """Yield the gain of each rule on its example in an interpreter."""
    for rule in rules:
        example = rule.example
        case = {"before": example.before, "after": shown(rule).module, "call": example.call}
        groups = [times(python, case, samples) for _ in range(PROCESSES)]
        yield rule, pooled_speedup(groups)


def times(python: str, case: dict[str, str], samples: int) -> list[Quad]:
    """Return the samples of one fresh process."""
    script = str(ROOT / "benchmarks" / "rules_timing.py")
    [pairs] = json.loads(output([python, "-I", script, str(samples)], json.dumps([case])))
    return [Quad(before, after, before, after) for before, after in pairs]


def output(command: Sequence[str], text: str = "") -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def read(path: Path) -> dict[str, Any]:
    """Return the known figures; none where there is no file."""
    return json.loads(path.read_text()) if path.exists() else {"gains": {}, "fired": {}}


def is_known(known: dict[str, Any], rule: Rule, version: str) -> bool:
    """Tell whether there is a figure for the example as it is now."""
    entry = known["gains"].get(rule.name, {})
    return entry.get("example") == digest(rule) and version in entry


def add_gain(known: dict[str, Any], rule: Rule, version: str, gain: Speedup) -> None:
    """Put a figure in; those of the same rule with another example go."""
    entry = known["gains"].get(rule.name, {})
    if entry.get("example") != digest(rule):
        entry = {"example": digest(rule)}
    entry[version] = [float(f"{part:.4g}") for part in (gain.ratio, gain.low, gain.high)]
    known["gains"][rule.name] = entry


def add_fired(known: dict[str, Any], found: Fired) -> None:
    """Put the counts of a folder in; those of rules that were not asked for stay."""
    entry = known["fired"].get(found.name, {})
    rules = {**entry.get("rules", {}), **found.rules}
    whole = len(found.rules) == len(RULES)
    known["fired"][found.name] = {
        "functions": found.functions,
        "any": found.any if whole else entry.get("any"),
        "rules": {name: rules[name] for name in RULES if rules.get(name)},
    }


def write(path: Path, known: dict[str, Any]) -> None:
    """Write the figures, a rule or folder a line; rules that are gone go."""
    gains = {name: known["gains"][name] for name in sorted(RULES) if name in known["gains"]}
    parts = []
    for title, rows in (("gains", gains), ("fired", known["fired"])):
        lines = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in rows.items())
        parts.append(f' "{title}": {{\n{lines}\n }}' if lines else f' "{title}": {{}}')
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
