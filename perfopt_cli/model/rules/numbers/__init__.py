"""Rules on arithmetic: closed forms, functions of math, cheaper comparisons.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

from perfopt_cli.model.rules.numbers import (
    divisor_pairs,
    extreme_choice,
    extreme_update,
    range_sum,
    repeat_list,
    sieve_slice,
    trial_division,
)

MODULES: tuple[ModuleType, ...] = (
    range_sum,
    divisor_pairs,
    trial_division,
    sieve_slice,
    repeat_list,
    extreme_update,
    extreme_choice,
)
