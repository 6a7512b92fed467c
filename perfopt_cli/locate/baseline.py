"""Tell whether the project's own tests are fit to judge a change by."""

from __future__ import annotations

from collections.abc import Mapping

from perfopt_cli.core import BaselineError
from perfopt_cli.locate.run import Failure, Located

SHOWN = 10
TAIL_LINES = 12

# https://docs.pytest.org/en/stable/reference/exit-codes.html
INTERRUPTED, INTERNAL_ERROR, USAGE_ERROR, NO_TESTS = 2, 3, 4, 5


def check_baseline(located: Located) -> None:
    """Raise BaselineError, with a text that says what to mend, unless all tests ran and passed.

    So did the workloads.
    """
    problem = _problem(located) or located.trouble
    if problem:
        raise BaselineError(problem)


def compare_runs(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    """Return the node ids, sorted, whose outcomes differ, or that ran in one run only."""
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def _problem(located: Located) -> str | None:
    collection = [one for one in located.failures if one.kind == "collection"]
    failed = [one for one in located.failures if one.kind != "collection"]
    tail = "\n".join("  " + line for line in located.errors.splitlines()[-TAIL_LINES:])
    if located.code is None:
        done = f"{located.baseline.tests} tests had ended"
        where = f", in or after {located.last}" if located.last else ""
        return f"the project's test run {located.ending}{where} ({done}):\n{tail}"
    if collection:
        return "pytest can't read these:\n" + _listed(collection)
    if failed:
        return (
            f"{len(failed)} of {located.baseline.tests} tests fail before any change:\n"
            f"{_listed(failed)}\nMend them, or leave them out with "
            '--pytest-args "--deselect NODEID"'
        )
    if located.code == USAGE_ERROR:
        return f"pytest does not take its arguments (--pytest-args, addopts):\n{tail}"
    if located.code in (INTERRUPTED, INTERNAL_ERROR):
        how = "was interrupted" if located.code == INTERRUPTED else "met an error of its own"
        return f"pytest {how}:\n{tail}"
    if located.code == NO_TESTS or not located.baseline.outcomes:
        return (
            "pytest found no tests: perfopt needs tests that run the code.\n"
            "Where are they? Try --pytest-args FOLDER, or set testpaths in pytest's configuration"
        )
    return None


def _listed(failures: list[Failure]) -> str:
    lines = [f"  {one.where}: {one.text}" for one in failures[:SHOWN]]
    if len(failures) > SHOWN:
        lines.append(f"  and {len(failures) - SHOWN} more")
    return "\n".join(lines)
