"""Runs on disk: kept, found again, and every way in which they are not there."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from report_runs import optimized, reviewed

from perfopt_cli.core import PerfoptError
from perfopt_cli.pipeline.cache import Store
from perfopt_cli.reports.kept import MOST_RUNS, Shelf, runs_folder
from perfopt_cli.reports.record import Record


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "runs", tmp_path / "project")


def named(run: str) -> Record:
    record = optimized()
    assert record.summary is not None
    return replace(record, summary=replace(record.summary, run=run))


def age(shelf: Shelf, run: str, seconds: int) -> None:
    path = shelf.folder / shelf.group / f"{run}.json"
    when = path.stat().st_mtime - seconds
    os.utime(path, (when, when))


@pytest.mark.parametrize("record", [optimized(), reviewed()], ids=["optimize", "verify"])
def test_a_kept_run_is_read_as_it_was(shelf: Shelf, record: Record) -> None:
    shelf.keep(record)
    assert shelf.load(record.run) == record


def test_the_latest_run_is_read_where_none_is_named(shelf: Shelf) -> None:
    shelf.keep(named("second"))
    shelf.keep(named("first"))
    age(shelf, "second", 60)
    assert shelf.load().run == "first"


def test_an_unknown_run_is_answered_with_the_nearest(shelf: Shelf) -> None:
    for run in ("2026-01-02T03-04-05Z-ab12", "2025-11-02T13-14-15Z-cd34"):
        shelf.keep(named(run))
    with pytest.raises(PerfoptError, match=r"nearest is 2025-11-02T13-14-15Z-cd34; others are"):
        shelf.load("2025-11-02T13-14-15Z-cd43")


def test_a_name_leads_to_no_other_folder(shelf: Shelf) -> None:
    shelf.keep(optimized())
    other = Shelf(shelf.folder, Path("/elsewhere"))
    with pytest.raises(PerfoptError, match="no run"):
        shelf.load(f"../{other.group}/x")


def test_without_any_run_it_is_said_how_to_get_one(shelf: Shelf) -> None:
    with pytest.raises(PerfoptError, match="run perfopt optimize or perfopt verify there first"):
        shelf.load()


def test_runs_of_another_project_are_not_found(shelf: Shelf) -> None:
    shelf.keep(optimized())
    with pytest.raises(PerfoptError, match="no run of /elsewhere is kept"):
        Shelf(shelf.folder, Path("/elsewhere")).load()


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1", b"\xff\xfe", b'{"check": "x", "data": {}}'])
def test_a_damaged_record_is_named(shelf: Shelf, damage: bytes) -> None:
    shelf.keep(optimized())
    (path,) = (shelf.folder / shelf.group).glob("*.json")
    path.write_bytes(damage)
    with pytest.raises(PerfoptError, match=r"\.json: the record of the run .* is damaged"):
        shelf.load()


def test_one_changed_number_is_damage(shelf: Shelf) -> None:
    shelf.keep(optimized())
    (path,) = (shelf.folder / shelf.group).glob("*.json")
    path.write_text(path.read_text().replace("2000", "9000", 1))
    with pytest.raises(PerfoptError, match="damaged"):
        shelf.load()


@pytest.mark.parametrize("data", [{"perfopt": "9.9"}, {"perfopt": "9.9", "record": {"words": []}}])
def test_a_record_of_another_version_is_said_to_be_one(
    shelf: Shelf, data: dict[str, object]
) -> None:
    Store(shelf.folder).write(shelf.group, "run", data)
    with pytest.raises(PerfoptError, match=r"kept by perfopt 9\.9"):
        shelf.load()


def test_a_bounded_number_is_kept(shelf: Shelf) -> None:
    for number in range(MOST_RUNS + 3):
        shelf.keep(named(f"run{number:02}"))
        age(shelf, f"run{number:02}", 1000 - number)
    shelf.keep(named("last"))
    assert shelf.names()[:2] == ("last", f"run{MOST_RUNS + 2}")
    assert len(shelf.names()) == MOST_RUNS


def test_a_folder_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PerfoptError, match="can't be made"):
        Shelf(tmp_path / "file" / "runs", tmp_path).keep(optimized())


def test_the_file_is_for_the_user_alone(shelf: Shelf) -> None:
    shelf.keep(optimized())
    (path,) = (shelf.folder / shelf.group).glob("*.json")
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({"XDG_STATE_HOME": "/state", "HOME": "/me"}, "linux", "/state/perfopt/runs"),
        ({"XDG_STATE_HOME": "state", "HOME": "/me"}, "linux", "/me/.local/state/perfopt/runs"),
        ({"HOME": "/me"}, "darwin", "/me/Library/Application Support/perfopt/runs"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX paths")
def test_runs_lie_where_the_platform_has_state(
    environ: dict[str, str], platform: str, folder: str
) -> None:
    assert runs_folder(environ, platform) == Path(folder)
