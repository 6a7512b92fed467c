"""One HTTP request over a connection of its own, which another thread can end at any moment.

The standard library's http.client is enough: one request, one answer, read as
it arrives. It is imported in a hundredth of a second, and the socket is ours
to time and to shut, which no library of higher level lets one do from outside.
"""

from __future__ import annotations

import base64
import email.utils
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.message import Message
from urllib.parse import unquote, urlsplit

from perfopt_cli.core import PerfoptError, ReplyFailed
from perfopt_cli.model.server.address import API_KEY, Address
from perfopt_cli.model.server.faults import START, Cut

_PIECE = 65536


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take, in seconds.

    ``connect``: until it takes the connection; ``first``: until the first
    byte, while the server may be loading the model and reading the prompt;
    ``between``: from one byte to the next; ``total``: for one whole answer;
    ``loading``: while it says that it is loading the model; ``repeat``: before
    a request is repeated, twice as long before each further one;
    ``longest_wait``: the longest wait that a server can ask for.
    """

    connect: float = 10.0
    first: float = 300.0
    between: float = 60.0
    total: float = 900.0
    loading: float = 180.0
    repeat: float = 0.5
    longest_wait: float = 60.0

    def shared(self, replies: int) -> Patience:
        """Return the patience with a reply that may have to wait until the others are done."""
        return replace(self, first=self.first * replies, total=self.total * replies)


class Exchange:
    """A request and its answer. ``abort`` may be called from any thread, at any time."""

    def __init__(self, address: Address, patience: Patience) -> None:
        self.address = address
        self.patience = patience
        self.status = 0
        self.headers = Message()
        self._socket: socket.socket | None = None
        self._response: http.client.HTTPResponse | None = None
        self._over = ""
        self._timer = threading.Timer(patience.total, self.abort, ["expired"])
        self._timer.daemon = True

    def send(self, method: str, path: str, body: bytes | None = None) -> None:
        """Send the request; ``status`` and ``headers`` are the answer's afterwards.

        Raises PerfoptError where the server can't be reached or answers with
        something else than HTTP, Cut where it ends the connection, ReplyFailed
        where it takes too long.
        """
        connection, prefix, extra = _connection(self.address, self.patience.connect)
        headers = {"Accept": "application/json, text/event-stream", **extra}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.address.key:
            headers["Authorization"] = f"Bearer {self.address.key}"
        with reaching(self.address, self.patience):
            try:
                connection.connect()
            except BaseException:
                connection.close()
                raise
        # http.client lets go of the socket when the answer will end with the connection.
        self._socket = connection.sock
        self._socket.settimeout(self.patience.first)
        self._timer.start()
        if self._over:
            self.abort()
        with self._waiting():
            try:
                connection.request(method, prefix + self.address.path + path, body, headers)
            except ValueError:
                raise PerfoptError(f"{API_KEY} has characters that no header can hold") from None
            self._response = connection.getresponse()
        self.status = self._response.status
        self.headers = self._response.headers

    def pieces(self) -> Iterator[bytes]:
        """Yield the answer's body as it arrives. Raises as ``send`` does."""
        assert self._response is not None
        assert self._socket is not None
        while True:
            with self._waiting():
                piece = self._response.read1(_PIECE)
                if not piece and (self._response.length or self._over):
                    raise http.client.IncompleteRead(b"")
            if not piece:
                return
            self._socket.settimeout(self.patience.between)
            yield piece

    def wait_asked(self) -> float | None:
        """Return how many seconds the server asks to wait before the next request."""
        text = self.headers.get("Retry-After", "").strip()
        if text.isdecimal():
            return float(text)
        try:
            then = email.utils.parsedate_to_datetime(text)
        except ValueError:
            return None
        return max(0.0, then.timestamp() - time.time())

    def abort(self, why: str = "aborted") -> None:
        """End the exchange: what waits for the server gets an error at once."""
        self._over = self._over or why
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connection back, which tells a server that is still writing to stop."""
        self._timer.cancel()
        self.abort("closed")
        for one in (self._response, self._socket):
            if one is not None:
                with suppress(OSError):
                    one.close()

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        where = self.address.base
        try:
            yield
        except TimeoutError:
            raise ReplyFailed(f"{where} sends nothing any more; is the machine too slow?") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            if self._over == "expired":
                raise ReplyFailed(
                    f"{where} did not finish an answer in {self.patience.total:g} s; "
                    "use a smaller model, or a faster machine"
                ) from None
            if isinstance(error, http.client.BadStatusLine | http.client.UnknownProtocol) and not (
                isinstance(error, ConnectionError)
            ):
                raise PerfoptError(
                    f"what listens at {self.address.place} does not speak HTTP; check host, port "
                    "and http or https in --model"
                ) from None
            raise Cut(f"{where} ended the connection before its answer was complete") from None


@contextmanager
def reaching(address: Address, patience: Patience) -> Iterator[None]:
    """Turn what goes wrong in connecting to the server into PerfoptErrors."""
    place = address.place
    try:
        yield
    except ConnectionRefusedError:
        raise PerfoptError(f"nothing listens at {place}; {START}") from None
    except socket.gaierror:
        raise PerfoptError(f"the host {address.host} is not known; check --model") from None
    except ssl.SSLCertVerificationError as error:
        raise PerfoptError(
            f"the certificate of {place} is not trusted ({error.verify_message}); "
            "SSL_CERT_FILE names a file of certificates to trust"
        ) from None
    except ssl.SSLError:
        raise PerfoptError(f"{place} does not speak https; use http:// in --model") from None
    except TimeoutError:
        raise PerfoptError(
            f"{place} does not take a connection in {patience.connect:g} s; "
            "check host and port in --model"
        ) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise PerfoptError(f"{place} can't be reached: {error}; check --model") from None


def _connection(
    address: Address, seconds: float
) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
    """Return a connection, what goes before a request's path, and headers for a proxy."""
    proxy = None if address.is_here else _proxy(address)
    host, port = (address.host, address.port) if proxy is None else proxy[:2]
    login = {} if proxy is None else proxy[2]
    if address.scheme == "http":
        plain = http.client.HTTPConnection(host, port, timeout=seconds)
        return plain, "" if proxy is None else f"http://{address.place}", login
    context = ssl.create_default_context()
    secure = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    if proxy is not None:
        secure.set_tunnel(address.host, address.port, headers=login)
    return secure, "", {}


def _proxy(address: Address) -> tuple[str, int, dict[str, str]] | None:
    """Return the proxy that the environment names for the server: host, port, login header."""
    from urllib.request import getproxies, proxy_bypass

    url = getproxies().get(address.scheme)
    if not url or proxy_bypass(address.place):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        parts, host, port = urlsplit(""), None, 0
    if not host or parts.scheme != "http":
        raise PerfoptError(
            f"the proxy that the environment names for {address.scheme} is none that perfopt can "
            f"use (http://HOST:PORT); put {address.host} into NO_PROXY to go without"
        )
    if parts.username is None:
        return host, port, {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return host, port, {"Proxy-Authorization": "Basic " + base64.b64encode(login).decode()}
