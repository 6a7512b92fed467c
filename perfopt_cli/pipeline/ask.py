"""One question to a source: what it is shown, and its candidates as ones of the original."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from perfopt_cli.core import Known, PerfoptError, Rewrite, Target, Verdict
from perfopt_cli.model.extract import imports_of
from perfopt_cli.model.identity import identity_of
from perfopt_cli.model.normal import syntax_tree
from perfopt_cli.model.prompt import TooLong
from perfopt_cli.model.propose import ModelProposer
from perfopt_cli.pipeline.cache.asked import keep_replies, kept_replies
from perfopt_cli.pipeline.cache.kept import Kept
from perfopt_cli.pipeline.rounds import Question
from perfopt_cli.source import find, splice


def proposals(
    question: Question, target: Target, text: str, known: Known | None, kept: Kept
) -> list[Rewrite]:
    """Return what the source proposes for the target, whose module's text is ``text``.

    Replies of a model that are kept from an earlier run are taken over. Raises
    PerfoptError where the source does.
    """
    try:
        shown, text = shown_to(question, target, text)
    except PerfoptError:
        return []
    found = _ask(question, shown, text, known, kept)
    return [_of_original(one, target, question) for one in found]


def shown_to(question: Question, target: Target, text: str) -> tuple[Target, str]:
    """Return the target and the module's text as the source is shown them. Raises PerfoptError."""
    if question.start is None:
        return target, text
    text = text_with(text, question.start.rewrite)
    return started(target, text, question.start), text


def text_with(text: str, rewrite: Rewrite) -> str:
    """Return the module's text with a rewrite in it. Raises PerfoptError."""
    return splice(text, rewrite.target.qualname, rewrite.source, rewrite.imports)


def started(target: Target, text: str, start: Verdict) -> Target:
    """Return the target as it is with a verified candidate, in whose module's text it is."""
    there = find(text, target.qualname)
    share = target.share
    if start.speedup is not None:
        left = share / start.speedup.ratio
        share = left / (1 - share + left) if left else 0.0
    return replace(target, source=there.source, line=there.node.lineno, share=share)


def _ask(
    question: Question, target: Target, text: str, known: Known | None, kept: Kept
) -> Sequence[Rewrite]:
    source = question.source
    asked: list[object] | None = None
    if isinstance(source, ModelProposer):
        asked = _words(source, question, target, text, known)
    elif (identity := getattr(source, "identity", None)) is not None:
        lines = () if known is None or known.facts is None else known.facts.lines
        hot = [one.number for one in lines]
        asked = [source.name, identity, question.n, target.source, hot, imports_of(text)]
    if asked is not None:
        again = kept_replies(kept, asked, target)
        if again is not None:
            return again
    answered = getattr(source, "answered", 0)
    found = source.propose(target, text, n=question.n, known=known)
    if asked is not None and getattr(source, "answered", 0) > answered:
        keep_replies(kept, asked, found)
    return found


def _words(
    source: ModelProposer, question: Question, target: Target, text: str, known: Known | None
) -> list[object] | None:
    """Return all that the model's replies depend on; None where that is not known."""
    model = identity_of(source.backend)
    if model is None:
        return None
    try:
        prompt = source.prompt(target, text, known)
    except TooLong:
        return None
    words = prompt.messages
    return [model, question.n, str(prompt), words.system, words.user, prompt.verbatim]


def _of_original(rewrite: Rewrite, target: Target, question: Question) -> Rewrite:
    """Return the rewrite of a rewrite as one of the original."""
    start = question.start
    if start is None:
        return replace(rewrite, target=target, round=question.round)
    first = used_imports(rewrite.source, start.rewrite.imports)
    return replace(
        rewrite,
        target=target,
        imports=tuple(dict.fromkeys((*first, *rewrite.imports))),
        round=question.round,
        after=start.rewrite.number,
    )


def used_imports(source: str, statements: Sequence[str]) -> tuple[str, ...]:
    """Return those of the import statements that bind a name which the source has."""
    tree = syntax_tree(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} if tree else set()
    return tuple(one for one in statements if names & _bound(one))


def _bound(statement: str) -> set[str]:
    tree = syntax_tree(statement)
    return {
        alias.asname or alias.name.partition(".")[0]
        for node in (tree.body if tree else ())
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
