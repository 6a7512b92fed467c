from __future__ import annotations

import errno
import struct

import pytest

from perfopt_cli.sandbox.seccomp import OWN_PID, Needs, known, program
from perfopt_cli.sandbox.syscalls import NUMBERS

EVERYTHING = Needs(signals=True, strangers=True, queues=True, metadata=True, truncation=True)
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
KILLED, ALLOWED = "killed", None


def decide(code: bytes, number: int, arguments: tuple[int, ...], architecture: int) -> object:
    """Run the filter as the kernel would: None for allowed, an errno, or KILLED."""
    words = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<iIQ6Q", number, architecture, 0, *words)
    place = accumulator = 0
    while True:
        operation, if_true, if_false, value = struct.unpack_from("<HBBI", code, 8 * place)
        place += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x54:
            accumulator &= value
        elif operation in (0x15, 0x35):
            truth = accumulator == value if operation == 0x15 else accumulator >= value
            place += if_true if truth else if_false
        else:
            assert operation == 0x06
            action, extra = value & 0xFFFF0000, value & 0xFFFF
            return {0x7FFF0000: ALLOWED, 0x80000000: KILLED, 0x00050000: extra}[action]


def ask(
    name: str,
    *arguments: int,
    machine: str = "x86_64",
    network: bool = False,
    needs: Needs = EVERYTHING,
) -> object:
    number = NUMBERS[name][list(ARCHITECTURES).index(machine)]
    assert number is not None
    code = program(machine, network=network, needs=needs)
    return decide(code, number, arguments, ARCHITECTURES[machine])


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("ptrace", (16, 1), errno.EPERM),
        ("mount", (), errno.EPERM),
        ("setns", (3, 0), errno.EPERM),
        ("open_by_handle_at", (), errno.EPERM),
        ("clone3", (), errno.ENOSYS),
        ("io_uring_setup", (), errno.ENOSYS),
        ("clone", (0x10000000 | 17,), errno.EPERM),
        ("clone", (0x40000000 | 17,), errno.EPERM),
        ("clone", (0x3D0F00,), ALLOWED),
        ("clone", (17,), ALLOWED),
        ("prlimit64", (1, 7), errno.EPERM),
        ("prlimit64", (0, 7), ALLOWED),
        ("ioctl", (0, 0x5412), errno.EPERM),
        ("ioctl", (0, 0x5401), ALLOWED),
        ("connect", (3,), errno.EACCES),
        ("socket", (2, 1), errno.EACCES),
        ("socket", (16, 3), errno.EACCES),
        ("socket", (1, 2), errno.EACCES),
        ("socket", (1, 1 | 0o2000000), ALLOWED),
        ("socketpair", (1, 1), ALLOWED),
        ("socketpair", (1, 5), ALLOWED),
        ("socketpair", (1, 2), errno.EACCES),
        ("socketpair", (30, 1), errno.EACCES),
        ("kill", (OWN_PID, 9), ALLOWED),
        ("kill", (0, 9), ALLOWED),
        ("kill", (1, 9), errno.EPERM),
        ("kill", (2**32 - 1, 9), errno.EPERM),
        ("tgkill", (OWN_PID, OWN_PID, 6), ALLOWED),
        ("tgkill", (1, 1, 6), errno.EPERM),
        ("pidfd_send_signal", (3,), errno.EPERM),
        ("fcntl", (3, 8), errno.EPERM),
        ("fcntl", (3, 1), ALLOWED),
        ("setpriority", (0, 1), errno.EPERM),
        ("setpriority", (2, 0), errno.EPERM),
        ("setpriority", (0, 0), ALLOWED),
        ("shmget", (), errno.EPERM),
        ("fchmod", (3, 0), 0),
        ("fchown", (3, 0), errno.EPERM),
        ("fsetxattr", (3,), errno.EOPNOTSUPP),
        ("truncate", (), errno.EACCES),
        ("openat", (0, 0, 0o1000), errno.EACCES),
        ("openat", (0, 0, 0o1003), errno.EACCES),
        ("openat", (0, 0, 0o1001), ALLOWED),
        ("openat", (0, 0, 0o1102), ALLOWED),
        ("openat2", (), errno.ENOSYS),
    ],
)
def test_the_strictest_filter_decides(
    name: str, arguments: tuple[int, ...], expected: object, machine: str
) -> None:
    assert ask(name, *arguments, machine=machine) == expected


@pytest.mark.parametrize("name", ["kill", "setpriority", "shmget", "fchmod", "openat2", "fcntl"])
def test_what_namespaces_cover_is_allowed(name: str) -> None:
    assert ask(name, 1, 8, needs=Needs()) is ALLOWED


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("connect", (3,), ALLOWED),
        ("socket", (2, 1), ALLOWED),
        ("socket", (10, 2), ALLOWED),
        ("socket", (1, 1), errno.EACCES),
        ("socket", (17, 3), errno.EACCES),
        ("socketpair", (1, 2), errno.EACCES),
    ],
)
def test_with_the_network_local_and_raw_sockets_stay_shut(
    name: str, arguments: tuple[int, ...], expected: object
) -> None:
    assert ask(name, *arguments, network=True) == expected


def test_calls_of_another_architecture_kill() -> None:
    code = program("x86_64", network=False, needs=Needs())
    assert decide(code, 0, (), 0x40000003) == KILLED


def test_x32_calls_are_refused() -> None:
    code = program("x86_64", network=True, needs=Needs())
    assert decide(code, 0x40000000 + 41, (2, 1), ARCHITECTURES["x86_64"]) == errno.ENOSYS


def test_a_call_that_is_not_named_is_allowed() -> None:
    code = program("aarch64", network=False, needs=EVERYTHING)
    assert decide(code, 63, (), ARCHITECTURES["aarch64"]) is ALLOWED


def test_other_machines_are_unknown() -> None:
    assert not known("riscv64")
