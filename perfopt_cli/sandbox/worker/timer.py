"""Time original and candidate against each other, one batch at a time, as the parent asks.

Clocks are taken before any candidate is loaded. Both arms run the same loop
over copies of the same recorded arguments; only ``__code__`` of the
function changes, to one of a pool of copies of the arm's code at different
places in memory, as two compilations of one source differ by up to 4 % in
speed through layout alone.
"""

import asyncio
import collections
import gc
import io
import os
import random
import sys
import tracemalloc
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter_ns, process_time_ns, thread_time_ns

from . import calls, load
from .closures import StandIn

POOL = 6
WARM_UP_CALLS = 24
COLLECT_EVERY = 4
MAX_COPIES = 20_000
MAX_COPY_BYTES = 64 * 2**20


def children_ns():
    """Return the CPU time of reaped children in nanoseconds."""
    usage = getrusage(RUSAGE_CHILDREN)
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


class Arms:
    """The function under test with the code pools of its two arms."""

    def __init__(self, function, codes):
        self.function = function
        self.padding = []
        self.pools = [self.pool(code) for code in codes]
        self.random = random.Random(int.from_bytes(os.urandom(8), "big"))

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
    """Runs batches of one set of inputs."""

    def __init__(self, arms, inputs, target_ns, reuse):
        self.arms = arms
        self.inputs = inputs
        self.prepared = [calls.load(data) for data in inputs] if reuse else None
        self.drive = driver(arms.function.__code__)
        self.repeats = 1
        once = max(1, min(self.batch(0)["cpu"] for _ in range(2)))
        most = max(1, MAX_COPIES // len(inputs))
        if not reuse:
            most = max(1, min(most, MAX_COPY_BYTES // max(1, sum(map(len, inputs)))))
        self.repeats = max(1, min(most, target_ns // once))
        self.warm_up()

    def warm_up(self):
        """Let the interpreter specialise every copy of both arms."""
        passes = -(-WARM_UP_CALLS // len(self.inputs))
        for arm in (0, 1):
            for _ in self.arms.use_each(arm):
                self.drive(self.prepare(passes))

    def prepare(self, repeats):
        """Return the calls to make by the arm in use: fresh copies of the inputs, repeats times.

        Where neither arm changes its arguments, they are the same ones again.
        """
        if self.prepared is not None:
            return [self.bound(*each) for each in self.prepared] * repeats
        return [self.bound(*calls.load(data)) for _ in range(repeats) for data in self.inputs]

    def bound(self, args, kwargs):
        """Return (function, args, kwargs); of a nested definition, a function of its cells."""
        function = self.arms.function
        if isinstance(function, StandIn):
            return function.bind(args[0]), args[1:], kwargs
        return function, args, kwargs

    def batch(self, arm, collect=False):
        """Run one batch; return its CPU time (all threads and children) and wall time in ns."""
        self.arms.use(arm)
        prepared = self.prepare(self.repeats)
        gc.collect(0)
        if collect:
            gc.enable()
        children = children_ns()
        thread, cpu, wall = thread_time_ns(), process_time_ns(), perf_counter_ns()
        self.drive(prepared)
        wall, cpu = perf_counter_ns() - wall, process_time_ns() - cpu
        thread = thread_time_ns() - thread
        gc.disable()
        cpu = max(cpu, thread) + children_ns() - children
        return {"cpu": max(1, cpu), "wall": max(1, wall)}

    def quad(self, collect):
        """Run ABBA or BAAB; return the sums of each arm."""
        order = self.arms.random.choice(((0, 1, 1, 0), (1, 0, 0, 1)))
        cpu, wall = [0, 0], [0, 0]
        waits = -getrusage(RUSAGE_SELF).ru_nvcsw
        for arm in order:
            spent = self.batch(arm, collect)
            cpu[arm] += spent["cpu"]
            wall[arm] += spent["wall"]
        waits += getrusage(RUSAGE_SELF).ru_nvcsw
        calls_each = 2 * self.repeats * len(self.inputs)
        return {"cpu": cpu, "wall": wall, "waits": waits, "calls": calls_each}

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


def resident_bytes():
    """Return the resident memory of this process in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def stream(channel, arms, recorded, request):
    """Send one quad after another without being asked, ``most`` at most."""
    chosen = [recorded[index] for index in request["inputs"]]
    bench = Bench(arms, chosen, request["batch_ns"], request["reuse"])
    for turn in range(1, request["most"] + 1):
        channel.send("quad", **bench.quad(collect=turn % COLLECT_EVERY == 0))


def serve(channel, arms, recorded, request):
    """Answer the parent's orders until it stops asking."""
    benches = {}
    turn = 0
    while True:
        order = channel.receive()
        if order is None or order["do"] == "stop":
            return
        key = tuple(order["inputs"])
        if key not in benches:
            chosen = [recorded[index] for index in key]
            benches[key] = Bench(arms, chosen, request["batch_ns"], request["reuse"])
        bench = benches[key]
        if order["do"] == "memory":
            peaks = [bench.peak(0), bench.peak(1)]
            channel.send("memory", peaks=peaks, resident=resident_bytes())
        else:
            turn += 1
            channel.send("quad", **bench.quad(collect=turn % COLLECT_EVERY == 0))


def run(channel, request):
    """The ``time`` job: {target, calls, sys_path, text, imports, batch_ns, reuse}; then orders.

    With ``stream`` it reads no orders: it sends quads of ``inputs`` (indices)
    by itself, ``most`` at most, until it is ended.
    ``swapped``: the function as it is in the copy is the candidate, that of the text the original.
    """
    load.prepare_imports(request)
    try:
        function = load.load_target(request)
        code = load.compile_definition(request["text"], request["target"])
        load.check_code(function, code)
        load.add_imports(function, request["imports"])
        recorded = calls.read_file(request["calls"])
    except load.NotLoadable as error:
        channel.send("unloadable", text=str(error))
        return
    codes = [function.__code__, code]
    if request.get("swapped"):
        codes.reverse()
    arms = Arms(function, codes)
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = NullStream()
    gc.collect()
    gc.disable()
    channel.send("ready")
    try:
        (stream if request.get("stream") else serve)(channel, arms, recorded, request)
    finally:
        sys.stdout, sys.stderr = streams


class NullStream(io.TextIOBase):
    """Swallows what the target prints."""

    def write(self, text):
        """Drop the text."""
        return len(text)
