"""Rules on arithmetic: closed forms, functions of math, cheaper comparisons.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

from perfopt_cli.model.rules.numbers import extreme_choice, extreme_update, repeat_list

MODULES: tuple[ModuleType, ...] = (repeat_list, extreme_update, extreme_choice)
