"""The pairs that come with perfopt."""

from __future__ import annotations

from perfopt_cli.model.examples import building, counting, numbers, searching

BUILTIN = (*searching.PAIRS, *building.PAIRS, *counting.PAIRS, *numbers.PAIRS)
