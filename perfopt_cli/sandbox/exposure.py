"""What a sandboxed program sees of the machine: system folders, an interpreter, variables."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from perfopt_cli.core import SandboxError

DEVICES = tuple(Path("/dev", name) for name in ("null", "zero", "full", "random", "urandom"))

_FOLDERS = """
    /usr /bin /sbin /lib /lib32 /lib64 /libx32 /nix/store /gnu/store /run/current-system
    /sys/devices/system /sys/kernel/mm/transparent_hugepage
"""
# /etc holds keys and password hashes, which a program that keeps a capability of
# root could read: only what programs commonly look up is shown.
_ETC = """
    alternatives ca-certificates debian_version fonts gai.conf group host.conf hostname hosts
    inputrc ld.so.cache ld.so.conf ld.so.conf.d ld.so.preload locale.alias locale.conf localtime
    lsb-release magic mime.types nsswitch.conf os-release passwd pki/tls/certs
    pki/ca-trust/extracted protocols redhat-release resolv.conf services ssl/cert.pem ssl/certs
    ssl/openssl.cnf terminfo timezone
"""
_PROC = """
    self cpuinfo meminfo stat loadavg uptime version filesystems sys/kernel sys/vm sys/net/core
"""

_KEPT = frozenset(["PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH"])
_KEPT_STARTS = ("LC_",)
_KEPT_ENDS = ("_NUM_THREADS",)

_ASK = """
import os, sys, sysconfig
paths = [sys.executable, sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
paths.append(os.path.dirname(os.__file__))
if sysconfig.get_config_var("Py_ENABLE_SHARED"):
    paths.append(sysconfig.get_config_var("LIBDIR") or "")
print("\\0".join(paths), end="")
"""


def system_readable() -> tuple[Path, ...]:
    """Return the system's folders and files that every sandboxed program may read.

    /opt is among them unless perfopt runs as root: there it may hold what only
    root is meant to read.
    """
    opt = [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["/opt"]
    named = [*_FOLDERS.split(), *opt, *(f"/etc/{name}" for name in _ETC.split())]
    return tuple(path for path in map(Path, named) if path.exists())


def proc_readable() -> tuple[Path, ...]:
    """Return what may be read of a /proc that shows other processes as well."""
    return tuple(Path("/proc", name) for name in _PROC.split())


def interpreter(python: Path) -> tuple[Path, tuple[Path, ...]]:
    """Return the program behind this name, and the folders without which it does not start.

    The program differs from the name where the latter is a script, as pyenv's
    are. The interpreter itself is asked, outside any sandbox and without its
    site-packages. Raises SandboxError where it can't be run.
    """
    command = [str(python.absolute()), "-I", "-S", "-B", "-c", _ASK]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxError(f"The interpreter {python} can't be run: {error}") from error
    if done.returncode != 0 or not done.stdout:
        said = done.stderr.decode(errors="replace").strip()[-500:]
        raise SandboxError(
            f"The interpreter {python} can't be run (exit status {done.returncode}): {said}"
        )
    program, *found = (Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name)
    found += [program.parent, program.resolve().parent]
    environment = program.parent.parent
    if (environment / "pyvenv.cfg").exists():
        found.append(environment)
    # An interpreter right in the home folder or at the root must not open all of it.
    home = Path.home().resolve()
    tight = (path for path in found if not home.is_relative_to(path.resolve()))
    return program, tuple(dict.fromkeys(path for path in tight if path.exists()))


def resolve(path: Path) -> tuple[Path, dict[Path, str]]:
    """Return the path without links, and every link on the way with what it says."""
    links: dict[Path, str] = {}
    done, left = Path("/"), list(path.absolute().parts[1:])
    while left:
        part = left.pop(0)
        if part == "..":
            done = done.parent
            continue
        here = done / part
        if here.is_symlink() and here not in links:
            links[here] = os.readlink(here)
            target = Path(links[here])
            done = Path("/") if target.is_absolute() else done
            left = [word for word in target.parts if word != "/"] + left
        else:
            done = here
    return done, links


def clean_environment(environ: Mapping[str, str], *, home: Path, tmp: Path) -> dict[str, str]:
    """Return the variables for a sandboxed program: language, PATH, thread counts, no more.

    Home, temporary and XDG folders lie in the given ones. Tokens, keys,
    sockets, proxies and settings of Python, pytest, Git and environments stay
    outside, since only names on a list pass.
    """
    passed = {
        name: value
        for name, value in environ.items()
        if name in _KEPT or name.startswith(_KEPT_STARTS) or name.endswith(_KEPT_ENDS)
    }
    passed.setdefault("PATH", os.defpath)
    folders = {"HOME": home, "TMPDIR": tmp, "TEMP": tmp, "TMP": tmp, "XDG_RUNTIME_DIR": tmp}
    below = {
        "CACHE": ".cache",
        "CONFIG": ".config",
        "DATA": ".local/share",
        "STATE": ".local/state",
    }
    folders |= {f"XDG_{name}_HOME": home / path for name, path in below.items()}
    return {
        **passed,
        **{name: str(path) for name, path in folders.items()},
        "TERM": "dumb",
        "USER": "perfopt",
        "LOGNAME": "perfopt",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
