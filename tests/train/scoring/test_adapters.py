"""Reward functions for other libraries, without them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pretend import PretendScorer, pair

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.records import Check, Task, Tests
from perfopt_cli.train.scoring.adapters import Rewards, task_from, task_text

PAIR = pair(3)
TASK = task_text(PAIR)
REPLIES = ["print(1)  # faster\n", "print(1)\n", "print(2)\n", "broken("]
REWARDS = [1.0, 0.0, -1.0, -1.0]


def test_a_task_comes_back_as_it_was_put_down() -> None:
    tests = Tests((Check("3\n", "4\n"),), ("assert f(1) == 2",), "import math", ("9\n",))
    odd = replace(PAIR, tests=tests)
    assert task_from(task_text(odd)) == Task(odd.slow, tests, odd.group)
    assert task_from(json.loads(task_text(odd))) == task_from(task_text(odd))
    assert PAIR.fast not in TASK


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("42", "is no task"),
        ("{", "is no task"),
        ('{"slow": "x"}', "is no task"),
        ('{"slow": "x", "tests": 3}', "neither a list nor an object"),
        ('{"slow": "x", "tests": []}', "has no tests, so nothing can be judged"),
    ],
)
def test_what_is_no_task_is_told(text: str, told: str) -> None:
    with pytest.raises(PerfoptError, match=told):
        task_from(text)


def test_trl_gets_a_reward_for_each_completion() -> None:
    rewards = Rewards(PretendScorer())
    found = rewards.trl(
        prompts=["p"] * 4, completions=REPLIES, completion_ids=[[1]] * 4, task=[TASK] * 4
    )
    assert found == REWARDS
    assert rewards.trl.__name__ == "trl"  # It logs rewards by this name.


def test_trl_completions_may_be_chats() -> None:
    scorer = PretendScorer()
    reply = [{"role": "assistant", "content": f"Sure:\n```python\n{REPLIES[0]}```\n"}]
    assert Rewards(scorer).trl([[]], [reply], task=[TASK]) == [1.0]
    assert scorer.asked == [(task_from(TASK), REPLIES[0])]


def test_trl_data_without_tasks_is_told() -> None:
    with pytest.raises(PerfoptError, match="no column task"):
        Rewards(PretendScorer()).trl(["p"], ["x"])


def test_verl_gets_one_number() -> None:
    rewards = Rewards(PretendScorer(), cap=0.5)
    assert rewards.verl("pie", REPLIES[0], TASK, None) == 0.5
    assert rewards.verl(
        data_source="pie", solution_str=REPLIES[2], ground_truth=TASK, extra_info={}, more=1
    ) == -1.0  # fmt: skip


def test_openrlhf_gets_rewards_and_scores_of_what_follows_the_prompt() -> None:
    pytest.importorskip("torch")
    scorer = PretendScorer()
    queries = [f"Make it faster. {reply}" for reply in REPLIES]
    found = Rewards(scorer).openrlhf(queries, ["Make it faster. "] * 4, [TASK] * 4)
    assert found["rewards"].tolist() == REWARDS
    assert found["scores"].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert found["extra_logs"]["passed"].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert [code for _, code in scorer.asked[:3]] == REPLIES[:3]
