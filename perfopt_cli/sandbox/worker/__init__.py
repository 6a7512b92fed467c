"""Programs that run in the user's interpreter, started by path: standard library only, Python 3.9+."""
