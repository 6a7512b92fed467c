"""Verdicts of earlier runs, kept outside the project: see ``docs/cache.md``."""

from perfopt_cli.pipeline.cache.store import Store, cache_folder

__all__ = ["Store", "cache_folder"]
