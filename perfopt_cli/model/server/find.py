"""Which model servers run on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.server.address import BASE_URL, Address, base_address
from perfopt_cli.model.server.choice import list_models
from perfopt_cli.model.server.wire import Patience

USUAL_PORTS = {11434: "Ollama", 8080: "llama-server", 1234: "LM Studio", 8000: "vLLM"}

_HASTE = Patience(0.3, 0.3, 0.3, total=1.0, loading=0.0, repeat=0.0, longest_wait=0.0)


@dataclass(frozen=True, slots=True)
class Found:
    """A server that was looked for: where, its models, or what is wrong with it."""

    where: str
    models: tuple[str, ...] = ()
    problem: str = ""


def find_servers(
    environ: Mapping[str, str], ports: Sequence[int] = tuple(USUAL_PORTS)
) -> Iterator[Found]:
    """Yield the server at OPENAI_BASE_URL, and those that answer at the usual ports here.

    Only this machine is asked, and a usual port gets no key. Takes up to a
    second for each port where something else listens.
    """
    try:
        named = base_address(environ)
    except PerfoptError as error:
        yield Found(BASE_URL, problem=str(error))
        named = None
    if named is not None:
        yield _asked(named) if named.is_here else Found(named.base, problem="not asked: elsewhere")
    known = named.port if named is not None and named.is_here else None
    for port in ports:
        if port != known:
            found = _asked(Address("http", "localhost", port, "/v1"))
            if not found.problem:
                yield found


def _asked(address: Address) -> Found:
    try:
        return Found(address.base, tuple(list_models(address, _HASTE)))
    except PerfoptError as error:
        return Found(address.base, problem=str(error))
