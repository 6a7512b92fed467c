"""Time original and candidate against each other, one batch at a time, as the parent asks.

Clocks are taken before any candidate is loaded.
"""

import gc
import io
import os
import resource
import sys

from . import calls, load
from .batches import Arms, Bench, unseen
from .quiet import keep_orphans

COLLECT_EVERY = 4


def resident_bytes():
    """Return the resident memory of this process in bytes."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in bytes on macOS


class Orders:
    """Carries out what the parent asks for. ``request`` is that of the job."""

    def __init__(self, arms, recorded, request):
        self.arms = arms
        self.recorded = recorded
        self.request = request
        self.benches = {}
        self.turn = 0

    def bench(self, inputs):
        """Return the bench of these inputs, warmed up."""
        key = tuple(inputs)
        if key not in self.benches:
            chosen = [self.recorded[index] for index in key]
            batch_ns, reuse = self.request["batch_ns"], self.request["reuse"]
            self.benches[key] = Bench(self.arms, chosen, batch_ns, reuse)
        return self.benches[key]

    def quad(self, order):
        """One sample; ``collect``: with the garbage collector on, else every fourth time."""
        self.turn += 1
        collect = order.get("collect", self.turn % COLLECT_EVERY == 0)
        return self.bench(order["inputs"]).quad(collect)

    def arm(self, order):
        """Some batches of one arm; the sum of their CPU time."""
        bench = self.bench(order["inputs"])
        spent = sum(bench.batch(order["arm"])["cpu"] for _ in range(order["batches"]))
        return {"cpu": spent}

    def memory(self, order):
        """Peaks of both arms over a pass, and what is resident without them."""
        bench = self.bench(order["inputs"])
        return {"peaks": [bench.peak(0), bench.peak(1)], "resident": resident_bytes()}

    def unseen(self, order):
        """Calls on inputs that neither arm has had, for each: before, first, later."""
        data = [self.recorded[index] for index in order["inputs"]]
        return {"spent": [unseen(self.arms, each) for each in data]}

    def sizes(self, order):
        """The bytes that the arguments of calls take."""
        return {"bytes": [len(self.recorded[index]) for index in order["inputs"]]}


def stream(channel, orders, request):
    """Send one quad after another without being asked, ``most`` at most."""
    for _ in range(request["most"]):
        channel.send("quad", **orders.quad({"inputs": request["inputs"]}))


def serve(channel, orders, request):
    """Answer the parent's orders until it stops asking."""
    known = {name: getattr(orders, name) for name in ("quad", "arm", "memory", "unseen", "sizes")}
    while True:
        order = channel.receive()
        if order is None or order["do"] == "stop":
            return
        channel.send(order["do"], **known[order["do"]](order))


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
    orders = Orders(Arms(function, codes), recorded, request)
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = NullStream()
    keep_orphans()
    gc.collect()
    gc.disable()
    channel.send("ready")
    try:
        (stream if request.get("stream") else serve)(channel, orders, request)
    finally:
        sys.stdout, sys.stderr = streams


class NullStream(io.TextIOBase):
    """Swallows what the target prints."""

    def write(self, text):
        """Drop the text."""
        return len(text)
