"""Programs in forks of one process that has loaded the model libraries, which takes seconds, once."""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = (
    "bitsandbytes", "peft", "accelerate", "torch.distributed", "transformers.models.qwen2",
    "transformers.models.t5", "perfopt_cli.main", "perfopt_cli.model.local",
    "perfopt_cli.train.learning.dpa", "perfopt_cli.train.learning.policy",
    "perfopt_cli.train.learning.reward_model", "perfopt_cli.train.learning.trainers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Program:
    """A program that was started; its pid, and where what it writes goes."""

    forks: Preloaded
    pid: int
    said: Path

    def poll(self) -> int | None:
        """Return its exit code, a signal's negative number; None while it runs."""
        return self.forks.ask(poll=self.pid)

    def wait(self) -> subprocess.CompletedProcess[str]:
        """Wait for its end."""
        code = self.forks.ask(wait=self.pid)
        out, err = (self.said.with_suffix(end).read_text() for end in (".out", ".err"))
        return subprocess.CompletedProcess([], code, out, err)


class Preloaded:
    """A process that forks; programs see it as if each had been started anew."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.started = 0
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip

    def ask(self, **request: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(
        self,
        argv: Sequence[object],
        environment: Mapping[str, str] = {},
        folder: Path = ROOT,
    ) -> Program:
        """Start a script, or with ``-m`` a module, with its arguments, in that folder."""
        self.started += 1
        said = self.scratch / str(self.started)
        words = [str(word) for word in argv]
        place = {"said": str(said), "folder": str(folder)}
        return Program(self, self.ask(start=words, more=dict(environment), **place), said)

    def run(
        self,
        argv: Sequence[object],
        environment: Mapping[str, str] = {},
        folder: Path = ROOT,
    ) -> subprocess.CompletedProcess[str]:
        return self.start(argv, environment, folder).wait()

    def close(self) -> None:
        self.process.communicate()


def serve() -> None:
    """Do what is asked for line by line; a fork leaves with what it is to run."""
    from perfopt_cli.model.loading import quiet

    with quiet():
        for name in LIBRARIES:
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # What is here already takes a fork a second to free at its end.
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads can't fork"
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        reply: int | None
        if "start" in request:
            reply = os.fork()
            if reply == 0:
                replies.close()
                return become(request)
        else:
            pid = request.get("poll") or request["wait"]
            ended, status = os.waitpid(pid, os.WNOHANG if "poll" in request else 0)
            reply = os.waitstatus_to_exitcode(status) if ended else None
        print(json.dumps(reply), file=replies, flush=True)
    return None


def become(request: Mapping[str, Any]) -> None:
    """Run the program in this process, to its end."""
    for number, end in ((1, ".out"), (2, ".err")):
        file = os.open(request["said"] + end, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(request["more"])
    os.chdir(request["folder"])
    words = request["start"]
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        sys.path[0] = str(Path(words[0]).parent)
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    serve()
