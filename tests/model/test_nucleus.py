from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from perfopt_cli.model.nucleus import LIKELY, pick  # noqa: E402


def shares(scores: list[float], top_p: float, temperature: float = 1.0) -> dict[int, float]:
    """How often each token is picked, by numbers spread evenly over [0, 1)."""
    count = 4000
    rows = torch.tensor(scores).expand(count, -1)
    draws = (torch.arange(count) + 0.5) / count
    picked = pick(rows[:, None], draws[:, None], temperature, top_p).flatten().tolist()
    return {token: picked.count(token) / count for token in set(picked)}


def test_the_likeliest_token_is_picked_where_none_is_drawn() -> None:
    scores = torch.tensor([[[0.0, 2.0, 1.0]], [[3.0, 2.0, 1.0]]])
    assert pick(scores, torch.full((2, 1), -1.0), 1.0, 0.9).tolist() == [[1], [0]]


def test_tokens_are_drawn_by_their_probability() -> None:
    found = shares(torch.tensor([0.5, 0.3, 0.2]).log().tolist(), 1.0)
    assert found == pytest.approx({0: 0.5, 1: 0.3, 2: 0.2}, abs=1e-3)


def test_the_smallest_set_that_reaches_the_share_is_drawn_from() -> None:
    found = shares(torch.tensor([0.5, 0.3, 0.15, 0.05]).log().tolist(), 0.75)
    assert found == pytest.approx({0: 0.5 / 0.8, 1: 0.3 / 0.8}, abs=1e-3)


def test_a_low_temperature_sharpens() -> None:
    found = shares(torch.tensor([0.6, 0.4]).log().tolist(), 1.0, temperature=0.5)
    assert found == pytest.approx({0: 0.36 / 0.52, 1: 0.16 / 0.52}, abs=1e-3)


def test_a_flat_vocabulary_is_sorted_whole() -> None:
    size = 4 * LIKELY
    found = shares([0.0] * size, 0.5)
    assert len(found) == size // 2


def test_rows_that_are_greedy_and_rows_that_are_not_share_a_batch() -> None:
    scores = torch.tensor([0.4, 0.6]).log().expand(2, 1, 2)
    assert pick(scores, torch.tensor([[-1.0], [0.99]]), 1.0, 1.0).tolist() == [[1], [0]]
