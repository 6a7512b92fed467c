"""A tiny project with a suite, and a session of workers over it, for tests of the gates."""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

from perfopt_cli.core import Baseline, Rewrite, Target, Verdict
from perfopt_cli.sandbox.isolate import open_sandbox
from perfopt_cli.sandbox.judge import Judge, record
from perfopt_cli.sandbox.place import make_place
from perfopt_cli.sandbox.session import Session
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.source import find, read_source


@dataclass
class Bench:
    """A session over the project of one module ``mod.py`` and its tests."""

    session: Session
    verifier: Verifier

    @property
    def copy(self) -> Path:
        return self.session.place.copy

    def target(self, qualname: str) -> Target:
        found = find((self.copy / "mod.py").read_text(), qualname)
        tests = tuple(self.verifier.baseline.outcomes)
        return Target(
            "mod.py", qualname, found.node.lineno, found.source, "mod", tests=tests, share=0.5
        )

    def judge(self, qualname: str, *, least: float = 1.05) -> Judge:
        target = self.target(qualname)
        recording = record(self.verifier, [target])
        module = read_source(self.copy / "mod.py")
        return Judge(self.verifier, target, 0, module, recording, least)


def make_bench(folder: Path, module: str, tests: str, python: str = sys.executable) -> Bench:
    """Write the project, run its suite once, and return the bench."""
    original = folder / "original"
    original.mkdir()
    place = make_place(original, folder / "scratch", Path(python), readable=(), network=False)
    place.copy.mkdir()
    (place.copy / "mod.py").write_text(textwrap.dedent(module))
    (place.copy / "test_mod.py").write_text("from mod import *\n" + textwrap.dedent(tests))
    (place.copy / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    place = place.with_search_path([])
    environment = {**place.environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    place = replace(place, environment=environment)
    sandbox = open_sandbox("none", python=Path(python), scratch=folder / "scratch")
    session = Session(sandbox, place)
    verifier = Verifier(session, Baseline({}, 1.0), ["--rootdir", str(place.copy)], lambda: None)
    run = verifier.run_suite(None)
    assert not run.failed(), run.texts
    verifier.baseline = Baseline(run.outcomes, 1.0)
    return Bench(session, verifier)


def judged(judge: Judge, body: str) -> Verdict:
    """Judge a candidate given by its complete source."""
    source = textwrap.dedent(body).strip("\n") + "\n"
    return judge.judge(Rewrite(judge.target, source, (), "test", 0))[0]


__all__ = ["Bench", "judged", "make_bench"]
