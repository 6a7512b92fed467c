"""The small model's network, as a transformers model. Needs torch and transformers.

An encoder reads the source, a decoder writes the reply. A reply's next token is
a word of the vocabulary, or one copied from the source (See et al., 2017): the
logits are log-probabilities of that mixture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from transformers import (
    AutoConfig,
    AutoModelForSeq2SeqLM,
    DynamicCache,
    EncoderDecoderCache,
    GenerationMixin,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

from perfopt_cli.model.checkpoint import MINI_TYPE
from perfopt_cli.model.mini.layers import Attention, CrossAttention, Feed, Norm, angles
from perfopt_cli.model.mini.sizes import TINY

IGNORED = -100


class MiniConfig(PretrainedConfig):  # type: ignore[misc]
    """Sizes of the network. ``copy_size`` is that of the vectors by which words are copied."""

    model_type = MINI_TYPE
    pads_to = 8
    gives_nll = True

    def __init__(
        self,
        vocab_size: int = 2048,
        d_model: int = 256,
        heads: int = 4,
        inner: int = 1024,
        encoder_layers: int = 4,
        decoder_layers: int = 2,
        copy_size: int = 64,
        max_position_embeddings: int = 512,
        use_cache: bool = True,
        **options: Any,
    ) -> None:
        self.vocab_size = vocab_size
        self.d_model = self.hidden_size = d_model
        self.heads = heads
        self.inner = inner
        self.encoder_layers = encoder_layers
        self.decoder_layers = self.num_hidden_layers = decoder_layers
        self.copy_size = copy_size
        self.max_position_embeddings = max_position_embeddings
        self.use_cache = use_cache
        ids = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
        given = {"is_encoder_decoder": True, "tie_word_embeddings": False, **ids, **options}
        super().__init__(**given)


@dataclass
class MiniReading(BaseModelOutput):  # type: ignore[misc]
    """What the encoder has read, with the words themselves, which can be copied."""

    source_ids: Any = None


@dataclass
class MiniOutput(Seq2SeqLMOutput):  # type: ignore[misc]
    """``nll`` is −log P of each label (rows × tokens), where labels were given."""

    nll: Any = None


class _Layer(nn.Module):  # type: ignore[misc]
    def __init__(self, config: MiniConfig, *, reads: bool) -> None:
        super().__init__()
        self.attention = Attention(config.d_model, config.heads)
        self.cross = CrossAttention(config.d_model, config.heads) if reads else None
        self.feed = Feed(config.d_model, config.inner)


class _Encoder(nn.Module):  # type: ignore[misc]
    """Reads the source. ``near`` mixes each word with those before and after it."""

    main_input_name = "input_ids"

    def __init__(self, config: MiniConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.near = nn.Parameter(torch.zeros(2, config.d_model))
        self.layers = nn.ModuleList(
            _Layer(config, reads=False) for _ in range(config.encoder_layers)
        )
        self.norm = Norm(config.d_model)

    def words(self, ids: Any) -> Any:
        """Return the vectors of words, each number of about 1."""
        return self.embed(ids) * self.config.d_model**0.5

    def forward(self, input_ids: Any, attention_mask: Any = None, **_: Any) -> MiniReading:
        """Return the states of the source's tokens."""
        words = self.words(input_ids)
        if attention_mask is not None:  # The last word has none after it, but padding.
            words = words * attention_mask[..., None].to(words.dtype)
        before = functional.pad(words[:, :-1], (0, 0, 1, 0))
        after = functional.pad(words[:, 1:], (0, 0, 0, 1))
        x = words + before * self.near[0] + after * self.near[1]
        turn = angles(0, x.shape[1], self.config.d_model // self.config.heads, x)
        mask = _visible(attention_mask)
        for layer in self.layers:
            x = layer.feed(layer.attention(x, turn, mask))
        return MiniReading(last_hidden_state=self.norm(x), source_ids=input_ids)


def _visible(mask: Any) -> Any:
    """Return a mask for attention, None where everything is visible."""
    if mask is None or bool(mask.all()):
        return None
    return mask.bool()[:, None, None, :]


class _Decoder(nn.Module):  # type: ignore[misc]
    """Writes the reply, and says how likely the next word is to be copied, and from where."""

    def __init__(self, config: MiniConfig) -> None:
        super().__init__()
        self.config = config
        self.layers = nn.ModuleList(
            _Layer(config, reads=True) for _ in range(config.decoder_layers)
        )
        self.norm = Norm(config.d_model)
        self.copy_query = nn.Linear(config.d_model, config.copy_size, bias=False)
        self.copy_key = nn.Linear(config.d_model, config.copy_size, bias=False)
        self.gate = nn.Linear(config.d_model, 1)

    def forward(self, x: Any, memory: Any, mask: Any, cache: Any) -> Any:
        """Return the states of the reply's tokens."""
        own = None if cache is None else cache.self_attention_cache
        past = 0 if own is None else own.get_seq_length()
        turn = angles(past, x.shape[1], self.config.d_model // self.config.heads, x)
        ahead = None
        if past and x.shape[1] > 1:
            ahead = x.new_ones(x.shape[1], past + x.shape[1]).bool().tril(past)
        for number, layer in enumerate(self.layers):
            causal = not past and x.shape[1] > 1
            x = layer.attention(x, turn, ahead, causal=causal, cache=own, layer=number)
            x = layer.cross.look(x, *self._read(layer.cross, memory, cache, number), mask)
            x = layer.feed(x)
        return self.norm(x)

    def _read(self, cross: CrossAttention, memory: Any, cache: Any, number: int) -> Any:
        if cache is None:
            return cross.read(memory)
        if not cache.is_updated.get(number):
            cache.cross_attention_cache.update(*cross.read(memory), number)
            cache.is_updated[number] = True
        kept = cache.cross_attention_cache.layers[number]
        return kept.keys, kept.values

    def copying(self, states: Any, memory: Any, mask: Any) -> tuple[Any, Any]:
        """Return the share of each source token in what is copied, and the gate's log-odds."""
        query, key = self.copy_query(states).float(), self.copy_key(memory).float()
        scores = query @ key.transpose(1, 2) * self.config.copy_size**-0.5
        if mask is not None:
            scores = scores.masked_fill(~mask[:, 0], float("-inf"))
        return scores.softmax(-1), self.gate(states).float()


class MiniForConditionalGeneration(PreTrainedModel, GenerationMixin):  # type: ignore[misc]
    """The whole model. Its logits are log-probabilities."""

    config_class = MiniConfig
    base_model_prefix = "model"
    main_input_name = "input_ids"
    _supports_sdpa = True
    _supports_cache_class = True

    def __init__(self, config: MiniConfig) -> None:
        super().__init__(config)
        self.encoder = _Encoder(config)
        self.decoder = _Decoder(config)
        self.post_init()

    def _init_weights(self, module: Any) -> None:
        size = self.config.d_model
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=size**-0.5)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, Norm):
            nn.init.ones_(module.weight)
        elif isinstance(module, _Encoder):
            nn.init.normal_(module.near, std=0.3)
        if isinstance(module, Attention):
            nn.init.zeros_(module.out.weight)
        if isinstance(module, Feed):
            nn.init.zeros_(module.down.weight)

    def get_encoder(self, modality: Any = None) -> Any:
        """Return the part that reads."""
        return self.encoder

    def get_input_embeddings(self) -> Any:
        """Return the vectors of the words, which are those that replies are written with too."""
        return self.encoder.embed

    def get_output_embeddings(self) -> None:
        """There are no others."""
        return

    def forward(
        self,
        input_ids: Any = None,
        attention_mask: Any = None,
        decoder_input_ids: Any = None,
        encoder_outputs: Any = None,
        past_key_values: Any = None,
        labels: Any = None,
        use_cache: bool | None = None,
        **_: Any,
    ) -> MiniOutput:
        """Return logits, or −log P of the labels where there are some."""
        if encoder_outputs is None:
            encoder_outputs = self.encoder(input_ids, attention_mask)
        memory, source = encoder_outputs.last_hidden_state, encoder_outputs.source_ids
        if use_cache and past_key_values is None:
            past_key_values = EncoderDecoderCache(DynamicCache(), DynamicCache())
        mask = _visible(attention_mask)
        x = self.encoder.words(decoder_input_ids)
        states = self.decoder(x, memory, mask, past_key_values)
        scores = functional.linear(states, self.encoder.embed.weight)
        shares, odds = self.decoder.copying(states, memory, mask)
        output = MiniOutput(past_key_values=past_key_values, encoder_last_hidden_state=memory)
        if labels is None:
            output.logits = _mixed(scores, shares, odds, source)
        else:
            output.nll = _nll(scores, shares, odds, source, labels)
        return output


