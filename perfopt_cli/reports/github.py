"""A run as GitHub's workflow commands: annotations at the lines of a pull request."""

from __future__ import annotations

from perfopt_cli.reports.findings import Finding, findings
from perfopt_cli.reports.record import Record
from perfopt_cli.reports.words import headline, visible


def workflow_commands(record: Record) -> str:
    """Return a workflow command for each finding, one a line, and one with the sum.

    GitHub shows ten of each level for a step; the gravest and those of the
    greatest effect come first.
    """
    lines = [annotation(one) for one in findings(record)]
    lines.append(f"::notice title=perfopt::{data(headline(record))}")
    return "\n".join(lines) + "\n"


def annotation(one: Finding) -> str:
    """Return a finding as a workflow command."""
    where = f"file={value(one.path)},line={one.line}," if one.path else ""
    text = "\n".join(filter(None, (one.message, one.detail)))
    return f"::{one.level.value} {where}title={value(f'perfopt: {one.title}')}::{data(text)}"


def data(text: str) -> str:
    """Return text as a command's message, in which a line's end would end the command."""
    lines = (visible(line) for line in text.replace("\r\n", "\n").split("\n"))
    return "\n".join(lines).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text: str) -> str:
    """Return text as the value of a command's property."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
