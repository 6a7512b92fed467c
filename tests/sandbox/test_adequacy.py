"""Would the evidence notice a mistake? Mutants, branches never entered, and the verdict on them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from bench import Bench, judged, make_bench
from workers import interpreters

from perfopt_cli.core import Reason, Status
from perfopt_cli.sandbox import adequacy
from perfopt_cli.sandbox.adequacy import Findings, examine, limits_of_its_own, same_until
from perfopt_cli.source import read_source

MODULE = """
def common(wanted, present):
    found = []
    for item in wanted:
        if item in present:
            found.append(item)
    return found


def common_or(wanted, present, strict=False):
    found = []
    for item in wanted:
        if item in present:
            found.append(item)
    if strict:
        found = found[:-1]
    return found


def checked(wanted, present, mode="plain"):
    if mode != "plain":
        raise ValueError(f"no mode {mode}")
    found = []
    for item in wanted:
        if item in present:
            found.append(item)
    return found


def largest(numbers):
    best = numbers[0]
    for number in numbers:
        if number > best:
            best = number
    return best


class Box:
    def __init__(self, limit):
        self.limit = limit

    def over(self, numbers):
        return [n for n in numbers if n > self.limit]
"""
TESTS = """
def test_all():
    for n in (0, 3, 80, 100, 120):
        wanted, present = list(range(n)), list(range(0, 2 * n, 3))
        assert common(wanted, present) == [x for x in wanted if x % 3 == 0]
        assert len(common_or(wanted, present)) == len(common(wanted, present))
        assert checked(wanted, present) == common(wanted, present)
    assert largest(["c", "a", "b"]) == "c" and largest(["e"]) == "e"
    assert largest(["a", "b", "dd", "dd"]) == "dd"
    assert Box(3).over([1, 2, 3, 4, 5]) == [4, 5]
    assert Box(1).over([]) == [] and Box(2).over([7]) == [7]
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("adequacy"), MODULE, TESTS, made_up=60)


def findings(bench: Bench, qualname: str) -> Findings:
    evidence = bench.judge(qualname).evidence()
    assert evidence is not None
    return examine(bench.session, evidence, read_source(bench.copy / "mod.py").text)


def missed(found: Findings) -> list[str]:
    assert not found.problem
    return [f"{m.before} -> {m.after}" for m in found.mutants if not m.noticed and not m.harmless]


def test_mutants_of_a_well_tested_function_are_noticed(bench: Bench) -> None:
    found = findings(bench, "common")
    assert len(found.mutants) >= 2
    assert missed(found) == []


def test_a_branch_that_no_call_enters_is_told(bench: Bench) -> None:
    found = findings(bench, "common_or")
    assert found.never == ()  # made-up calls flip the flag


def test_a_boundary_without_effect_is_harmless(bench: Bench) -> None:
    found = findings(bench, "largest")
    boundary = [m for m in found.mutants if m.before == "number > best" and m.boundary]
    assert [m.harmless for m in boundary] == [True]


def test_a_method_is_examined(bench: Bench) -> None:
    found = findings(bench, "Box.over")
    assert not found.problem
    assert {m.after for m in found.mutants} >= {"n >= self.limit", "n <= self.limit"}


FASTER = """
def {name}(wanted, present{more}):
    members = set(present)
    {guard}return [item for item in wanted if item in members]
"""


def test_a_faster_candidate_with_strong_evidence_is_accepted(bench: Bench) -> None:
    verdict = judged(bench.judge("common"), FASTER.format(name="common", more="", guard=""))
    assert (verdict.status, verdict.reason) == (Status.ACCEPTED, Reason.FASTER)
    assert verdict.support is not None
    assert verdict.support.noticed == verdict.support.mutants > 0
    assert verdict.support.recorded >= 3
    assert verdict.support.fuzzed > 10


@pytest.mark.parametrize(
    ("before", "noticed", "suspect"),
    [("32", False, True), ("32", True, False), ("8", False, False), ("1", False, False)],
)
def test_a_number_that_only_the_rewrite_has_must_be_noticed(
    before: str, noticed: bool, suspect: bool
) -> None:
    original = ast.parse("def f(x):\n    return x[:8]\n")
    mutant = adequacy.Mutant(2, before, "33", False, noticed, 0, "")
    assert bool(limits_of_its_own(original, Findings((mutant,)))) is suspect


def test_a_branch_of_the_candidate_that_nothing_enters_is_not_applied(bench: Bench) -> None:
    guard = "if len(wanted) == 123456:\n        return []\n    "
    verdict = judged(bench.judge("common"), FASTER.format(name="common", more="", guard=guard))
    assert (verdict.status, verdict.reason) == (Status.ABSTAINED, Reason.UNTESTED)
    assert "len(wanted) == 123456" in verdict.detail
    assert verdict.speedup is not None
    assert verdict.support is not None
    assert "def test_common_more" in verdict.support.test


def test_the_same_check_at_the_start_of_both_needs_no_test(bench: Bench) -> None:
    guard = 'if mode != "plain":\n        raise ValueError(f"no mode {mode}")\n    '
    more = ', mode="plain"'
    body = f"""
def checked(wanted, present{more}):
    {guard}members = set(present)
    return [item for item in wanted if item in members]
"""
    verdict = judged(bench.judge("checked"), body)
    assert verdict.status is Status.ACCEPTED, verdict.detail


def test_a_name_that_becomes_local_changes_the_statements_before_it() -> None:
    head = "def f(x):\n    if x is None:\n        return sum([])\n"
    one, other = head + "    return x\n", head + "    sum = x\n    return sum\n"
    same = same_until(ast.parse(one).body[0], ast.parse(head + "    y = x\n").body[0])
    assert same == (3, 3)
    assert same_until(ast.parse(one).body[0], ast.parse(other).body[0]) == (0, 0)


def test_too_little_time_for_mutants_is_no_strong_evidence(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adequacy, "MUTANT_SECONDS", 0.0)
    assert "time for 0" in findings(bench, "common").problem


@pytest.mark.slow
@pytest.mark.parametrize("python", interpreters()[1:])
def test_mutants_are_found_on_any_interpreter(tmp_path: Path, python: str) -> None:
    one = make_bench(tmp_path, MODULE, TESTS, python, made_up=60)
    assert missed(findings(one, "common")) == []
