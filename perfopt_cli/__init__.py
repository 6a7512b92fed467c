"""perfopt: verified speedups for Python repositories."""

__version__ = "0.1.0"
