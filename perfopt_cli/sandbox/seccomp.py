"""Seccomp filters as bytes: which system calls a sandboxed program is refused.

A filter is a list of classic BPF instructions over ``struct seccomp_data``
(linux/seccomp.h: nr at 0, arch at 4, six 64-bit arguments from 16 on, little
endian). Only the low word of an argument is read: for every argument looked
at here the kernel itself ignores the high one.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from perfopt_cli.sandbox.syscalls import NUMBERS

OWN_PID = 0x5AFEC0DE
"""Stands for the program's process id, which the launcher knows only after its fork."""

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000

_NEW_NAMESPACES = 0x7E020000
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_SOCK_STREAM, _SOCK_SEQPACKET, _SOCK_TYPE = 1, 5, 0xF
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_F_SETOWN, _F_SETOWN_EX, _FIOSETOWN, _SIOCSPGRP = 8, 15, 0x8901, 0x8902
_O_TRUNC, _O_ACCMODE = 0o1000, 0o3
_WHOLE = 0xFFFFFFFF

_REFUSED = [
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "kcmp",
    "pidfd_getfd",
    "process_madvise",
    "process_mrelease",
    "add_key",
    "request_key",
    "keyctl",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "open_tree",
    "open_tree_attr",
    "move_mount",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "unshare",
    "setns",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "fanotify_init",
    "open_by_handle_at",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "quotactl",
    "quotactl_fd",
    "swapon",
    "swapoff",
    "reboot",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "acct",
    "syslog",
    "vhangup",
    "iopl",
    "ioperm",
    "modify_ldt",
    "uselib",
    "sethostname",
    "setdomainname",
    "lookup_dcookie",
    "migrate_pages",
    "move_pages",
]
_UNKNOWN = ["clone3", "io_uring_setup", "io_uring_enter", "io_uring_register"]
_QUEUES = ["shmget", "msgget", "semget", "mq_open"]
_OWNERS = ["chown", "fchown", "lchown", "fchownat"]
_MODES_AND_TIMES = [
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "utime",
    "utimes",
    "futimesat",
    "utimensat",
]
_ATTRIBUTES = [
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "setxattrat",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
    "removexattrat",
    "file_setattr",
]
_SIGNALS = ["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"]
_SCHEDULING = ["sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"]


@dataclass(frozen=True, slots=True)
class Needs:
    """What namespaces and Landlock leave open on this machine, so that the filter must close it.

    ``signals``: processes outside could be signalled. ``strangers``: their
    priority could be changed. ``queues``: System V and POSIX queues would
    outlive the program. ``metadata``: modes, times and attributes of readable
    files could be changed. ``truncation``: files could be truncated (Landlock
    before ABI 3).
    """

    signals: bool = False
    strangers: bool = False
    queues: bool = False
    metadata: bool = False
    truncation: bool = False


@dataclass(frozen=True, slots=True)
class _Test:
    """Refuse when ``argument & mask`` is among the values, or is not (``among`` False)."""

    argument: int
    values: tuple[int, ...]
    error: int
    mask: int = _WHOLE
    among: bool = True


def known(machine: str) -> bool:
    """Return whether filters can be written for this machine (``platform.machine()``)."""
    return machine in _ARCHITECTURES


def program(machine: str, *, network: bool, needs: Needs) -> bytes:
    """Return the filter as an array of ``struct sock_filter``. The machine must be known."""
    column, architecture = _ARCHITECTURES[machine]
    code = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
    ]
    if machine == "x86_64":
        code += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    for name, error in _plain(network, needs):
        number = NUMBERS[name][column]
        if number is not None:
            code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | error)]
    for name, tests in _tested(network, needs):
        number = NUMBERS[name][column]
        if number is not None:
            body = [step for test in tests for step in _assembled(test)]
            code += [(_EQUAL, 0, len(body) + 1, number), *body, (_RETURN, 0, 0, _ALLOW)]
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("<HBBI", *step) for step in code)


