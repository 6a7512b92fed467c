"""A workload in a worker: it runs as its command line would run it, and its calls are recorded."""

from __future__ import annotations

import ast
import pickle
import textwrap
from pathlib import Path
from typing import Any

import pytest
from workers import Workshop, extremes, interpreters, make_workshop

from perfopt_cli.core import Reason, Workload
from perfopt_cli.project import Program
from perfopt_cli.sandbox.session import Ending
from perfopt_cli.sandbox.workloads import Ran, constants_of_programs, refusal, run_program

PYTHONS = pytest.mark.parametrize("python", interpreters())
PATIENT = 100.0  # seconds, so that no busy machine ends a program early
EXTREMES = pytest.mark.parametrize("python", extremes())
MODULE = """
    def size(items):
        return len(items)

    def apply(function, items):
        return [function(item) for item in items]

    if __name__ == "__main__":
        print(size("ab"))
"""
TESTS = """
    from mod import apply, size

    def test_size():
        assert size([1]) == 1
        assert apply(str, [1]) == ["1"]
"""


def script(text: str, *words: str) -> Program:
    return Program("run", "script", "bench/run.py", ("bench/run.py", *words))


def workshop(folder: Path, text: str, python: str) -> Workshop:
    files = {"mod.py": MODULE, "tests/test_mod.py": TESTS, "bench/run.py": text}
    return make_workshop(folder, files, python=python)


def ran(
    folder: Path, text: str, python: str, *words: str, program: Program | None = None
) -> tuple[Ran, list[str]]:
    """Run a script; return how it ended and the lines that it left in the file ``told``."""
    made = workshop(folder, text, python)
    before = Workload("run", PATIENT)
    found = run_program(made.session, program or script(text, *words), before)
    told = made.copy / "told"
    return found, told.read_text().splitlines() if told.exists() else []


@PYTHONS
def test_a_script_sees_what_it_would_see_by_itself(tmp_path: Path, python: str) -> None:
    text = """
        import os, sys
        import beside
        def tell(*values):
            with open("told", "a") as file:
                for value in values:
                    print(repr(value), file=file)
        if __name__ == "__main__":
            here = os.path.dirname(os.path.abspath(__file__))
            tell(sys.argv, sys.path[0] == here, os.path.dirname(here) == os.getcwd())
            tell(sys.modules["__main__"].tell is tell, sys.stdin.read(), "pytest" in sys.modules)
    """
    made = workshop(tmp_path, text, python)
    (made.copy / "bench/beside.py").touch()
    found = run_program(made.session, script(text, "a b", "-x"), Workload("run", PATIENT))
    assert (found.ending, found.code, found.errors) == (Ending.DONE, 0, "")
    told = [ast.literal_eval(line) for line in (made.copy / "told").read_text().splitlines()]
    assert told == [["bench/run.py", "a b", "-x"], True, True, True, "", False]


@PYTHONS
def test_a_module_and_a_text_run_too(tmp_path: Path, python: str) -> None:
    made = workshop(tmp_path, "", python)
    module = Program("m", "module", "mod", ("-m",))
    code = Program("c", "code", "import mod, sys; print(mod.size(sys.argv[1]))", ("-c", "xy"))
    one, other = (run_program(made.session, p, Workload("", PATIENT)) for p in (module, code))
    assert (one.code, other.code) == (0, 0), one.errors + other.errors
    assert one.printed == other.printed != ""


@EXTREMES
@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.stdout.close()", 0, ""),
        ("import sys; sys.stdout = sys.stderr = None", 0, ""),
        ("import sys; sys.exit('no luck')", 1, "no luck"),
        ("raise ValueError('bad')", 1, "ValueError: bad"),
        ("import nowhere_at_all", 1, "No module named 'nowhere_at_all'"),
        ("def f(:", 1, "SyntaxError"),
        ("input()", 1, "EOFError"),
    ],
)
def test_the_exit_code_is_that_of_an_interpreter(
    tmp_path: Path, python: str, text: str, code: int, said: str
) -> None:
    found, _ = ran(tmp_path, text, python)
    assert (found.ending, found.code) == (Ending.DONE, code)
    assert said in found.errors
    assert "workload.py" not in found.errors
    assert bool(found.errors) is bool(said)


@PYTHONS
def test_threads_and_what_is_registered_for_the_exit_come_to_their_end(
    tmp_path: Path, python: str
) -> None:
    text = """
        import atexit, threading, time
        from concurrent.futures import ThreadPoolExecutor
        def tell(word):
            with open("told", "a") as file:
                print(word, file=file)
        def late():
            time.sleep(0.2)
            tell("thread")
        atexit.register(tell, "exit")
        threading.Thread(target=late).start()
        ThreadPoolExecutor(1).submit(int)
    """
    found, told = ran(tmp_path, text, python)
    assert (found.code, told) == (0, ["thread", "exit"]), found.errors


@PYTHONS
def test_processes_that_the_program_starts_do_not_answer_for_it(
    tmp_path: Path, python: str
) -> None:
    text = """
        import multiprocessing, os, sys
        def work(n):
            return n + 1
        if __name__ == "__main__":
            if os.fork() == 0:
                sys.exit(7)
            os.wait()
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                assert pool.map(work, [1]) == [2]
    """
    found, _ = ran(tmp_path, text, python)
    assert (found.ending, found.code) == (Ending.DONE, 0), found.errors


