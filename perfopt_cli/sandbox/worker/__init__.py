"""What runs inside the user's interpreter: standard library only, Python 3.9 and later.

These modules are never imported by perfopt itself; ``start.py`` is started by
path and loads its siblings as the package ``_perfopt_worker``.
"""
