"""What no candidate may touch: files, a TCP and a unix socket, a process.

A candidate's source names them by ``PLACEHOLDERS``, which the runner replaces
by Python literals.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import subprocess
import sys
import threading
from pathlib import Path

PLACEHOLDERS = (
    "CANARY_FILE",
    "CANARY_NEW_FILE",
    "CANARY_PROJECT",
    "CANARY_PORT",
    "CANARY_SOCKET",
    "CANARY_PID",
)


class Canaries:
    """Plants everything in and around two folders; ``touched`` says what was touched.

    ``home`` is to be the HOME of the perfopt process, ``project`` its project.
    """

    def __init__(self, home: Path, project: Path) -> None:
        self.home = home
        self.project = project
        self.file = home / "canary.txt"
        self.file.write_text(f"token = {secrets.token_hex(16)}\n", encoding="utf-8")
        (project / "canary.txt").write_text("do not touch\n", encoding="utf-8")
        # The path of a unix socket may have about 100 bytes only.
        self.unix_path = str(home / "s")
        self.connections: list[str] = []
        self.listeners = [
            self._listen("TCP", socket.AF_INET, ("127.0.0.1", 0)),
            self._listen("unix", socket.AF_UNIX, self.unix_path),
        ]
        self.port: int = self.listeners[0].getsockname()[1]
        self.child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(86400)"])
        self.before = {folder: snapshot(folder) for folder in (home, project)}

    def values(self) -> dict[str, str]:
        """Return the literal for each placeholder."""
        literals = (
            self.file,
            self.home / "new.txt",
            self.project / "canary.txt",
            self.port,
            self.unix_path,
            self.child.pid,
        )
        texts = (repr(one) if isinstance(one, int) else repr(str(one)) for one in literals)
        return dict(zip(PLACEHOLDERS, texts, strict=True))

    def touched(self) -> list[str]:
        """Say, in words, what is not as it was."""
        found = [f"a connection to the {kind} socket" for kind in self.connections]
        if self.child.poll() is not None:
            found.append(f"the child process ended with {self.child.returncode}")
        for folder, before in self.before.items():
            after = snapshot(folder)
            for name in sorted({*before, *after}):
                if before.get(name) != after.get(name):
                    kind = "home" if folder == self.home else "the project"
                    found.append(f"{name} in {kind} is changed, new or gone")
        return found

    def close(self) -> None:
        """Stop listening, and end the child."""
        for listener in self.listeners:
            listener.close()
        self.child.kill()
        self.child.wait()

    def _listen(self, kind: str, family: int, address: object) -> socket.socket:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.bind(address)  # type: ignore[arg-type]
        listener.listen(64)
        threading.Thread(target=self._count, args=(kind, listener), daemon=True).start()
        return listener

    def _count(self, kind: str, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections.append(kind)
            connection.close()


def snapshot(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, time of change and content's hash of everything under the folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        text = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if path.is_symlink():
            text = os.fsencode(os.readlink(path))
        time = 0 if path.is_dir() else stat.st_mtime_ns
        found[str(path.relative_to(folder))] = stat.st_mode, time, hashlib.sha256(text).hexdigest()
    return found
