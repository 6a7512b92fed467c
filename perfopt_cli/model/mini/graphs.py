"""The small model as two graphs for onnxruntime, whose weights are in a file beside them.

They do what ``network.py`` does, one reply word at a time for all replies to
one source. Needs onnx and numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from perfopt_cli.model.mini.sizes import EPSILON, ROTARY_BASE, TINY, Sizes

OPSET = 17
VERSION = 9
"""Of the file format: one that onnxruntime 1.16 reads already."""

Place = tuple[str, tuple[int, ...], int, int]
"""Where a tensor is in the weights' file: type (I8 or F32), shape, first byte and length."""

_TYPES = {"I8": TensorProto.INT8, "F32": TensorProto.FLOAT}
_FLOAT, _INT = TensorProto.FLOAT, TensorProto.INT64


class Graph:
    """A graph in the making. Tensors are named by what made them."""

    def __init__(self, sizes: Sizes, places: Mapping[str, Place], file: str) -> None:
        self.sizes = sizes
        self._places = places
        self._file = file
        self._nodes: list[Any] = []
        self._tensors: list[Any] = []
        self._known: dict[Any, str] = {}

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node, and return its output's name."""
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def halves(self, x: str, axis: int) -> tuple[str, str]:
        """Split a tensor, and return the names of its two halves."""
        first, second = f"First_{len(self._nodes)}", f"Second_{len(self._nodes)}"
        self._nodes.append(helper.make_node("Split", [x], [first, second], axis=axis))
        return first, second

    def constant(self, value: Any, kind: Any = np.float32) -> str:
        """Return the name of a constant."""
        array = np.asarray(value, dtype=kind)
        key = (array.tobytes(), array.shape, array.dtype.str)
        if key not in self._known:
            self._known[key] = f"constant_{len(self._known)}"
            self._tensors.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def ints(self, *values: int) -> str:
        """Return the name of a list of whole numbers."""
        return self.constant(values, np.int64)

    def weight(self, name: str) -> str:
        """Return the name of a weight as floats: bytes are multiplied by their row's scale.

        By plain nodes, so that onnxruntime does it once, when it loads the graph.
        """
        if ("weight", name) not in self._known:
            self._known["weight", name] = self._external(name)
            if self._places[name][0] == "I8":
                floats = self.add("Cast", name, to=_FLOAT)
                scale = self._external(f"{name}.scale")
                self._known["weight", name] = self.add("Mul", floats, scale)
        return self._known["weight", name]

    def _external(self, name: str) -> str:
        kind, shape, first, length = self._places[name]
        tensor = TensorProto(name=name, data_type=_TYPES[kind], dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        where = {"location": self._file, "offset": str(first), "length": str(length)}
        for key, value in where.items():
            tensor.external_data.add(key=key, value=value)
        self._tensors.append(tensor)
        return name

    def linear(self, x: str, name: str) -> str:
        """Multiply rows by a weight."""
        return self.add("Gemm", x, self.weight(f"{name}.weight"), transB=1)

    def norm(self, x: str, name: str) -> str:
        """Normalise the last dimension."""
        weight = self.weight(f"{name}.weight")
        return self.add("LayerNormalization", x, weight, axis=-1, epsilon=EPSILON)

    def heads(self, x: str, name: str = "") -> str:
        """Split rows into heads (rows × heads × dim); normalise each, where a norm is named."""
        split = self.add("Reshape", x, self.ints(-1, self.sizes.heads, self.sizes.dim))
        return self.norm(split, name) if name else split

    def swapped(self, x: str) -> str:
        """Swap the first two of three dimensions."""
        return self.add("Transpose", x, perm=[1, 0, 2])

    def merged(self, x: str) -> str:
        """Put the heads of rows × heads × dim side by side."""
        return self.add("Reshape", x, self.ints(-1, self.sizes.d_model))

    def words(self, ids: str) -> str:
        """Return the vectors of words, a row for each."""
        flat = self.add("Reshape", ids, self.ints(-1))
        rows = self.add("Gather", self.weight("encoder.embed.weight"), flat)
        return self.add("Mul", rows, self.constant(self.sizes.d_model**0.5))

    def angles(self, first: str, end: str) -> tuple[str, str]:
        """Return cos and sin (count × dim / 2) of the positions from one number to another."""
        places = self.add("Range", first, end, self.constant(1, np.int64))
        rows = self.add("Unsqueeze", self.add("Cast", places, to=_FLOAT), self.ints(1))
        steps = np.arange(0, self.sizes.dim, 2, dtype=np.float32) / self.sizes.dim
        turns = self.add("Mul", rows, self.constant(np.float32(ROTARY_BASE) ** -steps[None, :]))
        return self.add("Cos", turns), self.add("Sin", turns)

    def turned(self, x: str, cos: str, sin: str) -> str:
        """Turn the vectors of the last dimension by angles."""
        first, second = self.halves(x, -1)
        left = self.add("Sub", self.add("Mul", first, cos), self.add("Mul", second, sin))
        right = self.add("Add", self.add("Mul", second, cos), self.add("Mul", first, sin))
        return self.add("Concat", left, right, axis=-1)

    def attended(self, query: str, key: str, value: str, *, outer: int) -> str:
        """Return what queries gather; all three have so many dimensions before tokens × dim."""
        scaled = self.add("Mul", query, self.constant(self.sizes.dim**-0.5))
        turned = self.add("Transpose", key, perm=[*range(outer), outer + 1, outer])
        scores = self.add("MatMul", scaled, turned)
        return self.add("MatMul", self.add("Softmax", scores, axis=-1), value)

    def feed(self, x: str, name: str) -> str:
        """Add what the layer that works on each row alone finds."""
        inner = self.add("Relu", self.linear(self.norm(x, f"{name}.norm"), f"{name}.up"))
        return self.add("Add", x, self.linear(self.add("Mul", inner, inner), f"{name}.down"))

    def model(self, name: str, inputs: Mapping[str, Any], outputs: Mapping[str, str]) -> bytes:
        """Return the graph's file; ``inputs`` are (type, shape), ``outputs`` what they are."""
        for public, inner in outputs.items():
            self._nodes.append(helper.make_node("Identity", [inner], [public]))
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(key, *form) for key, form in inputs.items()],
            [helper.make_tensor_value_info(key, _FLOAT, None) for key in outputs],
            self._tensors,
        )
        opset = helper.make_opsetid("", OPSET)
        made: ModelProto = helper.make_model(graph, opset_imports=[opset], ir_version=VERSION)
        text: bytes = made.SerializeToString(deterministic=True)
        return text


