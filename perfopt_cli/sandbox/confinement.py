"""Start, stop and run programs in one kind of sandbox."""

from __future__ import annotations

import marshal
import os
import platform
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from perfopt_cli.core import Completed, Limits
from perfopt_cli.sandbox import bubblewrap, exposure, identity, seccomp
from perfopt_cli.sandbox.capture import capture
from perfopt_cli.sandbox.policy import Policy, Setup

KEPT_OUTPUT = 8 * 2**20
"""Bytes of stdout, and of stderr, that ``Sandbox.run`` keeps."""

_WORKER = Path(__file__).parent / "worker"
_JAIL = _WORKER / "jail.py"
_STOP_SECONDS = 10.0


class _Process(subprocess.Popen[bytes]):
    """A launcher; its return code is the program's, negative for a signal."""

    code: int | None = None
    spawner: ThreadPoolExecutor

    @property
    def returncode(self) -> Any:
        return self.code

    @returncode.setter
    def returncode(self, value: int | None) -> None:
        # The launcher, and bubblewrap, report death by signal n as 128 + n.
        self.code = 128 - value if value is not None and value > 128 else value


class Sandbox:
    """Runs programs under one setup. ``kind`` is ``bwrap``, ``landlock`` or ``none``.

    ``notes`` tell a person what this sandbox does not hold back.
    """

    def __init__(self, setup: Setup) -> None:
        self.kind = setup.kind
        self.setup = setup
        self.notes: tuple[str, ...] = ()
        # The kernel ends a program with the thread that started it, so all are
        # started from one that lives on.
        self._spawner = ThreadPoolExecutor(1, "perfopt-spawn")

    def start(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        policy: Policy,
        stderr: BinaryIO | int,
    ) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, with pipes for stdin and stdout.

        ``argv[0]`` and ``cwd`` are absolute and readable under the policy. The
        caller watches the time, ends with ``stop`` and closes the pipes. Return
        code 126 with a "perfopt jail:" line on stderr: it could not be started.
        The program dies when this process dies, however it does.
        """
        if not (argv and os.path.isabs(argv[0]) and cwd.is_absolute()):
            raise ValueError(f"argv[0] and cwd must be absolute: {argv[:1]}, {cwd}")
        self.own(policy.writable)
        command = self._command(argv, cwd, policy)
        process = self._spawner.submit(
            lambda: _Process(
                command,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
            )
        ).result()
        process.spawner = self._spawner
        return process

    def own(self, folders: Sequence[Path]) -> None:
        """Give the folders and all in them to the user that the program runs as."""
        if self.setup.uid is not None:
            identity.give(folders, self.setup.uid)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the program and all it started, wait until they are gone, close stdin.

        What is left in stdout can still be read. May be called again.
        """
        if process.poll() is None:
            if self.setup.bwrap:
                _kill_first(process)
            elif sys.platform == "linux":
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS if sys.platform == "linux" else 0)
        if process.poll() is None or sys.platform != "linux":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdin:
            with suppress(BrokenPipeError):
                process.stdin.close()

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        policy: Policy,
        stdin: bytes = b"",
    ) -> Completed:
        """Run a program to its end, or for ``limits.seconds``, and leave nothing running.

        Of stdout and stderr the first 8 MiB each are kept.
        """
        began = time.monotonic()
        process = self.start(argv, cwd=cwd, env=env, policy=policy, stderr=subprocess.PIPE)
        try:
            captured = capture(process, stdin, policy.limits.seconds, KEPT_OUTPUT)
        finally:
            self.stop(process)
        stdout, stderr, timed_out = captured
        return Completed(process.returncode, stdout, stderr, timed_out, time.monotonic() - began)

    def _command(self, argv: Sequence[str], cwd: Path, policy: Policy) -> list[str]:
        readable = self._readable(argv, policy)
        order = self._order(cwd, policy, readable)
        launcher = [str(self.setup.python), "-I", "-S", "-B", str(_JAIL)]
        command = [*launcher, marshal.dumps(order, 2).hex(), "--", *argv]
        if not self.setup.bwrap:
            return command
        rights = (identity.SETGID, identity.SETUID, *self.setup.keep)
        outer = bubblewrap.arguments(
            self.setup.bwrap,
            readable=readable,
            writable=policy.writable,
            cwd=cwd,
            network=policy.network,
            capabilities=rights if self.setup.uid is not None else (),
        )
        return [*outer, *command]

    def _readable(self, argv: Sequence[str], policy: Policy) -> list[Path]:
        programs = [self.setup.python, Path(argv[0]), _WORKER]
        return [*exposure.system_readable(), *self.setup.interpreter, *programs, *policy.readable]

    def _order(self, cwd: Path, policy: Policy, readable: list[Path]) -> dict[str, Any]:
        """Return what the launcher is told; ``worker/jail.py`` reads these keys."""
        setup = self.setup
        write = [str(path.resolve()) for path in policy.writable]
        read = [str(path) for path in (*readable, *exposure.proc_readable())]
        order: dict[str, Any] = {
            "cwd": str(cwd),
            "parent": os.getpid(),
            "watch": self._watch(),
            "confine": setup.kind != "none",
            "user_namespace": os.name == "posix" and os.geteuid() != 0,
            "network": policy.network,
            "shared_memory": bubblewrap.SHARED_MEMORY,
            "limits": self._limits(policy.limits),
            "count": policy.limits.processes if setup.unbound else 0,
            "uid": setup.uid,
            "keep": list(setup.keep),
            "abi": setup.abi,
            "read": [*read, "/proc"] if setup.bwrap else read,
            "write": [*write, "/dev/shm"] if setup.bwrap else write,
            "devices": [str(path) for path in exposure.DEVICES],
        }
        if order["confine"]:
            machine = platform.machine()
            order["own_pid"] = struct.pack("<I", seccomp.OWN_PID)
            order["seccomp"] = seccomp.program(machine, network=policy.network, needs=setup.needs)
        return order

    def _watch(self) -> str:
        if sys.platform != "linux":
            return ""
        if self.setup.bwrap:
            return "inherited"
        return "namespaces" if self.setup.namespaces else "adopt"

    def _limits(self, limits: Limits) -> list[tuple[str, int]]:
        counted = limits.processes
        # A user namespace counts its own processes since Linux 5.14, a user id
        # that nobody else has always; else the user's other ones count too.
        alone = self.setup.uid is not None or (self.setup.separate and identity.kernel() >= (5, 14))
        if sys.platform == "linux" and not alone:
            counted += identity.tasks_of_user()
        found = [
            ("RLIMIT_CORE", 0),
            ("RLIMIT_FSIZE", limits.file_bytes),
            ("RLIMIT_NOFILE", limits.open_files),
            ("RLIMIT_NPROC", counted),
        ]
        if limits.memory_bytes is not None:
            found.append(("RLIMIT_AS", limits.memory_bytes))
        return found


def _kill_first(process: subprocess.Popen[bytes]) -> None:
    """Kill the first process of bubblewrap's pid namespace; the kernel kills the others before it.

    Before there is one, bubblewrap's process group is killed, and with it a first
    process that is being forked: the kernel lets none slip through.
    """
    listing = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    try:
        children = [int(pid) for pid in listing.read_text().split()]
    except OSError:
        children = []
    for pid in children:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    if not children:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
