"""What goes wrong with the machine in the middle of a run, in words that help."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perfopt_cli.core import PerfoptError

_KEPT = "What is finished is kept; run the same command again to go on"


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk, a folder that can't be written and full memory into PerfoptErrors."""
    try:
        yield
    except PerfoptError:
        raise
    except Exception as error:
        text = _explained(error, folder)
        if text is None:
            raise
        raise PerfoptError(text) from error


def _explained(error: Exception, folder: Path) -> str | None:
    number = error.errno if isinstance(error, OSError) else None
    # The libraries that write weights raise errors of their own that only quote the system's.
    if number in (errno.ENOSPC, errno.EDQUOT) or "No space left on device" in str(error):
        return f"the disk of {folder} is full; make room. {_KEPT}"
    if "PytorchStreamWriter failed" in str(error):
        return f"{folder} can't be written; is its disk full? {_KEPT}"
    if number in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"{getattr(error, 'filename', None) or folder} can't be written: {error}. {_KEPT}"
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        return (
            "the GPU runs out of memory; use a smaller device_batch, gradient_checkpointing = "
            f"true, --tuning qlora, or a smaller model. {_KEPT}"
        )
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return f"there is too little memory; use a smaller model or batch. {_KEPT}"
    return None
