"""A run in any of the formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from perfopt_cli.reports.github import workflow_commands
from perfopt_cli.reports.html.page import page
from perfopt_cli.reports.markdown import markdown
from perfopt_cli.reports.record import Record, full_json
from perfopt_cli.reports.sarif import log

FORMATS: Mapping[str, Callable[[Record], str]] = {
    "html": page,
    "markdown": markdown,
    "json": lambda record: json.dumps(full_json(record)) + "\n",
    "github": workflow_commands,
    "sarif": lambda record: json.dumps(log(record), indent=1) + "\n",
}


def rendered(record: Record, kind: str) -> str:
    """Return the run as text of one of FORMATS, with a line's end at its end."""
    return FORMATS[kind](record)
