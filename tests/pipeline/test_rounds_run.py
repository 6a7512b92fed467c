"""Rounds through whole runs: a pretended model is repaired and goes on from what was proved."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import Mock

import bare
import pytest

from perfopt_cli.core import (
    Known,
    PerfoptError,
    Proposer,
    Reason,
    Rewrite,
    Summary,
    Target,
    Verdict,
)
from perfopt_cli.model.prompt import Prompt
from perfopt_cli.model.propose import ModelProposer
from perfopt_cli.model.rules import Rules
from perfopt_cli.pipeline.bench import Bench
from perfopt_cli.pipeline.prepare import prepare_run
from perfopt_cli.report import to_json

HEAD = "def both(words: list[str], known: list[str]) -> int:\n"
LOOP = "    count = 0\n    for word in words:\n        if word in {}:\n            count += 1\n"
SEEN = (
    "    seen: list[str] = []\n"
    "    for word in words:\n"
    "        if word not in seen:\n"
    "            seen.append(word)\n"
    "    return count + len(seen)\n"
)
SLOW = HEAD + LOOP.format("known") + SEEN
MIDDLE = HEAD + "    lookup = set(known)\n" + LOOP.format("lookup") + SEEN
FAST = HEAD + (
    "    lookup = set(known)\n"
    "    return sum([word in lookup for word in words]) + len(set(words))\n"
)
WRONG = FAST.replace("set(words))", "set(words)) + (not words)")
IMPORTING = FAST.replace("len(", "length_hint(")
TESTS = """
    import pytest
    from mod import both

    @pytest.mark.parametrize("size", range(6, 180, 6))
    def test_both(size):
        known = [f"w{i}" for i in range(size)]
        words = [f"w{i}" for i in range(0, 2 * size, 2)] * 2
        assert both(words, known) == 2 * ((size + 1) // 2) + size
"""
WORKS = "The function above is a verified rewrite already"
FAILED = "does not do the same"


class Quiet:
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.stages: list[str] = []

    def stage(self, text: str) -> None:
        self.stages.append(text)

    def tests(self, done: int, total: int) -> None: ...
    def verdict(self, verdict: Verdict) -> None: ...
    def note(self, text: str) -> None:
        self.notes.append(text)


class Pretended:
    """A model that answers by what its prompt holds."""

    name = "pretended"

    def __init__(self, reply: Callable[[str], str], identity: str = "one") -> None:
        self.reply = reply
        self.identity = identity
        self.prompts: list[str] = []

    def generate(self, prompt: str, *, n: int) -> Sequence[str]:
        assert isinstance(prompt, Prompt)
        self.prompts.append(prompt.messages.user)
        return [f"```python\n{self.reply(prompt.messages.user)}```\n"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that no run writes to, so that what rules find is judged once for all tests."""
    return make_project(tmp_path_factory.mktemp("rounds"))


def make_project(folder: Path) -> Path:
    files = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "mod.py": "import os\n\n\n" + SLOW,
        "tests/test_mod.py": TESTS,
    }
    for name, text in files.items():
        path = folder / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return folder / "project"


def make_two(folder: Path) -> Path:
    """Make a project with the function twice; that of other.py is less hot."""
    root = make_project(folder)
    (root / "other.py").write_text((root / "mod.py").read_text())
    tests = TESTS.replace("mod", "other").replace("180", "60")
    (root / "tests/test_other.py").write_text(textwrap.dedent(tests))
    return root


def run(
    root: Path, *sources: Proposer, listener: Quiet | None = None, **options: object
) -> Summary:
    # How much of the time is the function's depends on how busy the machine is.
    settings = {"python": bare.python(), "sandbox": "none", "min_share": 0.0, **options}
    made = prepare_run([], root, settings, listener or Quiet(), write_files=False)
    for _ in made.optimize(sources):
        pass
    assert made.summary is not None
    return made.summary


def told(summary: Summary) -> list[tuple[Reason, int, int | None]]:
    verdicts = [outcome.verdict for outcome in summary.outcomes if outcome.verdict is not None]
    return [(one.reason, one.rewrite.round, one.rewrite.after) for one in verdicts]


def applied(summary: Summary) -> list[str]:
    kept = [outcome.verdict for outcome in summary.outcomes if outcome.applied]
    return [verdict.rewrite.source for verdict in kept if verdict is not None]


def repaired(prompt: str) -> str:
    return FAST if FAILED in prompt else WRONG


def test_a_wrong_reply_is_repaired_and_a_second_run_needs_no_model(root: Path) -> None:
    model = Pretended(repaired)
    first = run(root, ModelProposer(model), jobs=1)
    assert told(first) == [(Reason.DIVERGED, 0, None), (Reason.FASTER, 1, None)]
    assert applied(first) == [FAST]
    assert "Where its time goes" in model.prompts[0]
    assert "[]" in model.prompts[1]  # the call that showed the difference
    again, listener = Pretended(repaired), Quiet()
    second = run(root, ModelProposer(again), listener=listener, jobs=1)
    assert again.prompts == []
    assert "copying the project" not in listener.stages
    assert told(second) == told(first)
    assert all(one.verdict is not None and one.verdict.cached for one in second.outcomes)


