"""Try what a sandbox must refuse, and say what came of it. Run inside the sandbox.

Reads a dict literal on stdin, set in ``perfopt_cli.sandbox.probe``. Prints a
line for each attempt: its name, ``refused`` or ``allowed``, and a detail, with
tabs between. "allowed" is the program's own view; the caller looks for itself
where it can.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

    Task = Dict[str, Any]


def _write(task: Task) -> None:
    with open(os.path.join(task["canary"], "new"), "w") as file:
        file.write("written")


def _unlink(task: Task) -> None:
    os.unlink(os.path.join(task["canary"], "victim"))


def _truncate(task: Task) -> None:
    os.close(os.open(os.path.join(task["canary"], "full"), os.O_RDONLY | os.O_TRUNC))


def _change_mode(task: Task) -> None:
    path = os.path.join(task["canary"], "mode")
    os.chmod(path, 0o604)
    if os.stat(path).st_mode & 0o777 != 0o604:
        raise PermissionError("the call did nothing")


def _read(task: Task) -> None:
    with open(os.path.join(task["canary"], "secret")) as file:
        file.read()


def _tcp(task: Task) -> None:
    socket.create_connection(("127.0.0.1", task["tcp"]), timeout=2).close()


def _udp(task: Task) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"out", ("127.0.0.1", task["udp"]))


def _unix(task: Task) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(task["unix"])


def _unix_datagram(task: Task) -> None:
    first, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    first.sendto(b"out", task["unix_datagram"])


def _signal_outside(task: Task) -> None:
    os.kill(task["parent"], 0)


def _environment(task: Task) -> None:
    with open(f"/proc/{task['parent']}/environ", "rb") as file:
        file.read()


def _memory(task: Task) -> None:
    bytearray(2 * task["memory"])


def _file_size(task: Task) -> None:
    with open("large", "wb", buffering=0) as file:
        file.truncate(task["file"] + 1)


def _processes(task: Task) -> None:
    """Have as many children at once as the limit has, besides this process itself."""
    receiving, sending = os.pipe()
    children = []
    try:
        for _ in range(task["processes"]):
            child = os.fork()
            if child == 0:
                os.close(sending)
                os.read(receiving, 1)
                os._exit(0)
            children.append(child)
    finally:
        os.close(sending)
        for child in children:
            os.waitpid(child, 0)
        os.close(receiving)


def _daemon(task: Task) -> None:
    """Leave a process of another session that locks a file until it dies; never refused."""
    receiving, sending = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            lock = os.open("daemon", os.O_CREAT | os.O_RDWR)
            fcntl.flock(lock, fcntl.LOCK_EX)
            signal.alarm(120)  # should it survive, then not for long
            os.write(sending, b"1")
            while True:
                signal.pause()
        os._exit(0)
    os.wait()
    os.close(sending)
    os.read(receiving, 1)


ATTEMPTS: Dict[str, Callable[[Task], None]] = {
    function.__name__[1:]: function
    for function in (
        _write, _unlink, _truncate, _change_mode, _read, _tcp, _udp, _unix, _unix_datagram,
        _signal_outside, _environment, _memory, _file_size, _processes, _daemon,
    )
}  # fmt: skip


def _main() -> None:
    import ast

    task = ast.literal_eval(sys.stdin.read())
    for name in task.get("only") or ATTEMPTS:
        try:
            ATTEMPTS[name](task)
        except (OSError, MemoryError) as error:
            print(name, "refused", type(error).__name__, sep="\t", flush=True)
        else:
            print(name, "allowed", "", sep="\t", flush=True)


if __name__ == "__main__":
    _main()