def _assembled(test: _Test) -> list[tuple[int, int, int, int]]:
    refuse = (_RETURN, 0, 0, _ERRNO | test.error)
    steps = [(_LOAD, 0, 0, 16 + 8 * test.argument), (_AND, 0, 0, test.mask)]
    last = len(test.values) - 1
    for index, value in enumerate(test.values):
        left = last - index
        if test.among:
            steps.append((_EQUAL, left, 0 if left else 1, value))
        else:
            steps.append((_EQUAL, left + 1, 0, value))
    return [*steps, refuse]


def _plain(network: bool, needs: Needs) -> Iterator[tuple[str, int]]:
    yield from ((name, errno.EPERM) for name in _REFUSED)
    yield from ((name, errno.ENOSYS) for name in _UNKNOWN)
    if not network:
        yield "connect", errno.EACCES
    if needs.signals:
        yield "pidfd_send_signal", errno.EPERM
    if needs.strangers:
        yield "ioprio_set", errno.EPERM
    if needs.queues:
        yield from ((name, errno.EPERM) for name in _QUEUES)
    if needs.truncation:
        yield "truncate", errno.EACCES
        yield "openat2", errno.ENOSYS
    if needs.metadata:
        yield from ((name, errno.EPERM) for name in _OWNERS)
        # Copying a file sets its mode and times: refusing would break shutil.copy,
        # so these calls succeed and do nothing.
        yield from ((name, 0) for name in _MODES_AND_TIMES)
        yield from ((name, errno.EOPNOTSUPP) for name in _ATTRIBUTES)


def _tested(network: bool, needs: Needs) -> Iterator[tuple[str, list[_Test]]]:
    yield "clone", [_Test(0, (0,), errno.EPERM, mask=_NEW_NAMESPACES, among=False)]
    owners = (_FIOSETOWN, _SIOCSPGRP) if needs.signals else ()
    yield "ioctl", [_Test(1, (_TIOCSTI, _TIOCLINUX, *owners), errno.EPERM)]
    yield "prlimit64", [_Test(0, (0,), errno.EPERM, among=False)]
    # A datagram socket can be sent to an address without connect().
    connected = _Test(
        1, (_SOCK_STREAM, _SOCK_SEQPACKET), errno.EACCES, mask=_SOCK_TYPE, among=False
    )
    local = _Test(0, (_AF_UNIX,), errno.EACCES, among=False)
    yield "socketpair", [local, connected]
    if network:
        # Local sockets lead out of the sandbox: to Docker, D-Bus, an ssh agent.
        families = (_AF_INET, _AF_INET6, _AF_NETLINK)
        yield "socket", [_Test(0, families, errno.EACCES, among=False)]
    else:
        yield "socket", [local, connected]
    if needs.signals:
        # A file's owner is sent SIGIO, which kills.
        yield "fcntl", [_Test(1, (_F_SETOWN, _F_SETOWN_EX), errno.EPERM)]
        for name in _SIGNALS:
            own = (OWN_PID, 0) if name == "kill" else (OWN_PID,)
            yield name, [_Test(0, own, errno.EPERM, among=False)]
    if needs.strangers:
        yield (
            "setpriority",
            [_Test(argument, (0,), errno.EPERM, among=False) for argument in (0, 1)],
        )
        for name in _SCHEDULING:
            yield name, [_Test(0, (0,), errno.EPERM, among=False)]
    if needs.truncation:
        # O_TRUNC truncates in access modes 0 (reading) and 3 (ioctl only) too, where
        # this Landlock sees no writing.
        for name, argument in ("open", 1), ("openat", 2):
            modes = (_O_TRUNC, _O_TRUNC | _O_ACCMODE)
            yield name, [_Test(argument, modes, errno.EACCES, mask=_O_TRUNC | _O_ACCMODE)]
