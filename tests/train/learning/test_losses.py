"""The losses, against numbers worked out by hand."""

from __future__ import annotations

from math import log
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from perfopt_cli.train.learning.losses import (  # noqa: E402
    best_rows,
    rank_loss,
    response_scores,
    rrhf_loss,
    token_nll,
    tuning_loss,
)

SKIP = -100


def logits(*probabilities: float) -> Any:
    """One row of positions, each with the probability of token 1 of a vocabulary of two."""
    return torch.tensor([[[log(1 - p), log(p)] for p in probabilities]])


def near(value: Any, expected: float) -> bool:
    return bool(abs(float(value) - expected) < 1e-5)


# Four responses, two prompts. Scores are means over 2, 4, 1 and 2 tokens.
LABELS = torch.tensor(
    [
        [SKIP, 1, 1, SKIP, SKIP],
        [SKIP, 1, 1, 1, 1],
        [SKIP, SKIP, 1, SKIP, SKIP],
        [SKIP, 1, 1, SKIP, SKIP],
    ]
)
NLL = torch.tensor(
    [
        [0.0, 1.0, 3.0, 0.0, 0.0],
        [0.0, 0.5, 0.5, 0.5, 0.5],
        [0.0, 0.0, 3.0, 0.0, 0.0],
        [0.0, 4.0, 4.0, 0.0, 0.0],
    ]
)
REWARDS = torch.tensor([2.0, 1.0, 1.3, 1.3])
GROUPS = torch.tensor([0, 0, 1, 1])


def test_the_loss_of_a_token_is_the_negative_logarithm_of_its_probability() -> None:
    nll = token_nll(logits(0.5, 0.25), torch.tensor([[1, 0]]))
    assert near(nll[0, 0], log(2))
    assert near(nll[0, 1], -log(0.75))


def test_prompt_and_padding_have_no_loss() -> None:
    nll = token_nll(logits(0.5, 0.25, 0.5), torch.tensor([[SKIP, 1, SKIP]]))
    assert nll[0].tolist() == pytest.approx([0.0, log(4), 0.0])


def test_the_labels_are_left_as_they_are() -> None:
    labels = LABELS.clone()
    rrhf_loss(NLL, labels, REWARDS, GROUPS)
    token_nll(torch.zeros(4, 5, 2), labels)
    assert torch.equal(labels, LABELS)


def test_a_score_is_the_mean_over_the_tokens_of_the_response_not_over_the_padded_width() -> None:
    assert response_scores(NLL, LABELS).tolist() == pytest.approx([-2.0, -0.5, -3.0, -4.0])


def test_the_length_penalty_is_the_power_of_the_length() -> None:
    scores = response_scores(NLL, LABELS, length_penalty=0.5)
    assert scores.tolist() == pytest.approx([-4 / 2**0.5, -1.0, -3.0, -8 / 2**0.5])


def test_a_worse_response_that_scores_higher_costs_the_gap() -> None:
    # Group 0: r_1 < r_0 and p_1 - p_0 = 1.5. Group 1: equal rewards, no pair. Mean over 2 groups.
    assert near(rank_loss(response_scores(NLL, LABELS), REWARDS, GROUPS), 0.75)


def test_a_worse_response_that_scores_lower_costs_nothing() -> None:
    scores = torch.tensor([-0.5, -2.0])
    assert near(rank_loss(scores, torch.tensor([2.0, 1.0]), torch.tensor([0, 0])), 0.0)


def test_responses_to_different_prompts_are_no_pair() -> None:
    scores = torch.tensor([-5.0, -1.0])
    assert near(rank_loss(scores, torch.tensor([2.0, 0.0]), torch.tensor([0, 1])), 0.0)


def test_all_pairs_of_a_group_count() -> None:
    scores = torch.tensor([-3.0, -2.0, -1.0])
    # (1, 0): 1, (2, 0): 2, (2, 1): 1
    assert near(rank_loss(scores, torch.tensor([2.0, 1.3, 1.0]), torch.zeros(3)), 4.0)


def test_the_tuning_loss_sums_over_the_best_responses_tokens() -> None:
    # Row 0 is the best of its group: 4. Rows 2 and 3 tie, the first is taken: 3.
    assert near(tuning_loss(NLL, LABELS, REWARDS, GROUPS), 3.5)


def test_the_tuning_loss_can_be_a_mean_over_tokens() -> None:
    assert near(tuning_loss(NLL, LABELS, REWARDS, GROUPS, "mean"), 2.5)


def test_an_unknown_reduction_is_refused() -> None:
    with pytest.raises(ValueError, match="neither sum nor mean"):
        tuning_loss(NLL, LABELS, REWARDS, GROUPS, "none")


@pytest.mark.parametrize(
    ("rewards", "best"),
    [
        ([2.0, 2.0, 2.0], [True, False, False]),
        ([1.0, 2.0, 2.0], [False, True, False]),
        ([0.0, 1.0, 1.3], [False, False, True]),
    ],
)
def test_ties_go_to_the_first(rewards: list[float], best: list[bool]) -> None:
    assert best_rows(torch.tensor(rewards), torch.zeros(3)).tolist() == best


def test_the_whole_loss_is_the_weighted_sum() -> None:
    loss = rrhf_loss(NLL, LABELS, REWARDS, GROUPS, rank_weight=2.0)
    assert near(loss.rank, 0.75)
    assert near(loss.tuning, 3.5)
    assert near(loss.total, 5.0)
    assert (int(loss.ordered), int(loss.pairs)) == (0, 1)


def test_the_loss_of_two_prompts_is_the_mean_of_their_losses() -> None:
    halves = [
        rrhf_loss(NLL[rows], LABELS[rows], REWARDS[rows], GROUPS[rows]).total
        for rows in (slice(0, 2), slice(2, 4))
    ]
    assert near(rrhf_loss(NLL, LABELS, REWARDS, GROUPS).total, float(sum(halves)) / 2)


def test_the_gradient_lifts_the_better_response_and_lowers_the_worse() -> None:
    nll = NLL.clone().requires_grad_()
    rank_loss(response_scores(nll, LABELS), REWARDS, GROUPS).backward()
    # d/d nll of (p_1 - p_0) / 2 groups: 1 / 2 tokens / 2, and -1 / 4 tokens / 2.
    assert nll.grad[0].tolist() == pytest.approx([0.25] * 5)
    assert nll.grad[1].tolist() == pytest.approx([-0.125] * 5)
    assert nll.grad[2:].abs().sum() == 0
