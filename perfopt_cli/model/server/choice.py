"""Which of a server's models."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.server.address import Address
from perfopt_cli.model.server.client import Client
from perfopt_cli.model.server.faults import clean
from perfopt_cli.model.server.wire import Patience

_MOST_SHOWN = 20


def list_models(address: Address, patience: Patience) -> list[str]:
    """Return the names of the server's models, but for those that make no text.

    A list needs no model to be loaded, so it is waited for no longer than half
    a minute. Raises PerfoptError.
    """
    brief = replace(patience, first=min(patience.first, 30), total=min(patience.total, 30))
    with closing(Client(address, brief)) as client:
        names = [clean(name, address.key) for name in client.models()]
    return [name for name in names if "embed" not in name.lower()]


def choose_model(address: Address, patience: Patience) -> str:
    """Return the server's only model. Raises PerfoptError where it has none, or several."""
    names = list_models(address, patience)
    if not names:
        raise PerfoptError(
            f"{address.base} has no model; get one (`ollama pull qwen2.5-coder:1.5b`), or load "
            "one in the server"
        )
    if len(names) > 1:
        raise PerfoptError(
            f"{address.base} has several models, name one with --model '{address.base}#NAME': "
            f"{_shown(names)}"
        )
    return names[0]


def no_such_model(address: Address, patience: Patience, error: PerfoptError) -> PerfoptError:
    """Return the error with what the server has instead, where it tells."""
    try:
        names = list_models(address, patience)
    except PerfoptError:
        return error
    if not names:
        return PerfoptError(f"{error}; it has none, `ollama pull {address.model}` gets one")
    return PerfoptError(f"{error}; it has {_shown(names)}")


def _shown(names: list[str]) -> str:
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
