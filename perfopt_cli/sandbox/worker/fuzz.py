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
from .deep import DeepWalk
from .faults import alone, crossed, refusals_of
from .guard import NONSENSE, Guard, limit_memory
from .mutator import Mutator
from .observe import canonical, observe
from .places import Places
from .sweep import Sweep
from .twins import Twins
from .unusual import Unusual

MOST_KEPT = 300
MOST_TRIED = 1500
MOST_BYTES = 2**20
MOST_GROWN_BYTES = 2**16
MOST_FILE_BYTES = 16 * 2**20
MOST_ANNOTATED = MOST_KEPT // 4
ANNOTATED_SHARE = 0.3
MOST_UNUSUAL = 3 * MOST_KEPT // 10
UNUSUAL_SHARE = 0.4
MOST_TWINS = MOST_KEPT // 5
TWINS_SHARE = 0.2
MOST_SWEPT = MOST_KEPT // 2
SWEEP_SHARE = 0.35
AGAIN_SHARE = 0.3
TRIED_CROSSED = 800
MOST_CROSSED = 120
MOST_AIMED = 60
TRIED_AIMING = 300
MOST_SEEDS = 16
LARGEST_AIMED = 20_000
SECONDS = 3.0
SECONDS_AIMING = 1.5
SLOW_NANOS = 20_000_000
SMALL_BYTES = 2048
LEAST_SMALL = 3
SMALL_SHARE = 0.75
MOST_LARGE_BYTES = 2**20
ENLARGED = 4
MOST_NANOS = 600_000_000


