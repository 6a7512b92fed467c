"""Make further calls out of the recorded ones, and keep those that the original answers.

Only the original runs here. A new call is dropped where it takes too long,
reaches for the world outside (files to write, processes, connections), has a
result that can't be compared, or ends in an error that says the input makes
no sense.
"""

import random
import sys
import time

from . import calls, load
from .changes import Stuck
from .guard import NONSENSE, Guard
from .mutator import Mutator
from .places import Places
from .replay import canonical, observe

MOST_KEPT = 150
MOST_TRIED = 1000
MOST_BYTES = 2**20
MOST_GROWN_BYTES = 2**16
MOST_FILE_BYTES = 16 * 2**20
SECONDS = 3.0
SLOW_NANOS = 20_000_000


class Fuzzer:
    """Collects new calls of a function."""

    def __init__(self, function, recorded, nanos, name):
        self.function = function
        self.random = random.Random(name)
        self.guard = Guard()
        self.recorded = recorded
        self.nanos = nanos
        self.known = set()
        self.returned = []
        self.raised = []
        self.bytes = 0
        self.end = time.monotonic() + SECONDS
        loaded = self.load_recorded()
        self.seeds = list(loaded)
        self.mutator = Mutator(self.random, Places(list(loaded.values())), "." in name)

    def load_recorded(self):
        """Return the arguments of recorded calls by index, but for large ones, and know them."""
        loaded = {}
        for index, data in enumerate(self.recorded):
            if len(data) > MOST_BYTES or time.monotonic() > self.end - SECONDS / 2:
                continue
            call = calls.load(data)
            text = canonical(call)
            if text is not None:
                self.known.add(text)
                loaded[index] = call
        return loaded

    def collect(self):
        """Try new calls until there are enough, or time is up."""
        for _ in range(MOST_TRIED if self.seeds else 0):
            if len(self.kept()) >= MOST_KEPT or self.bytes > MOST_FILE_BYTES:
                break
            if time.monotonic() > self.end:
                break
            try:
                with self.guard:
                    self.attempt(self.random.choice(self.seeds))
            except BaseException:
                continue
        return self.kept()

    def kept(self):
        """Return the new calls, at most a third of them ending in an exception."""
        return (self.returned + self.raised[: len(self.returned) // 2])[:MOST_KEPT]

    def attempt(self, index):
        """Make one new call out of a recorded one, and keep it if it's of use."""
        seed = self.recorded[index]
        growing = len(seed) <= MOST_GROWN_BYTES and self.nanos[index] < SLOW_NANOS
        data = calls.dump(*self.mutator.change(*calls.load(seed), growing))
        text = canonical(calls.load(data))
        if text is None or text in self.known or len(data) > MOST_BYTES:
            raise Stuck
        self.known.add(text)
        seen = observe(self.function, data, compare=False)
        if self.guard.stopped or seen["how"] == "opaque" or seen["error"] in NONSENSE:
            return
        (self.returned if seen["how"] == "returned" else self.raised).append(data)
        self.bytes += len(data)


def run(channel, request):
    """The ``fuzz`` job: {target, calls, sys_path, usable: {index: ns}, output}.

    Writes all recorded calls and then the new ones to ``output``.
    """
    load.prepare_imports(request)
    sys.dont_write_bytecode = True
    function = load.load_target(request)
    recorded = calls.read_file(request["calls"])
    usable = {int(index): nanos for index, nanos in request["usable"].items()}
    chosen = [recorded[index] for index in usable]
    streams = sys.stdout, sys.stderr
    fuzzer = Fuzzer(function, chosen, list(usable.values()), request["target"]["qualname"])
    found = fuzzer.collect()
    sys.stdout, sys.stderr = streams
    calls.write_file(request["output"], recorded + found)
    channel.send("fuzzed", count=len(found))
