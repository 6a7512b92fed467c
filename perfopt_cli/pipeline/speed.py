"""The new version of a function timed against its old one.

Both run in one process, as one function object with another code. It is that
of the new module where the old code does there what it did in its own; else
that of the old module, if the new code does; else there is no fair way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from perfopt_cli.core import Judged, PerfoptError, Reason, Speedup, Status, Verdict
from perfopt_cli.pipeline.pair import Pair
from perfopt_cli.pipeline.trees import Side, Trees
from perfopt_cli.sandbox.timing import Timer, choose_inputs
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.source import FunctionNode, parse
from perfopt_cli.source.imports import missing_imports

CANNOT = "not timed: neither version runs in the other's module"


def time_pair(
    pair: Pair, judged: Judged, old: Verifier, new: Verifier, trees: Trees, least: float
) -> Judged:
    """Return the verdict on an equivalent function with what the clock says of it.

    The new version is in place. ``least`` is the speedup from which it counts.
    """
    assert pair.evidence is not None
    nanos = pair.evidence.nanos()
    if not nanos:
        return with_detail(judged, "not timed: every recorded call ends in an exception")
    timed = _in_new_module(pair, new, least)
    if timed is None:
        with trees.at(Side.OLD):
            timed = _in_old_module(pair, old, least)
    if timed is None:
        return with_detail(judged, CANNOT)
    return told(judged, timed, least)


def _in_new_module(pair: Pair, verifier: Verifier, least: float) -> Verdict | None:
    imports = lacking(pair.new.text, pair.old.text, pair.changed.qualname, pair.changed.old.node)
    if imports is None:
        return None
    rewrite = replace(pair.rewrite, imports=imports)
    expected = pair.expected(verifier.session)
    if verifier.replay_calls(expected, rewrite, pair.old.text) is not None:
        return None
    assert pair.evidence is not None
    return Timer(
        verifier.session,
        {**pair.request, "calls": pair.evidence.request["calls"]},
        choose_inputs(pair.evidence.nanos(), pair.evidence.made_nanos()),
        pair.new.text,
        least,
        reuse=pair.evidence.untouched(),
        swapped=True,
    ).time(rewrite, pair.old.text)


def _in_old_module(pair: Pair, verifier: Verifier, least: float) -> Verdict | None:
    imports = lacking(pair.old.text, pair.new.text, pair.changed.qualname, pair.changed.new.node)
    if imports is None:
        return None
    rewrite = replace(pair.rewrite, imports=imports)
    assert pair.evidence is not None
    assert pair.judge is not None
    if verifier.replay_calls(pair.evidence, rewrite, pair.new.text) is not None:
        return None
    return Timer(
        verifier.session,
        {**pair.judge.request, "calls": pair.evidence.request["calls"]},
        choose_inputs(pair.evidence.nanos(), pair.evidence.made_nanos()),
        pair.old.text,
        least,
        reuse=pair.evidence.untouched(),
    ).time(rewrite, pair.new.text)


def lacking(text: str, other: str, qualname: str, function: FunctionNode) -> tuple[str, ...] | None:
    """Return the imports of the other module that the function needs and text has not.

    None where one of them would mean something else in text.
    """
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    try:
        return tuple(missing_imports(text, qualname, list(_imports(other, read))))
    except PerfoptError:
        return None


def _imports(text: str, read: set[str]) -> Iterator[str]:
    """Yield the module's own imports, one name each, of these names."""
    for node in parse(text).body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names:
            if (alias.asname or alias.name).partition(".")[0] in read:
                one: ast.stmt = ast.Import([alias])
                if isinstance(node, ast.ImportFrom):
                    one = ast.ImportFrom(node.module, [alias], node.level)
                yield ast.unparse(one)


def told(judged: Judged, timed: Verdict, least: float) -> Judged:
    """Put what the clock says into the verdict of an equivalent function."""
    verdict = replace(judged.verdict, timing=timed.timing)
    judged = replace(judged, verdict=verdict)
    gain = timed.speedup
    if timed.status is Status.ACCEPTED:
        faster = replace(verdict, reason=Reason.FASTER)
        return replace(judged, verdict=faster, faster=True)
    if timed.reason is Reason.SLOWER_SOMEWHERE:
        return with_detail(replace(judged, faster=False), f"not faster: {timed.detail}")
    if timed.reason is not Reason.NOT_FASTER or gain is None:
        return with_detail(judged, f"not timed: {timed.detail}")
    return with_detail(replace(judged, faster=False), in_words(gain, least))


def in_words(gain: Speedup, least: float) -> str:
    """Say how a version that is not faster compares."""
    return "slower" if gain.high < 1 / least else f"not proved to be {least:g}x as fast"


def with_detail(judged: Judged, detail: str) -> Judged:
    """Return the verdict with one more thing said of it."""
    said = "; ".join(filter(None, (detail, judged.verdict.detail)))
    return replace(judged, verdict=replace(judged.verdict, detail=said))
