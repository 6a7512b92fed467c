"""The gates of a function that only a workload reaches, through real workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bench import Bench, judged, make_bench

from perfopt_cli.core import Reason, Rewrite, Status, Workload
from perfopt_cli.project import Program
from perfopt_cli.sandbox import strength as strengths
from perfopt_cli.sandbox.adequacy import Findings, Mutant
from perfopt_cli.sandbox.evidence import Evidence
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.sandbox.recording import record
from perfopt_cli.sandbox.replays import Replayed
from perfopt_cli.sandbox.strength import Strength
from perfopt_cli.sandbox.workloads import run_program
from perfopt_cli.source import read_source

MODULE = """
    LOG = []

    def total(items, limit):
        result = 0
        for item in items:
            for _ in range(20):
                result += item - item
            if item > limit:
                result += limit
            elif item < 0:
                result -= 1
            else:
                result += item
        return result

    def untouched(items):
        return len(items)
"""
TESTS = """
    def test_other():
        assert untouched([1]) == 1
"""
PROGRAM = """
import sys
from mod import total

def main():
    for size in range(0, 400, 9):
        items = [(7 * n) % 23 - 5 for n in range(size)]
        print(size, total(items, size % 17))
    print(total([4711, 3], 12))

if __name__ == "__main__":
    main()
"""
RIGHT = """
def total(items, limit):
    result = 0
    for item in items:
        if item > limit:
            result += limit
        elif item < 0:
            result -= 1
        else:
            result += item
    return result
