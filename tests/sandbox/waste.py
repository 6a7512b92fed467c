"""Candidates that leave out what a function does in vain, right ones and wrong ones."""

from __future__ import annotations

from workers import version_of

from perfopt_cli.core import Rewrite
from perfopt_cli.sandbox.gate import Refusal, static_gate
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.source import splice

WASTE = "idle = [None for _ in range(300)]"


def version_text(python: str) -> str:
    return ".".join(map(str, version_of(python)))


def right(judge: Judge) -> str:
    """Return the target without its waste."""
    lines = judge.target.source.split("\n")
    kept = [line for line in lines if WASTE not in line]
    assert len(kept) == len(lines) - 1
    return "\n".join(kept)


def wrong(judge: Judge, old: str, new: str) -> str:
    """Return the same with another text in the place of old."""
    source = right(judge)
    assert old in source
    return source.replace(old, new)


def replayed(judge: Judge, source: str) -> Refusal | None:
    """Hold a candidate against the recorded and the made-up calls alone."""
    rewrite = Rewrite(judge.target, source, (), "test", 0)
    refusal = static_gate(rewrite, judge.module.text)
    if refusal is not None:
        return refusal
    evidence = judge.evidence()
    assert evidence is not None
    assert evidence.weak is None, evidence.weak
    text = splice(judge.module.text, judge.target.qualname, source)
    return judge.verifier.replay_calls(evidence, rewrite, text)


__all__ = ["WASTE", "replayed", "right", "version_text", "wrong"]
