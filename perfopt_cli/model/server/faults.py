"""What goes wrong between perfopt and a model server, and what the user can do about it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from perfopt_cli.core import PerfoptError, ReplyFailed
from perfopt_cli.model.prompt import TooLong
from perfopt_cli.model.server.address import API_KEY, Address

LONGEST_MESSAGE = 300
"""How many characters of a server's own words are shown."""

START = (
    "start one there (`ollama serve`, or `llama-server -m MODEL.gguf --port 8080`), "
    "or check host and port in --model"
)

_TOO_LONG = re.compile(
    r"context.?(?:size|length|window)|maximum.{0,20}(?:context|length)|exceed_context|"
    r"too many (?:input )?tokens|(?:prompt|input)(?: is)? too long|max_tokens must be at least",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model.{0,160}(?:not found|not exist|unknown|no such)|model_not_found|invalid model",
    re.IGNORECASE | re.DOTALL,
)


class Cut(ReplyFailed):
    """The connection ended before the answer did; asking again may help."""


class Busy(ReplyFailed):
    """The server has no time or a fault of its own now; asking again may help.

    ``wait`` is how many seconds it asks to wait, and None where it does not say.
    """

    def __init__(self, message: str, wait: float | None = None, *, loading: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        self.loading = loading


class Refused(PerfoptError):
    """The server won't have the request as it is. ``told`` are its own words."""

    def __init__(self, message: str, told: str) -> None:
        super().__init__(message)
        self.told = told


class NoApi(PerfoptError):
    """There is nothing under the URL that was asked."""


class NoSuchModel(PerfoptError):
    """The server has no model of this name."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that is none: its status, its body's beginning, and two of its headers."""

    status: int
    body: bytes
    location: str = ""
    wait: float | None = None


def raise_for(address: Address, failure: Failure) -> NoReturn:
    """Raise what the server's answer means."""
    where, status = address.base, failure.status
    told = clean(message_of(failure.body), address.key)
    said = f": {told}" if told else ""
    if 300 <= status < 400:
        raise PerfoptError(
            f"{where} sends its requests on to {_origin(failure.location, address)}, and perfopt "
            "asks only the server that was named; name that URL in --model if you trust it"
        )
    if status == 407:
        raise PerfoptError(f"the proxy before {where} asks for a login{said}")
    if status in (401, 403):
        raise PerfoptError(f"{where} {_about_key(address)}{said}")
    if _TOO_LONG.search(told) or status == 413:
        raise TooLong(f"too long for the context of the model at {where}{said}")
    if status in (400, 404, 422) and _NO_MODEL.search(told):
        raise NoSuchModel(f"{where} has no model {address.model!r}{said}")
    if status in (404, 405):
        raise NoApi(f"{where} has no chat API (status {status}); {_path_hint(address)}")
    if status == 429 or status >= 500:
        loading = status == 503 and "load" in told.lower()
        raise Busy(f"{where} fails (status {status}){said}", failure.wait, loading=loading)
    raise Refused(f"{where} refuses the request (status {status}){said}", told)


def raise_told(address: Address, error: object) -> NoReturn:
    """Raise what an error inside an answer that began well means."""
    raise_for(address, Failure(_status_in(error), json.dumps({"error": error}).encode()))


def not_json(address: Address, body: bytes) -> PerfoptError:
    """Return the error for an answer that is something else than the API's JSON."""
    kind = "a web page" if is_page(body) else "something that is not JSON"
    return PerfoptError(
        f"{address.base} answers with {kind}, so it is not the chat API; {_path_hint(address)}"
    )


def is_page(body: bytes) -> bool:
    """Tell whether the body looks like HTML."""
    return body.lstrip()[:1] == b"<"


def message_of(body: bytes) -> str:
    """Return a server's own words in the body of an error, in whichever form it gives them."""
    try:
        found = json.loads(body)
    except ValueError:
        return "" if is_page(body) else body.decode("utf-8", "replace")
    if not isinstance(found, dict):
        return str(found)
    error = found.get("error", found)
    if isinstance(error, dict):
        words = [error.get(name) for name in ("message", "detail", "error", "type", "code")]
        return "; ".join(dict.fromkeys(str(word) for word in words if word))
    return str(error)


def clean(text: str, key: str) -> str:
    """Return the text in one line that a terminal can show, without the key."""
    if key:
        text = text.replace(key, "…")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def _status_in(error: object) -> int:
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 500


def _origin(location: str, address: Address) -> str:
    try:
        parts = urlsplit(location)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        return clean(location, address.key) or "nowhere"
    shown = f"{parts.scheme}://{host}" + (f":{port}" if port else "") + parts.path
    return clean(shown, address.key)


def _about_key(address: Address) -> str:
    return f"does not accept the key in {API_KEY}" if address.key else f"asks for a key; {_set_key}"


_set_key = f"set {API_KEY}, and name the server on the command line or in OPENAI_BASE_URL"


def _path_hint(address: Address) -> str:
    if not address.path:
        return f"did you forget /v1, as in {address.base}/v1?"
    return "check the URL's path (most servers have the API under /v1) and its port"
