"""Which server, which model there, and what may be sent to it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from perfopt_cli.core import PerfoptError

FORM = "http://HOST:PORT/v1#NAME"
FORM_BASE = "#NAME"
BASE_URL = "OPENAI_BASE_URL"
API_KEY = "OPENAI_API_KEY"

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A server and a model of its. ``model`` is empty where the user named none.

    ``path`` is that of the API, without a slash at its end. ``key`` is sent
    with each request, and never shown.
    """

    scheme: str
    host: str
    port: int
    path: str = ""
    model: str = ""
    key: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """``host:port``, the host in brackets where it is an IPv6 address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def base(self) -> str:
        """The URL under which the API is."""
        port = f":{self.port}"
        usual = self.port == _PORTS[self.scheme]
        return (
            f"{self.scheme}://{self.place.removesuffix(port) if usual else self.place}{self.path}"
        )

    @property
    def spec(self) -> str:
        """The whole as ``--model`` takes it."""
        return f"{self.base}#{self.model}" if self.model else self.base

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine, as far as its name tells."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            found = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return found.is_loopback or found.is_unspecified

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know before anything is sent there."""
        if self.is_here:
            return ()
        clear = "" if self.scheme == "https" else ", unencrypted"
        return (f"code of this project is sent to {self.host}, which is not this machine{clear}",)


def is_server(spec: str) -> bool:
    """Tell whether a SPEC of ``--model`` names a server."""
    return spec.startswith("#") or spec.lower().startswith(("http://", "https://"))


def read_address(spec: str, environ: Mapping[str, str], *, by_user: bool) -> Address:
    """Return what the spec names; ``#NAME`` is a model of the server in OPENAI_BASE_URL.

    ``by_user`` tells a spec of the command line from one of the project's
    files. A project must not choose where its user's code and key go: it may
    name servers on this machine, without a key, and models of OPENAI_BASE_URL.
    Raises PerfoptError.
    """
    trusted = base_address(environ)
    key = environ.get(API_KEY, "").strip()
    if spec.startswith("#"):
        if trusted is None:
            raise PerfoptError(
                f"--model {spec}: {BASE_URL} is not set; set it to the server's URL, such as "
                f"http://localhost:11434/v1, or use the form {FORM}"
            )
        return _with(trusted, spec[1:], key)
    found = _parse(spec, f"--model {spec}")
    if by_user or (trusted is not None and trusted.base == found.base):
        return _with(found, found.model, key)
    if not found.is_here:
        raise PerfoptError(
            f"the project's settings name a model server at {found.host}; one that is not on this "
            f"machine has to be named on the command line, or in {BASE_URL} "
            f"(model = ['#{found.model}'] is then the model there)"
        )
    return found


def base_address(environ: Mapping[str, str]) -> Address | None:
    """Return the server in OPENAI_BASE_URL, None where it is not set. Raises PerfoptError."""
    url = environ.get(BASE_URL, "").strip()
    if not url:
        return None
    found = _parse(url, BASE_URL)
    return _with(found, "", environ.get(API_KEY, "").strip())


def _with(address: Address, model: str, key: str) -> Address:
    return Address(address.scheme, address.host, address.port, address.path, model, key)


def _parse(url: str, what: str) -> Address:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise PerfoptError(f"{what}: {error}; the form is {FORM}") from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host or parts.query:
        raise PerfoptError(f"{_without_secret(parts, what)} is no server's URL; the form is {FORM}")
    if "@" in parts.netloc:
        raise PerfoptError(
            f"{_without_secret(parts, what)}: a name or key in a URL is shown in reports and "
            f"process lists; set {API_KEY} instead"
        )
    path = parts.path.rstrip("/")
    return Address(scheme, host, port or _PORTS[scheme], path, parts.fragment)


def _without_secret(parts: SplitResult, what: str) -> str:
    return what if "@" not in what else what.replace(parts.netloc.rpartition("@")[0], "…")
