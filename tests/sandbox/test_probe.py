from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxes import WAYS, available, pythons

from perfopt_cli.sandbox.confinement import Sandbox
from perfopt_cli.sandbox.policy import Setup
from perfopt_cli.sandbox.probe import ESSENTIAL, WEAKER, Attempt, ProbeReport, probe

ALWAYS = [name for name in (*ESSENTIAL, *WEAKER) if name != "processes"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ALWAYS)
def test_every_sandbox_refuses_each_attempt(way: str, name: str, tmp_path: Path) -> None:
    report = _whole_report(way, tmp_path)
    assert report.error == ""
    assert name not in {attempt.name for attempt in report.allowed}


_reports: dict[str, ProbeReport] = {}


def _whole_report(way: str, scratch: Path) -> ProbeReport:
    if way not in _reports:
        _reports[way] = probe(available(way), scratch=scratch)
    return _reports[way]


@pytest.mark.parametrize("way", WAYS)
def test_a_temporary_folder_with_a_long_name_does_no_harm(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    report = probe(available(way), scratch=tmp_path, only=("unix", "unix_datagram"))
    assert (report.error, report.allowed) == ("", ())


@pytest.mark.parametrize("way", WAYS)
def test_the_process_limit_holds_wherever_the_program_is_not_root(way: str, tmp_path: Path) -> None:
    if available(way).setup.unbound:
        pytest.skip("root is not bound by the kernel's process limit")
    attempts = {attempt.name: attempt for attempt in _whole_report(way, tmp_path).attempts}
    assert attempts["processes"].refused


@pytest.mark.skipif(sys.platform != "linux", reason="the attempts use Linux's /proc")
@pytest.mark.parametrize("name", [*ESSENTIAL, "change_mode", "signal_outside"])
def test_the_probe_sees_each_attempt_succeed_where_nothing_refuses_it(
    name: str, tmp_path: Path
) -> None:
    report = probe(_open(), scratch=tmp_path, only=(name,))
    assert [attempt.name for attempt in report.allowed] == [name]
    assert report.holds is (name not in ESSENTIAL)


def _open() -> Sandbox:
    return Sandbox(Setup("none", Path(sys.executable)))


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")
def test_the_probe_notices_a_missing_landlock(tmp_path: Path) -> None:
    bare = available("bare-own-abi-4")
    report = probe(Sandbox(replace(bare.setup, abi=0)), scratch=tmp_path)
    assert {attempt.name for attempt in report.allowed} >= {"write", "unlink", "read"}
    assert not report.holds


@pytest.mark.parametrize("way", ["bwrap", "namespaces", "bare"])
@pytest.mark.parametrize("python", pythons())
def test_the_sandbox_holds_under_every_interpreter(python: str, way: str, tmp_path: Path) -> None:
    assert probe(available(way, python), scratch=tmp_path).holds


def test_a_probe_that_cannot_start_does_not_hold(tmp_path: Path) -> None:
    sandbox = _open()
    sandbox.setup = replace(sandbox.setup, python=tmp_path / "missing")
    report = probe(sandbox, scratch=tmp_path)
    assert not report.holds
    assert "missing" in report.explain()


def test_a_weaker_finding_leaves_a_report_that_holds() -> None:
    report = ProbeReport("landlock", (Attempt("write", True), Attempt("memory", False)))
    assert report.holds
    assert report.explain() == "not refused: using more memory than allowed"


def test_an_essential_finding_does_not() -> None:
    assert not ProbeReport("landlock", (Attempt("write", False),)).holds


def test_the_probe_leaves_nothing_in_scratch(tmp_path: Path) -> None:
    probe(_open(), scratch=tmp_path, only=("write",))
    assert list(tmp_path.iterdir()) == []
