"""Start a program with fewer rights, watch it, and leave nothing of it behind.

    python -I -S -B jail.py ORDER -- ARGV...

ORDER is a dict, marshalled (version 2, which every Python 3 reads) and in hex:
importing json would cost more than the rest of the start. Its keys are set in
``perfopt_cli.sandbox.confinement``. The exit status is the program's; 128 + n
for a program killed by signal n, 126 where it could not be started.

A launcher process stays as the parent. In a pid namespace the namespace ends
with it; elsewhere it adopts every orphan below it and kills them all at the
end, on SIGTERM, and when perfopt dies.
"""

from __future__ import annotations

import marshal
import os
import resource
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from types import FrameType
    from typing import Any, Callable, Dict, List, NoReturn, Tuple

    Order = Dict[str, Any]

    from perfopt_cli.sandbox.worker import confine
else:
    # The module behind signal, without its enums: they would take a third of this start.
    import _signal as signal

if not TYPE_CHECKING and sys.platform == "linux":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import confine

_FAILED = 126


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _silence() -> None:
    """Let go of the program's pipes: their ends must close with the program."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in 0, 1, 2:
        os.dup2(null, descriptor)
    os.close(null)


def _descendants() -> Dict[int, Tuple[int, int]]:
    """Return each process below this one with its process group and number of threads."""
    seen: Dict[int, Tuple[int, int]] = {}
    children: Dict[int, List[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(name))
            seen[int(name)] = int(fields[2]), int(fields[17])
    found, queue = {}, [os.getpid()]
    while queue:
        for pid in children.get(queue.pop(), []):
            found[pid] = seen[pid]
            queue.append(pid)
    return found


def _signal(processes: Dict[int, Tuple[int, int]], number: int) -> None:
    """Signal whole groups: the kernel lets no fork slip through while it does so."""
    groups = {group for group, _ in processes.values()}
    groups.discard(os.getpgrp())
    for target in [*(-group for group in groups), *processes]:
        try:
            os.kill(target, number)
        except OSError:
            pass


def _kill_descendants() -> None:
    """Stop them all first: stopped ones count against the process limit, so a bomb runs dry."""
    stopped: Dict[int, Tuple[int, int]] = {}
    for _ in range(200):
        found = {pid: what for pid, what in _descendants().items() if pid not in stopped}
        if not found:
            break
        _signal(found, signal.SIGSTOP)
        stopped.update(found)
    while True:
        _signal(_descendants(), signal.SIGKILL)
        try:
            os.wait()
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return


def _become(order: Order, argv: List[str]) -> NoReturn:
    """Give up rights in an order where each step is still allowed, and start the program."""
    if order["watch"]:
        os.setsid()
    os.chdir(order["cwd"])
    if order["confine"]:
        confine.change_identity(order["uid"], order["keep"])
    if order["watch"] == "adopt":
        confine.die_with_parent(signal.SIGKILL)
    for name, value in order["limits"]:
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(number, (value, value))
        except ValueError:
            if sys.platform == "linux":
                raise
            # macOS knows RLIMIT_AS and refuses it
    if order["confine"]:
        if order["abi"]:
            paths = order["read"], order["write"], order["devices"]
            confine.landlock(order["abi"], *paths, network=order["network"])
        own = os.getpid().to_bytes(4, "little")
        confine.seccomp(order["seccomp"].replace(order["own_pid"], own))
    # The interpreter ignores these two at its start, and what is ignored stays so.
    for number in signal.SIGPIPE, signal.SIGXFSZ:
        signal.signal(number, signal.SIG_DFL)
    os.closerange(3, 64)
    os.execve(argv[0], argv, os.environ)


def _init(order: Order, argv: List[str], alive: int) -> int:
    """Run the program as the first process of a pid namespace."""
    confine.die_with_parent(signal.SIGKILL)
    if alive >= 0:
        os.set_blocking(alive, False)
        try:
            os.read(alive, 1)
            return _FAILED  # end of file: the parent died before it was tied to this process
        except BlockingIOError:
            pass
        private = confine.mount_private(order["write"], order["shared_memory"])
        if "/proc" in private:
            order["read"] += ["/proc"]
        if "/dev/shm" in private:
            order["write"] += ["/dev/shm"]
    return _watch(_spawn(lambda: _become(order, argv)), _kill, order["count"])


def _spawn(body: Callable[[], int]) -> int:
    """Fork, run the body in the child, and return its pid. SIGTERM waits for ``_watch``."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    pid = os.fork()
    if pid:
        return pid
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    os._exit(_guarded(body))


def _watch(pid: int, stop: Callable[[int], None], limit: int = 0) -> int:
    """Wait for the process, reaping whatever else ends. At the end, and on SIGTERM, stop(pid).

    With a limit, everything ends too where more processes and threads are seen,
    ten times a second: the kernel's own limit does not bind root.
    """

    def end(number: int, frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop(pid)

    def count(number: int, frame: FrameType | None) -> None:
        if sum(threads for _, threads in _descendants().values()) > limit:
            end(number, frame)

    _silence()
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, count)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    if limit:
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    code = 128 + signal.SIGTERM
    try:
        while True:
            ended, status = os.wait()
            if ended == pid:
                code = _code(status)
                break
    except ChildProcessError:
        pass  # a handler stopped and reaped it
    end(0, None)
    return code


def _kill(pid: int) -> None:
    """Kill a child, unless it has been reaped. A pid namespace's first process takes all along."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == 0:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    except OSError:
        pass  # reaped before, or by a handler right now


def _launch(order: Order, argv: List[str]) -> int:
    watch = order["watch"]
    if not watch:
        _become(order, argv)
    if watch == "inherited":
        confine.hide()
        return _init(order, argv, -1)
    # Without a namespace the launcher must live long enough to clean up.
    confine.die_with_parent(signal.SIGKILL if watch == "namespaces" else signal.SIGTERM)
    if os.getppid() != order["parent"]:
        return _FAILED
    if watch == "adopt":
        confine.adopt_orphans()
        confine.hide()
        program = _spawn(lambda: _become(order, argv))
        return _watch(program, lambda pid: _kill_descendants(), order["count"])
    confine.leave_namespaces(order["network"], order["user_namespace"])
    confine.hide()
    alive, held = os.pipe()

    def first() -> int:
        os.close(held)
        return _init(order, argv, alive)

    return _watch(_spawn(first), _kill)


def _guarded(body: Callable[[], int]) -> int:
    try:
        return body()
    except Exception as error:
        os.write(2, f"perfopt jail: {type(error).__name__}: {error}\n".encode())
        return _FAILED


if __name__ == "__main__":
    _order = marshal.loads(bytes.fromhex(sys.argv[1]))
    os._exit(_guarded(lambda: _launch(_order, sys.argv[3:])))
