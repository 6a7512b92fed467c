"""With torch the search finds the candidates that it finds with onnxruntime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

import numpy as np  # noqa: E402

from perfopt_cli.model.mini.export import export  # noqa: E402
from perfopt_cli.model.mini.language import read  # noqa: E402
from perfopt_cli.model.mini.proposer import Reply, replies  # noqa: E402
from perfopt_cli.model.mini.runner import Runner  # noqa: E402
from perfopt_cli.model.mini.shipped import load_shipped, new_model  # noqa: E402
from perfopt_cli.model.mini.sizes import Sizes  # noqa: E402
from perfopt_cli.model.mini.vocabulary import IDS, VOCABULARY  # noqa: E402

SMALL = replace(
    Sizes(vocab_size=len(VOCABULARY), d_model=32, heads=2, inner=48, encoder_layers=1),
    decoder_layers=2,
    copy_size=16,
)
SLOW = "def f():\n    xs.clear()\n    for x in ys:\n        xs.append(x)\n    zs.extend(xs)\n"
SHORT = [IDS[word] for word in ("</s>", ")", "]", "}", "<set>", "<del>", "L2", "L5", "return")]


class Ending:
    """Weights at random never end a reply: here what ends lines and replies is likelier."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def read(self, source: Sequence[int]) -> Any:
        self.writing = self.inner.read(source)
        return self

    def step(self, words: Sequence[int], rows: Sequence[int]) -> Any:
        found = self.writing.step(words, rows).astype(np.float64)
        found[:, SHORT] += 6.0
        return found


class Torch:
    """The torch model, asked about whole replies and without a cache."""

    def __init__(self, folder: Path) -> None:
        self.model = load_shipped(folder)

    def read(self, source: Sequence[int]) -> Torch:
        self.source = torch.tensor([list(source)])
        self.rows: list[list[int]] = [[]]
        return self

    def step(self, words: Sequence[int], rows: Sequence[int]) -> Any:
        self.rows = [[*self.rows[row], word] for word, row in zip(words, rows, strict=True)]
        source = self.source.repeat(len(self.rows), 1)
        with torch.no_grad():
            said = self.model(source, torch.ones_like(source), torch.tensor(self.rows)).logits
        return said[:, -1].numpy()


@pytest.fixture
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_both_find_the_same_in_the_same_order(tmp_path: Path) -> None:
    new_model(tmp_path / "model", seed=0, size=SMALL)
    export(tmp_path / "model", tmp_path / "shipped")

    def found(inner: Any) -> list[tuple[Reply, float]]:
        said: Any = replies(Ending(inner), read(SLOW), "", n=4)  # type: ignore[arg-type]
        return [(one.result, one.score) for one in said]

    with_onnx = found(Runner(tmp_path / "shipped", VOCABULARY))
    with_torch = found(Torch(tmp_path / "shipped"))
    assert len(with_onnx) == 4
    assert [one for one, _ in with_onnx] == [one for one, _ in with_torch]
    assert [one for _, one in with_onnx] == pytest.approx([one for _, one in with_torch], abs=1e-4)
