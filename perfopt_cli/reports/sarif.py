"""A run as SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from perfopt_cli.core import Reason
from perfopt_cli.reports.findings import PROBLEM, SLOWER_RULE, Finding, Level, findings
from perfopt_cli.reports.record import Record
from perfopt_cli.reports.words import REASONS, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
BASE = "%SRCROOT%"
LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTICE: "note"}
RULES = {
    **{reason.value: text for reason, text in REASONS.items()},
    SLOWER_RULE: "does the same, and is slower than before",
    PROBLEM: "stands in the way of a change beside its functions",
}
_LINK = re.compile(r"\[[^\[\]\n]*\](?=\()")
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def log(record: Record) -> dict[str, Any]:
    """Return the run as a SARIF log with one run in it."""
    found = list(findings(record))
    rules = list(dict.fromkeys(one.rule for one in found))
    run = {
        "tool": {
            "driver": {
                "name": "perfopt",
                "semanticVersion": record.perfopt,
                "rules": [_rule(name) for name in rules],
            }
        },
        "automationDetails": {"id": f"perfopt/{'verify' if record.review else 'optimize'}/"},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, rules.index(one.rule), record.prefix) for one in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str) -> dict[str, Any]:
    text = RULES[name]
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("_")),
        "shortDescription": {"text": text[0].upper() + text[1:] + "."},
        "defaultConfiguration": {"level": "note" if name == Reason.FASTER.value else "warning"},
        "properties": {"tags": ["performance"]},
    }


def _result(one: Finding, index: int, prefix: str) -> dict[str, Any]:
    text = "\n\n".join(plain(part) for part in (one.message, one.detail) if part)
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": LEVELS[one.level],
        "message": {"text": text},
        "partialFingerprints": {"perfopt/v1": _fingerprint(one)},
    }
    if one.path:
        where: dict[str, Any] = {
            "physicalLocation": {
                "artifactLocation": _artifact(one.path),
                "region": {"startLine": max(1, one.line)},
            }
        }
        if one.qualname:
            logical = {"fullyQualifiedName": visible(one.qualname), "kind": "function"}
            where["logicalLocations"] = [logical]
        result["locations"] = [where]
    if one.diff:
        replacements = list(_replacements(one.diff))
        change = {"artifactLocation": _artifact(one.path), "replacements": replacements}
        result["fixes"] = [{"description": {"text": one.title}, "artifactChanges": [change]}]
    return result


def plain(text: str) -> str:
    """Return the text as a message that says it: ``[a](1)`` in one would be a link."""
    lines = "\n".join(visible(line) for line in text.replace("\r\n", "\n").split("\n"))
    return _LINK.sub(lambda found: found[0].replace("[", "\\[").replace("]", "\\]"), lines)


def _artifact(path: str) -> dict[str, str]:
    uri = quote(path.encode("utf-8", "surrogateescape"))
    return {"uri": uri, "uriBaseId": BASE}


def _fingerprint(one: Finding) -> str:
    # The line is no part of it: a finding stays the same when the file grows above it.
    named = "\0".join((one.path, one.qualname, one.rule, "" if one.qualname else one.message))
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _replacements(diff: str) -> Iterator[dict[str, Any]]:
    """Yield a replacement of whole lines for each hunk of a unified diff of one file."""
    first = length = 0
    text: list[str] = []
    mark = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", diff):
        if hunk := _HUNK.match(line):
            if length or text:
                yield _replacement(first, length, text)
            first, length, text = int(hunk[1]), int(hunk[2] or 1), []
            first += length == 0  # Such a hunk names the line that it goes behind.
        elif first and line.startswith((" ", "+")):
            text.append(line[1:])
        elif first and line.startswith("\\") and mark in " +" and text:
            text[-1] = text[-1].removesuffix("\n")
        mark = line[0]
    if length or text:
        yield _replacement(first, length, text)


def _replacement(first: int, length: int, text: list[str]) -> dict[str, Any]:
    region = {"startLine": first, "startColumn": 1, "endLine": first + length, "endColumn": 1}
    content = "".join(text).encode("utf-8", "replace").decode()
    return {"deletedRegion": region, "insertedContent": {"text": content}}
