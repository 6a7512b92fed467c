"""The locate stage, through real workers on tiny projects."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from perfopt_cli import locate as stage
from perfopt_cli.core import Baseline, BaselineError, PerfoptError, Target
from perfopt_cli.locate import Failure, Located, Workers, check_baseline, compare_runs
from perfopt_cli.locate.run import telling_line
from perfopt_cli.locate.skips import skip_by_text
from perfopt_cli.sandbox.session import Session
from perfopt_cli.source import definitions
from tests.workers import interpreters, make_workshop

MODULE = '''
import asyncio
import copy
import functools
from contextlib import contextmanager


def twice(function):
    @functools.wraps(function)
    def wrapper(*args):
        function(*args)
        return function(*args)
    return wrapper


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def is_even(n):
    return n == 0 or is_odd(n - 1)


def is_odd(n):
    return n != 0 and is_even(n - 1)


def evens(n):
    for i in range(n):
        yield 2 * i


@contextmanager
def opened(log):
    log.append("open")
    try:
        yield log
    finally:
        log.append("closed")


class Outer:
    def __init__(self, size):
        self._size = size

    @property
    def size(self):
        return self._size

    class Inner:
        @classmethod
        def make(cls, n):
            return [cls() for _ in range(n)]

        @staticmethod
        def name():
            return "inner"


@twice
@functools.lru_cache(
    maxsize=None
)
def decorated(n):
    return n * 3


def outer(n):
    def inner(k):
        return k + 1
    return sorted(map(inner, range(n)), key=lambda k: -k)


def fails(n):
    raise ValueError(n)


def guarded(n):
    try:
        return fails(n)
    except ValueError:
        return helper(n)


def helper(n):
    return n


async def step(log, name):
    log.append(name)
    await asyncio.sleep(0)
    log.append(name)


async def both(log):
    await asyncio.gather(step(log, 1), step(log, 2))


async def stream(n):
    for i in range(n):
        yield i


def native(numbers):
    return sum(numbers) + max(numbers) + min(numbers)


def interpreted(numbers):
    total = 0
    for number in numbers:
        total = total * 3 + number & 255
    return total


def borrowing(data):
    return copy.deepcopy(data)


def build(n):
    return list(range(n))


TABLE = build(5)


def from_fixture(n):
    return n


def from_teardown():
    return None


def unused():
    return 1


def stub():
    """Says so."""
    raise NotImplementedError
'''

CONFTEST = """
import pytest
from pkg.mod import from_fixture, from_teardown

@pytest.fixture
def resource():
    yield from_fixture(1)
    from_teardown()
"""

TESTS = """
import asyncio
import unittest
import pytest
from pkg import mod

@pytest.mark.parametrize("n", [0, 3, 5])
def test_fib(n):
    mod.fib(n)

def test_mutual():
    assert mod.is_even(6)

def test_generator():
    assert list(mod.evens(3)) == [0, 2, 4]

def test_context():
    log = []
    with mod.opened(log):
        pass
    with pytest.raises(KeyError), mod.opened(log):
        raise KeyError

class TestOuter:
    def test_method(self):
        assert len(mod.Outer.Inner.make(3)) == 3
        assert mod.Outer.Inner.name() == "inner"

    def test_property(self):
        assert mod.Outer(4).size == 4

class TestOld(unittest.TestCase):
    def setUp(self):
        mod.decorated(7)

    def test_decorated(self):
        assert mod.decorated(2) == 6

def test_nested():
    assert mod.outer(3) == [3, 2, 1]

def test_exception():
    assert mod.guarded(4) == 4

def test_async():
    log = []
    asyncio.run(mod.both(log))
    assert log == [1, 2, 1, 2]

def test_stream():
    async def drain():
        return [i async for i in mod.stream(2)]
    assert asyncio.run(drain()) == [0, 1]

def test_heavy():
    numbers = list(range(60_000))
    for _ in range(10):
        mod.native(numbers)
        mod.interpreted(numbers)
    mod.borrowing([list(range(20)) for _ in range(400)])

def test_fixture(resource):
    assert resource == 1

def test_nothing():
    assert True
