"""Rules on how loops run, and on what they need not do again.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

MODULES: tuple[ModuleType, ...] = ()
