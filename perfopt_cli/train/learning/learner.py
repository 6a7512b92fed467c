"""The model that is trained, on ``transformers.Trainer``. Needs the ``model`` extra."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from perfopt_cli.core import Listener, PerfoptError
from perfopt_cli.model.loading import quiet
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.context import Trained
from perfopt_cli.train.learning.encode import Group
from perfopt_cli.train.learning.models import Trainable, load_for_training
from perfopt_cli.train.learning.sampling import sample
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.rewards import PolicyGroup
from perfopt_cli.train.rundir import write_json
from perfopt_cli.train.samples import Candidate
from perfopt_cli.train.team import Team

with quiet():
    import torch
    from transformers import TrainerCallback

from perfopt_cli.train.learning.dpa import run_dpa
from perfopt_cli.train.learning.policy import run_policy_step
from perfopt_cli.train.learning.policy_reference import with_weights, without_adapter
from perfopt_cli.train.learning.reward_model import load_reward_model, run_reward, values
from perfopt_cli.train.learning.trainers import run_rrhf_step, run_sft

HISTORY = "history.json"
CONFIGS = ("adapter_config.json", "config.json")
"""What a folder of weights has: an adapter's, or a whole model's."""


class TorchLearner:
    """A causal or encoder-decoder checkpoint in ``folder``, trained as the settings say.

    Where the GPU's memory is too small, fewer rows are held at once; the result
    is the same but for rounding.
    """

    def __init__(self, folder: Path, config: TrainConfig, team: Team, listener: Listener) -> None:
        self.folder = folder
        self.config = config
        self.team = team
        self.listener = listener
        self._weights: Path | None = None
        self._loaded: Trainable | None = None

    @property
    def loaded(self) -> Trainable:
        """The model; ``start`` comes first."""
        assert self._loaded is not None
        return self._loaded

    @property
    def chat(self) -> bool:
        """Whether the model is asked by messages, and answers in Markdown."""
        is_seq2seq = self.loaded.model.config.is_encoder_decoder
        return bool(self.loaded.tokenizer.chat_template) and not is_seq2seq

    def start(self, weights: Path | None) -> None:
        """Load the model as it is to begin with, or as a stage has left it."""
        self._weights, self._loaded = weights, None
        if weights is None or self.config.tuning != "full":
            self._loaded = load_for_training(self.folder, self.config, weights)
        else:
            self._loaded = load_for_training(weights, self.config)

    def fine_tune(self, pairs: Sequence[tuple[str, str]], folder: Path) -> Trained:
        """Train on (prompt, response) pairs."""
        return self.train_by(run_sft, pairs, folder)

    def rank(self, groups: Sequence[Group], folder: Path) -> Trained:
        """Train on ranked candidates."""
        return self.train_by(run_rrhf_step, groups, folder)

    def prefer(self, pairs: Sequence[Preference], folder: Path) -> Trained:
        """Train on pairs of a faster and a slower reply."""
        return self.train_by(run_dpa, pairs, folder)

    def refine(self, pairs: Sequence[tuple[str, str]], folder: Path) -> Trained:
        """Train on (prompt, response) pairs with the rate and epochs of an RL step."""
        return self.train_by(_refine, pairs, folder)

    def reinforce(
        self, method: str, groups: Sequence[PolicyGroup], folder: Path, reference: Path | None
    ) -> Trained:
        """Train by policy gradient, held to the weights that the stage began with."""
        held = None
        if reference != self._weights:
            # An adapter's beginning is the base model: new LoRA weights change nothing.
            base = reference or (self.folder if self.config.tuning == "full" else None)
            held = without_adapter if base is None else with_weights(base)
        return self.train_by(
            partial(run_policy_step, method=method, reference=held), groups, folder
        )

    def keep(self, folder: Path) -> None:
        """Leave the weights as they are, and put them into ``folder/model``."""
        kept, draft = folder / "model", folder / "model.draft"
        if self.team.leads and not kept.exists():
            shutil.rmtree(draft, ignore_errors=True)
            if self._weights is not None:
                shutil.copytree(self._weights, draft, ignore=shutil.ignore_patterns("metrics.json"))
            else:
                with quiet():
                    self.loaded.model.save_pretrained(str(draft))
                    self.loaded.tokenizer.save_pretrained(str(draft))
            draft.replace(kept)
        self._weights = kept

    def fit_reward(
        self, pairs: Sequence[Preference], held_out: Sequence[Preference], folder: Path
    ) -> Trained:
        """Train a reward model; the one that learns makes room for it, and comes back."""
        self._drop()
        critic = _Critic(self.folder, self.config, self.team, self.listener)
        critic.start(None)
        trained = critic.train_by(partial(run_reward, held_out=held_out), pairs, folder)
        del critic
        self._drop()
        self.start(self._weights)
        return trained

    def values(self, replies: Sequence[tuple[str, str]], reward: Path) -> list[float]:
        """Return what the reward model in a folder says of (prompt, reply)."""
        if not (reward / CONFIGS[self.config.tuning == "full"]).is_file():
            raise PerfoptError(
                f"the reward model in {reward} is gone; delete {reward.parent} to train it again"
            )
        loaded = load_reward_model(self.folder, self.config, reward)
        return values(loaded, replies, self.config, reward)

    def sample(self, prompts: Sequence[str], seed: int) -> list[list[Candidate]]:
        """Return candidates for each prompt."""
        loaded = self.loaded
        drawn = sample(loaded.model, loaded.tokenizer, prompts, self.config, seed)
        return [[Candidate(one.kind, one.text, one.finished) for one in row] for row in drawn]

    def train_by(
        self, train: Callable[..., Mapping[str, float]], items: Sequence[Any], folder: Path
    ) -> Trained:
        """Train by ``run_sft`` or one like it, with fewer rows at once where memory runs out."""
        history = folder / HISTORY
        while True:
            callback = _Follow(history, self.listener, self.team)
            try:
                figures = train(
                    self.loaded.model,
                    self.loaded.tokenizer,
                    items,
                    self.config,
                    folder,
                    resume=True,
                    callbacks=[callback],
                )
            except torch.OutOfMemoryError:
                pass
            else:
                break
            self._shrink()
        self._weights = folder / "model"
        return json.loads(history.read_text(encoding="utf-8")), figures

    def _shrink(self) -> None:
        """Load the model anew, to hold half as many rows at once. Raises PerfoptError at one."""
        held = self.config.device_batch
        if held == 1 or self.team.size > 1:
            raise PerfoptError(
                f"the GPU runs out of memory with device_batch = {held}; use "
                + ("a smaller one, " if held > 1 else "")
                + "gradient_checkpointing = true, a lower max_length, --tuning qlora, or a smaller "
                "model. What is finished is kept"
            )
        self.config = replace(self.config, device_batch=held // 2)
        self.listener.note(f"the GPU's memory is full: going on with device_batch = {held // 2}")
        self._drop()
        self.start(self._weights)

    def _drop(self) -> None:
        self._loaded = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


class _Critic(TorchLearner):
    """A reward model over the same checkpoint."""

    def start(self, weights: Path | None) -> None:
        """Load it as it is to begin with."""
        self._loaded = load_reward_model(self.folder, self.config)


def _refine(
    model: Any, tokenizer: Any, pairs: Any, config: TrainConfig, folder: Path, **options: Any
) -> dict[str, float]:
    slower = replace(config, epochs=config.rl_epochs, learning_rate=config.rl_learning_rate)
    return run_sft(model, tokenizer, pairs, slower, folder, **options)


class _Follow(TrainerCallback):  # type: ignore[misc]
    """Shows how far a training is, and writes what it logged when it ends."""

    def __init__(self, history: Path, listener: Listener, team: Team) -> None:
        self.history = history
        self.listener = listener
        self.team = team

    def on_step_end(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        self.listener.tests(state.global_step, state.max_steps)

    def on_train_end(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        if self.team.leads:
            write_json(self.history, state.log_history)