"""

PROJECT = {
    "pkg/__init__.py": "",
    "pkg/mod.py": MODULE,
    "tests/conftest.py": CONFTEST,
    "tests/test_mod.py": TESTS,
}

CALLS = {
    "twice": 0,
    "twice.<locals>.wrapper": 2,
    "fib": 1 + 5 + 15,
    "is_even": 4,
    "is_odd": 3,
    "evens": 4,
    "opened": 4,
    "Outer.__init__": 1,
    "Outer.size": 1,
    "Outer.Inner.make": 1,
    "Outer.Inner.name": 1,
    "decorated": 2,
    "outer": 1,
    "outer.<locals>.inner": 3,
    "fails": 1,
    "guarded": 1,
    "helper": 1,
    "step": 4,
    "native": 10,
    "interpreted": 10,
    "borrowing": 1,
    "build": 0,
    "from_fixture": 1,
    "from_teardown": 1,
    "unused": 0,
    "stub": 0,
}


@pytest.fixture(scope="module", params=interpreters(), ids=lambda path: Path(path).parts[-3])
def located(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Located:
    folder = tmp_path_factory.mktemp("project")
    return make_workshop(folder, PROJECT, python=request.param).locate()


def by_name(located: Located) -> Mapping[str, Target]:
    return {target.qualname: target for target in located.targets}


def short(tests: tuple[str, ...]) -> set[str]:
    return {test.removeprefix("tests/test_mod.py::") for test in tests}


def test_all_tests_of_the_project_pass_under_the_profiler(located: Located) -> None:
    check_baseline(located)
    assert located.baseline.tests == 16
    assert located.notes == ()


def test_calls_are_counted_the_same_on_every_interpreter(located: Located) -> None:
    found = {name: target.calls for name, target in by_name(located).items() if name in CALLS}
    assert found == CALLS


def test_tests_reach_what_they_call_indirectly(located: Located) -> None:
    found = by_name(located)
    assert short(found["fib"].tests) == {"test_fib[0]", "test_fib[3]", "test_fib[5]"}
    assert short(found["is_odd"].tests) == {"test_mutual"}
    assert short(found["helper"].tests) == {"test_exception"}
    assert short(found["step"].tests) == {"test_async"}
    assert short(found["decorated"].tests) == {"TestOld::test_decorated"}
    assert short(found["opened"].tests) == {"test_context"}


def test_a_fixture_reaches_for_its_test_at_set_up_and_tear_down(located: Located) -> None:
    found = by_name(located)
    assert short(found["from_fixture"].tests) == {"test_fixture"}
    assert short(found["from_teardown"].tests) == {"test_fixture"}


def test_what_no_test_reaches_is_listed_and_skipped(located: Located) -> None:
    target = by_name(located)["unused"]
    assert (target.calls, target.tests, target.skip) == (0, (), "no test reaches it")


def test_what_only_runs_at_import_is_skipped(located: Located) -> None:
    skip = by_name(located)["build"].skip
    assert skip in ("no test reaches it", "runs only while modules are imported, in no test")


def test_stubs_are_skipped(located: Located) -> None:
    assert by_name(located)["stub"].skip == "has no code of its own"


def test_nested_functions_and_asynchronous_generators_are_targets(located: Located) -> None:
    found = by_name(located)
    for name in ("outer.<locals>.inner", "twice.<locals>.wrapper", "stream"):
        assert found[name].skip is None, name
        assert found[name].tests, name


def test_functions_that_tests_reach_are_not_skipped(located: Located) -> None:
    found = by_name(located)
    names = ("fib", "evens", "Outer.Inner.make", "Outer.size", "decorated", "step", "native")
    assert [found[name].skip for name in names] == [None] * len(names)


def test_a_target_holds_its_source_line_and_module(located: Located) -> None:
    target = by_name(located)["Outer.Inner.name"]
    assert target.source == '@staticmethod\ndef name():\n    return "inner"\n'
    assert MODULE.splitlines()[target.line - 1].strip() == "def name():"
    assert (target.path, target.module) == ("pkg/mod.py", "pkg.mod")


def test_native_time_is_told_from_python_time(located: Located) -> None:
    found = by_name(located)
    assert found["native"].native_share > 0.8
    assert found["interpreted"].native_share < 0.2


def test_library_code_counts_as_self_time_of_the_function_that_runs_it(located: Located) -> None:
    target = by_name(located)["borrowing"]
    assert target.self_seconds > 0.8 * target.cumulative_seconds > 0


def test_cumulative_time_counts_recursion_once(located: Located) -> None:
    target = by_name(located)["fib"]
    assert target.self_seconds <= target.cumulative_seconds < 3 * target.self_seconds


def test_targets_come_hottest_first(located: Located) -> None:
    times = [target.self_seconds for target in located.targets]
    assert times == sorted(times, reverse=True)
    assert located.targets[0].qualname in ("interpreted", "native", "borrowing")


def test_shares_are_parts_of_the_tests_time(located: Located) -> None:
    shares = [target.share for target in located.targets]
    assert 0.3 < sum(shares) <= 1.0


def test_tests_come_fastest_first(located: Located) -> None:
    for target in located.targets:
        times = [located.seconds[test] for test in target.tests]
        assert times == sorted(times)


def test_progress_counts_up_to_the_number_of_tests(tmp_path: Path) -> None:
    shop = make_workshop(tmp_path, {"mod.py": "", "test_mod.py": "def test_a(): pass"})
    seen: list[tuple[int, int]] = []
    shop.locate(on_test=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 1), (1, 1)]


def test_a_file_is_cut_down_to_the_functions_named(tmp_path: Path) -> None:
    shop = make_workshop(tmp_path, PROJECT)
    found = shop.locate(functions={("pkg/mod.py", "fib")})
    assert [target.qualname for target in found.targets] == ["fib"]


def test_a_function_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    shop = make_workshop(tmp_path, PROJECT)
    with pytest.raises(PerfoptError, match=r"pkg/mod.py: there is no function fob"):
        shop.locate(functions={("pkg/mod.py", "fob")})


def test_a_src_layout_gets_the_module_name_it_is_imported_by(tmp_path: Path) -> None:
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/mod.py": "def f():\n    return 1\n",
        "tests/test_mod.py": "from pkg.mod import f\ndef test_f():\n    assert f() == 1\n",
    }
    found = make_workshop(tmp_path, files, path=("src",)).locate()
    assert [(t.path, t.module, t.calls) for t in found.targets] == [
        ("src/pkg/mod.py", "pkg.mod", 1)
    ]


def test_test_functions_and_fixtures_in_a_file_named_are_skipped(tmp_path: Path) -> None:
    text = """
        import pytest
        @pytest.fixture
        def one():
            return 1
        def double(n):
            return 2 * n
        class TestIt:
            def test_double(self, one):
                assert double(one) == 2
    """
    found = by_name(make_workshop(tmp_path, {"test_mod.py": text}).locate(["test_mod.py"]))
    assert found["one"].skip == "part of the tests"
    assert found["TestIt.test_double"].skip == "part of the tests"
    assert found["double"].skip is None


def test_a_function_defined_twice_is_skipped(tmp_path: Path) -> None:
    files = {
        "mod.py": "if 1:\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n",
        "test_mod.py": "from mod import f\ndef test_f():\n    assert f() == 1\n",
    }
    found = make_workshop(tmp_path, files).locate()
    (target,) = found.targets
    assert target.skip == "defined 2 times in the file: its text does not tell which one counts"


def test_a_file_with_a_syntax_error_is_left_out_with_a_note(tmp_path: Path) -> None:
    files = {
        "bad.py": "x = 1\ndef f(:\n",
        "mod.py": "def f():\n    return 1\n",
        "test_mod.py": "from mod import f\ndef test_f():\n    assert f() == 1\n",
    }
    shop = make_workshop(tmp_path, files)
    found = shop.locate()
    assert [target.path for target in found.targets] == ["mod.py"]
    assert found.notes[0].startswith("left out: bad.py:2: it does not parse")
    with pytest.raises(PerfoptError, match=r"bad.py:2: it does not parse"):
        shop.locate(["bad.py"])


def failing(folder: Path, tests: str, extra: str = "") -> Located:
    files = {"mod.py": "def f():\n    return 1\n", "test_mod.py": tests}
    return make_workshop(folder, files, extra=extra).locate()


def test_a_failing_test_is_named_with_what_went_wrong(tmp_path: Path) -> None:
    found = failing(tmp_path, "def test_a():\n    assert 1 == 2\ndef test_b(): pass\n")
    assert found.failures == (Failure("failed", "test_mod.py::test_a", "assert 1 == 2"),)
    with pytest.raises(BaselineError, match=r"1 of 2 tests fail before any change:\n  test_mod.py"):
        check_baseline(found)


def test_an_error_in_a_fixture_counts_as_a_failure(tmp_path: Path) -> None:
    tests = """
        import pytest
        @pytest.fixture
        def broken():
            raise OSError("no disk")
        def test_a(broken): pass
    """
    found = failing(tmp_path, tests)
    assert found.failures == (Failure("error", "test_mod.py::test_a", "OSError: no disk"),)


def test_a_collection_error_names_the_file(tmp_path: Path) -> None:
    found = failing(tmp_path, "import not_there_at_all\ndef test_a(): pass\n")
    text = "ModuleNotFoundError: No module named 'not_there_at_all'"
    assert found.failures == (Failure("collection", "test_mod.py", text),)
    with pytest.raises(BaselineError, match=r"can't read these:\n  test_mod.py: ModuleNot"):
        check_baseline(found)


def test_a_project_without_tests_is_told_so(tmp_path: Path) -> None:
    found = failing(tmp_path, "x = 1\n")
    with pytest.raises(BaselineError, match="found no tests"):
        check_baseline(found)


def test_a_wrong_pytest_argument_is_told_so(tmp_path: Path) -> None:
    found = failing(tmp_path, "def test_a(): pass\n", extra="--no-such-option")
    with pytest.raises(BaselineError, match=r"(?s)does not take its arguments.*--no-such-option"):
        check_baseline(found)


def test_a_test_that_ends_the_process_is_named(tmp_path: Path) -> None:
    tests = "import os\ndef test_a(): pass\ndef test_b():\n    os._exit(0)\n"
    found = failing(tmp_path, tests)
    assert found.code is None
    with pytest.raises(BaselineError, match=r"crashed, in or after test_mod.py::test_b \(1 test"):
        check_baseline(found)


def test_a_test_that_hangs_is_named(tmp_path: Path) -> None:
    files = {
        "mod.py": "",
        "test_mod.py": "import time\ndef test_a():\n    time.sleep(60)\n",
    }
    found = make_workshop(tmp_path, files).locate(seconds=4)
    with pytest.raises(BaselineError, match=r"timed out, in or after test_mod.py::test_a"):
        check_baseline(found)


@pytest.mark.skipif(find_spec("pytest_asyncio") is None, reason="needs pytest-asyncio")
def test_asynchronous_tests_reach_interleaved_coroutines(tmp_path: Path) -> None:
    files = {
        "mod.py": """
            import asyncio
            async def wait(n):
                for _ in range(n):
                    await asyncio.sleep(0)
                return n
        """,
        "test_mod.py": """
            import asyncio, pytest
            from mod import wait
            @pytest.fixture
            async def one():
                return await wait(1)
            @pytest.mark.asyncio
            async def test_two(one):
                assert await asyncio.gather(wait(one), wait(2)) == [1, 2]
        """,
        "pytest.ini": "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n",
    }
    found = make_workshop(tmp_path, files, plugins=["pytest_asyncio.plugin"]).locate()
    check_baseline(found)
    assert [(t.qualname, t.calls, t.tests) for t in found.targets] == [
        ("wait", 2 + 2 + 3, ("test_mod.py::test_two",))
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(x):\n    return x\n", None),
        ("def f(x):\n    '''Doc.'''\n    ...\n", "has no code of its own"),
        ("def f(x):\n    raise NotImplementedError('later')\n", "has no code of its own"),
        ("@typing.overload\ndef f(x):\n    return x\n", "has no code of its own"),
        ("@numba.njit(cache=True)\ndef f(x):\n    return x\n", "is compiled by its decorator"),
        ("@jit\ndef f(x):\n    return x\n", "is compiled by its decorator"),
        ("@cython.cfunc\ndef f(x):\n    return x\n", "is compiled by its decorator"),
        ("@functools.cache\ndef f(x):\n    return x\n", None),
        (
            "class A:\n    def __del__(self):\n        print(1)\n",
            "called by the interpreter at times of its own",
        ),
        ("class A:\n    def __eq__(self, other):\n        return True\n", None),
        ("def f(x):\n    yield x\n", None),
        ("async def f(x):\n    return x\n", None),
        ("async def f(x):\n    yield x\n", None),
        (
            "@show.register\ndef _(x: int): return 1\n@show.register\ndef _(x: str): return 2\n",
            "one of 2 functions that are registered under the name _",
        ),
    ],
)
def test_the_text_tells_what_cannot_be_a_target(source: str, reason: str | None) -> None:
    first = next(iter(definitions(source).values()))
    assert skip_by_text(first) == reason


def test_of_what_is_defined_in_functions_only_methods_are_skipped() -> None:
    source = """\
