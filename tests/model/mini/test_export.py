"""The exported graphs do what the torch model does, on the weights as they are shipped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

import numpy as np  # noqa: E402
from safetensors.numpy import load_file, save_file  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.model.mini.export import export, quantised, restored  # noqa: E402
from perfopt_cli.model.mini.shipped import load_shipped, new_model  # noqa: E402
from perfopt_cli.model.mini.sizes import SIZES, Sizes  # noqa: E402

SMALL = Sizes(
    vocab_size=90, d_model=32, heads=2, inner=48, encoder_layers=2, decoder_layers=2, copy_size=16
)
SOURCE = np.array([[7, 8, 9, 10, 8, 11, 12, 8, 33]])


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mini")
    new_model(folder / "model", seed=1, size=SMALL)
    shaken(folder / "model" / "model.safetensors")
    export(folder / "model", folder / "shipped")
    return folder


def shaken(path: Path) -> None:
    """Give every weight a share: new ones have zeros."""
    draw = np.random.default_rng(0)
    tensors = {
        name: one + draw.normal(0, 0.15, one.shape).astype(np.float32)
        for name, one in load_file(path).items()
    }
    save_file(tensors, path, metadata={"format": "pt"})


def session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def written(folder: Path, replies: Any) -> Any:
    """Return the log-probabilities at each word of the replies (N × T), by the graphs."""
    read = session(folder / "encoder.onnx")
    names = [one.name for one in read.get_outputs()]
    fixed = dict(zip(names, read.run(None, {"source": SOURCE}), strict=True))
    layers, _, heads, _, dim = fixed["cross_keys"].shape
    keys = values = np.zeros((layers, len(replies), heads, 0, dim), dtype=np.float32)
    decoder, found = session(folder / "decoder.onnx"), []
    for at in range(replies.shape[1]):
        given = {"source": SOURCE, "token": replies[:, at : at + 1], **fixed}
        given |= {"past_keys": keys, "past_values": values}
        one, keys, values = decoder.run(["log_probs", "keys", "values"], given)
        found.append(one)
    assert keys.shape == (layers, len(replies), heads, replies.shape[1], dim)
    return np.stack(found, axis=1)


@pytest.mark.parametrize("beams", [1, 5])
def test_the_graphs_and_the_torch_model_agree(exported: Path, beams: int) -> None:
    replies = np.random.default_rng(2).integers(4, 90, (beams, 6))
    model = load_shipped(exported / "shipped")
    source = torch.tensor(SOURCE).repeat(beams, 1)
    with torch.no_grad():
        wanted = model(source, torch.ones_like(source), torch.tensor(replies)).logits.numpy()
    assert np.abs(written(exported / "shipped", replies) - wanted).max() < 1e-4


def test_greedy_replies_are_the_same(exported: Path) -> None:
    model = load_shipped(exported / "shipped")
    with quiet(), torch.no_grad():
        wanted = model.generate(
            input_ids=torch.tensor(SOURCE), max_new_tokens=8, min_new_tokens=8, do_sample=False
        )[0].tolist()
    reply = [1]
    for _ in range(8):
        scores = written(exported / "shipped", np.array([reply]))[0, -1]
        scores[2] = -np.inf  # As min_new_tokens does.
        reply.append(int(scores.argmax()))
    assert reply == wanted


def test_shipped_weights_are_near_to_those_that_were_trained(exported: Path) -> None:
    trained = load_file(exported / "model" / "model.safetensors")
    kept = {
        name: one.numpy() for name, one in load_shipped(exported / "shipped").state_dict().items()
    }
    assert kept.keys() == trained.keys()
    for name, one in trained.items():
        assert np.abs(kept[name] - one).max() <= np.abs(one).max() / 127


def test_quantising_twice_changes_nothing_more() -> None:
    draw = np.random.default_rng(0)
    once = quantised(
        {"a": draw.normal(size=(3, 8)).astype(np.float32), "b": np.ones(2, np.float32)}
    )
    twice = quantised(restored(once))
    assert once["a"].dtype == np.int8
    assert all((once[name] == twice[name]).all() for name in ("a", "b"))


def test_a_row_of_zeros_stays_zero() -> None:
    kept = restored(quantised({"a": np.zeros((2, 4), np.float32)}))
    assert (kept["a"] == 0).all()


def test_weights_of_one_size_have_the_same_graphs(exported: Path, tmp_path: Path) -> None:
    export(new_model(tmp_path / "other", seed=9, size=SMALL), tmp_path / "shipped")
    for name in ("encoder.onnx", "decoder.onnx"):
        one, other = (folder / name for folder in (exported / "shipped", tmp_path / "shipped"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_the_whole_model_has_at_most_12_megabytes(tmp_path: Path) -> None:
    export(new_model(tmp_path / "model"), tmp_path / "shipped")
    size = sum(path.stat().st_size for path in (tmp_path / "shipped").iterdir())
    assert 4_000_000 < size < 12_000_000
    assert load_shipped(tmp_path / "shipped").config.d_model == SIZES["mini"].d_model


def test_a_folder_without_a_small_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen2"}), encoding="utf-8")
    with pytest.raises(PerfoptError, match="holds no small model"):
        export(tmp_path, tmp_path / "to")


def test_damaged_weights_are_refused(exported: Path, tmp_path: Path) -> None:
    for path in (exported / "shipped").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "weights.safetensors").write_bytes(b"\0" * 40)
    with pytest.raises(PerfoptError, match="can't be read"):
        load_shipped(tmp_path)


def test_a_model_for_other_words_is_not_exported(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported / "model", tmp_path / "model")
    path = tmp_path / "model" / "tokenizer.json"
    text = path.read_text(encoding="utf-8").replace('"lambda"', '"lamda"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PerfoptError, match="another vocabulary"):
        export(tmp_path / "model", tmp_path / "to")
