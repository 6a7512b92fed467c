"""What code leaves behind when it has returned: threads and processes at work, other settings."""

import _thread
import gc
import os
import sys
import time
from resource import RUSAGE_CHILDREN, getrusage

try:
    from . import confine as prctl
except (ImportError, OSError, AttributeError):  # no ctypes, or no prctl
    prctl = None  # type: ignore[assignment]

TASKS = "/proc/self/task"
GRACE_SECONDS = 0.05
PAUSE_SECONDS = 0.0005
REST_SECONDS = 0.001
MOST_RESTS = 300
RESTING_NS = 30_000
QUIET_RESTS = 2
LEAST_LATE_NS = 30_000


def keep_orphans():
    """Become the parent of processes that detach themselves, so that they are seen (Linux)."""
    if prctl is not None and sys.platform == "linux":
        try:
            prctl.adopt_orphans()
        except OSError:
            return


def running():
    """Return how many threads this process has, and its child processes."""
    try:
        tasks = os.listdir(TASKS)
    except OSError:
        return 1 + _thread._count(), has_children()
    children, listed = set(), False
    for task in tasks:
        try:
            with open("%s/%s/children" % (TASKS, task), "rb") as file:
                children.update(file.read().split())
                listed = True
        except OSError:  # the thread has just ended, or the kernel does not list children
            continue
    return len(tasks), children if listed else has_children()


def has_children():
    """Return a set that is empty if this process has no child."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except (OSError, AttributeError):
        return set()
    return {b"some"}


def wanting():
    """Tell whether another thread of this process runs or could, where the kernel tells."""
    own = str(_thread.get_native_id())
    try:
        for task in os.listdir(TASKS):
            if task != own:
                with open("%s/%s/stat" % (TASKS, task), "rb") as file:
                    if file.read().rpartition(b")")[2].split()[0] == b"R":
                        return True
    except OSError:
        return False
    return False


def settings():
    """Return what decides about the speed of everything in the process."""
    collector = gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()
    return collector, sys.gettrace(), sys.getprofile(), sys.getswitchinterval()


def altered(before, after):
    """Tell whether settings have changed; of what is frozen anything may be freed meanwhile."""
    (*old, frozen), *others = before
    (*new, frozen_now), *others_now = after
    return (old, others) != (new, others_now) or frozen_now > frozen


def restore(wanted):
    """Put settings back; what is frozen stays so."""
    (enabled, threshold, _), trace, profile, interval = wanted
    (gc.enable if enabled else gc.disable)()
    gc.set_threshold(*threshold)
    sys.settrace(trace)
    sys.setprofile(profile)
    sys.setswitchinterval(interval)


def make_clock():
    """Return a function that gives the CPU ns of this thread, of the process, of reaped children.

    What it calls it keeps to itself: another clock put into a module changes nothing.
    """
    thread, process, usage = time.thread_time_ns, time.process_time_ns, getrusage

    def read():
        used = usage(RUSAGE_CHILDREN)
        return thread(), process(), int((used.ru_utime + used.ru_stime) * 1e9)

    return read


class Watch:
    """Watches one stretch of code after another; made before the code begins."""

    def __init__(self, read):
        self.read = read
        self.threads, self.children = running()
        self.settings = settings()

    def settle(self, ended, patient=True, sleep=time.sleep, now=time.monotonic):
        """Wait until the threads and processes that the code began have ended, and others rest.

        ``ended`` is what the clock read when the code returned. Returns the
        CPU ns that others than this thread have used since, and what is wrong:
        ``left`` (they still work), ``settings`` (put back here).
        """
        wrong = []
        if altered(self.settings, settings()):
            wrong.append("settings")
            restore(self.settings)
        threads, children = running()
        end = now() + (GRACE_SECONDS if patient else 0)
        while self.grown(threads, children) and now() < end:
            sleep(PAUSE_SECONDS)
            threads, children = running()
        if self.grown(threads, children) or (threads > 1 and not self.rest(sleep, patient)):
            wrong.append("left")
        late = self.others(ended)
        return (late if late > LEAST_LATE_NS else 0), wrong

    def grown(self, threads, children):
        """Tell whether there are more of them than before."""
        return threads > self.threads or not children <= self.children

    def rest(self, sleep, patient):
        """Wait until the other threads use next to no CPU time; return whether they do.

        On a busy machine they may want it, and not get it.
        """
        quiet = 0
        for _ in range(MOST_RESTS if patient else QUIET_RESTS):
            before = self.read()
            sleep(REST_SECONDS)
            quiet = quiet + 1 if self.others(before) < RESTING_NS and not wanting() else 0
            if quiet == QUIET_RESTS:
                return True
        return False

    def others(self, since):
        """Return the CPU ns used since by other threads and by children that were reaped."""
        thread, process, children = self.read()
        return max(0, process - since[1] - (thread - since[0])) + children - since[2]
