"""The Hugging Face hub: what a model's repository holds, and its files.

Standard library only. Requests name the model and carry the user's token where
there is one; nothing else is sent. The API's paths, fields and error codes are
those of the hub's client library (huggingface_hub, ``HfApi.model_info``).
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit

from perfopt_cli import __version__
from perfopt_cli.core import PerfoptError

TIMEOUT = 30.0
"""Seconds without a byte after which a connection counts as lost."""

BROKEN = (urllib.error.URLError, HTTPException, OSError)
"""What a connection that can't be made, or ends, raises."""

_ON = {"1", "on", "yes", "true"}


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository: size in bytes, and the hex digest that the hub keeps of it.

    ``sha256`` is of the content, for large files; ``blob`` is git's id, for all others.
    """

    name: str
    size: int
    sha256: str = ""
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at a revision, which is a full commit hash."""

    name: str
    revision: str
    files: tuple[HubFile, ...]
    licence: str = ""


class Hub:
    """The hub that the environment names: HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.endpoint = (environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        offline = environ.get("HF_HUB_OFFLINE") or environ.get("TRANSFORMERS_OFFLINE") or ""
        self.offline = offline.lower() in _ON
        self._token = _token(environ)
        self._opener = urllib.request.build_opener(_Redirects)

    def listing(self, name: str, revision: str = "main") -> Listing:
        """Return what the model's repository holds at a branch, tag or commit.

        Raises PerfoptError where the hub can't be reached or has no such model.
        """
        path = f"/api/models/{name}/revision/{quote(revision, safe='')}?blobs=true"
        with self._said(name, revision), self._open(path, {}) as answer:
            text = answer.read()
        try:
            info = json.loads(text)
            revision = info["sha"]
            files = tuple(_file(one) for one in info["siblings"])
        except (ValueError, KeyError, TypeError):
            raise PerfoptError(
                f"{self.endpoint} does not answer as the Hugging Face hub does; check HF_ENDPOINT "
                "and the proxy"
            ) from None
        if not re.fullmatch(r"[0-9a-f]{40}", str(revision)):
            raise PerfoptError(f"{self.endpoint} names no commit for {name}: {revision!r}")
        card = info.get("cardData")
        licence = card.get("license") if isinstance(card, dict) else ""
        return Listing(name, revision, files, licence if isinstance(licence, str) else "")

    def open(self, listing: Listing, file: HubFile, start: int) -> tuple[HTTPResponse, bool]:
        """Return a file's content from the byte ``start``, or from 0: the flag tells that.

        Raises one of BROKEN.
        """
        path = f"/{listing.name}/resolve/{listing.revision}/{quote(file.name)}"
        asked = {"Range": f"bytes={start}-"} if start else {}
        answer = self._open(path, asked)
        return answer, bool(start) and answer.status != 206

    def refusal(self, error: Exception, name: str, revision: str) -> PerfoptError:
        """Return what to tell a person of a request that failed."""
        if not isinstance(error, urllib.error.HTTPError):
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
            return PerfoptError(
                f"{self.endpoint} can't be reached ({reason}); check the network, the proxy and "
                "HF_ENDPOINT"
            )
        code = error.headers.get("X-Error-Code", "")
        if code == "GatedRepo" or error.code == 403:
            return PerfoptError(
                f"{name} is gated, or the token may not read it: accept its terms at "
                f"{self.endpoint}/{name}, then set HF_TOKEN to a token of that account"
            )
        if code == "RevisionNotFound":
            return PerfoptError(f"{name} has no revision {revision}; check it, or leave it out")
        if error.code in (401, 404):  # The hub answers 401 for names that don't exist
            return PerfoptError(
                f"the hub has no model {name} that can be read without "
                f"{'other rights' if self._token else 'a token'}; check the name (org/name), and "
                "for a private model set HF_TOKEN"
            )
        return PerfoptError(f"{self.endpoint} answers {error.code} {error.reason}; try later")

    @contextmanager
    def _said(self, name: str, revision: str) -> Iterator[None]:
        if self.offline:
            raise PerfoptError(
                f"HF_HUB_OFFLINE is set, and {name} is not on this machine; unset it to download "
                "the model, or give --model a folder"
            )
        try:
            yield
        except BROKEN as error:
            raise self.refusal(error, name, revision) from None

    def _open(self, path: str, headers: dict[str, str]) -> Any:
        headers = {**headers, "User-Agent": f"perfopt/{__version__}", "Accept-Encoding": "identity"}
        request = urllib.request.Request(self.endpoint + path, headers=headers)
        if self._token:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            return self._opener.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            error.close()  # it holds the connection, and its head is all that is looked at
            raise


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Hands the token on within the hub, and to no other host."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        made = super().redirect_request(req, fp, code, msg, headers, newurl)
        token = req.get_header("Authorization")
        if made is not None and token and _site(req.full_url) == _site(newurl):
            made.add_unredirected_header("Authorization", token)
        return made


def _site(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _file(entry: Mapping[str, Any]) -> HubFile:
    large = entry.get("lfs") or {}
    return HubFile(
        str(entry["rfilename"]),
        int(large.get("size") or entry["size"]),
        str(large.get("sha256") or ""),
        "" if large else str(entry.get("blobId") or ""),
    )


def _token(environ: Mapping[str, str]) -> str:
    named = environ.get("HF_TOKEN") or environ.get("HUGGING_FACE_HUB_TOKEN")
    if named:
        return named.strip()
    if environ.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", "").lower() in _ON:
        return ""
    path = environ.get("HF_TOKEN_PATH") or hub_home(environ) / "token"
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def hub_home(environ: Mapping[str, str]) -> Path:
    """Return the folder of the hub's client library."""
    if named := environ.get("HF_HOME"):
        return Path(named).expanduser()
    cache = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home(), ".cache")
    return Path(cache, "huggingface")


def hub_cache(environ: Mapping[str, str]) -> Path:
    """Return the folder where the client library keeps models."""
    named = environ.get("HF_HUB_CACHE") or environ.get("HUGGINGFACE_HUB_CACHE")
    return Path(named).expanduser() if named else hub_home(environ) / "hub"
