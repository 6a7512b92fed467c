"""Workloads under the profiler, through real workers on a tiny project."""

from __future__ import annotations

from pathlib import Path

import pytest
from workers import Workshop, interpreters, make_workshop

from perfopt_cli.core import BaselineError, Target
from perfopt_cli.locate import Located, check_baseline
from perfopt_cli.locate.run import Log
from perfopt_cli.locate.workload import hints, trouble_of
from perfopt_cli.project import Program

PYTHONS = pytest.mark.parametrize("python", interpreters())
FILES = {
    "mod.py": """
        def both(n):
            return sum(i * i for i in range(n))

        def of_the_tests(n):
            return n

        def of_the_program(n):
            total = 0
            for i in range(n):
                total += i % 7
            return total

        def of_nobody(n):
            return n
        """,
    "tests/test_mod.py": """
        from mod import both, of_the_tests

        def test_both():
            assert both(3) == 5
            assert of_the_tests(1) == 1
        """,
    "bench/run.py": """
        import threading
        from mod import both, of_the_program

        def main():
            both(10)
            both(20)
            of_the_program(50_000)

        main()
        """,
}
RUN = Program("python bench/run.py", "script", "bench/run.py", ("bench/run.py",))


def code(text: str) -> Program:
    return Program(f"-c {text}", "code", text, ("-c",))


def by_name(found: Located) -> dict[str, Target]:
    return {target.qualname: target for target in found.targets}


@PYTHONS
def test_what_a_program_reaches_counts_beside_what_tests_reach(tmp_path: Path, python: str) -> None:
    found = make_workshop(tmp_path, FILES, python=python).locate(programs=[RUN])
    check_baseline(found)
    targets = by_name(found)
    tests = ("tests/test_mod.py::test_both",)
    seen = {
        name: (target.calls, target.tests, target.workloads) for name, target in targets.items()
    }
    assert seen == {
        "both": (3, tests, (RUN.command,)),
        "of_the_tests": (1, tests, ()),
        "of_the_program": (1, (), (RUN.command,)),
        "main": (1, (), (RUN.command,)),
        "of_nobody": (0, (), ()),
    }
    assert [one.command for one in found.baseline.workloads] == [RUN.command]
    assert targets["of_nobody"].skip == "no test reaches it"
    assert targets["of_the_program"].skip is None
    assert "must be imported" in (targets["main"].skip or "")
    assert found.targets[0].qualname == "of_the_program"


@PYTHONS
def test_the_time_of_a_program_counts_for_the_shares(tmp_path: Path, python: str) -> None:
    shop = make_workshop(tmp_path, FILES, python=python)
    found = by_name(shop.locate(programs=[RUN]))["of_the_program"]
    seconds = sum(shop.locate().seconds.values())
    assert 0 < found.share < 1
    assert found.self_seconds > 0
    assert found.self_seconds / found.share > seconds / 2


def test_each_program_is_told_apart(tmp_path: Path) -> None:
    first, second = code("import mod; mod.both(1)"), code("import mod; mod.of_nobody(1)")
    found = by_name(make_workshop(tmp_path, FILES).locate(programs=[first, second]))
    assert found["both"].workloads == (first.command,)
    assert found["of_nobody"].workloads == (second.command,)


def test_a_module_that_only_the_program_imports_has_its_name(tmp_path: Path) -> None:
    files = {**FILES, "pkg/__init__.py": "", "pkg/deep.py": "def f():\n    return 1\n"}
    shop = make_workshop(tmp_path, files)
    found = by_name(shop.locate(programs=[code("import pkg.deep; pkg.deep.f()")]))["f"]
    assert (found.module, found.skip) == ("pkg.deep", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise ValueError('bad')", "ends with exit code 1 before any change:"),
        ("import os; os._exit(0)", "did not come to its end"),
        ("open('/nowhere/at/all')", "runs in the root of a copy of the project"),
        ("input()", "nothing to read on stdin"),
        ("import nowhere_at_all", "python -m MODULE also what is in the project's root"),
    ],
)
def test_a_program_that_fails_is_an_error_for_people(tmp_path: Path, text: str, said: str) -> None:
    found = make_workshop(tmp_path, FILES).locate(programs=[code(text)])
    with pytest.raises(BaselineError) as caught:
        check_baseline(found)
    assert str(caught.value).startswith(f"the workload {f'-c {text}'!r} ")
    assert said in str(caught.value)


def test_a_program_that_does_not_end_is_ended(tmp_path: Path) -> None:
    shop = make_workshop(tmp_path, FILES)
    found = shop.locate(programs=[code("import time; time.sleep(3600)")], seconds=6)
    assert found.late
    assert "comes to its end" in found.trouble
    with pytest.raises(BaselineError, match="still ran after"):
        check_baseline(found)


def test_no_program_runs_where_the_tests_fail(tmp_path: Path) -> None:
    files = {**FILES, "tests/test_bad.py": "def test_bad():\n    assert False\n"}
    shop: Workshop = make_workshop(tmp_path, files)
    found = shop.locate(programs=[code("open('ran', 'w')")])
    assert not (shop.copy / "ran").exists()
    with pytest.raises(BaselineError, match="1 of 2 tests fail"):
        check_baseline(found)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("OSError: [Errno 101] Network is unreachable", "network = true"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "network = true"),
        ("_socket.socket.__init__\nPermissionError: [Errno 1] Operation not", "network = true"),
        ("PermissionError: [Errno 13] Permission denied: '/etc/shadow'", "The sandbox lets"),
        ("OSError: [Errno 30] Read-only file system: '/x'", "The sandbox lets"),
    ],
)
def test_what_the_sandbox_refuses_is_explained(line: str, word: str) -> None:
    assert [hint for hint in hints(f"Traceback\n{line}\n") if word in hint]
    assert hints("ValueError: no such thing") == []


def test_a_killed_program_is_named_with_what_it_said_last() -> None:
    said = trouble_of(RUN, Log(ending="crashed (SIGSEGV)", errors="a\nb\n"), 600.0)
    assert said.startswith("the workload 'python bench/run.py' crashed (SIGSEGV)")
    assert said.endswith("\n  a\n  b")