def encoder(graph: Graph) -> bytes:
    """Return the graph that reads a source once.

    ``source`` (1 × tokens) gives ``cross_keys`` and ``cross_values`` (layers × 1 ×
    heads × tokens × dim) and ``memory`` (1 × tokens × copy_size), by which words
    are copied.
    """
    g, sizes = graph, graph.sizes
    words = g.words("source")
    zeros = g.constant(np.zeros((1, sizes.d_model)))
    last, all_of_it = g.ints(-1), g.ints(2**31)
    before = g.add("Concat", zeros, g.add("Slice", words, g.ints(0), last, g.ints(0)), axis=0)
    after = g.add("Concat", g.add("Slice", words, g.ints(1), all_of_it, g.ints(0)), zeros, axis=0)
    near = g.halves(g.weight("encoder.near"), 0)
    x = words
    for shifted, share in zip((before, after), near, strict=True):
        x = g.add("Add", x, g.add("Mul", shifted, share))
    count = g.add("Squeeze", g.add("Shape", "source", start=1), g.ints(0))
    cos, sin = g.angles(g.constant(0, np.int64), count)
    for number in range(sizes.encoder_layers):
        name = f"encoder.layers.{number}.attention"
        inner = g.norm(x, f"{name}.norm")
        query, key = (
            g.turned(
                g.swapped(g.heads(g.linear(inner, f"{name}.{one}"), f"{name}.{one}_norm")), cos, sin
            )
            for one in ("query", "key")
        )
        value = g.swapped(g.heads(g.linear(inner, f"{name}.value")))
        found = g.merged(g.swapped(g.attended(query, key, value, outer=1)))
        x = g.add("Add", x, g.linear(found, f"{name}.out"))
        x = g.feed(x, f"encoder.layers.{number}.feed")
    memory = g.norm(x, "encoder.norm")
    keys: list[str] = []
    values: list[str] = []
    for number in range(sizes.decoder_layers):
        name = f"decoder.layers.{number}.cross"
        key = g.swapped(g.heads(g.linear(memory, f"{name}.key"), f"{name}.key_norm"))
        value = g.swapped(g.heads(g.linear(memory, f"{name}.value")))
        keys.append(g.add("Unsqueeze", key, g.ints(0, 1)))
        values.append(g.add("Unsqueeze", value, g.ints(0, 1)))
    copying = g.add("Unsqueeze", g.linear(memory, "decoder.copy_key"), g.ints(0))
    return g.model(
        "encoder",
        {"source": (_INT, (1, "S"))},
        {
            "cross_keys": g.add("Concat", *keys, axis=0),
            "cross_values": g.add("Concat", *values, axis=0),
            "memory": copying,
        },
    )


