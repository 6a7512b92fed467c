"""What recorded calls of a target show, for prompts and rules; no gate looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfopt_cli.core import Argument, Callee, Facts, HotLine, PerfoptError, Seen
from perfopt_cli.sandbox.session import Ending, Message, Session

FACTS_SECONDS = 10.0


def facts_of(
    session: Session,
    request: Message,
    *,
    text: str | None = None,
    imports: Sequence[str] = (),
    brief: bool = False,
) -> Facts | None:
    """Return what the recorded calls show; None where there are none, or that can't be had.

    ``brief``: of the calls nothing but their number and the exact types.
    ``request`` is that of the target's ``Judge``. ``text`` is that of the module
    with a verified rewrite of the function in it, and ``imports`` what it adds;
    None is the function as it is. It runs with the rights of a candidate.
    """
    whole = {**request, "job": "facts", "text": text, "imports": list(imports), "brief": brief}
    start = session.warm if request.get("warm") else session.open
    found: Message | None = None
    try:
        with start(whole, seconds=FACTS_SECONDS) as worker:
            for message in worker:
                found = message if message["kind"] == "facts" else found
    except PerfoptError:
        return None
    if found is None or worker.ending is not Ending.DONE:
        return None
    facts = read_brief(found) if brief else read_facts(found)
    return facts if facts is not None and facts.calls else None


def read_brief(message: Message) -> Facts | None:
    """Return the number of calls and the exact types; None where that isn't what was said."""
    try:
        return Facts(int(message["calls"]), types=_types(message))
    except (KeyError, TypeError, ValueError):
        return None


def read_facts(message: Message) -> Facts | None:
    """Return what the worker says as a record; None where it isn't as it should be."""
    try:
        return Facts(
            calls=int(message["calls"]),
            arguments=tuple(
                Argument(str(name), _seen(rows), int(changed))
                for name, rows, changed in message["arguments"]
            ),
            owner=str(message["owner"]),
            rerun=int(message["rerun"]),
            results=_seen(message["results"]),
            raised=tuple((str(name), int(count)) for name, count in message["raised"]),
            sizes=tuple((str(words), int(nanos)) for words, nanos in message["sizes"]),
            lines=tuple(
                HotLine(int(number), float(share), float(times))
                for number, share, times in message["lines"]
            ),
            callees=tuple(
                Callee(str(name), str(source), None if share is None else float(share))
                for name, source, share in message["callees"]
            ),
            types=_types(message),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _types(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(text)) for name, text in message["types"])


def _seen(rows: Sequence[Any]) -> tuple[Seen, ...]:
    return tuple(
        Seen(str(text), int(calls), None if extent is None else _three(extent))
        for text, calls, extent in rows
    )


def _three(extent: Sequence[Any]) -> tuple[int, int, int]:
    least, median, most = extent
    return int(least), int(median), int(most)
