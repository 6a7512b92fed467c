"""Batches of calls of original and candidate, and what they take.

Both arms run the same loop over copies of the same recorded arguments; only
``__code__`` of the function changes, to one of a pool of copies of the arm's
code at different places in memory, as two compilations of one source differ
by up to 4 % in speed through layout alone.
"""

import asyncio
import collections
import gc
import os
import random
import tracemalloc
from resource import RUSAGE_SELF, getrusage
from time import perf_counter_ns

from . import calls, load
from .closures import StandIn
from .quiet import Watch, make_clock

POOL = 6
WARM_UP_CALLS = 24
WARM_UP_SHARE = 0.25
WAITING = 4
MAX_COPIES = 20_000
MAX_COPY_BYTES = 64 * 2**20


class Arms:
    """The function under test with the code pools of its two arms.

    ``wrong`` are, of each arm, what it was seen to leave behind (see ``quiet``).
    """

    def __init__(self, function, codes):
        self.function = function
        self.padding = []
        self.pools = [self.pool(code) for code in codes]
        self.random = random.Random(int.from_bytes(os.urandom(8), "big"))
        self.wrong = [set(), set()]

    def pool(self, code):
        """Return copies of the code with random gaps between them."""
        copies = []
        for _ in range(POOL):
            self.padding.append(bytearray(os.urandom(1)[0] * 64 + 1))
            copies.append(load.code_copy(code))
        return copies

    def use(self, arm):
        """Put a random copy of the arm's code in place."""
        self.function.__code__ = self.random.choice(self.pools[arm])

    def use_each(self, arm):
        """Put each copy of the arm's code in place in turn."""
        for code in self.pools[arm]:
            self.function.__code__ = code
            yield


def driver(code):
    """Return a function that makes all calls of a list, by the kind of the target's code."""

    async def gather(prepared):
        for function, args, kwargs in prepared:
            await function(*args, **kwargs)

    async def gather_items(prepared):
        for function, args, kwargs in prepared:
            async for _ in function(*args, **kwargs):
                pass

    def drain(prepared):
        for function, args, kwargs in prepared:
            exhaust(function(*args, **kwargs), 0)

    def call(prepared):
        for function, args, kwargs in prepared:
            function(*args, **kwargs)

    exhaust = collections.deque
    if code.co_flags & load.COROUTINE:
        return lambda prepared: asyncio.run(gather(prepared))
    if code.co_flags & load.ASYNC_GENERATOR:
        return lambda prepared: asyncio.run(gather_items(prepared))
    return drain if code.co_flags & load.GENERATOR else call


