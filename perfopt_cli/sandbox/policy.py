"""What a sandboxed program may use, and how its sandbox is built."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import Limits
from perfopt_cli.sandbox import identity, seccomp


@dataclass(frozen=True, slots=True)
class Policy:
    """What one program may use.

    ``readable`` comes on top of the system's folders and the interpreter's;
    ``writable`` is scratch, readable too. With ``network`` the program has the
    host's network but no local (AF_UNIX) sockets, which lead to Docker, D-Bus
    and agents.
    """

    readable: tuple[Path, ...]
    writable: tuple[Path, ...]
    limits: Limits
    network: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """One way to build a sandbox on this machine.

    ``python`` is the interpreter that runs the launcher, and ``interpreter``
    the folders it needs. ``bwrap`` is bubblewrap's path, for kind ``bwrap``. ``namespaces`` says
    whether the launcher makes its own, for kind ``landlock``. ``abi`` is the
    Landlock version (0: none). As root, ``uid`` is who the program becomes and
    ``keep`` are the capabilities it keeps.
    """

    kind: str
    python: Path
    interpreter: tuple[Path, ...] = ()
    bwrap: str = ""
    namespaces: bool = False
    abi: int = 0
    uid: int | None = None
    keep: tuple[int, ...] = ()

    @property
    def separate(self) -> bool:
        """Whether the program has its own pid and mount namespace."""
        return self.namespaces or bool(self.bwrap)

    @property
    def unbound(self) -> bool:
        """Whether the program runs as root, whom the process limit does not bind."""
        return sys.platform == "linux" and os.geteuid() == 0 and self.uid is None

    @property
    def needs(self) -> seccomp.Needs:
        """What the seccomp filter must refuse since nothing else does."""
        owner = self.uid is None
        return seccomp.Needs(
            signals=not self.separate and owner and self.abi < 6,
            strangers=not self.separate and owner,
            queues=not self.separate,
            metadata=not self.separate and (owner or identity.DAC_OVERRIDE in self.keep),
            truncation=not self.separate and self.abi < 3,
        )
