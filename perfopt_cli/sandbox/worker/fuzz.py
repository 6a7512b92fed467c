"""Make further calls out of the recorded ones, and keep those that the original answers.

Most are made by small changes, some by what the annotations allow. Numbers,
texts and lengths that the original's code names are tried too; or, where the
request has a ``dictionary``, nothing but those of a candidate's code.

Only the original runs here. A new call is dropped where it takes too long,
reaches for the world outside (files to write, processes, connections), has a
result that can't be compared, or ends in an error that says the input makes
no sense.
"""

import random
import sys
import time

from . import calls, load
from .annotated import Annotated
from .changes import Stuck
from .constants import Constants, of_function
from .guard import NONSENSE, Guard
from .mutator import Mutator
from .observe import canonical, observe
from .places import Places

MOST_KEPT = 150
MOST_TRIED = 1000
MOST_BYTES = 2**20
MOST_GROWN_BYTES = 2**16
MOST_FILE_BYTES = 16 * 2**20
MOST_ANNOTATED = MOST_KEPT // 3
ANNOTATED_SHARE = 0.3
MOST_AIMED = 40
TRIED_AIMING = 300
MOST_SEEDS = 16
LARGEST_AIMED = 20_000
SECONDS = 3.0
SECONDS_AIMING = 1.5
SLOW_NANOS = 20_000_000


class Fuzzer:
    """Collects new calls of a function."""

    def __init__(self, function, recorded, nanos, name, dictionary):
        self.function = function
        self.random = random.Random(name)
        self.guard = Guard()
        self.recorded = recorded
        self.nanos = nanos
        self.known = set()
        self.returned = []
        self.raised = []
        self.annotated_kept = 0
        self.bytes = 0
        aiming = dictionary is not None
        self.tries, self.most = (TRIED_AIMING, MOST_AIMED) if aiming else (MOST_TRIED, MOST_KEPT)
        self.seconds = SECONDS_AIMING if aiming else SECONDS
        self.end = time.monotonic() + self.seconds
        loaded = self.load_recorded()
        self.seeds = list(loaded)
        if aiming:  # what is small is quickly replayed, and can be cut or grown to any size
            self.seeds = sorted(loaded, key=lambda index: len(recorded[index]))[:MOST_SEEDS]
        places = Places(list(loaded.values()))
        own = of_function(function)
        if aiming:
            constants = Constants(dictionary, usual=(), largest=LARGEST_AIMED)
        else:
            constants = Constants(own)
        self.mutator = Mutator(self.random, places, "." in name, constants, aiming)
        self.annotated = None if aiming else Annotated(self.random, function, places, constants)

    def load_recorded(self):
        """Return the arguments of recorded calls by index, but for large ones, and know them."""
        loaded = {}
        for index, data in enumerate(self.recorded):
            if len(data) > MOST_BYTES or time.monotonic() > self.end - self.seconds / 2:
                continue
            call = calls.load(data)
            text = canonical(call)
            if text is not None:
                self.known.add(text)
                loaded[index] = call
        return loaded

    def collect(self):
        """Try new calls until there are enough, or time is up."""
        for _ in range(self.tries if self.seeds else 0):
            if len(self.kept()) >= self.most or self.bytes > MOST_FILE_BYTES:
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
        return (self.returned + self.raised[: len(self.returned) // 2])[: self.most]

    def attempt(self, index):
        """Make one new call out of a recorded one, and keep it if it's of use."""
        seed = self.recorded[index]
        growing = len(seed) <= MOST_GROWN_BYTES and self.nanos[index] < SLOW_NANOS
        args, kwargs = calls.load(seed)
        by_type = self.by_type()
        way = self.annotated if by_type else self.mutator
        data = calls.dump(*way.change(args, kwargs, growing))
        text = canonical(calls.load(data))
        if text is None or text in self.known or len(data) > MOST_BYTES:
            raise Stuck
        self.known.add(text)
        seen = observe(self.function, data, compare=False)
        if self.guard.stopped or seen["how"] == "opaque" or seen["error"] in NONSENSE:
            return
        (self.returned if seen["how"] == "returned" else self.raised).append(data)
        self.bytes += len(data)
        self.annotated_kept += by_type

    def by_type(self):
        """Tell whether the next call is to be made from the annotations."""
        if not self.annotated or self.annotated_kept >= MOST_ANNOTATED:
            return False
        return self.random.random() < ANNOTATED_SHARE


def run(channel, request):
    """The ``fuzz`` job: {target, calls, sys_path, usable: {index: ns}, output, dictionary}.

    Writes all recorded calls and then the new ones to ``output``; where there
    is a dictionary, a list of scalars, the new ones alone.
    """
    load.prepare_imports(request)
    sys.dont_write_bytecode = True
    function = load.load_target(request)
    recorded = calls.read_file(request["calls"])
    usable = {int(index): nanos for index, nanos in request["usable"].items()}
    chosen = [recorded[index] for index in usable]
    streams = sys.stdout, sys.stderr
    dictionary, name = request.get("dictionary"), request["target"]["qualname"]
    fuzzer = Fuzzer(function, chosen, list(usable.values()), name, dictionary)
    found = fuzzer.collect()
    sys.stdout, sys.stderr = streams
    calls.write_file(request["output"], recorded + found if dictionary is None else found)
    channel.send("fuzzed", count=len(found))
