"""A transformers model as a source of whole programs. Loading it needs the ``model`` extra."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.local import LocalModel, open_model
from perfopt_cli.model.mini.language import Unreadable
from perfopt_cli.model.mini.weights import SHIPPED
from perfopt_cli.model.styles import MINI
from perfopt_cli.train.bases import is_small, shipped_model
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.config_file import PRESETS
from perfopt_cli.train.prompts import BEST_TAG, STYLES, program_from, prompt_for
from perfopt_cli.train.records import Pair

BEAMS = 4
"""PerfRL, section 5: beam search with 4 beams, of which the top 2 are taken."""


class ModelSource:
    """Asks a model for whole programs, in the form of prompt that it was trained on.

    With the preset ``perfrl`` the candidates are the best ends of a beam search;
    else the first is greedy and the others are drawn as in training. The same
    seed gives the same candidates. ``too_long`` counts programs that left no
    room for a reply.
    """

    def __init__(
        self, model: LocalModel, config: TrainConfig, *, preset: str | None, seed: int
    ) -> None:
        self.name = model.name
        self.model = model
        self.config = config
        self.preset = preset
        self.seed = seed
        self.most: int | None = None
        self.too_long = 0

    @property
    def identity(self) -> str:
        """The prompts' style, and size and time of the files with weights."""
        folders = [Path(self.model.spec), *([self.model.adapter] if self.model.adapter else [])]
        files = [path for folder in folders for path in sorted(folder.glob("*.safetensors"))]
        told = [f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
        asked = "tagged" if self.config.conditioning else "plain"
        return "; ".join([self.config.style, asked, self.model.quantize, *told])

    @property
    def notes(self) -> tuple[str, ...]:
        """How the model was asked."""
        how = f"{self.model.description}; prompts in the style {self.config.style}"
        if not self.too_long:
            return (how,)
        return (how, f"{self.too_long} programs were too long for the model and got no candidate")

    def propose(self, number: int, pair: Pair, n: int) -> list[str]:
        """Return n programs, the likeliest first; none where the program is too long."""
        tag = BEST_TAG if self.config.conditioning else None
        style = self.config.style
        try:
            prompt = prompt_for(pair.slow, style=style, tag=tag)
        except Unreadable:
            self.too_long += 1
            return []
        replies = self._beams(prompt, n) if self.preset == "perfrl" else self._draw(prompt, n)
        self.too_long += not replies
        return [program_from(reply, style=style, slow=pair.slow) for reply in replies]

    def _draw(self, prompt: str, n: int) -> list[str]:
        from perfopt_cli.train.learning.sampling import sample

        loaded = self.model.load()
        config = replace(self.config, samples=n - 1, device_batch=1)
        drawn = sample(loaded.model, loaded.tokenizer, [prompt], config, self.seed)[0]
        ordered = sorted(drawn, key=lambda one: one.kind != "greedy")
        return [one.text for one in ordered]

    def _beams(self, prompt: str, n: int) -> list[str]:
        from perfopt_cli.train.learning.encode import codec_for

        loaded = self.model.load()
        codec = codec_for(loaded.model, loaded.tokenizer, self.config.max_length)
        ids = codec.prompt(prompt)
        room = min(self.config.max_new_tokens, codec.room(ids))
        return search(loaded.model, codec, ids, room, n) if room else []


def search(model: Any, codec: Any, ids: tuple[int, ...], room: int, n: int) -> list[str]:
    """Return the n best ends of a beam search from a prompt's ids, at most ``room`` tokens long."""
    import torch
    from transformers import GenerationConfig

    from perfopt_cli.model.loading import quiet

    prompt = torch.tensor([ids], device=model.device)
    settings = GenerationConfig(
        num_beams=max(BEAMS, n),
        num_return_sequences=n,
        do_sample=False,
        repetition_penalty=1.0,
        max_new_tokens=room,
        eos_token_id=codec.end,
        pad_token_id=codec.padding,
        decoder_start_token_id=codec.start if codec.is_seq2seq else None,
    )
    with quiet(), torch.inference_mode():
        try:
            written = model.generate(
                input_ids=prompt,
                attention_mask=torch.ones_like(prompt),
                generation_config=settings,
            )
        except (RuntimeError, MemoryError) as error:
            raise PerfoptError(
                f"the model failed to generate with {settings.num_beams} beams: {error}; where it "
                "is memory that lacks, use a smaller model or --quantize nf4"
            ) from error
    start = 1 if codec.is_seq2seq else len(ids)
    return [
        codec.tokenizer.decode(row, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        for row in written[:, start:]
    ]


def open_model_source(
    spec: str,
    adapter: Path | None,
    quantize: str,
    *,
    style: str | None,
    preset: str | None,
    seed: int,
) -> ModelSource:
    """Return the model as a source, checked as far as small files tell, but not loaded.

    The style of the prompts and their tags are those of the run that adapter or
    model came from, where there is one; ``style`` wins. ``mini`` is the small model
    that perfopt brings. Raises PerfoptError.
    """
    if style is not None and style not in STYLES:
        raise PerfoptError(f"--style {style}: use one of {', '.join(STYLES)}")
    if spec == MINI:
        spec = str(shipped_model(SHIPPED))
    model = open_model(spec, adapter, quantize)
    config = config_of(adapter or Path(spec))
    if style is not None:
        config = replace(
            config, style=style, conditioning=config.conditioning and style != "optimize"
        )
    return ModelSource(model, config, preset=preset, seed=seed)


_ASKED = ("style", "conditioning", "max_length", "max_new_tokens", "temperature", "top_k")


def config_of(folder: Path) -> TrainConfig:
    """Return what ``perfopt train`` noted in a run folder of how it asks, else the defaults.

    Those of a checkpoint of the small model are its preset's.
    """
    try:
        noted = json.loads((folder / "run.json").read_text(encoding="utf-8"))["config"]
        return TrainConfig(**{name: noted[name] for name in _ASKED if name in noted})
    except FileNotFoundError:
        preset = PRESETS[MINI] if is_small(folder) else {}
        return TrainConfig(**{name: preset[name] for name in _ASKED if name in preset})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PerfoptError(
            f"{folder / 'run.json'} can't be read ({error!r}); name a --style"
        ) from None
