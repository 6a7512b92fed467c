"""Rules that change complexity: what is looked for, counted, sorted or summed again and again.

``MODULES`` are in the order in which they are tried.
"""

from __future__ import annotations

from types import ModuleType

MODULES: tuple[ModuleType, ...] = ()
