"""The types of the command line's options that several commands share."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer


class Format(str, Enum):
    """How results are printed."""

    TEXT = "text"
    JSON = "json"


class ResultFormat(str, Enum):
    """How the results of a judgement are printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"
    SARIF = "sarif"


class ReportFormat(str, Enum):
    """How a report of a run is made."""

    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class Quantize(str, Enum):
    """How the local model's weights are held."""

    AUTO = "auto"
    NF4 = "nf4"
    INT8 = "int8"
    NONE = "none"


class Isolation(str, Enum):
    """How candidates are kept from doing harm."""

    AUTO = "auto"
    BWRAP = "bwrap"
    LANDLOCK = "landlock"
    NONE = "none"


Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Files, folders, or FILE::QUALNAME for one function.", show_default=False),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How results are printed.")]
ResultFormatOption = Annotated[
    ResultFormat,
    typer.Option(
        "--format",
        help="How results are printed: github for annotations in a workflow, sarif for code "
        "scanning, markdown for a pull request or a job's summary.",
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results, notes and errors only.")]
Python = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="PATH",
        help="The project's interpreter. Default: [tool.perfopt], .venv or venv, then PATH.",
    ),
]
PytestArgs = Annotated[
    str | None,
    typer.Option("--pytest-args", metavar='"..."', help="Handed to the project's pytest."),
]
Workloads = Annotated[
    list[str] | None,
    typer.Option(
        "--workload",
        metavar='"CMD"',
        help="Profile and record this program of the project's beside the tests: python FILE ..., "
        "python -m MODULE ..., or an installed command. Repeatable.",
    ),
]
SandboxOption = Annotated[
    Isolation | None,
    typer.Option("--sandbox", help="Isolation of candidates. auto stops where none is to be had."),
]
Top = Annotated[int | None, typer.Option("--top", min=1, help="How many functions. Default: 10.")]
MinShare = Annotated[
    float | None,
    typer.Option("--min-share", min=0, max=1, help="Least share of test time. Default: 0.01."),
]
Cache = Annotated[
    bool | None,
    typer.Option(
        "--cache/--no-cache",
        help="Take verdicts of earlier runs on the same files; --no-cache judges all anew.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        metavar="N",
        min=1,
        help="Candidates that are judged at once; timing is never beside timing. Default: cores.",
    ),
]
Budget = Annotated[
    float | None, typer.Option("--budget", metavar="SECONDS", min=0, help="Total time.")
]
MinSpeedup = Annotated[
    float | None,
    typer.Option("--min-speedup", min=1, help="Least proved speedup. Default: 1.05."),
]
