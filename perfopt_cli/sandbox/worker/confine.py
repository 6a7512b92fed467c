"""What the launcher takes from its own process before it becomes the program (Linux).

Each function is one step and raises OSError where the kernel refuses it. They
go by ctypes since the standard library has none of them in Python 3.9.
"""

from __future__ import annotations

import ctypes
import os
import struct

CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000
# mount, pid, ipc and uts
_NAMESPACES = 0x00020000 | 0x20000000 | 0x08000000 | 0x04000000

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_SET_SECCOMP = 1, 4, 8, 22
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _RDONLY = 442, -100, 0x8000, 1

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK, _REFER, _TRUNCATE, _IOCTL = 1 << 6, 1 << 11, 1 << 13, 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_TCP = 1 << 0 | 1 << 1
_ABSTRACT_SOCKETS_AND_SIGNALS = 1 << 0 | 1 << 1

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _prctl(option: int, value: int, extra: int = 0) -> None:
    unused = ctypes.c_ulong(0)
    arguments = ctypes.c_ulong(value), ctypes.c_ulong(extra), unused, unused
    _checked(_libc.prctl(option, *arguments), f"prctl {option}")


def _syscall(number: int, what: str, *arguments: object) -> int:
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *wide), what)


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this process the signal when the thread that started it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal_number)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose parent ends."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def hide() -> None:
    """Close this process's memory and environment to others of the same user."""
    _prctl(_PR_SET_DUMPABLE, 0)


def leave_namespaces(network: bool, user: bool) -> None:
    """Enter new mount, pid, ipc and uts namespaces, and a new network unless it is wanted.

    With ``user`` a user namespace comes first, in which one keeps one's own ids.
    """
    uid, gid = os.geteuid(), os.getegid()
    flags = _NAMESPACES | (0 if network else CLONE_NEWNET) | (CLONE_NEWUSER if user else 0)
    _checked(_libc.unshare(flags), "unshare")
    if user:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{uid} {uid} 1"),
            ("gid_map", f"{gid} {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    texts = source.encode(), os.fsencode(target), kind.encode()
    last = data.encode() or None
    _checked(_libc.mount(*texts, ctypes.c_ulong(flags), last), f"mount {target}")


def _set_read_only(path: str, on: bool, flags: int = 0) -> None:
    attributes = struct.pack("<4Q", _RDONLY if on else 0, 0 if on else _RDONLY, 0, 0)
    target = ctypes.c_char_p(os.fsencode(path))
    buffer = ctypes.create_string_buffer(attributes, 32)
    _syscall(_MOUNT_SETATTR, f"mount_setattr {path}", _AT_FDCWD, target, flags, buffer, 32)


def mount_private(writable: list[str], shared_memory: int) -> list[str]:
    """Make all mounts of this namespace read-only but the writable folders.

    /proc shows only this pid namespace, and /dev/shm is a new one of at most
    ``shared_memory`` bytes, where the kernel lets them be mounted. Returns
    which of the two are.
    """
    _mount("none", "/", "none", _MS_REC | _MS_PRIVATE)
    for path in writable:
        _mount(path, path, "none", _MS_BIND | _MS_REC)
    private = []
    safe = _MS_NOSUID | _MS_NODEV
    for kind, path, flags, data in (
        ("tmpfs", "/dev/shm", safe, f"size={shared_memory},mode=1777"),
        ("proc", "/proc", safe | _MS_NOEXEC, ""),
    ):
        try:
            _mount(kind, path, kind, flags, data)
            private.append(path)
        except OSError:
            pass  # a container masks parts of /proc: the kernel then refuses a whole one
    _set_read_only("/", True, _AT_RECURSIVE)
    for path in [*writable, *(path for path in private if path == "/dev/shm")]:
        _set_read_only(path, False)
    return private


def change_identity(uid: int | None, keep: list[int]) -> None:
    """Become the user and give up all capabilities but the kept ones, for good.

    The kept capabilities survive the start of the program (ambient set). With
    no uid the identity stays and every capability goes.
    """
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    kept = 0
    if uid is not None:
        _prctl(_PR_SET_KEEPCAPS, 1)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        kept = sum(1 << capability for capability in keep)
    header = struct.pack("<Ii", 0x20080522, 0)
    data = struct.pack("<6I", kept, kept, kept, 0, 0, 0)
    _checked(_libc.capset(header, data), "capset")
    if uid is not None:
        for capability in keep:
            _prctl(_PR_CAP_AMBIENT, 2, capability)


def landlock(
    abi: int, read: list[str], write: list[str], devices: list[str], network: bool
) -> None:
    """Restrict this process to reading and writing below the given paths; missing ones are skipped.

    ``abi`` is the Landlock version to be used, 1 or more: 2 adds renames across
    folders, 3 truncation, 4 TCP, 5 device ioctls, 6 signals and abstract sockets.
    """
    files = (1 << 13) - 1
    for version, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL)):
        files |= right if abi >= version else 0
    attributes = struct.pack("<Q", files)
    if abi >= 4:
        attributes += struct.pack("<Q", 0 if network else _TCP)
    if abi >= 6:
        attributes += struct.pack("<Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    ruleset = _syscall(_LANDLOCK_CREATE, "landlock_create_ruleset", buffer, len(attributes), 0)
    everything = files & ~(_MAKE_CHAR | _MAKE_BLOCK | _IOCTL)
    using = _READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL
    for paths, rights in (read, _READ), (write, everything), (devices, using):
        for path in paths:
            _allow(ruleset, path, rights & files)
    _syscall(_LANDLOCK_RESTRICT, "landlock_restrict_self", ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        rights &= _FILE_RIGHTS
    rule = struct.pack("<Qi", rights, place)
    buffer = ctypes.create_string_buffer(rule, len(rule))
    try:
        _syscall(_LANDLOCK_ADD, f"landlock_add_rule {path}", ruleset, 1, buffer, 0)
    finally:
        os.close(place)


def seccomp(program: bytes) -> None:
    """Install the filter, an array of ``struct sock_filter``."""
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    place = ctypes.create_string_buffer(header, len(header))
    _prctl(_PR_SET_SECCOMP, 2, ctypes.addressof(place))
