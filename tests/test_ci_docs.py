"""The workflow files in docs/ci.md: valid, and made of commands that there are."""

from __future__ import annotations

import json
import re
import shlex
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from perfopt_cli.main import app

PAGE = (Path(__file__).parent.parent / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.S | re.M)
SCHEMAS = ("github-workflows.json", "gitlab-ci.json")


def loaded(text: str) -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    found: dict[str, Any] = yaml.safe_load(text)
    # YAML 1.1 reads the key `on` as true.
    return {"on" if key is True else key: value for key, value in found.items()}


def scripts() -> list[str]:
    github, gitlab = map(loaded, BLOCKS)
    steps = github["jobs"]["perfopt"]["steps"]
    return [step["run"] for step in steps if "run" in step] + gitlab["perfopt"]["script"]


def command_lines() -> list[list[str]]:
    """Return the words of each perfopt command in the scripts."""
    joined = "\n".join(scripts()).replace("\\\n", " ")
    found = re.findall(r"^\s*perfopt (.*?)(?:\|\||>>|$)", joined, re.M)
    return [shlex.split(line, comments=True) for line in found]


def test_there_is_a_file_for_each_service() -> None:
    assert len(BLOCKS) == len(SCHEMAS)


@pytest.mark.parametrize(("text", "schema"), list(zip(BLOCKS, SCHEMAS, strict=True)))
def test_a_file_is_valid_by_the_schema_of_its_service(text: str, schema: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    pytest.importorskip("check_jsonschema")
    found = files("check_jsonschema") / "builtin_schemas" / "vendor" / schema
    rules = json.loads(found.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(rules)(rules).validate(loaded(text))


def test_the_commands_are_found() -> None:
    names = {words[0] for words in command_lines()}
    assert names == {"doctor", "verify", "optimize", "report"}


@pytest.mark.parametrize("words", command_lines(), ids=" ".join)
def test_a_command_in_them_exists_with_its_options(words: list[str]) -> None:
    group: Any = get_command(app)
    command = group.commands[words[0]]
    command.make_context(words[0], words[1:])


def test_an_option_that_is_not_there_would_be_noticed() -> None:
    group: Any = get_command(app)
    with pytest.raises(Exception, match="No such option"):
        group.commands["optimize"].make_context("optimize", ["--chekc"])


def test_no_secret_and_no_token_that_writes_is_asked_for() -> None:
    github = loaded(BLOCKS[0])
    assert "secrets." not in PAGE
    assert set(github["on"]) == {"pull_request", "workflow_dispatch"}
    assert github["permissions"] == {"contents": "read"}


def test_the_patch_and_sarif_are_kept_as_artefacts() -> None:
    paths = loaded(BLOCKS[1])["perfopt"]["artifacts"]["paths"]
    assert {"perfopt.patch", "perfopt.sarif", "perfopt.html"} <= set(paths)
    assert "upload-sarif" in BLOCKS[0]
    assert "GITHUB_STEP_SUMMARY" in BLOCKS[0]
