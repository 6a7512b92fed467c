"""Verdicts of earlier runs, kept outside the project: see ``docs/cache.md``."""

from perfopt_cli.pipeline.cache.kept import Kept, not_kept, open_kept
from perfopt_cli.pipeline.cache.store import Store, cache_folder

__all__ = ["Kept", "Store", "cache_folder", "not_kept", "open_kept"]
