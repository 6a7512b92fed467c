"""The server, asked by the SDK's own client over stdio."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bare
import pytest
from counting import MODULE, suite_of

pytest.importorskip("mcp", reason='needs perfopt\'s extra: pip install "perfopt[mcp]"')

import anyio
import mcp_types as types
from mcp import Client, StdioServerParameters
from schemas import check

from perfopt_cli.reports.kept import shelf_of

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TESTS = suite_of("pkg.mod")
FAST = textwrap.dedent("""\
    def count_known(words: list[str], known: list[str]) -> int:
        lookup = set(known)
        count = 0
        for word in words:
            if word in lookup:
                count += 1
        return count
""")
WRONG = FAST.replace("+= 1", "+= 2")
SLEEPING = "import time\n\ndef test_long():\n    time.sleep(600)\n"
SECONDS = 120
XDG = ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def make_project(root: Path, tests: str = TESTS, settings: str = "") -> Path:
    pytest_settings = '[tool.pytest.ini_options]\npythonpath = ["."]\n'
    write(root / "pyproject.toml", f"{pytest_settings}[tool.perfopt]\n{settings}\n")
    write(root / "pkg/__init__.py", "")
    write(root / "pkg/mod.py", MODULE)
    write(root / "tests/test_mod.py", tests)
    return root


@dataclass
class Place:
    """A project, the folder that is the server's for temporary files, and what the server says."""

    root: Path
    tmp: Path
    stderr: Path
    said: list[str] = field(default_factory=list)

    def parameters(self, *arguments: str) -> StdioServerParameters:
        paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
        named = {name: os.environ[name] for name in XDG}
        words = ["-m", "perfopt_cli", "mcp", "--python", bare.python(), *arguments]
        return StdioServerParameters(
            command=sys.executable,
            args=words,
            cwd=self.root,
            env={**named, "PYTHONPATH": paths, "TMPDIR": str(self.tmp), "PYTEST_ADDOPTS": ""},
        )

    @asynccontextmanager
    async def client(self, *arguments: str, **more: Any) -> AsyncIterator[Client]:
        async with Client(self.parameters(*arguments), **more) as client:
            yield client

    async def heard(self, _done: float, _total: float | None, message: str | None) -> None:
        self.said.append(message or "")

    async def until_said(self, part: str) -> None:
        with anyio.fail_after(SECONDS):
            while not any(part in text for text in self.said):
                await asyncio.sleep(0.05)

    def processes(self) -> list[int]:
        """Return the pids of what works for this place, but for the server itself."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = (entry / "cmdline").read_bytes()
                    settings = (entry / "environ").read_bytes()
                except OSError:
                    continue
                ours = f"TMPDIR={self.tmp}".encode() in settings or str(self.tmp).encode() in words
                if ours and b"\0mcp\0" not in words:
                    found.append(int(entry.name))
        return found

    def server(self) -> int:
        """Return the server's pid."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words, settings = (
                        (entry / name).read_bytes() for name in ("cmdline", "environ")
                    )
                except OSError:
                    continue
                if f"TMPDIR={self.tmp}".encode() in settings and b"\0mcp\0" in words:
                    return int(entry.name)
        raise AssertionError("no server")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "tmp").mkdir()
    return Place(make_project(tmp_path / "project"), tmp_path / "tmp", tmp_path / "stderr")


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        with anyio.fail_after(SECONDS):
            await work()

    asyncio.run(limited())


def words(result: types.CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, types.TextContent)
    return block.text


