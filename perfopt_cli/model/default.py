"""Which sources ``optimize`` asks where the user names none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from perfopt_cli.core import Listener, PerfoptError, Proposer
from perfopt_cli.model.catalog import START, size_text
from perfopt_cli.model.checkpoint import check_available
from perfopt_cli.model.local import LocalModel
from perfopt_cli.model.mini.weights import (
    INSTALL,
    SHIPPED,
    find_weights,
    is_there,
    missing_libraries,
)
from perfopt_cli.model.pull import fetch
from perfopt_cli.model.shelf import Shelf

SWITCH = "PERFOPT_MINI"
"""The environment variable that, as ``on``, has the small model asked where nobody names it."""

PULL = f"perfopt model pull {START.name}"
BRINGS = f"{PULL} gets one ({size_text(START.download)})"
HINT = f"no model is installed, so only the built-in rewrites are tried; {BRINGS}"
HINT_OFF = (
    "only the built-in rewrites are tried; --model rules --model mini asks the small model too; "
    f"{PULL} gets a larger one ({size_text(START.download)})"
)
HINT_MINI = (
    f"the small model is left out, as the libraries that it needs are not installed: {INSTALL}"
)


def asked_by_default(environ: Mapping[str, str] = os.environ) -> bool:
    """Say whether the small model that perfopt brings is asked where the user names no source.

    It is where it is switched on only, as on problems of contests nothing more was
    solved with it in the same seconds (docs/small-model.md).
    """
    return environ.get(SWITCH, "").strip().lower() == "on"


def default_specs(
    say: Callable[[str], None], *, hint: bool, root: Path | None = None, small: Path = SHIPPED
) -> tuple[str, ...]:
    """Return ``rules``, ``mini`` where it is switched on, and the model pulled last.

    A project's own small model is asked even where the one that perfopt brings is not.
    Says by ``say`` why a model that was pulled is left out, and where there is
    no model at all and a ``hint`` is wanted, how to get one. Nothing heavy is
    imported. ``root`` is the project's, ``small`` where the model that perfopt brings is.
    """
    wanted = find_weights(root, small) != small or (asked_by_default() and is_there(small))
    missing = bool(missing_libraries())
    specs = ("rules", "mini") if wanted and not missing else ("rules",)
    shelf = Shelf()
    try:
        name = shelf.read().default
        if name is None:
            if hint and len(specs) == 1:
                off = HINT if missing or not is_there(small) else HINT_OFF
                say(HINT_MINI if wanted else off)
            return specs
        if shelf.find(name) is None:
            raise PerfoptError(f"its files are not all here; perfopt model pull {name}")
        check_available()
    except PerfoptError as error:
        say(f"the default model is left out: {error}")
        return specs
    return (*specs, name)


def bring(sources: Sequence[Proposer], listener: Listener, *, by_user: bool) -> list[Proposer]:
    """Return the sources, with those of the hub downloaded that are not here.

    What only the project's files name (not ``by_user``) is not downloaded: they
    may be a stranger's. A model that can't be had is left out with a note;
    raises PerfoptError where no source is left.
    """
    kept: list[Proposer] = []
    failed: PerfoptError | None = None
    for source in sources:
        backend = getattr(source, "backend", None)
        try:
            if isinstance(backend, LocalModel) and backend.is_on_hub():
                if not by_user and Shelf().find(backend.spec) is None:
                    raise PerfoptError(
                        f"the project's settings name the model {backend.spec}, which is not on "
                        f"this machine; perfopt model pull {backend.spec} gets it"
                    )
                fetch(backend.spec, listener)
            kept.append(source)
        except PerfoptError as error:
            if failed is not None:
                listener.note(str(failed))
            failed = error
    if failed is not None:
        if not kept:
            raise failed
        listener.note(f"{failed}; the run goes on with the other sources")
    return kept
