"""Annotations: one line for each, whatever a message holds."""

from __future__ import annotations

import pytest
from report_runs import optimized, reviewed

from perfopt_cli.reports.findings import Finding, Level
from perfopt_cli.reports.github import annotation, data, value, workflow_commands


def test_a_rewrite_is_a_notice_at_its_line() -> None:
    first, last = workflow_commands(optimized()).splitlines()
    assert first.startswith("::notice file=pkg/mod.py,line=3,title=perfopt%3A A faster version")
    assert "hot can be made 2.00x (1.90-2.10) faster" in first
    assert last == "::notice title=perfopt::1 function can be made faster"


def test_in_a_folder_of_the_repository_the_path_is_the_repositorys() -> None:
    assert "file=sub/pkg/mod.py," in workflow_commands(optimized(prefix="sub/"))


def test_what_is_not_equivalent_is_an_error_and_what_is_slower_or_unknown_a_warning() -> None:
    lines = workflow_commands(reviewed()).splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "::error",
        "::error",
        "::warning",
        "::warning",
        "::notice",
    ]
    assert "file=pkg/other.py,line=7" in lines[0]
    assert "file=pkg/mod.py,line=4" in lines[1]
    assert "hot([])" in lines[1]
    assert "UNTESTED" in lines[2]
    assert "slower" in lines[3]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("50%\n::error::x\r\n", "50%25%0A::error::x%0A"),
        ("a\rb", "a\\u000db"),
        ("\x1b[2J", "\\u001b[2J"),
    ],
)
def test_a_message_can_not_end_its_line(text: str, shown: str) -> None:
    assert data(text) == shown


def test_a_value_can_not_end_its_property() -> None:
    assert value("a,line=9::x") == "a%2Cline=9%3A%3Ax"


def test_a_hostile_file_name_stays_one_property() -> None:
    found = Finding("FASTER", Level.NOTICE, "t", "m", "a\n::add-mask::x,b.py", 1)
    line = annotation(found)
    assert "\n" not in line
    assert line.count("::") == 2
