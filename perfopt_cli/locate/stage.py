"""The stage itself: from the project's files and tests to targets, hottest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from perfopt_cli.core import Baseline, PerfoptError, Target, Workload
from perfopt_cli.locate.run import SECONDS, Located, Log, Message, OnTest, Workers, profile
from perfopt_cli.locate.skips import is_fixture, skip_by_text
from perfopt_cli.locate.workload import run_workloads
from perfopt_cli.project import Program
from perfopt_cli.source import Definition, definitions, parse, read_source

NANO = 1e-9
SHOWN_MODULES = 5


def locate(
    workers: Workers,
    copy: Path,
    files: Sequence[str],
    arguments: Sequence[str],
    functions: Collection[tuple[str, str]] = (),
    on_test: OnTest = lambda done, total: None,
    *,
    programs: Sequence[Program] = (),
    seconds: float = SECONDS,
) -> Located:
    """Run the tests once, then the programs, and return every function of the files, hottest first.

    ``files`` are relative to the copy, with ``/``. A file named in
    ``functions`` (file, qualname) is cut down to those named. What fails in the
    tests is in the result: see ``check_baseline``; no program is run then.
    ``seconds`` are for all together. Raises PerfoptError where no file can be
    parsed, or a function named is not there.
    """
    notes: list[str] = []
    sources = read_files(copy, files, notes)
    wanted = chosen_functions(sources, functions)
    paths = [copy / name for name in sources]
    log = profile(workers, copy, paths, arguments, on_test, seconds)
    workloads: list[Workload] = []
    trouble, late = "", False
    if log.code == 0:
        left = seconds - log.wall
        workloads, trouble, late = run_workloads(log, programs, workers, copy, paths, left)
    spent = sum(log.seconds.values()) + sum(one.seconds for one in workloads)
    if log.outside:
        names = ", ".join(log.outside[:SHOWN_MODULES])
        more = " …" if len(log.outside) > SHOWN_MODULES else ""
        notes.append(f"imported from the project itself, not from its copy: {names}{more}")
    targets = [
        target
        for name, found in sources.items()
        for target in Builder(log, copy, name, spent).targets(found)
        if name not in wanted or target.qualname in wanted[name]
    ]
    targets.sort(key=lambda target: (-target.self_seconds, target.path, target.line))
    return Located(
        Baseline(log.outcomes, log.wall, tuple(workloads)),
        tuple(targets),
        tuple(log.failures),
        (*notes, *log.notes),
        log.seconds,
        log.code,
        log.ending,
        log.errors,
        log.last,
        trouble,
        late,
    )


def read_files(
    copy: Path, files: Sequence[str], notes: list[str]
) -> dict[str, dict[str, Definition]]:
    """Return the functions of each file; note the files that can't be parsed."""
    found: dict[str, dict[str, Definition]] = {}
    for name in files:
        problem = _read(copy, name, found)
        if problem is not None:
            notes.append(f"left out: {problem}")
    if files and not found:
        raise PerfoptError("\n".join(notes))
    return found


def _read(copy: Path, name: str, found: dict[str, dict[str, Definition]]) -> str | None:
    try:
        text = read_source(copy / name).text
        parse(text)  # its errors have lines
        found[name] = definitions(text)
    except SyntaxError as error:
        return f"{name}:{error.lineno or 1}: it does not parse: {error.msg}"
    except PerfoptError as error:
        return str(error).replace(f"{copy}/", "")
    return None


def chosen_functions(
    sources: Mapping[str, Mapping[str, Definition]], functions: Collection[tuple[str, str]]
) -> dict[str, set[str]]:
    """Return the qualnames to keep of each file that is cut down. Raises PerfoptError."""
    wanted: dict[str, set[str]] = {}
    for name, qualname in functions:
        if name in sources and qualname not in sources[name]:
            raise PerfoptError(f"{name}: there is no function {qualname} in this file")
        wanted.setdefault(name, set()).add(qualname)
    return wanted


class Builder:
    """Makes the targets of one file from what the run showed."""

    def __init__(self, log: Log, copy: Path, name: str, total: float) -> None:
        self.log = log
        self.name = name
        file = str(copy / name)
        self.rows = {(row["line"], row["name"]): row for row in log.rows if row["file"] == file}
        self.module = best_module(name, log.modules.get(file, []))
        self.elsewhere = log.elsewhere.get(file)
        self.total = total
        test_parts = [node.split("::") for node in log.order]
        self.in_tests = any(parts[0] == name for parts in test_parts)
        self.test_names = {
            part.partition("[")[0] for parts in test_parts if parts[0] == name for part in parts[1:]
        }

    def targets(self, found: Mapping[str, Definition]) -> list[Target]:
        """Return a target for each definition."""
        return [self._target(definition) for definition in found.values()]

    def _target(self, definition: Definition) -> Target:
        node = definition.node
        # The first line of a code object is that of its first decorator's expression.
        line = node.decorator_list[0].lineno if node.decorator_list else node.lineno
        row = self.rows.get((line, node.name))
        target = Target(self.name, definition.qualname, node.lineno, definition.source, self.module)
        if row is not None:
            target = self._measured(target, row)
        return replace(target, skip=self._skip(definition, target, row))

    def _measured(self, target: Target, row: Message) -> Target:
        own = row["own"] * NANO
        order, seconds = self.log.order, self.log.seconds
        tests = dict.fromkeys(order[number] for number in row["tests"])
        return replace(
            target,
            self_seconds=own,
            cumulative_seconds=row["total"] * NANO,
            calls=row["calls"],
            share=min(1.0, own / self.total) if self.total > 0 else 0.0,
            native_share=min(1.0, row["native"] / row["own"]) if row["own"] else 0.0,
            tests=tuple(sorted(tests, key=lambda test: seconds.get(test, 0.0))),
            workloads=tuple(row.get("workloads", ())),
        )

    def _skip(self, definition: Definition, target: Target, row: Message | None) -> str | None:
        by_text = skip_by_text(definition)
        if by_text is not None:
            return by_text
        if definition.marked:
            return "marked # perfopt: skip"
        name = definition.node.name
        if is_fixture(definition.node) or (self.in_tests and name in self.test_names):
            return "part of the tests"
        if self.elsewhere is not None:
            return f"its module was imported from {self.elsewhere}"
        if not target.tests and not target.workloads:
            if row is not None and row["outside"]:
                return "runs only while modules are imported, in no test"
            return "no test reaches it"
        if not self.module:
            if target.workloads and not target.tests:
                return "in the program that is run itself: what is to be judged must be imported"
            return "its module is not imported by a name"
        return None


def best_module(path: str, names: Sequence[str]) -> str:
    """Return the name that agrees best with the path, of those the file was imported by."""
    words = path.removesuffix(".py").split("/")
    if words[-1] == "__init__":
        words.pop()

    def agreement(name: str) -> int:
        parts = name.split(".")
        return len(parts) if words[-len(parts) :] == parts else 0

    return max(names, key=agreement, default="")
