"""Rules that let the interpreter and the standard library do what code does by hand.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

from perfopt_cli.model.rules.builtin import (
    answer_loop,
    count_default,
    count_key,
    flatten,
    format_string,
    generator_list,
    lambda_wrapper,
    list_append,
    literal_pattern,
    map_builtin,
    map_lambda,
    member_answer,
    member_copy,
    negative_key,
    reversed_slice,
    same_items,
    shallow_copy,
    split_part,
    text_filter,
    value_count,
)

MODULES: tuple[ModuleType, ...] = (
    list_append,
    reversed_slice,
    member_copy,
    same_items,
    split_part,
    shallow_copy,
    count_default,
    count_key,
    negative_key,
    map_lambda,
    lambda_wrapper,
    text_filter,
    member_answer,
    answer_loop,
    value_count,
    flatten,
    map_builtin,
    generator_list,
    literal_pattern,
    format_string,
)
