"""The ``profile`` job, through the real worker."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.workers import Workshop, interpreters, make_workshop, version_of

PYTHONS = interpreters()
MONITORED = [path for path in PYTHONS if version_of(path) >= (3, 12)]
OLDER = [path for path in PYTHONS if version_of(path) < (3, 12)]


def name_of(path: str) -> str:
    return "{}.{}".format(*version_of(path))


def each(paths: list[str] | tuple[str, ...]) -> pytest.MarkDecorator:
    """Run a test for each interpreter; skip it where there is none."""
    reason = pytest.mark.skip("no such interpreter here: set PERFOPT_TEST_PYTHONS")
    return pytest.mark.parametrize(
        "python", list(paths) or [pytest.param("", marks=reason)], ids=name_of if paths else None
    )


def rows(messages: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = [
        row for message in messages if message["kind"] == "functions" for row in message["rows"]
    ]
    return {row["name"]: row for row in found}


def last(messages: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return [message for message in messages if message["kind"] == kind][-1]


def shop(folder: Path, module: str, tests: str, python: str = sys.executable) -> Workshop:
    files = {"mod.py": module, "test_mod.py": "import mod\n" + textwrap.dedent(tests)}
    return make_workshop(folder, files, python=python)


@each(PYTHONS)
def test_calls_in_threads_are_counted_and_not_timed(tmp_path: Path, python: str) -> None:
    module = "def f(n):\n    for _ in range(n):\n        pass\ndef g():\n    return 1\n"
    tests = """
        from concurrent.futures import ThreadPoolExecutor
        def test_threads():
            mod.g()
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(mod.f, [1000] * 20))
            mod.g()
        def test_main():
            mod.g()
    """
    found = rows(shop(tmp_path, module, tests, python).messages())
    assert (found["f"]["calls"], found["f"]["own"], found["f"]["tests"]) == (20, 0, [0])
    assert (found["g"]["calls"], found["g"]["tests"]) == (3, [0, 1])
    assert found["g"]["own"] > 0


@each(PYTHONS)
def test_a_thread_that_outlives_its_test_does_no_harm(tmp_path: Path, python: str) -> None:
    module = """
        import time
        def spin(stop):
            while not stop.is_set():
                step()
        def step():
            time.sleep(0.001)
        def f():
            return sorted([3, 1, 2])
    """
    tests = """
        import threading, time
        stop = threading.Event()
        def test_start():
            threading.Thread(target=mod.spin, args=(stop,)).start()
        def test_f():
            for _ in range(200):
                assert mod.f() == [1, 2, 3]
        def test_stop():
            time.sleep(0.2)
            stop.set()
    """
    found = rows(shop(tmp_path, module, tests, python).messages())
    assert found["f"]["calls"] == 200
    assert found["f"]["tests"] == [1]
    assert found["step"]["own"] == 0


@each(OLDER)
def test_a_test_that_sets_its_own_profiler_is_noted(tmp_path: Path, python: str) -> None:
    tests = """
        import sys
        def test_profiler():
            mod.f()
            sys.setprofile(lambda *event: None)
            mod.f()
            sys.setprofile(None)
        def test_after():
            mod.f()
    """
    found = shop(tmp_path, "def f():\n    return 1\n", tests, python).messages()
    assert rows(found)["f"]["tests"] == [0, 1]
    assert last(found, "suite")["notes"] == [
        "1 tests use Python's profiler themselves: what they reach is known in part"
    ]


@each(MONITORED)
def test_tests_with_profilers_and_tracers_of_their_own_change_nothing(
    tmp_path: Path, python: str
) -> None:
    tests = """
        import cProfile, sys
        def test_profiler():
            sys.setprofile(lambda *event: None)
            mod.f()
            sys.setprofile(None)
        def test_tracer():
            sys.settrace(lambda *event: None)
            mod.f()
            sys.settrace(None)
        def test_cprofile():
            profiler = cProfile.Profile()
            assert profiler.runcall(mod.f) == 1
            assert any(entry.code is mod.f.__code__ for entry in profiler.getstats())
    """
    found = shop(tmp_path, "def f():\n    return 1\n", tests, python).messages()
    assert (rows(found)["f"]["calls"], rows(found)["f"]["tests"]) == (3, [0, 1, 2])
    assert last(found, "suite")["notes"] == []


TAKEN = """
import sys
for number in range(6):
    if number not in {free} and sys.monitoring.get_tool(number) is None:
        sys.monitoring.use_tool_id(number, "mine")
