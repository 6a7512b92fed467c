"""Rules on arithmetic: closed forms, functions of math, cheaper comparisons.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

from perfopt_cli.model.rules.numbers import (
    bit_count,
    constant_call,
    count_items,
    divisor_pairs,
    divmod_parts,
    euclid,
    extreme_choice,
    extreme_update,
    int_product,
    one_of,
    operator_function,
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
    euclid,
    int_product,
    repeat_list,
    square,
    divmod_parts,
    one_of,
    operator_function,
    constant_call,
    extreme_update,
    extreme_choice,
)
