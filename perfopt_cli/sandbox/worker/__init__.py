"""Programs for the user's interpreter, started by path: standard library only, Python 3.9+."""