class Fuzzer:
    """Collects new calls of a function."""

    def __init__(self, function, recorded, nanos, name, dictionary, refusals=frozenset()):
        self.function = function
        self.random = random.Random(name)
        self.guard = Guard()
        self.recorded = recorded
        self.nanos = nanos
        self.known = set()
        self.returned = []
        self.raised = []
        self.single = []
        self.crossed = []
        self.errors = {}
        self.odd = set()
        self.refusals = refusals
        self.of_way = {}
        self.bytes = 0
        self.spent = 0
        aiming = dictionary is not None
        self.tries, self.most = (TRIED_AIMING, MOST_AIMED) if aiming else (MOST_TRIED, MOST_KEPT)
        self.seconds = SECONDS_AIMING if aiming else SECONDS
        self.end = time.process_time() + self.seconds
        loaded = self.load_recorded()
        self.seeds = list(loaded)
        if aiming:  # what is small is quickly replayed, and can be cut or grown to any size
            self.seeds = sorted(loaded, key=lambda index: len(recorded[index]))[:MOST_SEEDS]
        places = Places(list(loaded.values()))
        self.shaped = bool(places.groups) or any(map(all, places.even.values()))
        own = of_function(function)
        if aiming:
            constants = Constants(dictionary, usual=(), largest=LARGEST_AIMED, far=True)
        else:
            constants = Constants(own)
        self.mutator = Mutator(self.random, places, "." in name, constants, aiming)
        annotated = Annotated(self.random, function, places, constants)
        self.ways = (
            []
            if aiming
            else [
                (Sweep(self.random, function), SWEEP_SHARE, MOST_SWEPT),
                (Twins(self.random, places), TWINS_SHARE, MOST_TWINS),
                (Unusual(self.random, places, function), UNUSUAL_SHARE, MOST_UNUSUAL),
                (annotated if annotated else None, ANNOTATED_SHARE, MOST_ANNOTATED),
            ]
        )

    def load_recorded(self):
        """Return the arguments of recorded calls by index, but for large ones, and know them."""
        loaded = {}
        for index, data in enumerate(self.recorded):
            if len(data) > MOST_BYTES or time.process_time() > self.end - self.seconds / 2:
                continue
            call = calls.load(data)
            text = canonical(call)
            if text is not None:
                self.known.add(text)
                loaded[index] = call
        return loaded

    def collect(self):
        """Try new calls until there are enough, or time is up."""
        sizes = [len(self.recorded[index]) for index in self.seeds]
        for _ in range(ENLARGED if self.ways and max(sizes, default=0) > SMALL_BYTES else 0):
            self.guarded(self.enlarge)
        for _ in range(self.tries if self.seeds else 0):
            if len(self.kept()) >= self.most or self.bytes > MOST_FILE_BYTES:
                break
            if time.process_time() > self.end:
                break
            self.guarded(self.attempt, self.chosen(self.seeds, self.recorded))
        found = self.kept()
        end = self.end + self.seconds / 6
        for step in range(TRIED_CROSSED if len(self.raised) > 1 and self.ways else 0):
            if len(self.crossed) >= MOST_CROSSED or time.process_time() > end:
                break
            self.guarded(self.cross if step % 2 else self.isolate)
        return found + self.crossed

    def guarded(self, make, *given):
        """Make one new call; whatever it ends in, go on."""
        try:
            with self.guard:
                make(*given)
        except BaseException:
            return

    def kept(self):
        """Return the new calls, at most a third of them ending in an exception."""
        return (self.returned + self.raised[: len(self.returned) // 2])[: self.most]

    def attempt(self, index):
        """Make one new call out of a recorded one, and keep it if it's of use."""
        seed = self.recorded[index]
        growing = len(seed) <= MOST_GROWN_BYTES and self.nanos[index] < SLOW_NANOS
        full = len(seed) > SMALL_BYTES and self.bytes >= MOST_LARGE_BYTES
        if self.ways and self.returned and (self.random.random() < AGAIN_SHARE or full):
            number = self.chosen(range(len(self.returned)), self.returned)
            seed = self.returned[number]  # one change more
            growing = growing and len(seed) <= MOST_GROWN_BYTES // 4
        odd = seed in self.odd
        args, kwargs = calls.load(seed)
        way = self.way()
        data = self.new(*way.change(args, kwargs, growing))
        incomplete = getattr(way, "incomplete", False)
        odd = odd or getattr(way, "misshaped", False)
        before = self.spent
        how = self.played(data, incomplete, odd)
        nanos = self.spent - before
        if self.spent > MOST_NANOS and nanos > MOST_NANOS // self.most:
            how, self.spent = None, before
        if how is not None:
            if odd:
                self.odd.add(data)
            (self.returned if how == "returned" else self.raised).append(data)
            self.bytes += len(data)
            self.of_way[way] = self.of_way.get(way, 0) + 1

    def enlarge(self):
        """Make one new call that is larger than recorded ones: most others will be small."""
        fitting = [i for i in self.seeds if len(self.recorded[i]) <= MOST_GROWN_BYTES]
        fitting = sorted(fitting, key=lambda index: len(self.recorded[index]))[-ENLARGED:]
        index = self.random.choice(fitting)
        if self.nanos[index] < SLOW_NANOS:
            data = self.new(*self.mutator.enlarged(*calls.load(self.recorded[index])))
            if self.played(data) == "returned":
                self.returned.append(data)
                self.bytes += len(data)

    def chosen(self, indices, data):
        """Choose one of several calls: of large ones, which take long to replay, only some."""
        index = self.random.choice(indices)
        if len(data[index]) <= SMALL_BYTES:
            return index
        if self.bytes < MOST_LARGE_BYTES and self.random.random() > SMALL_SHARE:
            return index
        by_size = sorted(indices, key=lambda one: len(data[one]))
        small = sum(len(data[one]) <= SMALL_BYTES for one in by_size)
        return self.random.choice(by_size[: max(small, LEAST_SMALL, len(by_size) // 4)])

    def isolate(self):
        """Cut a call that ends in an exception down to the item that is at fault."""
        one = self.faulty(self.raised)
        data = self.new(*alone(self.random, calls.load(one)))
        if (
            self.played(data, True, self.shaped) == "raised"
            and self.errors[data] == self.errors[one]
        ):
            self.single.append(data)

    def faulty(self, raised):
        """Choose a call that ended in an exception: each type is equally likely, and of

        one type each line that it came from.
        """
        known = sorted({self.errors[data] for data in raised})
        kind = self.random.choice(known)
        kind = self.random.choice([one for one in known if one[0] == kind[0]])
        return self.random.choice([data for data in raised if self.errors[data] == kind])

    def cross(self):
        """Make one new call out of two that end in exceptions; keep it if it does so, too."""
        faulty = self.single if len(self.single) > 1 else self.raised
        one = self.faulty(faulty)
        unlike = [data for data in faulty if self.errors[data] != self.errors[one]]
        other = self.faulty(unlike or faulty)
        data = self.new(*crossed(self.random, calls.load(one), calls.load(other)))
        if self.played(data, True, self.shaped) == "raised":
            self.crossed.append(data)

    def new(self, args, kwargs):
        """Return a call as bytes. Raises Stuck where it was tried before, or is too large."""
        with DeepWalk():
            data = calls.dump(args, kwargs)
        text = canonical(calls.load(data))
        if text is None or text in self.known or len(data) > MOST_BYTES:
            raise Stuck
        self.known.add(text)
        return data

    def played(self, data, incomplete=False, misshaped=False):
        """Tell whether the original "returned" or "raised"; None where the call is of no use."""
        seen = observe(self.function, data, compare=incomplete)
        if self.guard.stopped or seen["how"] == "opaque" or seen["error"] in NONSENSE:
            return None
        if seen["how"] == "raised" and misshaped and seen["error"] not in self.refusals:
            return None
        if seen["how"] == "raised" and incomplete and not seen["same"]:
            return None  # half done when it failed: nobody relies on how much
        self.errors[data] = seen["error"], seen["line"]
        self.spent += seen["nanos"]
        return seen["how"]

    def way(self):
        """Return what is to make the next call; each has its share, and a bound of kept calls."""
        for way, share, most in self.ways:
            if way is not None and self.of_way.get(way, 0) < most and self.random.random() < share:
                return way
        return self.mutator


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
    limit_memory()
    nanos = list(usable.values())
    fuzzer = Fuzzer(function, chosen, nanos, name, dictionary, refusals_of(request["target"]))
    found = fuzzer.collect()
    sys.stdout, sys.stderr = streams
    calls.write_file(request["output"], recorded + found if dictionary is None else found)
    channel.send("fuzzed", count=len(found))