class Bench:
    """Runs batches of one set of inputs, each to take about ``target_ns``."""

    def __init__(self, arms, inputs, target_ns, reuse):
        self.arms = arms
        self.inputs = inputs
        self.prepared = [calls.load(data) for data in inputs] if reuse else None
        self.drive = driver(arms.function.__code__)
        self.clock = make_clock()
        self.repeats = 1
        self.warm_up(0, target_ns)
        tried = [self.batch(0) for _ in range(2)]
        once = min(spent["cpu"] for spent in tried)
        wall = min(spent["wall"] for spent in tried)
        if wall > WAITING * once and all(spent["waits"] for spent in tried):
            once = wall  # repeated calls that sleep take long, if not on the processor
        most = max(1, MAX_COPIES // len(inputs))
        if not reuse:
            most = max(1, min(most, MAX_COPY_BYTES // max(1, sum(map(len, inputs)))))
        self.repeats = max(1, min(most, target_ns // max(1, once)))
        # What the original begins and keeps, such as a pool of threads, is there by now.
        arms.wrong[0].clear()
        self.warm_up(1, target_ns)

    def warm_up(self, arm, target_ns):
        """Let the interpreter specialise every copy of the arm: a few calls, for a short time."""
        for _ in self.arms.use_each(arm):
            watch = Watch(self.clock)
            began = perf_counter_ns()
            for number in range(WARM_UP_CALLS):
                self.drive([self.one(number % len(self.inputs))])
                if perf_counter_ns() - began > WARM_UP_SHARE * target_ns:
                    break
            patient = not self.arms.wrong[arm]
            self.arms.wrong[arm].update(watch.settle(self.clock(), patient)[1])

    def one(self, number):
        """Return the call to make on one of the inputs."""
        if self.prepared is not None:
            return self.bound(*self.prepared[number])
        return self.bound(*calls.load(self.inputs[number]))

    def prepare(self, repeats):
        """Return the calls to make by the arm in use: fresh copies of the inputs, repeats times.

        Where neither arm changes its arguments, they are the same ones again.
        """
        if self.prepared is not None:
            return [self.bound(*each) for each in self.prepared] * repeats
        # Copies of the batch before that hold one another; measure() has moved them up one.
        gc.collect(1)
        return [self.bound(*calls.load(data)) for _ in range(repeats) for data in self.inputs]

    def bound(self, args, kwargs):
        """Return (function, args, kwargs); of a nested definition, a function of its cells."""
        function = self.arms.function
        if isinstance(function, StandIn):
            return function.bind(args[0]), args[1:], kwargs
        return function, args, kwargs

    def batch(self, arm, collect=False):
        """Run one batch; return its CPU and wall time in ns, and how often it waited.

        CPU time is that of all threads and children, up to when they are at rest.
        """
        self.arms.use(arm)
        return self.measure(arm, self.prepare(self.repeats), collect)

    def measure(self, arm, prepared, collect=False):
        """Make the calls, and return what they took."""
        gc.collect(0)
        if collect:
            gc.enable()
        watch, clock, wall_clock = Watch(self.clock), self.clock, perf_counter_ns
        waits = -getrusage(RUSAGE_SELF).ru_nvcsw
        began, wall = clock(), wall_clock()
        self.drive(prepared)
        wall, ended = wall_clock() - wall, clock()
        waits += getrusage(RUSAGE_SELF).ru_nvcsw
        late, wrong = watch.settle(ended, patient=not self.arms.wrong[arm])
        gc.disable()
        self.arms.wrong[arm].update(wrong)
        thread, process, children = (after - before for before, after in zip(began, ended))
        cpu = max(process, thread) + children + late
        return {"cpu": max(1, cpu), "wall": max(1, wall), "waits": waits}

    def quad(self, collect):
        """Run ABBA or BAAB; return the sums of each arm."""
        order = self.arms.random.choice(((0, 1, 1, 0), (1, 0, 0, 1)))
        cpu, wall, waits = [0, 0], [0, 0], 0
        for arm in order:
            spent = self.batch(arm, collect)
            cpu[arm] += spent["cpu"]
            wall[arm] += spent["wall"]
            waits += spent["waits"]
        calls_each = 2 * self.repeats * len(self.inputs)
        wrong = [sorted(each) for each in self.arms.wrong]
        return {"cpu": cpu, "wall": wall, "waits": waits, "calls": calls_each, "wrong": wrong}

    def peak(self, arm):
        """Return the peak of traced memory over one pass of the inputs, in bytes."""
        self.arms.use(arm)
        prepared = self.prepare(1)
        gc.collect()
        tracemalloc.start()
        try:
            self.drive(prepared)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def unseen(arms, data):
    """Return CPU ns of single calls on an input that neither arm has had.

    Of the original when it has had it, of the candidate's first call, and of
    its later ones. The original goes ahead, so that caches of the project
    itself are full for both; then they take turns, on fresh copies.
    """
    bench = Bench.__new__(Bench)
    bench.arms, bench.inputs, bench.prepared = arms, [data], None
    bench.clock, bench.drive = make_clock(), driver(arms.function.__code__)
    spent = [[], []]
    for arm in (0, 1, 0, 1, 0, 1, 0, 1):
        arms.use(arm)
        spent[arm].append(bench.measure(arm, bench.prepare(1))["cpu"])
    (_, *original), (first, *later) = spent
    return [sorted(original)[1], first, sorted(later)[1]]
