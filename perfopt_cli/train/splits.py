"""Which pairs are trained on and which are held out: always by problem, never by pair."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from perfopt_cli.train.formats.rows import Draft, Skip
from perfopt_cli.train.records import Pair

SPLITS = ("train", "val", "test")
_VAL = 0.1
_TEST = 0.1
_FEW = 10
_ORDER = ("test", "val", "train")
_Item = TypeVar("_Item")


def split_pairs(pairs: Sequence[Pair], seed: int) -> dict[str, tuple[Pair, ...]]:
    """Split by group: about a tenth of the groups each for val and test.

    A group's split depends on its name and the seed alone, so that more data
    later moves no group. Only where val or test would be empty it gets one, and
    of fewer than ten groups one each goes to test and val, as far as there are.
    """
    return _by_group(pairs, seed, lambda pair: pair.group)


def split_drafts(drafts: Sequence[Draft], seed: int) -> dict[str, tuple[Draft, ...]]:
    """Split as ``split_pairs`` does, unless a row names a split: then the others are train."""
    if any(draft.split for draft in drafts):
        return {
            split: tuple(draft for draft in drafts if (draft.split or "train") == split)
            for split in SPLITS
        }
    return _by_group(drafts, seed, lambda draft: draft.pair.group)


def _by_group(
    items: Sequence[_Item], seed: int, group_of: Callable[[_Item], str]
) -> dict[str, tuple[_Item, ...]]:
    chosen = _splits_of({group_of(item) for item in items}, seed)
    return {
        split: tuple(item for item in items if chosen[group_of(item)] == split) for split in SPLITS
    }


def _splits_of(groups: Iterable[str], seed: int) -> dict[str, str]:
    place = {group: _place(group, seed) for group in groups}
    few = len(place) < _FEW
    chosen = {
        group: "train" if few or at >= _TEST + _VAL else "val" if at >= _TEST else "test"
        for group, at in place.items()
    }
    for split in ("test", "val"):
        rest = [group for group in chosen if chosen[group] == "train"]
        if split not in chosen.values() and len(rest) > 1:
            chosen[min(rest, key=place.__getitem__)] = split
    return chosen


def _place(group: str, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}\n{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def without_leaks(
    drafts: dict[str, tuple[Draft, ...]],
) -> tuple[dict[str, tuple[Draft, ...]], list[Skip]]:
    """Keep out of train what is in val or test, and out of val what is in test.

    That is a problem, or the very text of a slow program under another problem's name.
    """
    kept: dict[str, tuple[Draft, ...]] = {}
    skipped: list[Skip] = []
    problems: dict[str, str] = {}
    programs: dict[str, str] = {}
    for split in _ORDER:
        good = []
        for draft in drafts.get(split, ()):
            text = draft.pair.slow.strip()
            if draft.pair.group in problems:
                skipped.append(draft.skip(f"its problem is in {problems[draft.pair.group]} too"))
            elif text in programs:
                skipped.append(draft.skip(f"its slow program is in {programs[text]} too"))
            else:
                good.append(draft)
        kept[split] = tuple(good)
        problems |= {draft.pair.group: split for draft in good}
        programs |= {draft.pair.slow.strip(): split for draft in good}
    return kept, skipped


def tagged(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Give those that have a run time and no tag a tag, 1 to 10 (PIE, section 3.3).

    How near a fast program is to its problem's best is ranked over all of them;
    each tag holds a tenth, and equal ones get the same, the higher.
    """
    best: dict[str, float] = {}
    for draft in drafts:
        if draft.fast_seconds is not None:
            known = best.get(draft.pair.group, math.inf)
            best[draft.pair.group] = min(known, draft.fast_seconds)
    near = [
        best[draft.pair.group] / draft.fast_seconds if draft.fast_seconds else None
        for draft in drafts
    ]
    ranked = sorted(one for one in near if one is not None)
    return tuple(
        draft
        if one is None or draft.pair.tag is not None
        else draft.with_pair(tag=math.ceil(10 * bisect_right(ranked, one) / len(ranked)))
        for draft, one in zip(drafts, near, strict=True)
    )
