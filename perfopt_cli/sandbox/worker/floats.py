"""Floats set aside from a canonical form, so that the parent can compare them within some ulps."""

import base64
import zlib

MOST_FLOATS = 20_000
SIZES = {"e": 2, "f": 4, "d": 8}


class Floats:
    """Floats in the order they were met, each with its width: e, f or d as in ``struct``."""

    def __init__(self):
        self.count = 0
        self.runs = []

    def room(self, count):
        """Tell whether so many more are taken; beyond the bound floats are compared bit by bit."""
        return self.count + count <= MOST_FLOATS

    def add(self, width, data):
        """Take the floats in data, big-endian and one after the other."""
        count = len(data) // SIZES[width]
        self.count += count
        if self.runs and self.runs[-1][0] == width:
            self.runs[-1][1] += count
            self.runs[-1][2].append(data)
        else:
            self.runs.append([width, count, [data]])

    def text(self):
        """Return the floats as text: a line ``WIDTH COUNT`` for each run, and all their bytes."""
        heads = "".join("%s %d\n" % (width, count) for width, count, _ in self.runs)
        body = b"".join(part for _, _, parts in self.runs for part in parts)
        return base64.b64encode(zlib.compress(heads.encode() + b"\n" + body, 1)).decode("ascii")
