"""A tiny project with a suite, and a session of workers over it, for tests of the gates."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from perfopt_cli.core import Baseline, Rewrite, Target, Verdict
from perfopt_cli.locate.skips import skip_by_text
from perfopt_cli.sandbox.isolate import open_sandbox
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.sandbox.place import make_place
from perfopt_cli.sandbox.recording import Recording, record
from perfopt_cli.sandbox.session import Session
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.sandbox.worker.fuzz import MOST_KEPT
from perfopt_cli.source import definitions, find, read_source

HOPELESS = 1000.0


@dataclass
class Bench:
    """A session over the project of one module ``mod.py`` and its tests."""

    session: Session
    verifier: Verifier
    least: float = 1.05
    _recording: Recording | None = None
    _judges: dict[str, Judge] = field(default_factory=dict)

    @property
    def copy(self) -> Path:
        return self.session.place.copy

    def target(self, qualname: str) -> Target:
        found = find((self.copy / "mod.py").read_text(), qualname)
        tests = tuple(self.verifier.baseline.outcomes)
        return Target(
            "mod.py", qualname, found.node.lineno, found.source, "mod", tests=tests, share=0.5
        )

    def judge(self, qualname: str, *, least: float | None = None, warm: bool = True) -> Judge:
        """Return the judge of a function; all functions are recorded in one run."""
        names = qualnames((self.copy / "mod.py").read_text())
        if self._recording is None:
            self._recording = record(self.verifier, [self.target(name) for name in names])
        if qualname not in self._judges:
            module = read_source(self.copy / "mod.py")
            self._judges[qualname] = Judge(
                self.verifier,
                self.target(qualname),
                names.index(qualname),
                module,
                self._recording,
                self.least if least is None else least,
                warm=warm,
            )
        return self._judges[qualname]


def qualnames(text: str) -> list[str]:
    """Return the functions that can be told apart, methods and nested ones included."""
    found = definitions(text)
    return [name for name, one in found.items() if skip_by_text(one) is None]


def make_bench(
    folder: Path,
    module: str,
    tests: str,
    python: str = sys.executable,
    others: Mapping[str, str] | None = None,
    made_up: int | None = None,
    least: float = 1.05,
) -> Bench:
    """Write the project, run its suite once, and return the bench.

    ``others`` are further files of the project, by name. ``made_up``: make up no more
    calls than that, where a test is not about them and would wait for all of them.
    ``least`` is the speedup to prove; at HOPELESS the first few samples are enough.
    """
    original = folder / "original"
    original.mkdir()
    place = make_place(original, folder / "scratch", Path(python), readable=(), network=False)
    place.copy.mkdir()
    (place.copy / "mod.py").write_text(textwrap.dedent(module))
    (place.copy / "test_mod.py").write_text("from mod import *\n" + textwrap.dedent(tests))
    for name, text in (others or {}).items():
        (place.copy / name).write_text(text)
    (place.copy / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    place = place.with_search_path([])
    environment = {**place.environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    place = replace(place, environment=environment)
    sandbox = open_sandbox("none", python=Path(python), scratch=folder / "scratch")
    session = Session(sandbox, place)
    if made_up is not None:
        fuzz = session.entry.with_name("fuzz.py")
        usual, text = f"\nMOST_KEPT = {MOST_KEPT}\n", fuzz.read_text()
        assert usual in text
        fuzz.write_text(text.replace(usual, f"\nMOST_KEPT = {made_up}\n"))
    verifier = Verifier(session, Baseline({}, 1.0), ["--rootdir", str(place.copy)], lambda: None)
    run = verifier.run_suite(None)
    assert not run.failed(), run.texts
    verifier.baseline = Baseline(run.outcomes, 1.0)
    return Bench(session, verifier, least)


def judged(judge: Judge, body: str) -> Verdict:
    """Judge a candidate given by its complete source."""
    source = textwrap.dedent(body).strip("\n") + "\n"
    return judge.judge(Rewrite(judge.target, source, (), "test", 0))[0]


__all__ = ["HOPELESS", "Bench", "judged", "make_bench"]