def f():
    def g():
        return 1
    class A:
        def m(self):
            def h():
                return 2
            return h()
    return g, A
"""
    skips = {name: skip_by_text(one) for name, one in definitions(source).items()}
    assert skips == {
        "f": None,
        "f.<locals>.g": None,
        "f.<locals>.A.m": "a method of a class that is defined inside a function",
        "f.<locals>.A.m.<locals>.h": None,
    }


def test_arguments_of_plugins_are_given_only_where_they_are_installed(tmp_path: Path) -> None:
    plain = stage.test_arguments((), tmp_path, tmp_path / "s", "")
    full = stage.test_arguments(
        {"pytest-xdist", "cov", "randomly", "benchmark", "hypothesis"}, tmp_path, tmp_path / "s", ""
    )
    assert not {"-n0", "--no-cov", "--hypothesis-seed=0"} & set(plain)
    assert {"-n0", "--no-cov", "--benchmark-disable", "--hypothesis-seed=0"} <= set(full)
    assert "--randomly-dont-reorganize" in full


def test_arguments_of_the_user_come_before_what_every_run_needs(tmp_path: Path) -> None:
    got = stage.test_arguments({"xdist"}, tmp_path, tmp_path / "s", "-n 4 -k 'a or b' -- tests")
    assert got.index("-n0") > got.index("4")
    assert "a or b" in got
    assert got[-2:] == ["--", "tests"]


def test_a_plugin_that_the_project_switches_off_gets_no_options(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:randomly\n")
    got = stage.test_arguments({"randomly", "cov"}, tmp_path, tmp_path / "s", "-p no:pytest_cov")
    assert not [word for word in got if word.startswith(("--randomly", "--no-cov"))]


def test_arguments_with_an_open_quote_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="--pytest-args"):
        stage.test_arguments((), tmp_path, tmp_path, "-k 'a")


def test_runs_differ_where_an_outcome_differs_or_is_missing() -> None:
    first = {"a": "passed", "b": "passed", "c": "failed"}
    assert compare_runs(first, first) == []
    assert compare_runs(first, {"a": "passed", "b": "failed", "d": "passed"}) == ["b", "c", "d"]


def test_a_clean_baseline_raises_nothing_and_a_long_one_is_cut() -> None:
    clean = Located(Baseline({"a": "passed"}, 1.0), code=0)
    check_baseline(clean)
    failures = tuple(Failure("failed", f"t.py::test_{n}", "boom") for n in range(12))
    with pytest.raises(BaselineError, match="and 2 more"):
        check_baseline(replace(clean, code=1, failures=failures))


def test_the_telling_line_of_a_report_is_its_first_error_line() -> None:
    report = "t.py:3: in test\n    assert x == [1]\nE   assert [2] == [1]\nE     At index 0\n"
    assert telling_line(report, last=False) == "assert [2] == [1]"
    assert telling_line("just this\n\n", last=False) == "just this"


def test_a_session_is_what_the_stage_takes() -> None:
    def takes(workers: Workers) -> Workers:
        return workers

    assert takes(Session.__new__(Session))
    assert sys.version_info >= (3, 10)
