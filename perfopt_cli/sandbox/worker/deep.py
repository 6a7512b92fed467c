"""Room on the stack for perfopt's own walks through nested values.

The function under test sees the limit as it was: a rewrite that recurses deeper
than the original is to fail where it would fail in the user's program.
"""

import sys

FRAMES = 8000  # of Python: half of what 8 MiB of C stack hold in 3.9


class DeepWalk:
    """A context in which perfopt's own code may recurse deeper."""

    def __enter__(self):
        self.limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(self.limit, FRAMES))

    def __exit__(self, *_details):
        sys.setrecursionlimit(self.limit)
