"""A problem with tests, and the programs that people wrote for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from perfopt_cli.train.records import Tests

ASKED = "program"
"""The family of rows whose program is only asked about; nothing is known of what is faster."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Programs for one task. ``origin`` is ``SET/NAME``.

    Whole programs read stdin (``tests.runs``). Functions have ``entry``, an
    expression for the function, and ``tests.asserts`` that call it. ``larger``
    makes inputs to time on: for programs sources that define
    ``generate_input()``, for functions calls of it.
    """

    origin: str
    programs: tuple[str, ...]
    tests: Tests
    entry: str = ""
    larger: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()

    def with_programs(self, other: Problem) -> Problem:
        """Return the problem with another row's programs as well."""
        return replace(self, programs=tuple(dict.fromkeys((*self.programs, *other.programs))))
