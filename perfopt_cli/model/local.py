"""A transformers model in this process, as a backend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfopt_cli.model.checkpoint import (
    check_adapter,
    check_available,
    check_model,
    check_quantize,
    looks_like_hub_name,
)
from perfopt_cli.model.generation import Sampling, draw
from perfopt_cli.model.loading import Loaded, load, quiet
from perfopt_cli.model.pull import fetch
from perfopt_cli.model.shelf import Shelf
from perfopt_cli.model.styles import Style, style_of


class LocalModel:
    """A causal or encoder-decoder checkpoint, with or without a peft adapter.

    ``spec`` is a folder, or a name on the Hugging Face hub where there is no
    such folder. It is loaded by the first ``generate``, and only ever
    generates: it must not be saved or trained. The same prompt gets the same
    replies.
    """

    def __init__(
        self,
        spec: str,
        adapter: Path | None = None,
        quantize: str = "auto",
        sampling: Sampling | None = None,
    ) -> None:
        self.name = spec if adapter is None else f"{spec}+{adapter}"
        self.spec = spec
        self.adapter = adapter
        self.quantize = quantize
        self.sampling = sampling or Sampling()
        self._at_once: int | None = None
        self._loaded: Loaded | None = None

    @property
    def description(self) -> str:
        """The name; once loaded, how its weights are held, where and why; and if memory ran out."""
        if self._loaded is None:
            return f"{self.name} (not loaded yet)"
        why = f" ({self._loaded.why})" if self._loaded.why else ""
        text = f"{self.name}, {self._loaded.weights} on {self._loaded.device}{why}"
        if self._at_once is None:
            return text
        return f"{text}; memory ran out, and replies were drawn {self._at_once} at a time"

    def is_on_hub(self) -> bool:
        """Tell whether the model is one of the hub and no folder."""
        return not Path(self.spec).expanduser().is_dir() and looks_like_hub_name(self.spec)

    @property
    def style(self) -> Style:
        """How the model is to be asked: as it was trained, where its folder or adapter says."""
        adapters = () if self.adapter is None else (self.adapter,)
        folder = Path(self.spec).expanduser()
        if self.is_on_hub():
            folder = Shelf().find(self.spec) or folder
        return style_of(*adapters, folder)

    def load(self) -> Loaded:
        """Load the model unless it is loaded; a hub model may be downloaded."""
        if self._loaded is None:
            check_available()
            on_hub = self.is_on_hub()
            folder = fetch(self.spec) if on_hub else Path(self.spec).expanduser()
            self._loaded = load(self.name, folder, self.adapter, self.quantize)
        return self._loaded

    def generate(self, prompt: str, *, n: int) -> Sequence[str]:
        """Return n replies, the greedy one first.

        Raises TooLong for a prompt that doesn't fit into the model's context,
        PerfoptError where the model can't be loaded or run.
        """
        if n < 1:
            return []
        loaded = self.load()
        with quiet():
            drawn = draw(loaded, prompt, n, self.sampling)
        if drawn.batch < n:
            self._at_once = min(drawn.batch, self._at_once or n)
        return drawn.replies


def open_model(spec: str, adapter: str | Path | None = None, quantize: str = "auto") -> LocalModel:
    """Return the model, checked as far as file names and small files tell, but not loaded.

    Takes no longer than a look at the folders: torch is not imported. Raises
    PerfoptError.
    """
    check_quantize(quantize)
    folder = Path(spec).expanduser()
    if folder.exists() or not looks_like_hub_name(spec):
        check_model(folder)
    base = Path(adapter).expanduser() if adapter is not None else None
    if base is not None:
        check_adapter(base)
    check_available()
    return LocalModel(spec, base, quantize)
