"""Our score as a reward function of trl, verl and OpenRLHF; none of them is needed here.

A row of their data carries its task as JSON (``task_text``), in the column
``task`` for trl, as ground truth for verl, as label for OpenRLHF. Reply text is
judged as in the stages ``rloo`` and ``grpo``: see ``performance_reward``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.formats.own import as_row, tests_of
from perfopt_cli.train.formats.rows import BadRow
from perfopt_cli.train.prompts import program_from
from perfopt_cli.train.records import Level, Pair, Score, Task
from perfopt_cli.train.rewards import performance_reward
from perfopt_cli.train.scorebook import Scorer
from perfopt_cli.train.waiting import outcome

Reply = str | Sequence[Mapping[str, Any]]
"""A reply as text, or as the messages of a chat, of which the last counts."""


def task_text(pair: Pair) -> str:
    """Return what a reply to the pair's slow program is judged against, as JSON."""
    row = as_row(pair)
    return json.dumps({name: row[name] for name in ("group", "slow", "tests")})


def task_from(text: str | Mapping[str, Any]) -> Task:
    """Return the task of ``task_text``. Raises PerfoptError for what is none or has no tests."""
    try:
        row = json.loads(text) if isinstance(text, str) else text
        task = Task(row["slow"], tests_of(row["tests"]), row.get("group", ""))
    except (ValueError, KeyError, TypeError, AttributeError, BadRow) as error:
        raise PerfoptError(
            f"{str(text)[:80]!r} is no task: wanted JSON with slow and tests ({error})"
        ) from None
    if not task.tests:
        raise PerfoptError(f"the task {str(text)[:80]!r} has no tests, so nothing can be judged")
    return task


class Rewards:
    """Reward functions over a scorer; its methods are handed to the libraries.

    ``cap`` is the highest reward. The scorer (``pool.Scorer``) stays open for as
    long as they are in use.
    """

    def __init__(self, scorer: Scorer, *, cap: float = 3.0) -> None:
        self._scorer = scorer
        self._cap = cap

    def trl(
        self, prompts: Sequence[Reply], completions: Sequence[Reply], **columns: Any
    ) -> list[float]:
        """Return a reward for each completion: for ``GRPOTrainer(reward_funcs=…)`` and RLOO's.

        The data set has the column ``task``. Raises PerfoptError where it has none.
        """
        if "task" not in columns:
            raise PerfoptError("the data set has no column task; fill it by task_text(pair)")
        return [self._reward(one) for one in self._scores(columns["task"], completions)]

    def verl(
        self,
        data_source: str,
        solution_str: str,
        ground_truth: str | Mapping[str, Any],
        extra_info: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> float:
        """Return the reward of a solution: for ``custom_reward_function``, as compute_score."""
        (score,) = self._scores([ground_truth], [solution_str])
        return self._reward(score)

    def openrlhf(
        self,
        queries: Sequence[str],
        prompts: Sequence[str],
        labels: Sequence[str],
        **options: Any,
    ) -> dict[str, Any]:
        """Return rewards (for advantages), scores (share that is faster), and what is logged.

        For a file given as ``--remote_rm_url``, as reward_func; queries are
        prompts and replies in one text.
        """
        import torch

        replies = [
            query.removeprefix(prompt) for query, prompt in zip(queries, prompts, strict=True)
        ]
        scores = self._scores(labels, replies)
        return {
            "rewards": torch.tensor([self._reward(one) for one in scores]),
            "scores": torch.tensor([float(one.level is Level.FASTER) for one in scores]),
            "extra_logs": {
                "passed": torch.tensor([float(one.level >= Level.PASSED) for one in scores]),
            },
        }

    def _scores(
        self, tasks: Sequence[str | Mapping[str, Any]], replies: Sequence[Reply]
    ) -> list[Score]:
        # All are handed in before the first is waited for.
        begun = [
            self._scorer.submit(task_from(task), program_from(_text(reply)))
            for task, reply in zip(tasks, replies, strict=True)
        ]
        return [outcome(future) for future in begun]

    def _reward(self, score: Score) -> float:
        return performance_reward(score, self._cap)


def _text(reply: Reply) -> str:
    return reply if isinstance(reply, str) else str(reply[-1]["content"])
