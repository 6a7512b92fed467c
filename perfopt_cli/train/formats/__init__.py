"""Forms in which (slow, fast) pairs come: rows of files, and tests in folders."""