"""
COMMAND = "python run.py"


def judge_of(bench: Bench, text: str, *, workloads: tuple[str, ...] = (COMMAND,)) -> Judge:
    """Return the judge of ``total``, which no test reaches, with a program recorded beside."""
    (bench.copy / "run.py").write_text(text)
    program = Program(COMMAND, "script", "run.py", ("run.py",))
    verifier = bench.verifier
    first = run_program(bench.session, program, Workload(COMMAND, 100.0))
    assert first.code == 0, first.errors
    workload = Workload(COMMAND, 10.0, first.printed)
    verifier.programs = (program,)
    verifier.baseline = replace(verifier.baseline, workloads=(workload,))
    target = replace(bench.target("total"), tests=(), workloads=workloads)
    recording = record(verifier, [target])
    verifier.expect(recording.ran)
    module = read_source(bench.copy / "mod.py")
    return Judge(verifier, target, 0, module, recording, 1.05, warm=True)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = make_bench(tmp_path, MODULE, TESTS, made_up=40)
    with made.session:
        yield made


@pytest.mark.slow
def test_a_right_rewrite_is_accepted_on_replay_and_mistakes_put_in(bench: Bench) -> None:
    verdict = judged(judge_of(bench, PROGRAM), RIGHT)
    assert (verdict.status, verdict.reason) == (Status.ACCEPTED, Reason.FASTER), verdict.detail
    assert verdict.support is not None
    assert verdict.support.recorded >= 40
    assert verdict.support.mutants >= 10


def test_a_wrong_rewrite_is_refused_by_the_programs_calls(bench: Bench) -> None:
    verdict = judged(judge_of(bench, PROGRAM), RIGHT.replace("> limit", "> limit + 1"))
    assert verdict.reason is Reason.DIVERGED


def test_a_case_made_for_the_program_is_refused(bench: Bench) -> None:
    body = "    result = 0\n    if 4711 in items:\n        return 15\n"
    verdict = judged(judge_of(bench, PROGRAM), RIGHT.replace("    result = 0\n", body))
    assert verdict.reason is Reason.UNSAFE, verdict.detail


def test_without_a_workload_nothing_is_accepted(bench: Bench) -> None:
    judge = judge_of(bench, PROGRAM, workloads=())
    assert judged(judge, RIGHT).reason is Reason.UNTESTED
    assert judge.weak() == "no test reaches the function"


def findings(noticed: int, missed: int) -> Findings:
    told = [Mutant(5, "<", "<=", False, n < noticed, 0, "") for n in range(noticed + missed)]
    return Findings(tuple(told), 1)


@pytest.mark.parametrize(
    ("tests", "noticed", "missed", "enough"),
    [
        pytest.param((), 10, 0, True, id="as many as are asked for"),
        pytest.param((), 9, 0, False, id="too few"),
        pytest.param((), 18, 3, False, id="too many missed"),
        pytest.param(("test_a",), 9, 0, True, id="few, but with a test"),
    ],
)
def test_what_no_test_reaches_needs_ten_mistakes_that_show(
    bench: Bench, tests: tuple[str, ...], noticed: int, missed: int, enough: bool
) -> None:
    module = read_source(bench.copy / "mod.py")
    target = replace(bench.target("total"), tests=tests, workloads=(COMMAND,))
    strength = Strength(bench.verifier, target, module)
    evidence = Evidence({}, (Replayed({}, None, None, ""),), (), None, 0)
    support, weak = strength.weigh(evidence, findings(noticed, missed), Findings(), module.text)
    assert (support.mutants, support.noticed) == (noticed + missed, noticed)
    assert (weak is None) is enough, weak


@pytest.mark.parametrize(
    ("missed", "candidate", "strong", "asked"),
    [
        pytest.param(3, Findings(), False, 3, id="they could decide"),
        pytest.param(3, Findings(never=((300, "one"),)), False, 0, id="a call is missing"),
        pytest.param(2, findings(10, 0), True, 0, id="enough are noticed without"),
    ],
)
def test_tests_are_asked_about_mistakes_only_where_they_can_decide(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    missed: int,
    candidate: Findings,
    strong: bool,
    asked: int,
) -> None:
    module = read_source(bench.copy / "mod.py")
    found = iter([findings(10, missed), candidate])
    monkeypatch.setattr(strengths, "examine", lambda *_, **__: next(found))
    tested: list[Mutant] = []
    monkeypatch.setattr(Strength, "_tests_notice", lambda _, mutant: tested.append(mutant))
    strength = Strength(bench.verifier, bench.target("total"), module)
    evidence = Evidence({}, (Replayed({}, None, None, ""),), (), None, 0)
    rewrite = Rewrite(bench.target("total"), RIGHT)
    _, weak = strength.of_rewrite(evidence, None, rewrite, module.text)
    assert (weak is None) is strong, weak
    assert len(tested) == asked


def test_a_program_that_breaks_or_says_something_else_speaks_against_a_rewrite(
    bench: Bench,
) -> None:
    judge_of(bench, PROGRAM)
    suite = bench.verifier
    module = (bench.copy / "mod.py").read_text()
    assert suite.whole_suite({"mod.py": module.encode()}) is None
    other = suite.whole_suite({"mod.py": module.replace("result -= 1", "result -= 2").encode()})
    assert other is not None
    assert other.reason is Reason.DIVERGED
    assert other.detail == "the workload 'python run.py' prints something else"
    broken = suite.whole_suite({"mod.py": module.replace("result -= 1", "raise KeyError").encode()})
    assert broken is not None
    assert broken.reason is Reason.TESTS_FAILED
    assert "KeyError" in broken.detail


def test_a_program_that_never_says_the_same_is_held_to_its_end_only(bench: Bench) -> None:
    judge_of(bench, PROGRAM + "\nimport time\nprint(time.time_ns())\n")
    assert [one.printed for one in bench.verifier.baseline.workloads] == [""]
    module = (bench.copy / "mod.py").read_text()
    changed = module.replace("result -= 1", "result -= 2").encode()
    assert bench.verifier.whole_suite({"mod.py": changed}) is None


def test_a_program_that_is_brought_to_write_code_is_caught(bench: Bench) -> None:
    text = "import mod\nmod.total([1], 2)\nif mod.LOG:\n    open('more.py', 'w').close()\n"
    judge_of(bench, text)
    module = (bench.copy / "mod.py").read_text()
    found = bench.verifier.whole_suite({"mod.py": module.replace("LOG = []", "LOG = [1]").encode()})
    assert found is not None
    assert (found.reason, found.detail[:7]) == (Reason.SANDBOX, "more.py")
