"""Entry points for version-control hooks."""
