"""Rules on arithmetic: closed forms, functions of math, cheaper comparisons.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

MODULES: tuple[ModuleType, ...] = ()
