"""Rules that change complexity: what is looked for, counted, sorted or summed again and again.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

from perfopt_cli.model.rules.searches import (
    char_count,
    common_item,
    counter_get,
    counter_table,
    pair_count,
    pair_index,
    rank_count,
    recursion_table,
    rising_lengths,
    slice_sum,
    sorted_insert,
)

MODULES: tuple[ModuleType, ...] = (
    recursion_table,
    rising_lengths,
    pair_count,
    pair_index,
    rank_count,
    common_item,
    slice_sum,
    char_count,
    sorted_insert,
    counter_table,
    counter_get,
)
