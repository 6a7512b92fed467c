"""Try the forbidden things inside a sandbox and see them refused."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import Completed, Limits, PerfoptError
from perfopt_cli.sandbox.confinement import Sandbox
from perfopt_cli.sandbox.exposure import clean_environment
from perfopt_cli.sandbox.policy import Policy

ESSENTIAL = {
    "write": "writing a file outside",
    "unlink": "deleting a file outside",
    "truncate": "emptying a file outside",
    "read": "reading a file outside",
    "tcp": "a TCP connection",
    "udp": "sending UDP",
    "unix": "a local (AF_UNIX) connection",
    "unix_datagram": "a local (AF_UNIX) datagram",
}
"""Attempts that a sandbox must refuse, with what a person calls them."""

_LONGEST_FOLDER = 60

WEAKER = {
    "change_mode": "changing the mode of a file outside",
    "signal_outside": "signalling a process outside",
    "environment": "reading another process's environment",
    "memory": "using more memory than allowed",
    "file_size": "writing a larger file than allowed",
    "processes": "starting more processes than allowed",
    "daemon": "leaving a process behind",
}
"""Attempts whose success is told and accepted."""

_ATTEMPTS = Path(__file__).parent / "worker" / "attempts.py"
_LIMITS = Limits(seconds=30, memory_bytes=512 * 2**20, processes=24, file_bytes=2**20)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One forbidden thing. ``refused`` is what the outside saw, where it can see."""

    name: str
    refused: bool
    detail: str = ""

    @property
    def label(self) -> str:
        """What a person calls it."""
        return (ESSENTIAL | WEAKER)[self.name]


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """What a sandbox refused. ``error`` says why the probe itself did not run to its end."""

    kind: str
    attempts: tuple[Attempt, ...] = ()
    error: str = ""
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the probe ran and all that is essential was refused."""
        return not self.error and not any(a.name in ESSENTIAL for a in self.allowed)

    @property
    def allowed(self) -> tuple[Attempt, ...]:
        """What was not refused."""
        return tuple(attempt for attempt in self.attempts if not attempt.refused)

    def explain(self) -> str:
        """Return one sentence for a person."""
        if self.error:
            return f"the probe did not run: {self.error}"
        if not self.allowed:
            return "everything forbidden was refused"
        return "not refused: " + ", ".join(attempt.label for attempt in self.allowed)


@dataclass(frozen=True, slots=True)
class _Scene:
    """A canary folder open to every user, and real listeners on this host."""

    canary: Path
    tcp: socket.socket
    udp: socket.socket
    unix: socket.socket
    unix_datagram: socket.socket

    def task(self) -> dict[str, object]:
        return {
            "canary": str(self.canary),
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "unix": self.unix.getsockname(),
            "unix_datagram": self.unix_datagram.getsockname(),
            "parent": os.getpid(),
            "memory": _LIMITS.memory_bytes,
            "file": _LIMITS.file_bytes,
            "processes": _LIMITS.processes,
        }

    def breached(self) -> set[str]:
        """Return the attempts that left a trace here."""
        traces = {
            "write": (self.canary / "new").exists(),
            "unlink": not (self.canary / "victim").exists(),
            "truncate": not (self.canary / "full").read_text(),
            "change_mode": (self.canary / "mode").stat().st_mode & 0o777 != 0o666,
            "tcp": _arrived(self.tcp),
            "udp": _arrived(self.udp),
            "unix": _arrived(self.unix),
            "unix_datagram": _arrived(self.unix_datagram),
        }
        return {name for name, seen in traces.items() if seen}


def probe(sandbox: Sandbox, *, scratch: Path, only: tuple[str, ...] = ()) -> ProbeReport:
    """Make the attempts inside the sandbox (``only`` some of them) and return what came of them.

    Takes the time of one or two interpreter starts. The scratch folder is the
    only one given for writing; a new folder in it is used and removed. The
    canaries lie in the system's temporary folder.
    """
    names = list(only or (*ESSENTIAL, *WEAKER))
    if sandbox.setup.unbound and "processes" in names:
        names.remove("processes")  # the launcher's count would end the probe itself
    inside = Path(tempfile.mkdtemp(prefix="probe-", dir=scratch)).resolve()
    try:
        with _scene() as scene:
            task = {**scene.task(), "only": names}
            completed = sandbox.run(
                [str(sandbox.setup.python), "-I", "-S", "-B", str(_ATTEMPTS)],
                cwd=inside,
                env=clean_environment(os.environ, home=inside, tmp=inside),
                policy=Policy((), (inside,), _LIMITS),
                stdin=repr(task).encode(),
            )
            said = _answers(completed)
            breached = scene.breached()
        if "daemon" in said:
            said["daemon"] = _unlocked(inside / "daemon")
    except (OSError, PerfoptError) as error:
        return ProbeReport(sandbox.kind, error=f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(inside, ignore_errors=True)
    if said.keys() != set(names):
        return ProbeReport(sandbox.kind, error=_failure(completed))
    attempts = (Attempt(name, said[name] and name not in breached) for name in names)
    return ProbeReport(sandbox.kind, tuple(attempts), seconds=completed.seconds)


def _answers(completed: Completed) -> dict[str, bool]:
    lines = (line.split("\t") for line in completed.stdout.decode(errors="replace").splitlines())
    return {line[0]: line[1] == "refused" for line in lines if len(line) == 3}


def _failure(completed: Completed) -> str:
    if completed.timed_out:
        return f"no answer in {completed.seconds:.0f} s"
    last = completed.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return (last or ["no answer"])[0] + f" (exit status {completed.returncode})"


def _arrived(listener: socket.socket) -> bool:
    """Return whether someone connected, or a datagram came."""
    listener.setblocking(False)
    try:
        if listener.type == socket.SOCK_STREAM:
            listener.accept()[0].close()
        else:
            listener.recv(1)
    except BlockingIOError:
        return False
    return True


def _unlocked(path: Path) -> bool:
    """Return whether nobody holds the daemon's lock any more."""
    import fcntl  # Windows has none, and this module is imported there too

    with open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _short_folder() -> str | None:
    """Return where canaries can lie: the path of a Unix socket has room for 107 bytes."""
    usual = os.fsencode(os.path.realpath(tempfile.gettempdir()))
    return None if len(usual) <= _LONGEST_FOLDER else "/tmp"


@contextmanager
def _scene() -> Iterator[_Scene]:
    """Set up the canaries so that only the sandbox, and no file mode, can refuse."""
    kinds: Mapping[str, tuple[int, int]] = {
        "tcp": (socket.AF_INET, socket.SOCK_STREAM),
        "udp": (socket.AF_INET, socket.SOCK_DGRAM),
        "unix": (socket.AF_UNIX, socket.SOCK_STREAM),
        "unix_datagram": (socket.AF_UNIX, socket.SOCK_DGRAM),
    }
    folder = Path(tempfile.mkdtemp(prefix="perfopt-canary-", dir=_short_folder())).resolve()
    sockets = {name: socket.socket(*kind) for name, kind in kinds.items()}
    try:
        folder.chmod(0o777)
        for name in "victim", "full", "mode", "secret":
            (folder / name).write_text("canary")
            (folder / name).chmod(0o666)
        for name, listener in sockets.items():
            path = str(folder / f"{name}.socket")
            listener.bind(("127.0.0.1", 0) if listener.family == socket.AF_INET else path)
            if listener.family == socket.AF_UNIX:
                os.chmod(path, 0o777)
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
        yield _Scene(folder, **sockets)
    finally:
        for listener in sockets.values():
            listener.close()
        shutil.rmtree(folder, ignore_errors=True)
