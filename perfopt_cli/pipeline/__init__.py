"""The whole job in its order: locate, propose, verify, time, apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from perfopt_cli.pipeline.run import Run

__all__ = ["Run"]


def __getattr__(name: str) -> Any:
    """Import Run where it is asked for: what is kept of earlier runs is read without it."""
    if name != "Run":
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from perfopt_cli.pipeline.run import Run

    return Run
