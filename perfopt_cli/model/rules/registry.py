"""All rules, in the order in which they are tried."""

from __future__ import annotations

from perfopt_cli.model.rules import builtin, iteration, numbers, searches
from perfopt_cli.model.rules.base import Rule
from perfopt_cli.model.rules.builtin import (
    affix_tuple,
    bulk_extend,
    count_dict,
    eager_generator,
    group_dict,
    int_sum,
    key_getter,
    list_comprehension,
    set_comprehension,
    string_join,
)
from perfopt_cli.model.rules.iteration import (
    common_call,
    compiled_pattern,
    dict_items,
    dict_keys,
    direct_iteration,
    flag_break,
    hoist_assignment,
    hoist_invariant,
    redundant_copy,
)
from perfopt_cli.model.rules.searches import (
    index_join,
    insert_front,
    list_count,
    queue_deque,
    seen_set,
    set_membership,
    sorted_extreme,
)

# Rules that understand a whole loop come before those that change its form. A theme's own MODULES
# have no place among these.
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
    module.NAME: Rule(module.NAME, module.SUMMARY, module.rewrite, module.EXAMPLE)
    for module in _MODULES
}