def told(result: types.CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def nothing_is_left(place: Place) -> bool:
    for _ in range(400):
        if not place.processes() and not list(place.tmp.iterdir()):
            return True
        time.sleep(0.05)
    return False


def candidate(source: str, path: str = "pkg/mod.py") -> dict[str, str]:
    return {"path": path, "qualname": "count_known", "source": source}


@dataclass
class Answers:
    """What one server answered to what needs no run."""

    tools: dict[str, types.Tool] = field(default_factory=dict)
    outside: list[types.CallToolResult] = field(default_factory=list)
    wrong: list[types.CallToolResult] = field(default_factory=list)
    undo: types.CallToolResult | None = None


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    folder = tmp_path_factory.mktemp("answers")
    (folder / "tmp").mkdir()
    place = Place(make_project(folder / "project"), folder / "tmp", folder / "stderr")
    found = Answers()

    async def work() -> None:
        async with place.client() as client:
            found.tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            for name, arguments in (
                ("locate", {"paths": ["/etc"]}),
                ("verify", {"paths": [".."]}),
                ("optimize", {"paths": ["../x.py"]}),
                ("judge", {"candidates": [candidate(FAST, "/etc/x.py")]}),
            ):
                found.outside.append(await client.call_tool(name, arguments))
            for arguments in ({"candidates": []}, {"candidates": [{"path": "pkg/mod.py"}]}, {}):
                found.wrong.append(await client.call_tool("judge", arguments))
            found.undo = await client.call_tool("undo", {})

    run(work)
    return found


def test_the_tools_say_what_they_take_and_whether_they_write(answers: Answers) -> None:
    tools = answers.tools
    assert set(tools) == {"locate", "judge", "verify", "optimize", "undo"}
    reading = {name for name, one in tools.items() if one.annotations.read_only_hint}
    assert reading == {"locate", "judge", "verify"}
    for tool in tools.values():
        assert tool.description
        assert not {"ctx", "roots", "sandbox", "python", "pytest_args", "model"} & set(
            tool.input_schema["properties"]
        )


def test_what_is_outside_the_project_is_refused_in_words(answers: Answers) -> None:
    assert len(answers.outside) == 4
    for result in answers.outside:
        assert result.is_error
        assert "perfopt works there only" in words(result)


def test_isolation_is_not_switched_off_by_the_client_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    root = make_project(tmp_path / "project", settings='sandbox = "none"')
    place = Place(root, tmp_path / "tmp", tmp_path / "stderr")

    async def work() -> None:
        async with place.client() as client:
            for name in ("locate", "verify", "optimize"):
                result = await client.call_tool(name, {"sandbox": "none"})
                assert result.is_error
                assert "not taken from a file" in words(result)

    run(work)


def test_arguments_of_the_wrong_kind_are_tool_errors(answers: Answers) -> None:
    assert [result.is_error for result in answers.wrong] == [True] * 3


def test_an_error_of_perfopt_is_a_tool_error_in_words(answers: Answers) -> None:
    assert answers.undo is not None
    assert answers.undo.is_error
    assert "nothing to undo" in words(answers.undo)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_root_of_the_client_may_be_worked_in(place: Place, tmp_path: Path, mode: str) -> None:
    other = make_project(tmp_path / "other")

    async def roots(_context: object) -> types.ListRootsResult:
        return types.ListRootsResult(roots=[types.Root(uri=other.as_uri())])

    async def work() -> None:
        async with place.client() as client:
            result = await client.call_tool("judge", {"candidates": [outside]})
            assert "perfopt works there only" in words(result)
        async with place.client(list_roots_callback=roots, mode=mode) as client:
            result = await client.call_tool("judge", {"candidates": [outside]})
            assert "has no function nothing" in words(result)

    outside = {**candidate(FAST, str(other / "pkg/mod.py")), "qualname": "nothing"}
    run(work)


@pytest.mark.slow
def test_locate_names_the_hot_function_and_tells_how_it_goes(place: Place) -> None:
    async def work() -> None:
        async with place.client() as client:
            result = await client.call_tool("locate", {"top": 1}, progress_callback=place.heard)
            found = told(result)
            check("run", found)
            assert [row["qualname"] for row in found["targets"]] == ["count_known"]
            assert found["targets"][0]["status"] == "unchanged"
            assert json.loads(words(result)) == found
            assert any("tests under the profiler" in text for text in place.said)

    run(work)


@pytest.mark.slow
def test_judge_tells_good_from_wrong_and_writes_nothing(place: Place) -> None:
    before = (place.root / "pkg/mod.py").read_bytes()

    async def work() -> None:
        async with place.client() as client:
            rows = [candidate(WRONG), candidate(FAST)]
            found = told(await client.call_tool("judge", {"candidates": rows}))
            check("run", found)
            verdicts = {row["candidate"]: row for row in found["candidates"]}
            assert verdicts[0]["reason"] == "TESTS_FAILED"
            assert verdicts[1]["reason"] == "FASTER", verdicts[1]
            assert verdicts[1]["speedup"]["low"] > 1.05
            assert "+    lookup = set(known)" in found["applied"][0]["diff"]
            record = shelf_of(place.root).load(found["run"])
            assert record.words == ("mcp",)
            assert [one.reason.value for one in record.verdicts] == ["TESTS_FAILED", "FASTER"]
            assert not record.written

    run(work)
    assert (place.root / "pkg/mod.py").read_bytes() == before
    assert not (place.root / ".perfopt").exists()


@pytest.mark.slow
def test_optimize_writes_where_it_is_asked_to_and_undo_takes_it_back(place: Place) -> None:
    before = (place.root / "pkg/mod.py").read_bytes()

    async def work() -> None:
        async with place.client("--model", "rules") as client:
            found = told(await client.call_tool("optimize", {"apply": True}))
            assert found["applied"], found
            assert (place.root / "pkg/mod.py").read_bytes() != before
            check("run", found)
            record = shelf_of(place.root).load(found["run"])
            assert record.words[:1] == ("optimize",)
            assert record.written
            check("undo", told(await client.call_tool("undo", {"run": found["run"]})))
            assert (place.root / "pkg/mod.py").read_bytes() == before

    run(work)


@pytest.mark.slow
def test_verify_says_that_a_change_is_not_equivalent(place: Place) -> None:
    for line in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "begin"]):
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        assert os.spawnvp(os.P_WAIT, "git", ["git", "-C", str(place.root), *identity, *line]) == 0
    write(place.root / "pkg/mod.py", WRONG)

    async def work() -> None:
        async with place.client() as client:
            found = told(await client.call_tool("verify", {}))
            check("review", found)
            assert found["ok"] is False
            assert [row["equivalent"] for row in found["candidates"]] == [False]
            record = shelf_of(place.root).load(found["run"])
            assert record.review is not None
            assert record.words[:3] == ("verify", "--python", bare.python())

    run(work)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:ping is removed")