@pytest.mark.slow
def test_a_model_goes_on_from_what_it_was_right_with_and_the_faster_is_applied(root: Path) -> None:
    def reply(prompt: str) -> str:
        return f"from operator import length_hint\n\n{IMPORTING}" if WORKS in prompt else MIDDLE

    model = Pretended(reply)
    summary = run(root, ModelProposer(model), jobs=4, cache=False)
    assert told(summary)[:2] == [(Reason.FASTER, 0, None), (Reason.FASTER, 1, 0)]
    assert applied(summary) == [IMPORTING]
    assert "+from operator import length_hint" in summary.patch


@pytest.mark.slow
def test_a_model_goes_on_from_what_rules_found(root: Path) -> None:
    model = Pretended(lambda prompt: FAST if WORKS in prompt else WRONG, "after rules")
    summary = run(root, ModelProposer(model), Rules())
    reasons = [(reason, after is not None) for reason, _, after in told(summary)]
    assert reasons[0] == (Reason.FASTER, False)  # rules go first, wherever they are named
    assert (Reason.FASTER, True) in reasons
    assert applied(summary) == [FAST]


@pytest.mark.slow
def test_a_model_that_fails_ends_its_rounds_and_rules_go_on(root: Path) -> None:
    def fail(prompt: str) -> str:
        raise PerfoptError("nothing listens")

    model, listener = Pretended(fail, "failing"), Quiet()
    summary = run(root, Rules(), ModelProposer(model), listener=listener)
    assert len(model.prompts) == 1
    assert [note for note in listener.notes if "not asked any more" in note]
    assert len(applied(summary)) == 1


@pytest.mark.slow
def test_the_report_says_why_no_model_was_asked(root: Path) -> None:
    model = Pretended(repaired, "unasked")
    summary = run(root, Rules(), ModelProposer(model), rounds=1)
    assert model.prompts == []
    report = to_json(summary)
    assert "no model was asked: a rewrite was accepted already" in report["targets"][0]["reason"]
    assert {one["round"] for one in report["candidates"]} == {0}
    assert {one["from"] for one in report["candidates"]} == {None}


@pytest.mark.slow
def test_rules_go_through_all_functions_before_models_however_many_are_judged_at_once(
    tmp_path: Path,
) -> None:
    root = make_two(tmp_path)
    serial, parallel = (streamed(root, jobs) for jobs in (1, 4))
    assert parallel == serial
    first, last = serial[: len(serial) // 2], serial[len(serial) // 2 :]
    assert {origin for _, origin, _ in first} == {"rules"}
    assert {origin for _, origin, _ in last} == {"pretended"}
    assert all(
        [path for path, _, _ in one] == sorted(path for path, _, _ in one) for one in (first, last)
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_function_whose_share_of_the_budget_is_over_goes_on_after_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    root = make_two(tmp_path)
    before = [path for path, _, _ in streamed(root, jobs)]
    monkeypatch.setattr(Bench, "share_end", lambda _, number: None if number else 0.0)
    assert [path for path, _, _ in streamed(root, jobs)] == [
        *before[1:2], *before[:1], *before[2:]
    ]  # fmt: skip


def test_a_function_is_named_once_where_its_share_suffices(root: Path) -> None:
    listener = Quiet()
    run(root, WrongRules(), listener=listener, budget=1000.0)
    assert listener.stages.count("mod.py::both") == 1


def test_each_function_gets_twice_its_even_share_of_what_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    bench = Mock(spec=Bench, deadline=160.0, chosen=range(4), jobs=1)
    assert [Bench.share_end(bench, number) for number in range(4)] == [130, 140, 160, 220]


def test_shares_are_none_without_a_budget() -> None:
    assert Bench.share_end(Mock(spec=Bench, deadline=None), 0) is None


def streamed(root: Path, jobs: int) -> list[tuple[str, str, Reason]]:
    """Return path, source and reason of each verdict as it came; rules find nothing right."""
    sources = [WrongRules(), ModelProposer(Pretended(lambda _: WRONG))]
    options = {"python": bare.python(), "sandbox": "none", "jobs": jobs, "cache": False}
    options |= {"rounds": 1, "min_share": 0.0}
    made = prepare_run([], root, options, Quiet(), write_files=False)
    verdicts = [one.verdict for one in made.optimize(sources) if one.verdict is not None]
    return [(one.rewrite.target.path, one.rewrite.origin, one.reason) for one in verdicts]


class WrongRules:
    name = "rules"

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        return [Rewrite(target, WRONG.replace("not words", "not known"), (), self.name)]
