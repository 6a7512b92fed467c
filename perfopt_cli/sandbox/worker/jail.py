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
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Dict, List, NoReturn

    Order = Dict[str, Any]

    from perfopt_cli.sandbox.worker import confine
elif sys.platform == "linux":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import confine

_FAILED = 126


class Stopped(BaseException):
    """SIGTERM came."""


def _on_term(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _silence() -> None:
    """Let go of the program's pipes: their ends must close with the program."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in 0, 1, 2:
        os.dup2(null, descriptor)
    os.close(null)


def _descendants() -> list[int]:
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if fields[0] not in b"ZX":
                children.setdefault(int(fields[1]), []).append(int(name))
    found, queue = [], [os.getpid()]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def _kill_descendants() -> None:
    """Stop them all first: stopped ones count against the process limit, so a bomb runs dry."""
    stopped: set[int] = set()
    for _ in range(200):
        found = set(_descendants())
        if found <= stopped:
            break
        for pid in found - stopped:
            _send(pid, signal.SIGSTOP)
        stopped |= found
    while True:
        for pid in _descendants():
            _send(pid, signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            return


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        pass


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
        resource.setrlimit(number, (value, value))
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
    return _watch(_spawn(lambda: _become(order, argv)), _kill)


def _spawn(body: Callable[[], int]) -> int:
    """Fork, run the body in the child, and return its pid. SIGTERM waits for ``_watch``."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    os._exit(_guarded(body))


def _watch(pid: int, stop: Callable[[int], None]) -> int:
    """Wait for the process, reaping whatever else ends. On SIGTERM, and at the end, stop(pid)."""
    _silence()
    code = 128 + signal.SIGTERM
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        while True:
            ended, status = os.wait()
            if ended == pid:
                code = _code(status)
                break
    except Stopped:
        pass
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stop(pid)
    return code


def _kill(pid: int) -> None:
    """Kill a child, unless it has been reaped. A pid namespace's first process takes all along."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == 0:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    except ChildProcessError:
        pass


def _launch(order: Order, argv: List[str]) -> int:
    watch = order["watch"]
    if not watch:
        _become(order, argv)
    signal.signal(signal.SIGTERM, _on_term)
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
        return _watch(_spawn(lambda: _become(order, argv)), lambda pid: _kill_descendants())
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
    except Stopped:
        return 128 + signal.SIGTERM


if __name__ == "__main__":
    _order = marshal.loads(bytes.fromhex(sys.argv[1]))
    os._exit(_guarded(lambda: _launch(_order, sys.argv[3:])))
