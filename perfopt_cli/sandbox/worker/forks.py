"""Run a task in a fork of this process, with a limit on its time."""

import json
import os
import select
import signal
import time
import warnings

LOAD = 8  # how many times its CPU time a process may take on a busy machine


def with_limit(seconds):
    """End this process after so many seconds of CPU, or LOAD times that of waiting, from now on.

    By the clock alone a busy machine would end calls that are no slower.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, LOAD * seconds)


def in_fork(task, seconds):
    """Return what the task returns in a fork of this process, or None if that dies.

    ``seconds`` is what it may take where the machine is idle.
    """
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads that a fork leaves behind
        child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            # The default action ends the process: no handler of the function's can stop it.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            data = json.dumps(task()).encode()
            while data:
                data = data[os.write(writer, data) :]
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writer)
    try:
        data = read_all(reader, time.monotonic() + LOAD * seconds)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    try:
        return json.loads(data)
    except ValueError:
        return None


def read_all(reader, end):
    """Read to the end of the pipe, or to the end of time."""
    parts = []
    while select.select([reader], [], [], max(0.0, end - time.monotonic()))[0]:
        part = os.read(reader, 1 << 16)
        if not part:
            break
        parts.append(part)
    return b"".join(parts)
