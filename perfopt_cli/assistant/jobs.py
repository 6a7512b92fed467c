"""A tool call is a process of its own: it can be ended whatever it does, and blocks nothing."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE
from typing import Any

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from perfopt_cli.core import PerfoptError

HOME = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30.0
LONGEST_LINE = 64 * 2**20

Told = Callable[[str], Awaitable[None]]


async def run_job(request: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Do the request of ``work`` and return its result; ``told`` gets news as they come.

    Where the caller is cancelled, the work is stopped and its end awaited.
    Raises PerfoptError with the error of the work.
    """
    # The module is found from perfopt's own folder, whatever the project has of that name.
    process = await anyio.open_process(
        [sys.executable, "-m", "perfopt_cli.assistant.work"],
        stdin=PIPE,
        stdout=PIPE,
        stderr=None,
        cwd=HOME,
        start_new_session=True,
    )
    try:
        return await _talk(process, request, told)
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process)


async def _talk(process: Process, request: Mapping[str, Any], told: Told) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    lines = BufferedByteReceiveStream(process.stdout)
    try:
        await process.stdin.send(json.dumps(request).encode() + b"\n")
        while True:
            event = json.loads(await lines.receive_until(b"\n", LONGEST_LINE))
            if "news" in event:
                await told(event["news"])
            elif "error" in event:
                raise PerfoptError(event["error"])
            else:
                result: dict[str, Any] = event["result"]
                return result
    except (anyio.IncompleteRead, anyio.EndOfStream, anyio.BrokenResourceError):
        code = await process.wait()
        raise PerfoptError(
            f"the process that did the work ended with {code} before it was done; what it said is "
            "on the server's stderr"
        ) from None


async def _end(process: Process) -> None:
    """Close the streams, which stops the work where it still goes on, and wait for the end."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                await stream.aclose()
    with anyio.move_on_after(PATIENCE):
        await process.wait()
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
