"""The tiny models, for all tests here."""

from checkpoints import tiny

__all__ = ["tiny"]
