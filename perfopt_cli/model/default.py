"""Which sources ``optimize`` asks where the user names none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perfopt_cli.core import Listener, PerfoptError, Proposer
from perfopt_cli.model.catalog import START, size_text
from perfopt_cli.model.checkpoint import check_available
from perfopt_cli.model.local import LocalModel
from perfopt_cli.model.pull import fetch
from perfopt_cli.model.shelf import Shelf

HINT = (
    f"no model is installed, so only the built-in rewrites are tried; perfopt model pull "
    f"{START.name} gets one ({size_text(START.download)})"
)


def default_specs(say: Callable[[str], None], *, hint: bool) -> tuple[str, ...]:
    """Return ``rules``, and the model that was pulled last where it is here and can be loaded.

    Says by ``say`` why a model that was pulled is left out, and where there is
    none and a ``hint`` is wanted, how to get one. Nothing heavy is imported.
    """
    shelf = Shelf()
    try:
        name = shelf.read().default
        if name is None:
            if hint:
                say(HINT)
            return ("rules",)
        if shelf.find(name) is None:
            raise PerfoptError(f"its files are not all here; perfopt model pull {name}")
        check_available()
    except PerfoptError as error:
        say(f"the default model is left out: {error}")
        return ("rules",)
    return ("rules", name)


def bring(sources: Sequence[Proposer], listener: Listener) -> None:
    """Download the hub models among the sources that are not here, saying so first.

    Raises PerfoptError where one can't be had.
    """
    for source in sources:
        backend = getattr(source, "backend", None)
        if isinstance(backend, LocalModel) and backend.is_on_hub():
            fetch(backend.spec, listener)
