"""The MCP server: tools, and what a client may ask of them."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import anyio
from mcp.server.mcpserver import Context, ListRoots, MCPServer, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, ListRootsResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from perfopt_cli import __version__
from perfopt_cli.assistant.fence import make_fence
from perfopt_cli.assistant.jobs import run_job
from perfopt_cli.core import PerfoptError

INSTRUCTIONS = """\
perfopt judges rewrites of Python functions: it runs the project's own pytest suite in a sandbox, \
replays recorded calls, makes up further ones, and times original and rewrite against each other.

Usual way: locate to see which functions cost time; write a faster version of one; judge it; if it \
is rejected, read the detail (often a call with another result) and write another; put an accepted \
one into the file; at the end verify the whole change. optimize has perfopt find rewrites itself.

Say that something is faster only where a verdict says FASTER, with the speedup it gives. Calls \
take from seconds to many minutes, as they run the tests several times; one runs at a time."""


class Candidate(BaseModel):
    """A rewrite of one function."""

    path: str = Field(description="The file, relative to the project's root.")
    qualname: str = Field(
        description="As Python's __qualname__: total, Order.total, outer.<locals>.inner."
    )
    source: str = Field(
        description="The complete new definition with its decorators, from column 0; same name, "
        "parameters, kind and decorators as the original."
    )
    imports: list[str] = Field(
        default=[],
        description="Import statements the new definition needs beside those of the file.",
    )


def client_roots(ctx: Context) -> ListRootsResult | ListRoots:
    """Ask the client for its roots, where it has any."""
    capabilities = ctx.client_capabilities
    if capabilities is None or capabilities.roots is None:
        return ListRootsResult(roots=[])
    return ListRoots()


Roots = Annotated[ListRootsResult, Resolve(client_roots)]
Paths = Annotated[
    list[str],
    Field(
        description="Files, folders, or FILE::QUALNAME for one function, relative to the project's "
        "root. Empty: the whole project."
    ),
]
Budget = Annotated[
    float | None,
    Field(gt=0, description="Seconds it may take; what was not judged by then is left out."),
]


class Tools:
    """The tools. ``options`` are those of the user who started the server."""

    def __init__(self, folder: Path, options: Mapping[str, Any]) -> None:
        self.folder = folder
        self.options = dict(options)
        self._turn = anyio.Lock()

    async def locate(
        self,
        ctx: Context,
        roots: Roots,
        paths: Paths = [],  # noqa: B006  (shown to the client as the default)
        top: Annotated[int, Field(ge=1, description="How many functions.")] = 10,
    ) -> CallToolResult:
        """Run the project's tests once under a profiler; list the functions where time goes.

        Changes nothing. For each function: share of the tests' time, calls, how many tests reach
        it, native_share (time in C code, which no rewrite in Python helps), and, with status
        skipped and a reason, why it can't be judged. Begin here.
        """
        return await self._do("locate", ctx, roots, paths, {"top": top})

    async def judge(
        self,
        ctx: Context,
        roots: Roots,
        candidates: Annotated[list[Candidate], Field(min_length=1)],
        budget: Budget = None,
    ) -> CallToolResult:
        """Judge rewrites of yours: does each do the same as the function in the file, and faster?

        Writes nothing. Give several candidates at once where you have them: the tests are then run
        and recorded once. In the result, candidates[i].status is accepted, rejected, abstained (the
        evidence does not suffice) or skipped; reason is one word: FASTER; DIVERGED (detail has the
        call and both results), TESTS_FAILED, INVALID (name, parameters or decorators differ),
        UNSAFE, NOT_FASTER, SLOWER_SOMEWHERE, UNTESTED (too few tests reach it), NOISY and others.
        speedup has the ratio with its 95 % interval, evidence what was compared, applied the diffs
        to put into the files.
        """
        rows = [one.model_dump() for one in candidates]
        names = [f"{one.path}::{one.qualname}" for one in candidates]
        options = {"budget": budget, "all_candidates": True}
        return await self._do("judge", ctx, roots, names, options, candidates=rows)

    async def optimize(
        self,
        ctx: Context,
        roots: Roots,
        paths: Paths = [],  # noqa: B006
        apply: Annotated[
            bool, Field(description="Write the proved rewrites to the files; undo takes them back.")
        ] = False,
        top: Annotated[int, Field(ge=1, description="How many functions, hottest first.")] = 10,
        budget: Budget = None,
    ) -> CallToolResult:
        """Have perfopt find rewrites of hot functions itself, by built-in rules or local models.

        Without apply nothing is written, and applied holds the diffs of what is proved. The result
        is as that of judge.
        """
        options = {"top": top, "budget": budget}
        return await self._do("optimize", ctx, roots, paths, options, apply=apply)

    async def verify(
        self,
        ctx: Context,
        roots: Roots,
        paths: Paths = [],  # noqa: B006
        base: Annotated[
            str, Field(description="The commit to hold the working tree against.")
        ] = "HEAD",
        speed: Annotated[
            bool, Field(description="Also time what is equivalent: faster, or slower?")
        ] = False,
        budget: Budget = None,
    ) -> CallToolResult:
        """Judge a change in the working tree: does each changed function do what it did at base?

        Writes nothing; needs git. ok is false where a function is not equivalent or a test has
        another outcome. candidates has one entry for each changed function: equivalent and faster
        are true, false, or null where that is not known; detail shows a call that differs.
        """
        if base.startswith("-"):
            raise ToolError(f"{base} is no commit")
        return await self._do(
            "verify", ctx, roots, paths, {"budget": budget}, base=base, speed=speed
        )

    async def undo(
        self,
        ctx: Context,
        roots: Roots,
        run: Annotated[str | None, Field(description="Of optimize; without it the latest.")] = None,
    ) -> CallToolResult:
        """Take back what optimize with apply wrote. A file that was edited since is left alone."""
        return await self._do("undo", ctx, roots, [], {}, run=run)

    async def _do(
        self,
        job: str,
        ctx: Context,
        roots: ListRootsResult,
        paths: Sequence[str],
        options: Mapping[str, Any],
        **more: Any,
    ) -> CallToolResult:
        told = Progress(ctx).tell
        try:
            fence = make_fence(self.folder, [str(root.uri) for root in roots.roots])
            project, names = fence.project(paths)
            request = {
                "job": job,
                "root": str(project.root),
                "paths": names,
                "options": {**options, **self.options},
                **more,
            }
            if self._turn.locked():
                await told("waiting for another call to end")
            async with self._turn:
                return answer(await run_job(request, told))
        except PerfoptError as error:
            raise ToolError(str(error)) from error


def answer(result: dict[str, Any]) -> CallToolResult:
    """Return a result as data, and as short a text as it can be: assistants pay by the word."""
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=result)


class Progress:
    """News of one call as progress, whose number has to grow."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._count = 0

    async def tell(self, text: str) -> None:
        """Send it to the client, where it has asked for progress."""
        self._count += 1
        await self._ctx.report_progress(self._count, None, text)


def make_server(folder: Path, options: Mapping[str, Any]) -> MCPServer[Any]:
    """Return the server for the project in ``folder``; ``options`` win over the project's."""
    tools = Tools(folder, options)
    server: MCPServer[Any] = MCPServer(
        "perfopt",
        title="perfopt",
        version=__version__,
        instructions=INSTRUCTIONS,
        log_level="WARNING",
    )
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    writes = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)
    for tool in (tools.locate, tools.judge, tools.verify, tools.optimize, tools.undo):
        writing = tool in (tools.optimize, tools.undo)
        server.add_tool(
            tool,
            description=inspect.getdoc(tool),
            annotations=writes if writing else reads,
        )
    return server