def test_a_long_call_blocks_no_other_and_ends_whole_when_cancelled(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    root = make_project(tmp_path / "project", SLEEPING)
    place = Place(root, tmp_path / "tmp", tmp_path / "stderr")

    async def work() -> None:
        async with place.client(mode="legacy") as client:
            call = client.call_tool("locate", {}, progress_callback=place.heard)
            task = asyncio.create_task(call)
            await place.until_said("tests under the profiler")
            assert place.processes()
            with anyio.fail_after(5):
                await client.send_ping()
                assert (await client.call_tool("locate", {"paths": ["/etc"]})).is_error
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(nothing_is_left, place)
            # The turn was given back.
            assert (await client.call_tool("undo", {})).is_error

    run(work)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_goes_on_when_the_server_is_killed(tmp_path: Path, number: int) -> None:
    (tmp_path / "tmp").mkdir()
    root = make_project(tmp_path / "project", SLEEPING)
    place = Place(root, tmp_path / "tmp", tmp_path / "stderr")

    async def work() -> None:
        async with place.client() as client:
            call = client.call_tool("locate", {}, progress_callback=place.heard)
            task = asyncio.create_task(call)
            await place.until_said("tests under the profiler")
            os.kill(place.server(), number)
            assert await asyncio.to_thread(nothing_is_left, place)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    run(work)


@pytest.mark.slow
def test_nothing_goes_on_when_the_client_leaves(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    root = make_project(tmp_path / "project", SLEEPING)
    place = Place(root, tmp_path / "tmp", tmp_path / "stderr")

    async def work() -> None:
        async with place.client() as client:
            call = client.call_tool("locate", {}, progress_callback=place.heard)
            task = asyncio.create_task(call)
            await place.until_said("tests under the profiler")
        await asyncio.gather(task, return_exceptions=True)

    run(work)
    assert nothing_is_left(place)


@pytest.mark.slow
def test_a_second_call_waits_for_the_first(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    root = make_project(tmp_path / "project", SLEEPING)
    place = Place(root, tmp_path / "tmp", tmp_path / "stderr")

    async def work() -> None:
        async with place.client() as client:
            first = asyncio.create_task(
                client.call_tool("locate", {}, progress_callback=place.heard)
            )
            await place.until_said("tests under the profiler")
            second = asyncio.create_task(
                client.call_tool("undo", {}, progress_callback=place.heard)
            )
            await place.until_said("waiting for another call")
            first.cancel()
            assert "nothing to undo" in words(await second)
            await asyncio.gather(first, return_exceptions=True)

    run(work)
