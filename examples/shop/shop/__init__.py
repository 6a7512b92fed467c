"""Back office of a small web shop."""
