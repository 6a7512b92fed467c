"""What ``perfopt init`` adds, and what it leaves alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from perfopt_cli.config import Settings, load_settings, read_toml
from perfopt_cli.core import PerfoptError
from perfopt_cli.explained import MEANINGS
from perfopt_cli.hooks.init import ENTRY, additions, hook_entry, section, settings_section
from perfopt_cli.project.find import Project

ROOT = Path(__file__).parent.parent.parent
REPOS = "repos:\n  - repo: local\n    hooks:\n      - id: other\n"


def test_the_section_names_every_setting() -> None:
    names = [line[2:].partition(" = ")[0] for line in section().splitlines() if " = " in line]
    assert {name.replace("-", "_") for name in names} == {one.name for one in fields(Settings)}


def test_each_setting_is_explained_as_in_the_reference() -> None:
    lines = {line.split()[1]: line for line in section().splitlines() if " = " in line}
    for name, meaning in MEANINGS.items():
        note = lines[name.replace("_", "-")].partition(" # ")[2].split("  # ")[-1]
        assert meaning.replace("`", "").startswith(note.partition(": one of")[0]), note
        assert len(note) < 100
    assert lines["quantize"].endswith("one of auto, nf4, int8, none")


def test_the_section_says_what_is_so_already(tmp_path: Path) -> None:
    settings_section(tmp_path / "pyproject.toml").write()
    assert load_settings(tmp_path) == Settings()


def test_each_of_its_lines_is_a_setting_that_can_be_read(tmp_path: Path) -> None:
    text = section()
    for line in text.splitlines():
        if " = " in line:
            text = text.replace(line, line.removeprefix("# "))
    (tmp_path / "pyproject.toml").write_text(text)
    assert load_settings(tmp_path).python == ".venv/bin/python"


@pytest.mark.parametrize("before", ["[a]\nx = 1", "[a]\nx = 1\n", "# only words\n", ""])
def test_what_is_in_the_file_stays(tmp_path: Path, before: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(before)
    settings_section(path).write()
    assert path.read_text().startswith(before)
    assert read_toml(path)["tool"]["perfopt"] == {}


def test_newlines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"[a]\r\nx = 1\r\n")
    settings_section(path).write()
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


@pytest.mark.parametrize("body", ["[tool.perfopt]\ntop = 3\n", "[tool]\nperfopt.top = 3\n"])
def test_a_section_that_is_there_is_left_alone(tmp_path: Path, body: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(body)
    found = settings_section(path)
    assert (found.text, found.why) == ("", "[tool.perfopt] is there already")


def test_a_table_that_is_closed_gets_a_section_to_paste(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("tool = {other = {x = 1}}\n")
    found = settings_section(path)
    assert found.text == ""
    assert found.paste == section()


def test_a_repository_without_hooks_gets_a_file(tmp_path: Path) -> None:
    found = list(additions(Project(tmp_path, tmp_path)))[1]
    found.write()
    text = (tmp_path / ".pre-commit-config.yaml").read_text()
    assert text.startswith("repos:\n  - repo: local\n    hooks:\n      - id: perfopt\n")


@pytest.mark.parametrize("before", [REPOS, REPOS.rstrip("\n"), f"fail_fast: true\n{REPOS}# end\n"])
def test_the_entry_follows_those_that_are_there(tmp_path: Path, before: str) -> None:
    path = tmp_path / "hooks.yaml"
    path.write_text(before)
    hook_entry(path).write()
    text = path.read_text()
    assert text.startswith(before)
    assert "\n  - repo: local\n    hooks:\n      - id: perfopt\n" in text


@pytest.mark.parametrize(
    "before", ["repos: []\n", "fail_fast: true\n", f"{REPOS}fail_fast: true\n", "repos:\n"]
)
def test_another_kind_of_list_gets_an_entry_to_paste(tmp_path: Path, before: str) -> None:
    path = tmp_path / "hooks.yaml"
    path.write_text(before)
    found = hook_entry(path)
    assert (found.text, found.paste) == ("", ENTRY)


def test_a_hook_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hooks.yaml"
    path.write_text(REPOS.replace("other", "perfopt"))
    assert hook_entry(path).why == "the hook is there already"


def test_outside_a_repository_there_is_no_hook_to_add(tmp_path: Path) -> None:
    found = list(additions(Project(tmp_path)))[1]
    assert found.text == ""
    assert "no git repository" in found.why


def test_a_bare_repository_is_left_alone(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path)], check=True)
    with pytest.raises(PerfoptError, match="is a bare repository"):
        list(additions(Project(tmp_path)))


def test_the_diff_shows_what_would_be_added(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[a]\nx = 1\n")
    shown = settings_section(path).diff("pyproject.toml")
    assert shown.startswith("--- a/pyproject.toml\n+++ b/pyproject.toml\n")
    assert "+[tool.perfopt]\n" in shown
    assert "[tool" not in path.read_text()


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "perfopt_cli", "init", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )


def test_the_command_adds_both_and_the_second_time_nothing(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    shown = run(tmp_path, "--diff").stdout
    assert "+++ b/pyproject.toml" in shown
    assert "+++ b/.pre-commit-config.yaml" in shown
    assert not (tmp_path / "pyproject.toml").exists()
    assert run(tmp_path).stdout == "added to pyproject.toml\nadded to .pre-commit-config.yaml\n"
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    done = run(tmp_path, "--format", "json")
    assert [one["state"] for one in json.loads(done.stdout)["files"]] == ["left", "left"]
    assert {path: path.read_bytes() for path in before} == before
