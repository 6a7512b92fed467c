"""A project of one module and recorded calls of one function, for tests of the timing alone."""

from __future__ import annotations

import pickle
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.core import Rewrite, Target, Verdict
from perfopt_cli.sandbox.isolate import open_sandbox
from perfopt_cli.sandbox.place import make_place
from perfopt_cli.sandbox.recording import first_line
from perfopt_cli.sandbox.session import Message, Session
from perfopt_cli.sandbox.timing import BATCH_NS, Inputs, Timer
from perfopt_cli.source import find, splice

Call = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass
class Clockwork:
    """A session over the module ``mod.py``; no candidate passes any other gate.

    ``warm``: candidates are screened in forks of a standing worker.
    """

    session: Session
    text: str
    qualname: str
    count: int
    warm: bool = True

    @property
    def target(self) -> Target:
        found = find(self.text, self.qualname)
        return Target("mod.py", self.qualname, found.node.lineno, found.source, "mod")

    @property
    def request(self) -> Message:
        place = self.session.place
        spec = {
            "file": str(place.copy / "mod.py"),
            "qualname": self.qualname,
            "module": "mod",
            "first": first_line(place.copy / "mod.py", self.qualname),
        }
        calls = str(place.shared / "calls")
        return {"target": spec, "calls": calls, "sys_path": [], "warm": self.warm}

    def timer(self, inputs: Inputs | None = None, least: float = 1.05, reuse: bool = True) -> Timer:
        inputs = inputs or Inputs(tuple(range(self.count)), ())
        return Timer(self.session, self.request, inputs, self.text, least, reuse=reuse)

    def candidate(self, source: str) -> tuple[Rewrite, str]:
        """Return the rewrite to this definition, and the text of its module."""
        source = textwrap.dedent(source).strip("\n") + "\n"
        rewrite = Rewrite(self.target, source, (), "test", 0)
        return rewrite, splice(self.text, self.qualname, source)

    def time(self, source: str, timer: Timer | None = None) -> Verdict:
        """Time a candidate given by its complete source."""
        return (timer or self.timer()).time(*self.candidate(source))

    def messages(self, source: str, **fields: Any) -> list[Message]:
        """Run the ``time`` job by itself and return what it sends."""
        _, text = self.candidate(source)
        base: Message = {"job": "time", "batch_ns": BATCH_NS, "reuse": True, "imports": []}
        request = {**base, **self.request, "text": text, **fields}
        with self.session.open(request, seconds=60) as worker:
            found = list(worker)
        assert worker.ending is not None, worker.errors
        assert worker.ending.value == "done", worker.errors
        return found


def make_clockwork(
    folder: Path,
    module: str,
    qualname: str,
    calls: Sequence[Call],
    python: str = sys.executable,
) -> Clockwork:
    """Write the module and the calls; no test suite runs."""
    original = folder / "original"
    original.mkdir()
    place = make_place(original, folder / "scratch", Path(python), readable=(), network=False)
    place.copy.mkdir()
    text = textwrap.dedent(module)
    (place.copy / "mod.py").write_text(text)
    place = place.with_search_path([])
    place.shared.mkdir(exist_ok=True)
    dumped = [pickle.dumps(call, protocol=4) for call in calls]
    (place.shared / "calls").write_bytes(pickle.dumps(dumped, protocol=4))
    sandbox = open_sandbox("none", python=Path(python), scratch=folder / "scratch")
    return Clockwork(Session(sandbox, place), text, qualname, len(calls))


def of_one(values: Sequence[Any]) -> list[Call]:
    """Return calls with one argument each."""
    return [((value,), {}) for value in values]


__all__ = ["Clockwork", "make_clockwork", "of_one"]