"""


@each(MONITORED)
def test_without_free_monitoring_ids_the_c_profiler_is_used(tmp_path: Path, python: str) -> None:
    files = {
        "mod.py": "def f():\n    return 1\n",
        "test_mod.py": "import mod\ndef test_f():\n    mod.f()\n",
        "sitecustomize.py": TAKEN.format(free=[2]),
    }
    found = make_workshop(tmp_path, files, python=python).messages()
    assert (rows(found)["f"]["calls"], rows(found)["f"]["tests"]) == (1, [0])
    assert last(found, "suite")["notes"] == [
        "profiled with cProfile: other tools hold sys.monitoring"
    ]


@each(MONITORED)
def test_with_no_profiler_to_be_had_the_tests_run_and_a_note_says_so(
    tmp_path: Path, python: str
) -> None:
    files = {
        "mod.py": "def f():\n    return 1\n",
        "test_mod.py": "import mod\ndef test_f():\n    assert mod.f() == 1\n",
        "sitecustomize.py": TAKEN.format(free=[]),
    }
    found = make_workshop(tmp_path, files, python=python).messages()
    assert last(found, "test")["outcome"] == "passed"
    assert rows(found).get("f", {"tests": []})["tests"] == []
    assert len(last(found, "suite")["notes"]) == 2


@each(MONITORED)
def test_what_ran_while_importing_is_told(tmp_path: Path, python: str) -> None:
    module = "def f():\n    return 1\ndef g():\n    return 2\nX = f()\n"
    found = rows(shop(tmp_path, module, "def test_g():\n    mod.g()\n", python).messages())
    assert (found["f"]["outside"], found["f"]["calls"]) == (True, 0)
    assert (found["g"]["outside"], found["g"]["calls"]) == (False, 1)


@each(PYTHONS)
def test_a_module_imported_before_pytest_is_watched_too(tmp_path: Path, python: str) -> None:
    files = {
        "mod.py": "def f(n):\n    return f(n - 1) if n else 0\ndef g():\n    return f(2)\n",
        "test_mod.py": "import mod\ndef test_g():\n    mod.g()\ndef test_f():\n    mod.f(1)\n",
        "sitecustomize.py": "import mod\n",
    }
    found = rows(make_workshop(tmp_path, files, python=python).messages())
    assert (found["f"]["calls"], found["f"]["tests"]) == (5, [0, 1])
    assert (found["g"]["calls"], found["g"]["tests"]) == (1, [0])


@each(PYTHONS)
def test_a_module_imported_inside_a_test_is_watched(tmp_path: Path, python: str) -> None:
    files = {
        "lazy.py": "def f():\n    return 1\n",
        "test_mod.py": "def test_f():\n    import lazy\n    assert lazy.f() == 1\n",
    }
    found = make_workshop(tmp_path, files, python=python).messages()
    assert (rows(found)["f"]["calls"], rows(found)["f"]["tests"]) == (1, [0])
    assert list(last(found, "modules")["names"].values()) == [["lazy"]]


@each(PYTHONS)
def test_times_survive_exceptions_generators_and_recursion(tmp_path: Path, python: str) -> None:
    module = """
        def deep(n):
            if n == 0:
                raise KeyError
            return deep(n - 1)
        def careful():
            try:
                deep(5)
            except KeyError:
                return burn(3000)
        def items(n):
            for i in range(n):
                burn(10)
                yield i
        def burn(n):
            total = 0
            for i in range(n):
                total += i * i
            return total
        def half():
            for item in items(50):
                if item == 20:
                    break
            return burn(3000)
    """
    tests = """
        def test_all():
            for _ in range(300):
                mod.careful()
                mod.half()
    """
    found = rows(shop(tmp_path, module, tests, python).messages())
    own = {name: row["own"] for name, row in found.items()}
    assert own["burn"] > 0.6 * sum(own.values())
    assert all(row["own"] <= row["total"] * 1.001 for row in found.values())
    whole = found["careful"]["total"] + found["half"]["total"]
    assert 0.98 * whole < sum(own.values()) < 1.02 * whole


@each(PYTHONS)
def test_forked_children_say_nothing(tmp_path: Path, python: str) -> None:
    tests = """
        import os
        def test_fork():
            child = os.fork()
            if child == 0:
                mod.f()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        def test_f():
            mod.f()
    """
    found = rows(shop(tmp_path, "def f():\n    return 1\n", tests, python).messages())
    assert (found["f"]["calls"], found["f"]["tests"]) == (1, [1])


def test_only_the_wanted_tests_run(tmp_path: Path) -> None:
    tests = "def test_a(): mod.f()\ndef test_b(): mod.f()\n"
    work = shop(tmp_path, "def f():\n    return 1\n", tests)
    found = work.messages(wanted=["test_mod.py::test_b"])
    assert last(found, "order")["ids"] == ["test_mod.py::test_b"]
    assert rows(found)["f"]["tests"] == [0]


def test_an_installed_copy_that_is_imported_instead_is_told(tmp_path: Path) -> None:
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/mod.py": "def f():\n    return 1\n",
        "lib/site-packages/pkg/__init__.py": "",
        "lib/site-packages/pkg/mod.py": "def f():\n    return 1\n",
        "checks/test_mod.py": "from pkg.mod import f\ndef test_f():\n    assert f() == 1\n",
        "pytest.ini": "[pytest]\ntestpaths = checks\n",
    }
    work = make_workshop(tmp_path, files, path=("lib/site-packages",))
    file = str(work.copy / "src/pkg/mod.py")
    found = work.messages(files=[file])
    installed = str(work.copy / "lib/site-packages/pkg/mod.py")
    assert last(found, "modules")["elsewhere"] == {file: installed}


def test_messages_stay_small_with_many_tests(tmp_path: Path) -> None:
    module = "".join(f"def f{n}():\n    return {n}\n" for n in range(150))
    tests = """
        import pytest
        @pytest.mark.parametrize("n", range(1500))
        def test_all(n):
            for k in range(150):
                getattr(mod, f"f{k}")()
    """
    found = shop(tmp_path, module, tests).messages()
    sizes = [len(json.dumps(message)) for message in found]
    assert max(sizes) < 2 * 2**20
    assert len([message for message in found if message["kind"] == "functions"]) > 1
    assert {len(row["tests"]) for row in rows(found).values()} == {1500}
