"""A server on localhost that answers codeflash's requests, so that it runs offline.

Candidates are those it was given; refinement, repair and further candidates
are declined. It also stands in as the proxy for whatever else the client may
want from the network, and refuses that.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "benchmarks" / "traps"), str(REPOSITORY)]

from cases import Case  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.source import splice  # noqa: E402

BLOCK = re.compile(r"```python:([^\n]+)\n(.*?)\n```", re.DOTALL)


class Cloud(ThreadingHTTPServer):
    """Offers the candidates set, and notes which ones the client judged to be improvements.

    The client asks for a refinement of each candidate that passed all its
    checks, and of no other: ``accepted`` has the numbers of those. ``unfit``
    has those that could not be put into the code the client sent, ``refused``
    the requests that were turned down, ``offered`` says whether candidates
    were asked for.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.offer(())

    def offer(self, cases: Sequence[Case]) -> None:
        """Take these candidates for the requests to come."""
        self.cases = tuple(cases)
        self.accepted: set[int] = set()
        self.unfit: set[int] = set()
        self.refused: list[str] = []
        self.offered = False

    def __enter__(self) -> Cloud:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def address(self) -> str:
        """The address to use as proxy."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def optimizations(self, context: str) -> list[dict[str, str]]:
        """Return the candidates as the client expects them: its own context, with the new code."""
        self.offered = True
        made = []
        for number, case in enumerate(self.cases):
            code = self._in_context(case, context)
            if code is None:
                self.unfit.add(number)
            else:
                made.append(
                    {"source_code": code, "explanation": "faster", "optimization_id": str(number)}
                )
        return made

    def _in_context(self, case: Case, context: str) -> str | None:
        def replaced(found: re.Match[str]) -> str:
            path, text = found[1], found[2]
            if Path(path).name != Path(case.path).name:
                return found[0]
            return (
                f"```python:{path}\n{splice(text, case.qualname, case.source, case.imports)}\n```"
            )

        try:
            made = BLOCK.sub(replaced, context)
        except PerfoptError:
            return None
        return None if made == context else made


class _Handler(BaseHTTPRequestHandler):
    server: Cloud

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/cfapi/cli-get-user":
            self._answer(200, "benchmark")
        else:
            self._refuse()

    def do_CONNECT(self) -> None:
        self._refuse()

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        payload: Any = json.loads(self.rfile.read(length) or b"null")
        if path == "/ai/optimize":
            made = self.server.optimizations(payload["source_code"])
            self._answer(200, {"optimizations": made})
        elif path == "/ai/refinement":
            self.server.accepted |= {int(one["optimization_id"]) for one in payload}
            self._answer(200, {"refinements": []})
        elif path in ANSWERS:
            self._answer(200, ANSWERS[path])
        else:
            self._refuse()

    def _refuse(self) -> None:
        self.server.refused.append(f"{self.command} {self.path}")
        self._answer(404, {"error": "not offered"})

    def _answer(self, status: int, content: object) -> None:
        body = content if isinstance(content, str) else json.dumps(content)
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the terminal."""


ANSWERS: dict[str, object] = {
    "/ai/optimize-line-profiler": {"optimizations": []},
    "/ai/explain": {"explanation": "faster"},
    "/ai/rank": {"ranking": [0]},
    "/ai/log_features": {},
    "/ai/optimization_review": {"review": "", "review_explanation": ""},
    "/cfapi/verify-existing-optimizations": {},
    "/cfapi/is-already-optimized": {"already_optimized_tuples": []},
    "/cfapi/mark-as-success": {},
    "/cfapi/send-completion-email": {},
}
