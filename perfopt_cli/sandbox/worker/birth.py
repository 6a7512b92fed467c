"""The nursery that forks a child for each program, and the child up to the program's end."""

import builtins
import ctypes
import gc
import io
import json
import os
import resource
import signal
import sys
import tempfile
import traceback
import types

from . import values

NOT_STARTED = 125
VALUES = 100
PR_SET_CHILD_SUBREAPER = 36


class Files:
    """The open files that front and children share; each is one for all runs."""

    def __init__(self):
        self.program, self.stdin, self.stdout, self.stderr, self.values = (
            self.open(name) for name in ("program", "stdin", "stdout", "stderr", "values")
        )

    def open(self, name):
        """Return a descriptor of a file in memory, high enough to be out of the way."""
        if hasattr(os, "memfd_create"):
            return os.memfd_create(name)
        with tempfile.TemporaryFile() as file:
            return os.dup(file.fileno())


class Pipes:
    """The pipes between front, nursery and child, each (reading end, writing end)."""

    def __init__(self):
        self.orders, self.reports = os.pipe(), os.pipe()
        self.ready, self.go = os.pipe(), os.pipe()

    def keep_front(self):
        """Close what only the nursery and its children need."""
        for end in (self.orders[0], self.reports[1], self.ready[1], self.go[0]):
            os.close(end)

    def keep_nursery(self, files):
        """Close all of this process but what the nursery and its children need."""
        kept = {self.orders[0], self.reports[1], self.ready[1], self.go[0], *vars(files).values()}
        for descriptor in range(3, 256):
            if descriptor not in kept:
                try:
                    os.close(descriptor)
                except OSError:
                    continue


def nurse(pipes, files, request):
    """Fork a child for every order, and report how it ended. Never returns."""
    pipes.keep_nursery(files)
    adopt()
    try:
        while os.read(pipes.orders[0], 1):
            try:
                pid = os.fork()
            except OSError:
                pid = -1
            if pid == 0:
                bear(pipes, files, request)
            if pid < 0:
                say(pipes, pid=0)
                say(pipes, status=NOT_STARTED, cpu=0, waits=0, peak=0, left=False)
                continue
            say(pipes, pid=pid)
            _, status, usage = os.wait4(pid, 0)
            cpu = int((usage.ru_utime + usage.ru_stime) * 1e9)
            say(
                pipes,
                status=os.waitstatus_to_exitcode(status),
                cpu=cpu,
                # One of them is the wait at the gate.
                waits=max(0, usage.ru_nvcsw - 1),
                peak=usage.ru_maxrss * 1024,
                left=others_live(),
            )
    finally:
        os._exit(0)


def adopt():
    """Become the parent of what a child leaves behind, so that it is noticed (Linux)."""
    process_control(PR_SET_CHILD_SUBREAPER, 1)


def process_control(option, value):
    """Call prctl, where there is one."""
    if sys.platform.startswith("linux"):
        zero = ctypes.c_ulong(0)
        ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), zero, zero, zero)


def say(pipes, **fields):
    """Send one line to the front."""
    os.write(pipes.reports[1], json.dumps(fields).encode() + b"\n")


def others_live():
    """Tell whether the child left a process behind that still runs; reap what has ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def bear(pipes, files, request):
    """Become the child: read and compile the program, wait at the gate, run it, end."""
    status = NOT_STARTED
    try:
        job = json.loads(os.pread(files.program, os.fstat(files.program).st_size, 0))
        connect(files)
        bound(request)
        code, setup, steps = compiled(job)
        if code is None:
            os._exit(1)
        padding = [bytearray(os.urandom(1)[0] * 64 + 1) for _ in range(6)]
        os.write(pipes.ready[1], b"r")
        if os.read(pipes.go[0], 1) != b"g":
            os._exit(NOT_STARTED)
        os.closerange(3, VALUES)
        os.closerange(VALUES + 1, 256)
        status = perform(code, setup, steps)
        del padding
    finally:
        os._exit(status)


def connect(files):
    """Put the files where a program looks for its streams, as Python opens them at its start."""
    for place, file in enumerate((files.stdin, files.stdout, files.stderr)):
        os.dup2(file, place)
    os.dup2(files.values, VALUES, inheritable=False)
    for place, name in enumerate(("stdin", "stdout", "stderr")):
        raw = io.FileIO(place, "w" if place else "r", closefd=False)
        buffer = io.BufferedWriter(raw) if place else io.BufferedReader(raw)
        errors = "backslashreplace" if name == "stderr" else "strict"
        stream = io.TextIOWrapper(buffer, "utf-8", errors, line_buffering=place == 2)
        stream.mode = "w" if place else "r"
        setattr(sys, name, stream)
        setattr(sys, "__" + name + "__", stream)


def bound(request):
    """Limit what the program may use, and let it be interrupted as any program."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if request["nice"]:
        os.nice(request["nice"])
    limits = {"RLIMIT_FSIZE": request["output"], "RLIMIT_CORE": 0, "RLIMIT_MSGQUEUE": 0}
    if request["memory"]:
        limits["RLIMIT_AS"] = request["memory"]
    for name, value in limits.items():
        number = getattr(resource, name, None)
        if number is not None:
            resource.setrlimit(number, (value, value))


def compiled(job):
    """Return the code of the program, its setup and the steps after it; no code if it is none."""
    try:
        code = compile(job["text"], "program.py", "exec", dont_inherit=True)
    except BaseException as error:
        sys.stderr.write("".join(traceback.format_exception_only(type(error), error)))
        sys.stderr.flush()
        return None, None, []
    setup = compile(job["setup"], "setup.py", "exec", dont_inherit=True) if job["setup"] else None
    steps = [
        (mode, compile(text, "tests.py", mode, dont_inherit=True)) for mode, text in job["steps"]
    ]
    return code, setup, steps


def perform(code, setup, steps):
    """Run the program as Python runs a script; return its exit status."""
    module = types.ModuleType("__main__")
    space = module.__dict__
    space.update(__file__="program.py", __builtins__=builtins)
    sys.modules["__main__"] = module
    sys.argv = ["program.py"]
    sys.setrecursionlimit(sys.getrecursionlimit() + depth(sys._getframe()))
    status = guarded(lambda: execute(space, code, setup, steps))
    guarded(shut_down)
    guarded(space.clear)
    guarded(gc.collect)
    return status or guarded(flush)


def depth(frame):
    """Return how many frames are below the program."""
    count = 2
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


def execute(space, code, setup, steps):
    """Run setup, program and steps in one namespace; send what the steps return."""
    if setup is not None:
        exec(setup, space)
    classes = {name: each for name, each in space.items() if isinstance(each, type)}
    exec(code, space)
    found = []
    for mode, step in steps:
        if mode == "eval":
            found.append(values.encode(eval(step, space), classes))
        else:
            exec(step, space)
    if steps:
        data = json.dumps(found).encode()
        while data:
            data = data[os.write(VALUES, data) :]


def guarded(body):
    """Return the exit status that a script would have after this body."""
    try:
        body()
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return (error.code or 0) & 255
        sys.stderr.write(f"{error.code}\n")
        return 1
    except BaseException:
        traceback.print_exc(limit=-3)
        return 1
    return 0


def shut_down():
    """Wait for threads and call exit handlers, as the interpreter does at its end."""
    threading, atexit = sys.modules.get("threading"), sys.modules.get("atexit")
    if threading is not None:
        threading._shutdown()
    if atexit is not None:
        atexit._run_exitfuncs()


def flush():
    """Write out what is left; a file that the program forgot to close is written by now."""
    if not sys.stdout.closed:
        sys.stdout.flush()
