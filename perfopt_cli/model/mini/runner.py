"""The small model on onnxruntime: one thread, loaded at first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.weights import GRAPHS, Weights, check_libraries, check_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]

QUIET = 4
"""Only what ends the process is logged by onnxruntime."""
CACHE = {"past_keys": "keys", "past_values": "values"}
"""Inputs of the decoder that are its own outputs of the step before."""


class Runner:
    """The encoder and the decoder of the model in a folder.

    Raises PerfoptError where the libraries or the files will not do.
    """

    def __init__(self, folder: Path, vocabulary: Sequence[str]) -> None:
        check_libraries()
        self.weights: Weights = check_weights(folder, vocabulary)
        self.encoder, self.decoder = (_open(folder / name) for name in GRAPHS)
        self._from_encoder = [
            one.name
            for one in self.decoder.get_inputs()
            if one.name not in ("source", "token", *CACHE)
        ]
        self._check(folder)

    def read(self, source: Sequence[int]) -> Writing:
        """Return the decoder at the beginning of a reply to these tokens."""
        import numpy as np

        ids = np.array([source], dtype=np.int64)
        names = [one.name for one in self.encoder.get_outputs()]
        outputs = dict(zip(names, self.encoder.run(None, {"source": ids}), strict=True))
        fixed = {name: outputs[name] for name in self._from_encoder}
        if any(one.name == "source" for one in self.decoder.get_inputs()):
            fixed["source"] = ids
        return Writing(self.decoder, fixed)

    def _check(self, folder: Path) -> None:
        takes = {one.name for one in self.decoder.get_inputs()}
        gives = {one.name for one in self.decoder.get_outputs()}
        read = {one.name for one in self.encoder.get_outputs()}
        fits = {one.name for one in self.encoder.get_inputs()} == {"source"}
        fits = fits and takes >= {"token", *CACHE} and gives >= {"log_probs", *CACHE.values()}
        if not fits or not set(self._from_encoder) <= read:
            raise PerfoptError(f"{folder} holds graphs of another version of perfopt")


class Writing:
    """Several replies to one source, word by word. Row 0 is there from the beginning."""

    def __init__(self, decoder: Any, fixed: Mapping[str, Array]) -> None:
        self._decoder = decoder
        self._fixed = fixed
        self._names = [one.name for one in decoder.get_outputs()]
        self._past: dict[str, Array] | None = None

    def step(self, words: Sequence[int], rows: Sequence[int]) -> Array:
        """Return the log-probabilities of what follows, a row for each of the words.

        Each word is written at the end of the row of the step before that ``rows``
        names.
        """
        import numpy as np

        past = self._empty() if self._past is None else self._past
        order = np.asarray(rows, dtype=np.int64)
        feeds = {name: np.ascontiguousarray(kept[:, order]) for name, kept in past.items()}
        feeds["token"] = np.asarray(words, dtype=np.int64)[:, None]
        found = self._decoder.run(None, {**self._fixed, **feeds})
        outputs = dict(zip(self._names, found, strict=True))
        self._past = {name: outputs[kept] for name, kept in CACHE.items()}
        log_probs: Array = outputs["log_probs"]
        return log_probs

    def _empty(self) -> dict[str, Array]:
        import numpy as np

        keys = self._fixed["cross_keys"]
        layers, _, heads, _, size = keys.shape
        empty: NDArray[np.float32] = np.zeros((layers, 1, heads, 0, size), dtype=np.float32)
        return dict.fromkeys(CACHE, empty)


def _open(path: Path) -> Any:
    import onnxruntime

    onnxruntime.set_default_logger_severity(QUIET)
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = QUIET
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # noqa: BLE001 -- its errors have no common class but this
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise PerfoptError(f"onnxruntime can't load {path}: {said[0]}") from None