def decoder(graph: Graph) -> bytes:
    """Return the graph that writes one word more of each of N replies.

    Beside what ``encoder`` reads and gives, ``token`` (N × 1) and the cache of T
    tokens, ``past_keys`` and ``past_values`` (layers × N × heads × T × dim), give
    ``log_probs`` (N × words), and ``keys`` and ``values`` with T + 1 tokens.
    """
    g, sizes = graph, graph.sizes
    x = g.words("token")
    past = g.add("Squeeze", g.add("Shape", "past_keys", start=3, end=4), g.ints(0))
    cos, sin = g.angles(past, g.add("Add", past, g.constant(1, np.int64)))
    keys: list[str] = []
    values: list[str] = []
    for number in range(sizes.decoder_layers):
        layer = f"decoder.layers.{number}"
        place = g.constant(number, np.int64)
        name = f"{layer}.attention"
        inner = g.norm(x, f"{name}.norm")
        query, key = (
            g.turned(g.heads(g.linear(inner, f"{name}.{one}"), f"{name}.{one}_norm"), cos, sin)
            for one in ("query", "key")
        )
        new = {"keys": key, "values": g.heads(g.linear(inner, f"{name}.value"))}
        both = {}
        for kind, kept in (("keys", keys), ("values", values)):
            old = g.add("Gather", f"past_{kind}", place, axis=0)
            both[kind] = g.add("Concat", old, g.add("Unsqueeze", new[kind], g.ints(2)), axis=2)
            kept.append(g.add("Unsqueeze", both[kind], g.ints(0)))
        query = g.add("Unsqueeze", query, g.ints(2))
        found = g.merged(g.attended(query, both["keys"], both["values"], outer=2))
        x = g.add("Add", x, g.linear(found, f"{name}.out"))
        name = f"{layer}.cross"
        query = g.heads(g.linear(g.norm(x, f"{name}.norm"), f"{name}.query"), f"{name}.query_norm")
        # The replies are the tokens here: all look at one source.
        source = [
            g.add("Squeeze", g.add("Gather", f"cross_{kind}", place, axis=0), g.ints(0))
            for kind in ("keys", "values")
        ]
        found = g.merged(g.swapped(g.attended(g.swapped(query), *source, outer=1)))
        x = g.add("Add", x, g.linear(found, f"{name}.out"))
        x = g.feed(x, f"{layer}.feed")
    cross = (_FLOAT, (sizes.decoder_layers, 1, sizes.heads, "S", sizes.dim))
    cache = (_FLOAT, (sizes.decoder_layers, "N", sizes.heads, "T", sizes.dim))
    return g.model(
        "decoder",
        {
            "source": (_INT, (1, "S")),
            "cross_keys": cross,
            "cross_values": cross,
            "memory": (_FLOAT, (1, "S", sizes.copy_size)),
            "token": (_INT, ("N", 1)),
            "past_keys": cache,
            "past_values": cache,
        },
        {
            "log_probs": _log_probs(g, g.norm(x, "decoder.norm")),
            "keys": g.add("Concat", *keys, axis=0),
            "values": g.add("Concat", *values, axis=0),
        },
    )


def _log_probs(g: Graph, states: str) -> str:
    """Return the logarithm of the mixture of words written and words copied."""
    table = g.weight("encoder.embed.weight")
    scores = g.add("Gemm", states, table, transB=1)
    key = g.add("Squeeze", "memory", g.ints(0))
    near = g.add("Gemm", g.linear(states, "decoder.copy_query"), key, transB=1)
    scale = g.constant(g.sizes.copy_size**-0.5)
    shares = g.add("Softmax", g.add("Mul", near, scale), axis=-1)
    where = g.add("Expand", "source", g.add("Shape", shares))
    zeros = g.add("ConstantOfShape", g.add("Shape", scores))
    copied = g.add("ScatterElements", zeros, where, shares, axis=1, reduction="add")
    odds = g.add("Add", g.linear(states, "decoder.gate"), g.weight("decoder.gate.bias"))
    opposite = g.add("Neg", odds)
    # log sigmoid(x) = -softplus(-x)
    written = g.add("Sub", g.add("LogSoftmax", scores, axis=-1), g.add("Softplus", odds))
    floor = g.add("Log", g.add("Max", copied, g.constant(TINY)))
    taken = g.add("Sub", floor, g.add("Softplus", opposite))
    gap = g.add("Neg", g.add("Abs", g.add("Sub", written, taken)))
    more = g.add("Log", g.add("Add", g.add("Exp", gap), g.constant(1.0)))
    return g.add("Add", g.add("Max", written, taken), more)
