from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from transformers.cache_utils import DynamicCache  # noqa: E402

from perfopt_cli.model.rowcache import STEP, RowCache  # noqa: E402


def states(rows: int, tokens: int, value: float) -> Any:
    return torch.full((rows, 2, tokens, 4), value)


def cache(rows: int, length: int = 3) -> RowCache:
    prompt = DynamicCache()
    prompt.update(states(1, length, 1.0), states(1, length, 1.0), 0)
    return RowCache(prompt, rows, length)


def test_each_row_starts_with_the_prompt() -> None:
    keys, _ = cache(2).update(states(2, 1, 7.0), states(2, 1, 7.0), 0)
    assert keys[:, 0, :, 0].tolist() == [[1, 1, 1, 7]] * 2


def test_rows_of_different_lengths_are_written_at_their_ends() -> None:
    one = cache(2)
    one.update(states(2, 2, 7.0), states(2, 2, 7.0), 0)
    one.ends.lengths = [5, 4]
    keys, _ = one.update(states(2, 1, 8.0), states(2, 1, 8.0), 0)
    assert keys[0, 0, :, 0].tolist() == [1, 1, 1, 7, 7, 8]
    assert keys[1, 0, :5, 0].tolist() == [1, 1, 1, 7, 8]


def test_what_is_taken_back_is_overwritten() -> None:
    one = cache(1)
    one.update(states(1, 3, 7.0), states(1, 3, 7.0), 0)
    one.ends.lengths = [4]
    keys, _ = one.update(states(1, 1, 8.0), states(1, 1, 8.0), 0)
    assert keys[0, 0, :, 0].tolist() == [1, 1, 1, 7, 8]
    assert one.get_seq_length() == 4


def test_a_cache_that_outgrows_its_room_keeps_what_it_has() -> None:
    one = cache(2)
    keys, values = one.update(states(2, STEP + 9, 7.0), states(2, STEP + 9, 7.0), 0)
    assert keys.shape[2] == STEP + 12
    assert keys[:, :, :3].eq(1).all()
    assert values[:, :, 3:].eq(7).all()


def test_room_that_is_not_written_yet_holds_zeros() -> None:
    # A masked place is multiplied by 0, and 0 times NaN is NaN.
    one = cache(1)
    assert one.layers[0].values[:, :, 3:].eq(0).all()
    one.update(states(1, STEP + 9, 7.0), states(1, STEP + 9, 7.0), 0)
    assert one.layers[0].values[:, :, STEP + 12 :].eq(0).all()


def test_rows_can_be_dropped() -> None:
    one = cache(3)
    one.layers[0].keys[2] = 5.0
    one.keep([0, 2])
    assert one.layers[0].keys.shape[0] == 2
    assert one.layers[0].keys[1].eq(5).all()
    assert one.ends.lengths == [3, 3]
