"""All rules, in the order in which they are tried."""

from __future__ import annotations

from perfopt_cli.model.rules import (
    affix_tuple,
    builtin,
    bulk_extend,
    common_call,
    compiled_pattern,
    count_dict,
    dict_comprehension,
    dict_items,
    dict_keys,
    direct_iteration,
    eager_generator,
    flag_break,
    group_dict,
    hoist_assignment,
    hoist_invariant,
    index_join,
    insert_front,
    int_sum,
    iteration,
    key_getter,
    list_comprehension,
    list_count,
    numbers,
    queue_deque,
    redundant_copy,
    searches,
    seen_set,
    set_comprehension,
    set_membership,
    sorted_extreme,
    string_join,
)
from perfopt_cli.model.rules.base import Rule

# Rules that understand a whole loop come before those that change its form.
_MODULES = (
    *searches.MODULES,
    dict_keys,
    redundant_copy,
    direct_iteration,
    dict_items,
    index_join,
    hoist_assignment,
    seen_set,
    set_membership,
    list_count,
    count_dict,
    group_dict,
    insert_front,
    sorted_extreme,
    common_call,
    hoist_invariant,
    affix_tuple,
    flag_break,
    string_join,
    int_sum,
    list_comprehension,
    set_comprehension,
    dict_comprehension,
    bulk_extend,
    eager_generator,
    key_getter,
    compiled_pattern,
    queue_deque,
    *builtin.MODULES,
    *iteration.MODULES,
    *numbers.MODULES,
)

RULES: dict[str, Rule] = {
    module.NAME: Rule(module.NAME, module.SUMMARY, module.rewrite, getattr(module, "EXAMPLE", None))
    for module in _MODULES
}
