"""Which files of a folder hold pairs, and for which split."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.formats import verdicts
from perfopt_cli.train.formats.kinds import Kind, kind_of, wanted_columns
from perfopt_cli.train.formats.rows import ENDINGS, SPLIT_NAMES

_STATE = ".perfopt"
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Found:
    """The data files of a folder. Either ``by_split`` has them, or none names a split: ``pool``."""

    folder: Path
    kind: Kind
    by_split: dict[str, Path]
    pool: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> str:
        """Their names, for messages."""
        return ", ".join(path.name for path in (*self.by_split.values(), *self.pool))


def find_data(place: Path) -> Found:
    """Find the data in a folder (or take the one file), and recognise it by its columns.

    A file whose name is a split's, or begins with it (``train_hq.jsonl``), is
    that split; with such files in it, others are left alone. A project's
    folder stands for the verdicts recorded in it. Raises PerfoptError where
    there is no data, two kinds, or two files for one split.
    """
    folder = place if place.is_dir() else place.parent
    files = _files(place)
    known = _known(files) or _known([place / _STATE / verdicts.NAME])
    if not known:
        held = f"only {', '.join(path.name for path in files)}" if files else "no such file"
        raise PerfoptError(
            f"{place} has no pairs to learn from: {held}. Wanted is a file "
            f"({', '.join(ENDINGS)}) whose rows have the columns of one kind: {wanted_columns()}"
        )
    kind = next(iter(known.values()))
    others = {path.name: other.name for path, other in known.items() if other is not kind}
    if others:
        listed = ", ".join(f"{path.name} ({kind.name})" for path, kind in known.items())
        raise PerfoptError(f"{place} has several kinds of data: {listed}; name one file of them")
    unknown = [path.name for path in files if path not in known]
    found = _sorted_out(folder, kind, list(known))
    notes = [f"{name} is left alone: none of the columns looked for" for name in unknown]
    return replace(found, notes=(*notes, *found.notes))


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise PerfoptError(f"{place}: no such folder; --data names a folder or file of pairs")
    try:
        files = sorted(path for path in place.iterdir() if path.name.endswith(ENDINGS))
    except OSError as error:
        raise PerfoptError(f"{place} can't be read: {error.strerror}") from None
    return [path for path in files if path.is_file()]


def _known(files: list[Path]) -> dict[Path, Kind]:
    kinds = ((path, kind_of(path)) for path in files if path.is_file())
    return {path: kind for path, kind in kinds if kind is not None}


def _sorted_out(folder: Path, kind: Kind, files: list[Path]) -> Found:
    if len(files) == 1 and _split_of(files[0]) is None:
        return Found(folder, kind, {}, tuple(files))
    by_split: dict[str, Path] = {}
    for split in dict.fromkeys(SPLIT_NAMES.values()):
        mine = [path for path in files if _split_of(path) == split]
        exact = [path for path in mine if _stem(path) in SPLIT_NAMES]
        chosen = exact or mine
        if len(chosen) > 1:
            listed = ", ".join(path.name for path in chosen)
            raise PerfoptError(f"{folder}: {listed} are all {split} data; name one {split}.jsonl")
        if chosen:
            by_split[split] = chosen[0]
    if not by_split:
        return Found(folder, kind, {}, tuple(files))
    left = [path.name for path in files if path not in by_split.values()]
    notes = tuple(f"{name} is left alone beside {_names(by_split)}" for name in left)
    return Found(folder, kind, by_split, (), notes)


def _names(by_split: dict[str, Path]) -> str:
    return ", ".join(path.name for path in by_split.values())


def _stem(path: Path) -> str:
    return path.name.lower().partition(".")[0]


def _split_of(path: Path) -> str | None:
    word = _WORD.match(_stem(path))
    return SPLIT_NAMES.get(word[0]) if word else None
