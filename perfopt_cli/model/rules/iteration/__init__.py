"""Rules on how loops run, and on what they need not do again.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

from perfopt_cli.model.rules.iteration import (
    counted_items,
    hoist_arithmetic,
    hoist_subscript,
    local_subscript,
    sliced_items,
    while_range,
)

MODULES: tuple[ModuleType, ...] = (
    while_range,
    counted_items,
    sliced_items,
    hoist_subscript,
    local_subscript,
    hoist_arithmetic,
)