def test_a_program_that_ends_its_process_did_not_come_to_its_end(tmp_path: Path) -> None:
    found, _ = ran(tmp_path, "import os; os._exit(0)", interpreters()[0])
    assert found.ending is Ending.CRASHED
    assert found.failure().startswith("crashed")


def test_what_is_printed_is_told_apart_and_is_no_part_of_the_protocol(tmp_path: Path) -> None:
    made = workshop(tmp_path, "", interpreters()[0])
    texts = {
        "a": "print(1)",
        "again": "print(1)",
        "b": "print(2)",
        "system": "import os; os.system('echo 1')",
        "unflushed": "import sys; sys.stdout.write('1\\n')",
        "path": "import os; print(os.getcwd())",
        "rest": "print('/project')",
    }
    digest = {}
    for name, text in texts.items():
        program = Program("", "code", text, ("-c",))
        found = run_program(made.session, program, Workload("", PATIENT))
        assert (found.ending, found.code) == (Ending.DONE, 0), found.errors
        digest[name] = found.printed
    assert digest["a"] == digest["again"] == digest["system"] == digest["unflushed"]
    assert digest["a"] != digest["b"]
    assert digest["path"] == digest["rest"], "the scratch folder is another in each run"


def record(made: Workshop, names: list[str], program: Program) -> dict[str, list[Any]]:
    """Record the tests' calls and then the program's; return the arguments of each function."""
    lines = (made.copy / "mod.py").read_text().splitlines()
    specs = [
        {
            "file": str(made.copy / "mod.py"),
            "qualname": name,
            "first": next(n for n, line in enumerate(lines, 1) if line.startswith(f"def {name}(")),
            "calls": str(made.session.place.shared / f"calls-{name}"),
        }
        for name in names
    ]
    request = {"job": "record", "arguments": made.arguments, "targets": specs}
    for more in ({}, {"program": program.request()}):
        with made.session.open({**request, **more}, seconds=120) as worker:
            said = [message for message in worker if message["kind"] == "recorded"]
        assert worker.ending is Ending.DONE, worker.errors
    calls = {}
    for name, message in zip(names, said, strict=True):
        kept = pickle.loads(Path(made.session.place.shared, f"calls-{name}").read_bytes())
        assert message["kept"] == len(kept)
        calls[name] = kept
    return calls


@PYTHONS
def test_its_calls_come_after_those_of_the_tests(tmp_path: Path, python: str) -> None:
    made = workshop(tmp_path, "import mod\nmod.size([1])\nmod.size('abc' * 9)\n", python)
    kept = record(made, ["size"], script(""))["size"]
    assert [pickle.loads(one)[0] for one in kept] == [[[1]], ["abc" * 9]]


@PYTHONS
def test_calls_that_need_the_programs_own_module_are_left_out(tmp_path: Path, python: str) -> None:
    text = """
        import mod
        STEP = 2
        class Own:
            pass
        def own(item):
            return item
        mod.size([Own()])
        mod.size([Own() for _ in range(200_000)])
        mod.apply(own, [1])
        mod.apply(lambda item: item + STEP, [2])
        mod.apply(lambda item: len(str(item)), [3])
    """
    made = workshop(tmp_path, textwrap.dedent(text), python)
    kept = record(made, ["size", "apply"], script(""))
    assert len(kept["size"]) == 1
    assert len(kept["apply"]) == 2
    assert b"Own" not in b"".join(kept["size"] + kept["apply"])


BEFORE = Workload("run", 1.0, "digest")
DONE = Ran(Ending.DONE, "", 0, "digest")


@pytest.mark.parametrize(
    ("found", "reason", "said"),
    [
        (Ran(Ending.DONE, "ValueError: x", 1, "digest"), Reason.TESTS_FAILED, "code 1: ValueError"),
        (Ran(Ending.DONE, "PermissionError: x", 1), Reason.SANDBOX, "PermissionError"),
        (Ran(Ending.DONE, "", 0, "another"), Reason.DIVERGED, "prints something else"),
        (Ran(Ending.TIMED_OUT, ""), Reason.TIMED_OUT, "5 times as long"),
        (Ran(Ending.CRASHED, "gone"), Reason.CRASHED, "crashed: gone"),
        (Ran(Ending.FORGED, ""), Reason.CRASHED, "not the worker's"),
    ],
)
def test_a_run_that_ends_otherwise_speaks_against_the_change(
    found: Ran, reason: Reason, said: str
) -> None:
    told = refusal(BEFORE, found)
    assert told is not None
    assert told.reason is reason
    assert said in told.detail
    assert "'run'" in told.detail


def test_output_that_is_not_the_same_in_two_runs_is_not_compared() -> None:
    assert refusal(BEFORE, DONE) is None
    assert refusal(Workload("run", 1.0), Ran(Ending.DONE, "", 0, "another")) is None


def test_a_message_that_lacks_the_end_is_no_good_run() -> None:
    assert Ran.of(Ending.DONE, "", None).failure()
    assert Ran.of(None, "", {"code": 0, "printed": ""}).failure()


def test_constants_of_the_command_line_are_those_of_a_test() -> None:
    program = Program("", "script", "run.py", ("run.py", "1200", "words", "x", "--n=7"))
    assert constants_of_programs([program]) == {"1200", "'1200'", "'words'", "'--n=7'"}
