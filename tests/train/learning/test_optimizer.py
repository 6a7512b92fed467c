"""Muon: what its updates are, and which weights it is for."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from perfopt_cli.train.learning.optimizer import LIKE_ADAM, Muon, make_muon, orthogonal  # noqa: E402


def test_an_update_is_about_half_orthogonal() -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(3, 8, 20)))
    assert ((values > 0.6) & (values < 1.3)).all()


def test_stacked_matrices_do_not_mix() -> None:
    torch.manual_seed(0)
    one, other = torch.randn(2, 1, 6, 9)
    both = orthogonal(torch.cat([one, other]))
    assert torch.allclose(both[0], orthogonal(one)[0], atol=1e-5)


@pytest.mark.parametrize("shape", [(6, 10), (10, 6)])
def test_an_update_has_the_size_of_those_of_adamw(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.zeros(shape))
    weight.grad = torch.randn(shape)
    Muon([{"params": [weight], "matrices": True}], 0.1, 0.0, torch.float32).step()
    assert float(weight.detach().square().mean().sqrt()) == pytest.approx(0.1 * LIKE_ADAM, rel=0.3)


def test_vectors_are_trained_as_adamw_trains_them() -> None:
    torch.manual_seed(0)
    ours, theirs = (torch.nn.Parameter(torch.ones(5)) for _ in range(2))
    own = Muon([{"params": [ours]}], 0.05, 0.0, torch.float32)
    adamw = torch.optim.AdamW([theirs], lr=0.05, betas=(0.9, 0.95), weight_decay=0.0)
    for _ in range(4):
        gradient = torch.randn(5)
        ours.grad, theirs.grad = gradient.clone(), gradient.clone()
        own.step()
        adamw.step()
    assert torch.allclose(ours, theirs, atol=1e-6)


def test_the_state_is_kept_and_gone_on_with() -> None:
    torch.manual_seed(0)
    gradients = torch.randn(4, 6, 10)

    def run(steps: slice, weight: Any, state: Any = None) -> Any:
        parameter = torch.nn.Parameter(weight.clone())
        optimizer = Muon([{"params": [parameter], "matrices": True}], 0.1, 0.1, torch.float32)
        if state is not None:
            optimizer.load_state_dict(state)
        for gradient in gradients[steps]:
            parameter.grad = gradient.clone()
            optimizer.step()
        return parameter.detach(), optimizer.state_dict()

    start = torch.randn(6, 10)
    whole, _ = run(slice(0, 4), start)
    half, state = run(slice(0, 2), start)
    assert torch.allclose(run(slice(2, 4), half, state)[0], whole, atol=1e-6)


class Network(torch.nn.Module):  # type: ignore[misc]
    """Words, one matrix, one vector."""

    def __init__(self) -> None:
        super().__init__()
        self.words = torch.nn.Embedding(7, 4)
        self.inner = torch.nn.Linear(4, 4)

    def get_input_embeddings(self) -> Any:
        return self.words

    def get_output_embeddings(self) -> None:
        return


def test_embeddings_and_vectors_are_left_to_adamw() -> None:
    network = Network()
    groups = make_muon(network, 0.1, 0.0, torch.float32).param_groups
    assert [id(one) for one in groups[0]["params"]] == [id(network.inner.weight)]
    assert groups[0]["matrices"]
    assert len(groups[1]["params"]) == 2
