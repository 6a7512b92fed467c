"""Feed a process and keep what it says, within bounds of time and size."""

from __future__ import annotations

import os
import selectors
import subprocess
import time

_CHUNK = 65536
_POLL = 0.05
_GRACE = 1.0


def capture(
    process: subprocess.Popen[bytes], stdin: bytes, seconds: float, keep: int
) -> tuple[bytes, bytes, bool]:
    """Write stdin, read stdout and stderr until the process ends or the seconds are over.

    Returns at most ``keep`` bytes of each (the rest is read and dropped), and
    whether time ran out. The process is not killed. All three must be pipes;
    they are closed.
    """
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise ValueError("stdin, stdout and stderr must be pipes")
    deadline = time.monotonic() + seconds
    kept = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}
    left = memoryview(stdin)
    for pipe in process.stdin, process.stdout, process.stderr:
        os.set_blocking(pipe.fileno(), False)
    with process.stdin, process.stdout, process.stderr, selectors.DefaultSelector() as waiting:
        waiting.register(process.stdin, selectors.EVENT_WRITE)
        waiting.register(process.stdout, selectors.EVENT_READ)
        waiting.register(process.stderr, selectors.EVENT_READ)
        ended = timed_out = False
        while waiting.get_map():
            # A process that outlives the program may hold its pipes: end with the program.
            if not ended and process.poll() is not None:
                ended, deadline = True, time.monotonic() + _GRACE
            pause = deadline - time.monotonic()
            if pause <= 0 or (ended and not waiting.select(0)):
                timed_out = not ended
                break
            for key, _ in waiting.select(min(pause, _POLL)):
                if key.fileobj is process.stdin:
                    left = _write(key.fd, left)
                    if not left:
                        waiting.unregister(process.stdin)
                        process.stdin.close()
                elif not _read(key.fd, kept[key.fd], keep):
                    waiting.unregister(key.fileobj)
        if not (ended or timed_out):
            timed_out = not _ends(process, deadline)
    stdout, stderr = (bytes(buffer) for buffer in kept.values())
    return stdout, stderr, timed_out


def _write(descriptor: int, data: memoryview) -> memoryview:
    try:
        return data[os.write(descriptor, data[:_CHUNK]) :]
    except BlockingIOError:
        return data
    except BrokenPipeError:
        return data[:0]


def _read(descriptor: int, buffer: bytearray, keep: int) -> bool:
    chunk = os.read(descriptor, _CHUNK)
    buffer += chunk[: keep - len(buffer)]
    return bool(chunk)


def _ends(process: subprocess.Popen[bytes], deadline: float) -> bool:
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True
