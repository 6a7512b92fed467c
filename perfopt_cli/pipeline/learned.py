"""What a project's own verdicts teach about the rules: ``.perfopt/worth.json``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from perfopt_cli.apply import state_folder
from perfopt_cli.apply.journal import put
from perfopt_cli.core import PerfoptError, Status, Verdict
from perfopt_cli.model.worth import OWN, Table, added, counted, read_table, table_text


def learn(root: Path, verdicts: Iterable[Verdict]) -> None:
    """Add the verdicts to the table of the project at root. Raises PerfoptError."""
    told = list(_told(verdicts))
    if not told:
        return
    path = root / OWN
    try:
        state_folder(root)
        put(path, table_text(added([read_table(path), *told])).encode())
    except OSError as error:
        raise PerfoptError(f"{path} can't be written: {error.strerror}") from None


def _told(verdicts: Iterable[Verdict]) -> Iterator[Table]:
    """Yield what each says that was judged in this run, as a rewrite of the original.

    One that goes on from another has the speedup of both.
    """
    for one in verdicts:
        judged = one.status in (Status.ACCEPTED, Status.REJECTED) and not one.cached
        if judged and one.rewrite.after is None:
            accepted = one.status is Status.ACCEPTED
            ratio = one.speedup.ratio if one.speedup is not None else None
            told = counted(one.rewrite.origin, accepted=accepted, ratio=ratio, seconds=one.seconds)
            if told:
                yield told
