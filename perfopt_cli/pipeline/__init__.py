"""The whole job in its order: locate, propose, verify, time, apply."""

from perfopt_cli.pipeline.run import Run

__all__ = ["Run"]
