"""A folder of (slow, fast) pairs, read: which form it has, its splits, its tests."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.files import Found, find_data
from perfopt_cli.train.formats.cases import MOST_BYTES, MOST_TESTS, Cases, case_folders
from perfopt_cli.train.formats.own import as_row
from perfopt_cli.train.formats.rows import BadRow, Draft, Row, Skip, read_rows
from perfopt_cli.train.formats.verdicts import ReadVerdict, ScoredCandidate
from perfopt_cli.train.records import Pair
from perfopt_cli.train.splits import SPLITS, split_drafts, split_pairs, tagged, without_leaks

__all__ = [
    "SPLITS", "DataSet", "ScoredCandidate", "Skip", "read_pairs", "split_pairs", "write_pairs",
]  # fmt: skip


IDLE = "nothing"
"""The family of pairs that say: there is nothing to do."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a folder of data holds.

    ``pairs`` are by split, for the splits asked for. ``scored`` are recorded
    candidates by split (kind ``verdicts`` only), accepted ones among them.
    ``notes`` tell what was left alone beside single rows.
    """

    pairs: dict[str, tuple[Pair, ...]]
    skipped: tuple[Skip, ...]
    kind: str
    scored: dict[str, tuple[ScoredCandidate, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def explained(self, most: int = 8) -> list[str]:
        """Return why rows were skipped, commonest reason first, each with its first row."""
        return [*_reasons(self.skipped, most), *self.notes]


@dataclass(frozen=True, slots=True)
class _Options:
    untested: bool
    keep_slower: bool
    idle: bool


def read_pairs(
    folder: Path,
    *,
    splits: Iterable[str] = SPLITS,
    tests: Path | None = None,
    seed: int = 0,
    untested: bool = False,
    keep_slower: bool = False,
    idle: bool = False,
) -> DataSet:
    """Read the pairs of a folder, or of one file.

    ``tests`` is the folder with the tests of PIE's problems, if it lies
    elsewhere. ``seed`` splits data whose files and rows name no split. Pairs
    without tests are skipped unless ``untested``. From train and val, but not
    from test, pairs are skipped that teach nothing: equal programs, a target
    that was recorded as not faster (unless ``keep_slower``), a pair seen before. With
    ``idle``, equal programs of the family ``nothing`` stay: there is nothing to do.

    Raises PerfoptError where the folder holds no data, or no pair that can be used.
    """
    wanted = tuple(splits)
    found = find_data(folder)
    reading = _Reading(found, Cases(case_folders(found.folder, tests) if found.kind.cases else ()))
    drafts = reading.drafts(wanted, seed)
    drafts, leaks = without_leaks(drafts)
    reading.skipped += leaks
    scored = {split: reading.scored_of(drafts[split]) for split in wanted}
    options = _Options(untested or bool(reading.verdicts), keep_slower, idle)
    pairs = {split: reading.pairs(split, drafts[split], options) for split in wanted}
    if not any(pairs.values()) and not any(scored.values()):
        why = "; ".join(_reasons(reading.skipped, 4)) or "no rows"
        raise PerfoptError(
            f"{folder} ({found.kind.name}: {found.files}) has no pair for "
            f"{' or '.join(wanted)} that can be used: {why}"
        )
    notes = (*found.notes, *reading.notes())
    has_scores = scored if reading.verdicts else {}
    return DataSet(pairs, tuple(reading.skipped), found.kind.name, has_scores, notes)


def write_pairs(path: Path, pairs: Sequence[Pair]) -> None:
    """Write the pairs in perfopt's own form, replacing the file at once.

    Raises PerfoptError where it can't be written; the file is then as before.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as stream:
            for pair in pairs:
                stream.write(json.dumps(as_row(pair)) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PerfoptError(f"{path} can't be written: {error.strerror}") from None


class _Reading:
    """The state of one reading: what was skipped, and the verdicts by where they are."""

    def __init__(self, found: Found, cases: Cases) -> None:
        self.found = found
        self.cases = cases
        self.skipped: list[Skip] = []
        self.verdicts: dict[str, ReadVerdict] = {}

    def drafts(self, wanted: tuple[str, ...], seed: int) -> dict[str, tuple[Draft, ...]]:
        """Read the files of the splits, and of those that they must not overlap."""
        if self.found.pool:
            pool = [draft for path in self.found.pool for draft in self._file(path)]
            read = split_drafts(self._last_verdicts(pool), seed)
        else:
            # What is in test is kept out of the others, so it must be known to read them.
            last = min(SPLITS.index(split) for split in wanted)
            read = {
                split: tuple(self._only(split, self._file(path)))
                for split, path in self.found.by_split.items()
                if split in SPLITS[last:]
            }
        return {**read, "train": tagged(read.get("train", ()))}

    def _file(self, path: Path) -> Iterable[Draft]:
        for row in read_rows(path):
            try:
                draft = self._draft(row) if isinstance(row, Row) else None
            except BadRow as error:
                assert isinstance(row, Row)
                self.skipped.append(Skip(row.where, str(error), row.excerpt))
                continue
            if isinstance(row, Skip):
                self.skipped.append(row)
            elif draft is not None:
                yield draft

    def _only(self, split: str, drafts: Iterable[Draft]) -> Iterable[Draft]:
        for draft in drafts:
            if draft.split in (None, split):
                yield draft
            else:
                self.skipped.append(draft.skip(f"its split is not {split}, as its file's is"))

    def _draft(self, row: Row) -> Draft:
        read = self.found.kind.read(row)
        if isinstance(read, ReadVerdict):
            self.verdicts[row.where] = read
            return read.draft
        return read

    def _last_verdicts(self, drafts: list[Draft]) -> list[Draft]:
        """Of verdicts on the same candidate keep the last."""
        if not self.verdicts:
            return drafts
        last = {(draft.pair.group, draft.pair.slow, draft.pair.fast): draft for draft in drafts}
        return list(last.values())

    def scored_of(self, drafts: tuple[Draft, ...]) -> tuple[ScoredCandidate, ...]:
        """Return the recorded candidates among the drafts."""
        places = [draft.pair.where for draft in drafts]
        return tuple(self.verdicts[at].scored for at in places if at in self.verdicts)

    def pairs(self, split: str, drafts: tuple[Draft, ...], options: _Options) -> tuple[Pair, ...]:
        """Return the drafts' pairs with their tests, without those of no use in the split."""
        kept: dict[object, Pair] = {}
        for draft in drafts:
            verdict = self.verdicts.get(draft.pair.where)
            if verdict is not None and not verdict.accepted:
                continue
            if self.found.kind.cases and not draft.pair.tests:
                tests = self.cases.of(draft.pair.group, draft.numbers)
                draft = draft.with_pair(tests=tests)
            key = draft.pair.where if split == "test" else (draft.pair.slow, draft.pair.fast)
            why = _useless(draft.pair, split, options)
            if why is None and key in kept:
                why = "the same pair as before"
            if why is None:
                kept[key] = draft.pair
            else:
                self.skipped.append(draft.skip(why))
        return tuple(kept.values())

    def notes(self) -> list[str]:
        """Return what else was left out."""
        count = self.cases.left_out
        limit = f"{MOST_TESTS} tests and {MOST_BYTES // 2**20} MiB a problem"
        return [f"{count} tests over the limit of {limit} are not used"] if count else []


def _useless(pair: Pair, split: str, options: _Options) -> str | None:
    if not pair.tests and not options.untested:
        return "no tests for it"
    if split == "test":
        return None
    is_idle = options.idle and pair.family == IDLE
    if pair.slow.strip() == pair.fast.strip() and not is_idle:
        return "slow and fast are the same"
    is_slower = pair.ratio is not None and pair.ratio <= 1
    if is_slower and not is_idle and not options.keep_slower:
        return "its target was recorded as not faster"
    return None


def _reasons(skipped: Sequence[Skip], most: int) -> list[str]:
    counts = Counter(skip.why for skip in skipped)
    first = {skip.why: skip for skip in reversed(skipped)}
    shown = [
        f"{count} row{'s' * (count > 1)} skipped, {why}: {first[why].where} {first[why].excerpt}"
        for why, count in counts.most_common(most)
    ]
    rest = sum(counts.values()) - sum(count for _, count in counts.most_common(most))
    return [*shown, f"{rest} more rows skipped for other reasons"] if rest else shown
