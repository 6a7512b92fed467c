"""A hub on this machine: the paths, headers and error codes of the real one, over plain folders.

As far as ``HfApi.model_info`` and ``hf_hub_download`` of huggingface_hub need
them; a test holds it against them.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REVISION = "0123456789abcdef0123456789abcdef01234567"
NEXT = "f" * 40
LARGE = ".safetensors"


@dataclass
class FakeHub:
    """``folders`` by name of the repository. ``cut``: bytes after which a large file breaks off,
    as often as ``cuts`` says; with ``stalls`` it goes silent there until that is set."""

    folders: dict[str, Path] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=lambda: {"main": REVISION})
    token: str = ""
    cut: int = 0
    cuts: int = 0
    ranges: bool = True
    damaged: str = ""
    redirected: str = ""
    moved: bool = False
    portal: bool = False
    stalls: threading.Event | None = None
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    endpoint: str = ""

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


def digest_of(path: Path) -> str:
    content = path.read_bytes()
    if path.name.endswith(LARGE):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def do_GET(self) -> None:
        self.hub.requests.append((self.path, dict(self.headers)))
        if self.hub.portal:
            return self.answer(200, b"<html>Log in</html>", {"Content-Type": "text/html"})
        api = re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/([^?]+))?(?:\?.*)?", self.path)
        resolve = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/([^?]+)(?:\?moved)?", self.path)
        match = api or resolve
        if match is None:
            return self.answer(404, b"<html>no such page</html>", {"Content-Type": "text/html"})
        name, revision = match[1], match[2] or "main"
        if self.hub.token and self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            code = 403 if "Authorization" in self.headers else 401
            return self.answer(code, b"{}", {"X-Error-Code": "GatedRepo"})
        if name not in self.hub.folders:
            return self.answer(401, b"{}", {"X-Error-Code": "RepoNotFound"})
        commit = self.hub.revisions.get(revision, revision)
        if commit not in self.hub.revisions.values():
            return self.answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        if api:
            return self.answer(200, json.dumps(self.info(name, commit)).encode())
        return self.file(name, commit, match[3])

    do_HEAD = do_GET

    def info(self, name: str, commit: str) -> dict[str, object]:
        folder, siblings = self.hub.folders[name], []
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            size, digest = path.stat().st_size, digest_of(path)
            entry: dict[str, object] = {"rfilename": str(path.relative_to(folder)), "size": size}
            if path.name.endswith(LARGE):
                entry["lfs"] = {"sha256": digest, "size": size, "pointerSize": 134}
            entry["blobId"] = digest
            siblings.append(entry)
        card = {"license": "apache-2.0"}
        return {"id": name, "sha": commit, "siblings": siblings, "cardData": card}

    def file(self, name: str, commit: str, file: str) -> None:
        path = self.hub.folders[name] / file
        if not path.is_file():
            return self.answer(404, b"", {"X-Error-Code": "EntryNotFound"})
        if self.hub.redirected and path.name.endswith(LARGE):
            return self.answer(302, b"", {"Location": self.hub.redirected + self.path})
        if self.hub.moved and not self.path.endswith("?moved"):
            return self.answer(307, b"", {"Location": self.path + "?moved"})
        content = path.read_bytes()
        if file == self.hub.damaged:
            content = b"?" + content[1:]
        headers = {"ETag": f'"{digest_of(path)}"', "X-Repo-Commit": commit}
        start, code = 0, 200
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and self.hub.ranges:
            start, code = int(asked[1]), 206
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        content = content[start:]
        short = len(content)
        if self.hub.cuts and path.name.endswith(LARGE) and self.command == "GET":
            self.hub.cuts -= 1
            short = min(self.hub.cut, short)
        return self.answer(code, content, headers, short)

    def answer(
        self,
        code: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        short: int | None = None,
    ) -> None:
        self.send_response(code)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[:short])
            if self.hub.stalls is not None and short is not None and short < len(body):
                self.hub.stalls.wait(60)
        if short is not None and short < len(body):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(hub: FakeHub) -> Iterator[FakeHub]:
    handler = type("Serving", (Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
