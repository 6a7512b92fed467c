"""What a server answers: one JSON object, or a stream of events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from perfopt_cli.core import PerfoptError, Target
from perfopt_cli.model.replies import is_complete, without_thoughts
from perfopt_cli.model.server.address import Address
from perfopt_cli.model.server.faults import Cut, is_page, not_json, raise_told

LONGEST_ANSWER = 8 * 2**20
"""How many bytes an answer may have."""


@dataclass(slots=True)
class Draft:
    """A reply as far as it has arrived.

    ``finish`` is why the server ended it, empty while it has not. ``thinking``:
    the model writes down thoughts before its reply. ``complete``: it has given
    its rewrite, and more of it is not needed.
    """

    text: str = ""
    finish: str = ""
    thinking: bool = False
    complete: bool = False

    @property
    def ran_out(self) -> bool:
        """Whether the model was stopped in the middle of its thoughts."""
        said = without_thoughts(self.text)
        thinking = self.thinking or len(said) < len(self.text.replace("\r\n", "\n"))
        return self.finish == "length" and thinking and not said.strip()


def read_whole(address: Address, pieces: Iterable[bytes]) -> dict[str, Any]:
    """Return the JSON object of an answer. Raises PerfoptError for anything else."""
    body = _bounded(address, pieces)
    try:
        found = json.loads(body)
    except ValueError:
        if body.lstrip()[:1] in (b"{", b"["):
            raise Cut(f"{address.base} broke off in the middle of its answer") from None
        raise not_json(address, body) from None
    if not isinstance(found, dict):
        raise not_json(address, b"")
    if found.get("error"):
        raise_told(address, found["error"])
    return found


def read_drafts(
    address: Address, content_type: str, pieces: Iterable[bytes], target: Target | None
) -> list[Draft]:
    """Return the replies of an answer, in the order of their index.

    A stream is read only until each reply in it has given its rewrite of the
    target. Raises PerfoptError for what is no answer, Cut for half of one.
    """
    waiting = iter(pieces)
    first = next(waiting, b"")
    if "html" in content_type or is_page(first):
        raise not_json(address, first or b"<")
    drafts: dict[int, Draft] = {}
    if "event-stream" in content_type or first.lstrip()[:5] in (b"data:", b"event"):
        _read_stream(address, _chained(first, waiting), target, drafts)
    else:
        _take(read_whole(address, _chained(first, waiting)), drafts)
        if not drafts:
            raise PerfoptError(f"{address.base} answers without a reply; is it a chat API?")
    return [drafts[index] for index in sorted(drafts)]


def _read_stream(
    address: Address, pieces: Iterable[bytes], target: Target | None, drafts: dict[int, Draft]
) -> None:
    for line in _lines(address, pieces):
        field, _, data = line.partition(b":")
        data = data.strip()
        if field not in (b"data", b"error") or not data:
            continue
        if data == b"[DONE]":
            return
        try:
            event = json.loads(data)
        except ValueError:
            raise not_json(address, data) from None
        if not isinstance(event, dict) or field == b"error":
            raise_told(address, event)
        if event.get("error"):
            raise_told(address, event["error"])
        _take(event, drafts, target)
        if drafts and all(draft.complete for draft in drafts.values()):
            return
    if not drafts or not all(draft.finish for draft in drafts.values()):
        raise Cut(f"{address.base} broke off in the middle of its answer")


def _take(event: dict[str, Any], drafts: dict[int, Draft], target: Target | None = None) -> None:
    """Add what an event, or a whole answer, says to the drafts."""
    choices = event.get("choices")
    for position, choice in enumerate(choices if isinstance(choices, list) else ()):
        if not isinstance(choice, dict):
            continue
        index = choice.get("index")
        draft = drafts.setdefault(index if isinstance(index, int) else position, Draft())
        told = choice.get("delta") or choice.get("message") or {}
        text = told.get("content") if isinstance(told, dict) else None
        if isinstance(told, dict) and (told.get("reasoning_content") or told.get("reasoning")):
            draft.thinking = True
        if isinstance(text, str):
            draft.text += text
            # A reply is complete at the end of a line, so only there it is worth parsing.
            if target is not None and not draft.complete and "\n" in text:
                draft.complete = is_complete(draft.text, target)
        if choice.get("finish_reason"):
            draft.finish = str(choice["finish_reason"])
            draft.complete = True


def _lines(address: Address, pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LONGEST_ANSWER:
            raise _endless(address)
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    yield rest


def _bounded(address: Address, pieces: Iterable[bytes]) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > LONGEST_ANSWER:
            raise _endless(address)
    return bytes(body)


def _endless(address: Address) -> PerfoptError:
    size = LONGEST_ANSWER // 2**20
    return PerfoptError(f"{address.base} answers with more than {size} MiB; is it a chat API?")


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
