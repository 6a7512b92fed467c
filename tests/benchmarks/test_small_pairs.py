"""The made-up programs that the small model learns from."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfopt_cli.train.records import Level, Pair, Task
from perfopt_cli.train.scoring.pool import Scorer

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
import small_pairs  # noqa: E402

TRAIN, TEST = small_pairs.make_pairs(300, 60, seed=0)
COUNT = 40


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(Path(sys.executable), timing=True, workers=1) as scorer:
        yield scorer


def composition(pair: Pair) -> tuple[str, ...]:
    return tuple(pair.group.split()[:-3])


@pytest.mark.parametrize("pair", [*TRAIN[:COUNT], *TEST[:COUNT]], ids=lambda pair: pair.group)
def test_the_fast_program_prints_what_the_slow_one_does(pair: Pair) -> None:
    texts = [check.input for check in pair.tests.runs] + list(pair.tests.inputs)
    for text in texts:
        printed = small_pairs.printed(pair.slow, text)
        assert small_pairs.printed(pair.fast, text) == printed
        assert printed.strip()


def test_no_family_change_and_change_is_in_both_parts() -> None:
    assert not {composition(pair) for pair in TRAIN} & {composition(pair) for pair in TEST}


def test_every_problem_is_there_once() -> None:
    groups = [pair.group for pair in TRAIN + TEST]
    assert len(set(groups)) == len(groups) == 360


def test_every_family_is_in_both_parts() -> None:
    for part in (TRAIN, TEST):
        text = "\n".join(pair.group for pair in part)
        assert all(family in text for family in small_pairs.FAMILIES)


def test_the_same_seed_makes_the_same_pairs_and_another_seed_others() -> None:
    assert small_pairs.make_pairs(20, 5, seed=3) == small_pairs.make_pairs(20, 5, seed=3)
    assert small_pairs.make_pairs(20, 5, seed=3) != small_pairs.make_pairs(20, 5, seed=4)


def test_a_wrong_program_fails_the_tests(scorer: Scorer) -> None:
    pair = TRAIN[0]
    wrong = pair.fast.replace("print(", "print(1 + ")
    (score,) = scorer.score(Task(pair.slow, pair.tests), [wrong])
    assert score.level is Level.FAILED


@pytest.mark.slow
@pytest.mark.parametrize("family", list(small_pairs.FAMILIES)[::4])
def test_the_fast_program_is_faster_by_the_timing_rule(scorer: Scorer, family: str) -> None:
    pair = next(pair for pair in TEST if pair.group.startswith(family))
    (score,) = scorer.score(Task(pair.slow, pair.tests), [pair.fast])
    assert score.level is Level.FASTER, score.detail


def test_an_idle_target_is_the_slow_program_under_other_names() -> None:
    pairs = small_pairs.with_idle_targets(TRAIN, 0.3, seed=0)
    changed = [(new, old) for new, old in zip(pairs, TRAIN, strict=True) if new.fast != old.fast]
    assert 60 < len(changed) < 120
    for new, old in changed:
        assert new.slow == old.slow != new.fast
        assert _shape(new.fast) == _shape(old.slow)
        text = new.tests.runs[-1]
        assert small_pairs.printed(new.fast, text.input) == text.output


def _shape(program: str) -> list[str]:
    return [type(node).__name__ for node in ast.walk(ast.parse(program))]
