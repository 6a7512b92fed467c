"""Run whole programs, each in a fork of a process that has never seen another one.

Three processes. The *front* talks to perfopt; it alone holds the programs, the
inputs and what was printed. The *nursery*, forked before anything arrives,
does nothing but fork: every program starts from the same clean image, in which
there is neither an expected output nor anything of another program. The
*child* compiles its program, stops at a gate, and runs it when the front has
read its processor clock.

The front reads the kernel's clocks only, so that nothing the program does to
its own ``time`` counts. CPU time is that of the child and of the processes it
waited for, from the gate to its end.
"""

import base64
import gc
import hashlib
import importlib
import json
import os
import select
import time

from . import birth

PR_SET_DUMPABLE = 4
SLICE = 0.05
IDLE = 0.1
MOST_WAIT = 4.0
SHOWN = 400
QUEUES = ("shm", "sem", "msg")


class Stuck(Exception):
    """A child or the nursery does not answer as it should."""


def clock(pid):
    """Return the CPU time of a process in ns, or 0 where it has ended."""
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)
    except OSError:
        return 0


def normal_digest(data):
    """Return the SHA-256 of what was printed, without white space at the ends of lines."""
    lines = [line.rstrip() for line in data.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


class Front:
    """Feeds the nursery and watches its children."""

    def __init__(self, request):
        self.files = birth.Files()
        self.pipes = birth.Pipes()
        self.request = request
        self.programs = {}
        self.inputs = {}
        self.reports = b""
        # Its memory is closed to the children, which run under the same user.
        birth.process_control(PR_SET_DUMPABLE, 0)
        for name in request["preload"]:
            preload(name)
        gc.collect()
        gc.freeze()
        if request["memory"]:
            # A child of the nursery can't ask: without namespaces only this one's /proc is open.
            request["memory"] += address_space()
        self.nursery = os.fork()
        if self.nursery == 0:
            birth.nurse(self.pipes, self.files, request)
        self.pipes.keep_front()

    def run(self, order):
        """Run one program on one input; return what came of it."""
        files = self.files
        self.fill(files.program, self.programs[order["program"]])
        self.fill(files.stdin, self.inputs.get(order["input"], b""))
        for each in (files.stdout, files.stderr, files.values):
            self.fill(each, b"")
        os.write(self.pipes.orders[1], b"f")
        pid = self.report()["pid"]
        began = time.monotonic()
        if not self.at_gate(began + order["seconds"]):
            return self.ended_early(pid)
        start = clock(pid)
        wall = time.perf_counter_ns()
        os.write(self.pipes.go[1], b"g")
        if not self.watch(pid, start, order["seconds"]):
            return {"ending": "timed out", "cpu": clock(pid) - start}
        wall = time.perf_counter_ns() - wall
        return self.result(self.report(), start, wall)

    def fill(self, file, data):
        """Give a file this content, and set it to its start."""
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        view = memoryview(data)
        while view:
            view = view[os.write(file, view) :]
        os.lseek(file, 0, os.SEEK_SET)

    def at_gate(self, deadline):
        """Wait until the child has compiled its program; return whether it did."""
        gate = self.pipes.ready[0]
        if not self.reported(max(0.0, deadline - time.monotonic()), gate):
            return False
        return bool(select.select([gate], [], [], 0)[0]) and os.read(gate, 1) == b"r"

    def ended_early(self, pid):
        """Say why a child never came to the gate."""
        if not self.reported(0.0):
            return {"ending": "broken", "errors": "not compiled within the limit", "left": True}
        report = self.report()
        if report.get("status") == birth.NOT_STARTED:
            return {"ending": "not started", "errors": self.tail()}
        errors = self.tail() or f"the compiler ended with status {report.get('status')}"
        return {"ending": "broken", "errors": errors, "left": report.get("left", False)}

    def watch(self, pid, start, seconds):
        """Wait for the child's end; return whether it came within the limits.

        The limit is CPU time, or wall time for what does nothing: on a busy
        machine a program gets its share later.
        """
        began = time.monotonic()
        while not self.reported(SLICE):
            passed, used = time.monotonic() - began, (clock(pid) - start) / 1e9
            if used > seconds or passed > MOST_WAIT * seconds:
                return False
            if passed > seconds and used < IDLE * passed:
                return False
        return True

    def reported(self, seconds, *others):
        """Wait for a line of the nursery, or for one of the other descriptors."""
        if b"\n" in self.reports:
            return True
        return bool(select.select([self.pipes.reports[0], *others], [], [], seconds)[0])

    def report(self):
        """Return the next line of the nursery."""
        while b"\n" not in self.reports:
            data = os.read(self.pipes.reports[0], 4096)
            if not data:
                raise Stuck("the nursery is gone")
            self.reports += data
        line, _, self.reports = self.reports.partition(b"\n")
        return json.loads(line)

    def result(self, report, start, wall):
        """Put together what is known of a child that ran to its end."""
        size = os.fstat(self.files.stdout).st_size
        output = os.pread(self.files.stdout, size, 0)
        values = self.values()
        return {
            "ending": "ended",
            "status": report["status"],
            "cpu": max(1, report["cpu"] - start),
            "wall": wall,
            "waits": report["waits"],
            "peak": report["peak"],
            "digest": hashlib.sha256(values).hexdigest() if values else normal_digest(output),
            "shown": output[:SHOWN].decode("utf-8", "replace"),
            "size": size,
            "errors": self.tail(),
            "left": report["left"] or self.traces(),
            "processes": report["left"],
        }

    def values(self):
        """Return what the calls of the program returned, as it wrote them."""
        return os.pread(self.files.values, os.fstat(self.files.values).st_size, 0)

    def tail(self):
        """Return the last of the child's stderr."""
        size = os.fstat(self.files.stderr).st_size
        return os.pread(self.files.stderr, 2000, max(0, size - 2000)).decode("utf-8", "replace")

    def traces(self):
        """Tell whether something stays behind that the next program could read."""
        if not self.request["private"]:
            return False
        try:
            if os.listdir("/dev/shm"):
                return True
            for name in QUEUES:
                with open(f"/proc/sysvipc/{name}", "rb") as file:
                    if file.read().count(b"\n") > 1:
                        return True
        except OSError:
            return False
        return False


def address_space():
    """Return the size of this process's address space in bytes."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 2**29


def preload(name):
    """Import a module that programs use, so that its import is no part of their time."""
    try:
        importlib.import_module(name)
    except Exception:
        return


def run(channel, request):
    """The ``program`` job: {preload, private, memory, output, nice}; then orders.

    ``job`` and ``input`` hand over a text under a name; ``run`` runs a job on
    an input for some seconds; ``values`` asks for what the last one returned;
    ``forget`` drops what was handed over.
    """
    front = Front(request)
    channel.send("ready")
    while True:
        order = channel.receive()
        if order is None or order["do"] == "stop":
            return
        if order["do"] == "job":
            front.programs[order["name"]] = json.dumps(order["job"]).encode()
        elif order["do"] == "input":
            text = order["text"].encode("utf-8", "surrogatepass")
            front.inputs[order["name"]] = text
        elif order["do"] == "forget":
            front.programs.clear()
            front.inputs.clear()
        elif order["do"] == "values":
            channel.send("values", data=base64.b64encode(front.values()).decode())
        else:
            try:
                channel.send("ran", **front.run(order))
            except Stuck as error:
                channel.send("ran", ending="crashed", errors=str(error), left=True)
