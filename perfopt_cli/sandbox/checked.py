"""A candidate on its way through the gates, and what a refusal makes of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from perfopt_cli.core import Reason, Rewrite, Status, Verdict
from perfopt_cli.sandbox.evidence import Evidence
from perfopt_cli.sandbox.gate import Refusal, parse_function

ABSTAINING = (Reason.UNTESTED, Reason.FLAKY, Reason.NOISY)


@dataclass(frozen=True, slots=True)
class Checked:
    """A candidate on its way: ``verdict`` where it was refused, else the timing comes next.

    ``text`` is its module, ``data`` that as a file; ``aimed`` are calls that
    were made for it; ``seconds`` were spent.
    """

    rewrite: Rewrite
    text: str = ""
    data: bytes = b""
    aimed: Evidence | None = None
    verdict: Verdict | None = None
    seconds: float = 0.0


def refused(rewrite: Rewrite, refusal: Refusal) -> Verdict:
    """Turn a gate's refusal into a verdict."""
    abstains = refusal.reason in ABSTAINING
    status = Status.ABSTAINED if abstains else Status.REJECTED
    return Verdict(rewrite, status, refusal.reason, refusal.detail, paste=refusal.paste)


def keep_docstring(rewrite: Rewrite) -> Rewrite:
    """Give a candidate that dropped the docstring its original back: ``__doc__`` is observable."""
    old, new = parse_function(rewrite.target.source), parse_function(rewrite.source)
    if isinstance(old, Refusal) or isinstance(new, Refusal):
        return rewrite
    text = ast.get_docstring(old, clean=False)
    if text is None or ast.get_docstring(new, clean=False) is not None:
        return rewrite
    first = new.body[0]
    lines = rewrite.source.splitlines(keepends=True)
    if first.lineno == new.lineno:
        return rewrite
    docstring = ast.get_source_segment(rewrite.target.source, old.body[0]) or repr(text)
    indent = " " * first.col_offset
    lines.insert(first.lineno - 1, f"{indent}{docstring}\n")
    return replace(rewrite, source="".join(lines))
