"""What a training run does: PerfRL's settings, then a TOML file, then the command line."""

from __future__ import annotations

from dataclasses import dataclass

STAGES = ("sft", "rrhf", "reward", "dpa", "rloo", "grpo", "selfplay")
TUNING = ("full", "lora", "qlora")
STYLES = ("optimize", "perfrl", "pie", "pie2", "mini")
OPTIMIZERS = ("adamw", "muon")
SCHEDULES = ("linear", "cosine", "wsd")
BF16 = ("auto", "on", "off")


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Settings of ``perfopt train``; the sources of the values are in docs/training.md.

    ``epochs`` and ``learning_rate`` are those of the SFT stage, the ``rl_`` ones
    those of each of ``steps`` RL steps. ``limit_seconds`` bounds one run of a
    program. ``rank_weight`` is the a of ``L = a L_rank + L_tuning``;
    ``tuning_loss`` is ``sum`` over tokens (the paper's) or ``mean``;
    ``length_penalty`` is the power of the length that log-probabilities are
    divided by. ``batch`` is what one optimiser step sees, over all devices;
    ``device_batch`` what one device holds at once (rows for SFT, groups for RRHF);
    ``rl_batch`` is RRHF's own batch (0: the same).
    ``style`` is the prompt's wording: ``optimize`` is that of ``perfopt optimize``,
    so that the result is used there at once; ``perfrl`` the paper's.
    ``beta`` and ``margin_cap`` (λ) are those of DPA, whose rate, batch and epochs
    have ``dpa_`` in front; those of the reward model have ``reward_``, those of
    RLOO and GRPO ``policy_``. ``kl`` weighs their KL penalty, ``clip`` bounds how
    far a probability ratio counts, ``reward_cap`` is the highest reward.
    ``schedule`` is how the learning rate falls after it rose for the share
    ``warmup`` of a stage (``wsd``: it stays, and falls at the end); ``optimizer`` is
    AdamW, or Muon for the matrices within the network. ``minutes`` (0: no limit)
    ends fine-tuning by the clock, with the schedule stretched to end then; a state
    is kept each ``save_minutes`` (0: after each twentieth of the steps).
    ``selfplay_pairs`` is how many new pairs self-play may make of one slow program.
    """

    stages: tuple[str, ...] = ("sft", "rrhf")
    preset: str = "perfrl"
    tuning: str = "full"
    seed: int = 0
    epochs: float = 3.0
    learning_rate: float = 5e-5
    batch: int = 32
    device_batch: int = 8
    max_length: int = 1024
    steps: int = 8
    rl_epochs: float = 3.0
    rl_learning_rate: float = 2e-5
    rl_batch: int = 0
    samples: int = 2
    temperature: float = 1.0
    top_k: int = 50
    max_new_tokens: int = 512
    rank_weight: float = 1.0
    tuning_loss: str = "sum"
    length_penalty: float = 1.0
    programs_per_step: int = 0
    limit_seconds: float = 5.0
    timing: bool = True
    conditioning: bool = False
    lora_rank: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    gradient_checkpointing: bool = False
    bf16: str = "auto"
    workers: int = 0
    remeasure: bool = False
    beta: float = 0.6
    margin_cap: float = 3.0
    style: str = "optimize"
    dpa_epochs: float = 1.0
    dpa_learning_rate: float = 1e-7
    dpa_batch: int = 4
    reward_epochs: float = 1.0
    reward_learning_rate: float = 1.41e-5
    reward_batch: int = 4
    policy_epochs: float = 1.0
    policy_learning_rate: float = 1.41e-5
    policy_batch: int = 4
    kl: float = 0.1
    clip: float = 0.2
    reward_cap: float = 3.0
    selfplay_pairs: int = 3
    optimizer: str = "adamw"
    weight_decay: float = 0.0
    schedule: str = "linear"
    warmup: float = 0.0
    minutes: float = 0.0
    save_minutes: float = 0.0