def _mixed(scores: Any, shares: Any, odds: Any, source: Any) -> Any:
    """Return log((1 - g) · softmax(scores) + g · shares of each word)."""
    where = source[:, None, :].expand(shares.shape)
    copied = torch.zeros_like(scores, dtype=torch.float32).scatter_add(2, where, shares)
    written = scores.float().log_softmax(-1) + functional.logsigmoid(-odds)
    return torch.logaddexp(written, copied.clamp_min(TINY).log() + functional.logsigmoid(odds))


def _nll(scores: Any, shares: Any, odds: Any, source: Any, labels: Any) -> Any:
    """Return what ``-_mixed`` has at the labels, 0 where they are ``IGNORED``, by less work."""
    kept = labels != IGNORED
    flat = functional.cross_entropy(
        scores.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none"
    )
    odds = odds.squeeze(-1)
    same = source[:, None, :] == labels[:, :, None]
    copied = (shares * same).sum(-1).clamp_min(TINY).log() + functional.logsigmoid(odds)
    written = functional.logsigmoid(-odds) - flat.view(labels.shape)
    return -torch.logaddexp(written, copied) * kept


def register() -> None:
    """Have transformers know the model by its ``model_type``."""
    AutoConfig.register(MiniConfig.model_type, MiniConfig, exist_ok=True)
    AutoModelForSeq2SeqLM.register(MiniConfig, MiniForConditionalGeneration, exist_ok=True)
