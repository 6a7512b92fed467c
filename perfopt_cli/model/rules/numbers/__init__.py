"""Rules on arithmetic: closed forms, functions of math, cheaper comparisons.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

from perfopt_cli.model.rules.numbers import (
    bit_count,
    count_items,
    divisor_pairs,
    extreme_choice,
    extreme_update,
    fold_loop,
    one_of,
    range_sum,
    repeat_list,
    sieve_slice,
    square,
    trial_division,
)

MODULES: tuple[ModuleType, ...] = (
    range_sum,
    divisor_pairs,
    count_items,
    trial_division,
    sieve_slice,
    bit_count,
    fold_loop,
    repeat_list,
    square,
    one_of,
    extreme_update,
    extreme_choice,
)
