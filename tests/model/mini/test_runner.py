"""The graphs run on onnxruntime, row by row; files that will not do are told of in a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.model.mini import weights  # noqa: E402
from perfopt_cli.model.mini.runner import Runner  # noqa: E402

WORDS = ("<pad>", "<s>", "</s>", "<unk>", "a", "b")
COUNT = len(WORDS)
TABLE = np.random.default_rng(0).normal(size=(COUNT, COUNT)).astype(np.float32)


def save(
    path: Path, nodes: list[Any], inputs: list[str], outputs: list[str], **floats: Any
) -> None:
    whole = ("source", "token")
    kinds = {name: onnx.TensorProto.INT64 if name in whole else 1 for name in inputs + outputs}

    def value(name: str) -> Any:
        rank = 2 if name in (*whole, "log_probs") else 5
        return onnx.helper.make_tensor_value_info(name, kinds[name], [None] * rank)

    tensors = [
        onnx.numpy_helper.from_array(np.asarray(array), name) for name, array in floats.items()
    ]
    graph = onnx.helper.make_graph(
        nodes, "g", [value(name) for name in inputs], [value(name) for name in outputs], tensors
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=9), path)


def node(kind: str, inputs: str, output: str, **attributes: Any) -> Any:
    return onnx.helper.make_node(kind, inputs.split(), [output], **attributes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Graphs in which every word counts: log_probs are TABLE[word] + the sum of all words so far.

    The cross keys are the source's words; their sum is added too.
    """
    save(
        tmp_path / "encoder.onnx",
        [
            node("Cast", "source", "floats", to=1),
            node("Reshape", "floats shape", "cross_keys"),
            node("Neg", "cross_keys", "cross_values"),
        ],
        ["source"],
        ["cross_keys", "cross_values"],
        shape=np.array([1, 1, 1, -1, 1]),
    )
    save(
        tmp_path / "decoder.onnx",
        [
            node("Cast", "token", "float", to=1),
            node("Reshape", "float shape", "now"),
            node("Concat", "past_keys now", "keys", axis=3),
            node("Concat", "past_values now", "values", axis=3),
            node("ReduceSum", "keys axes", "so_far", keepdims=0),
            node("ReduceSum", "cross_keys all", "read", keepdims=0),
            node("Gather", "table token", "rows"),
            node("Reshape", "rows flat", "row"),
            node("Reshape", "so_far column", "sums"),
            node("Add", "row sums", "added"),
            node("Add", "added read", "log_probs"),
        ],
        ["cross_keys", "token", "past_keys", "past_values"],
        ["log_probs", "keys", "values"],
        table=TABLE,
        shape=np.array([1, -1, 1, 1, 1]),
        axes=np.array([0, 2, 3, 4]),
        all=np.array([0, 1, 2, 3, 4]),
        flat=np.array([-1, COUNT]),
        column=np.array([-1, 1]),
    )
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "weights.safetensors").write_bytes(b"\0" * 64)
    weights.write_manifest(tmp_path, WORDS)
    return tmp_path


def test_each_row_goes_on_from_the_row_that_is_named(folder: Path) -> None:
    writing = Runner(folder, WORDS).read([4, 5])
    read = 4 + 5
    assert writing.step([1], [0]) == pytest.approx(TABLE[[1]] + 1 + read)
    assert writing.step([4, 5], [0, 0]) == pytest.approx(
        TABLE[[4, 5]] + np.array([[5.0], [6.0]]) + read
    )
    # The first row is now 1 5, the others 1 4.
    found = writing.step([2, 2, 3], [1, 0, 0])
    assert found == pytest.approx(TABLE[[2, 2, 3]] + np.array([[8.0], [7.0], [8.0]]) + read)


def test_two_replies_of_one_runner_know_nothing_of_each_other(folder: Path) -> None:
    runner = Runner(folder, WORDS)
    first, second = runner.read([4]), runner.read([5])
    first.step([5], [0])
    assert second.step([1], [0]) == pytest.approx(TABLE[[1]] + 1 + 5)


@pytest.mark.parametrize("name", weights.FILES)
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(PerfoptError, match=f"{name} is damaged: export the model again"):
        Runner(folder, WORDS)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1, "files": {}}', "[" * 10_000])
def test_a_damaged_manifest_is_named(folder: Path, text: str) -> None:
    (folder / weights.MANIFEST).write_text(text)
    with pytest.raises(PerfoptError, match=r"manifest\.json is damaged"):
        Runner(folder, WORDS)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "decoder.onnx").unlink()
    with pytest.raises(PerfoptError, match=r"is no small model: it has no decoder\.onnx$"):
        Runner(folder, WORDS)


def test_a_model_for_other_words_is_refused(folder: Path) -> None:
    with pytest.raises(PerfoptError, match="is of another version of perfopt"):
        Runner(folder, (*WORDS, "c"))


def test_a_manifest_of_another_form_is_refused(folder: Path) -> None:
    path = folder / weights.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(PerfoptError, match="is of another version of perfopt"):
        Runner(folder, WORDS)


def test_what_onnxruntime_refuses_is_an_error_in_a_line(folder: Path) -> None:
    (folder / "decoder.onnx").write_bytes(b"nothing")
    weights.write_manifest(folder, WORDS)
    with pytest.raises(PerfoptError, match=r"onnxruntime can't load .*decoder\.onnx: ") as error:
        Runner(folder, WORDS)
    assert "\n" not in str(error.value)


def test_graphs_with_other_inputs_are_refused(folder: Path) -> None:
    (folder / "decoder.onnx").write_bytes((folder / "encoder.onnx").read_bytes())
    weights.write_manifest(folder, WORDS)
    with pytest.raises(PerfoptError, match="holds graphs of another version of perfopt"):
        Runner(folder, WORDS)
