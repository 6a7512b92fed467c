"""Stand ready where no candidate has been seen, and do each job in a fork of this process.

perfopt asks for a fork, reads what that one sends, and has it reaped: killed,
waited for, and looked at for what it left behind. The nonce of a fork's
messages comes with its request, that of the answer to ``reap`` with ``reap``,
when the fork is to be dead. Nothing that a fork can read holds a nonce of a
later message: it has no stdin, and this process's memory and descriptors are
closed to it.
"""

import gc
import importlib
import json
import os
import signal
import sys
import time

from . import birth, load

PR_SET_DUMPABLE = 4
ENDED = b"ended\n"
SLICE = 0.01
LINGER = 0.05
LAST_SECONDS = 1.0  # from a fork's last message to its end
FORKED = {
    "replay": "replay",
    "answer": "answers",
    "time": "timer",
    "facts": "facts",
    "fuzz": "fuzz",
    "mutants": "mutants",
    "shrink": "shrink",
}


class Unfit(Exception):
    """This process can't be forked; the text says why."""


def run(channel, request):
    """The ``serve`` job: {module, sys_path, jobs}; then orders of these jobs.

    Imports the targets' module, answers ``ready`` or ``unfit``, and serves.
    """
    load.prepare_imports(request)
    try:
        load.load_module(request["module"])
    except Exception as error:
        channel.send("unfit", text="%s: %s" % (type(error).__name__, error))
        return
    for name in request["jobs"]:
        job_module(name)
    serve(channel, lambda forked, order: job_module(order["job"]).run(forked, order))


def job_module(name):
    """Return the module that does the job; what is seldom done is imported in the fork."""
    return importlib.import_module("." + FORKED[name], __package__)


def serve(channel, perform):
    """Do orders in forks until perfopt hangs up. ``perform(channel, request)`` does one."""
    try:
        check_alone()
    except Unfit as error:
        channel.send("unfit", text=str(error))
        return
    birth.adopt()
    birth.process_control(PR_SET_DUMPABLE, 0)
    # A collection in a fork would write to each object, and so copy all of the memory.
    gc.collect()
    gc.freeze()
    channel.send("ready")
    child = orders = None
    while True:
        if child is not None and not channel.pending() and not wait(channel, child):
            channel.say(ENDED)  # no secret: whoever says it ends only himself
        order = channel.receive()
        if order is None or order["do"] == "stop":
            return
        if order["do"] == "reap":
            if order["done"]:
                linger(lambda: not ended(child), LAST_SECONDS)
            gone = reap(child)
            channel.say(b"\n")  # the fork may have been killed in the middle of a line
            channel.sign(order["nonce"])("reaped", **gone)
            os.close(orders)
            child = orders = None
        elif order["do"] == "tell":
            tell(orders, order["order"])
        else:
            child, orders = fork(channel, order, perform)


def tell(orders, order):
    """Hand an order on to the fork; one that does not read gets none."""
    try:
        os.write(orders, json.dumps(order).encode() + b"\n")
    except OSError:
        return


def check_alone():
    """Raise Unfit where there are other threads: a fork would not have them."""
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:
        threads = sys.modules["threading"].active_count() if "threading" in sys.modules else 1
    if threads > 1:
        raise Unfit("%d threads are alive once the code is imported" % threads)


def fork(channel, order, perform):
    """Do the order in a fork; return its pid, and where to write orders for it.

    A fork that can't be had is one that ended.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        pid = os.fork()
    except OSError as error:
        sys.stderr.write("no fork: %s\n" % error)
        pid = -1
    if pid:
        os.close(reader)
        return max(0, pid), writer
    status = 1
    try:
        os.setpgid(0, 0)
        os.close(writer)
        forked = channel.forked(order["nonce"], reader)
        birth.process_control(PR_SET_DUMPABLE, 1)
        perform(forked, order["request"])
        forked.send("done")
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


def wait(channel, child):
    """Wait for an order; return False where the child ended before one came."""
    while True:
        if channel.waits_for(SLICE):
            return True
        if ended(child):
            return False


def ended(child):
    """Tell whether the child has ended, and leave it to be reaped."""
    if not child:
        return True
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def reap(child):
    """End the child and all of its process group; return what is known of it.

    ``left`` tells that something of it may still run, or that it can't be told.
    """
    if not child:
        return {"status": 1, "cpu": 0, "left": True}
    for kill in os.killpg, os.kill:
        try:
            kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue
        except PermissionError:
            if not ended(child):
                return {"status": 1, "cpu": 0, "left": True}
    _, status, usage = os.wait4(child, 0)
    linger(birth.others_live, LINGER)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "cpu": int((usage.ru_utime + usage.ru_stime) * 1e9),
        "left": birth.others_live(),
    }


def linger(condition, seconds):
    """Wait while the condition holds, for some seconds at most."""
    end = time.monotonic() + seconds
    while condition() and time.monotonic() < end:
        time.sleep(0.0005)
