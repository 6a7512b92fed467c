"""What the exports share: names of files and of this machine."""

from __future__ import annotations

import os
import shutil as files
import socket
import sys
import threading
import time as clock

LOCK = threading.Lock()
COUNTS = {"names": 0, "lines": 0}


class Limits:
    """How much an export may hold."""

    rows = 50
    reached = 0


def normal(name: str) -> str:
    """Return a name in the form that files have."""
    return name.strip().lower().replace(" ", "-")


def machine() -> str:
    """Return a text that tells machines apart."""
    return f"{socket.gethostname()}-{sys.platform}-{os.getpid()}"


def space(folder: str) -> int:
    """Return the free bytes of the disk that a folder is on."""
    return files.disk_usage(folder).free


def stamp() -> str:
    """Return the time as it stands in names of exports."""
    return clock.strftime("%Y%m%d-%H%M%S")
