from __future__ import annotations

import ast
import functools
import pickle
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from workers import interpreters, version_of

from perfopt_cli.sandbox.isolate import open_sandbox
from perfopt_cli.sandbox.place import make_place
from perfopt_cli.sandbox.session import Ending, Session
from perfopt_cli.sandbox.worker import keeping, target

PYTHONS = pytest.mark.parametrize("python", interpreters())


@dataclass(frozen=True)
class Recorded:
    """What a recording run said, and the kept calls of each function by its qualname."""

    outcomes: dict[str, str]
    said: dict[str, dict[str, Any]]
    data: dict[str, list[bytes]]

    def calls(self, name: str) -> list[Any]:
        """Return the arguments of the kept calls: a tuple, or the only one."""
        found = []
        for data in self.data[name]:
            args, kwargs = pickle.loads(data)
            assert not kwargs
            found.append(args[0] if len(args) == 1 else tuple(args))
        return found


class Project:
    """A project in a folder, whose suite can be recorded."""

    def __init__(self, folder: Path, files: Mapping[str, str | bytes], python: str) -> None:
        original = folder / "original"
        original.mkdir()
        place = make_place(original, folder / "scratch", Path(python), readable=(), network=False)
        self.copy = place.copy
        for name, text in {"pytest.ini": "[pytest]\n", **files}.items():
            path = self.copy / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        place = place.with_search_path([])
        environment = {**place.environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        place = replace(place, environment=environment)
        sandbox = open_sandbox("none", python=Path(python), scratch=folder / "scratch")
        self.session = Session(sandbox, place)

    def record(self, names: Sequence[str], file: str = "mod.py", extra: str = "") -> Recorded:
        specs = [
            {
                "file": str(self.copy / file),
                "qualname": name,
                "first": first_line((self.copy / file).read_bytes(), name),
                "calls": str(self.session.place.shared / f"calls-{number}"),
            }
            for number, name in enumerate(names)
        ]
        words = ["-p", "no:cacheprovider", "--rootdir", str(self.copy), *extra.split()]
        request = {"job": "record", "arguments": words, "targets": specs}
        outcomes, said = {}, {}
        with self.session.open(request, seconds=120) as worker:
            for message in worker:
                if message["kind"] == "test":
                    name = message["id"].partition("::")[2]
                    outcomes[name] = message["outcome"] + message["text"]
                elif message["kind"] == "recorded":
                    said[names[message["target"]]] = message
                elif message["kind"] == "collect":
                    outcomes["collection"] = message["text"]
        assert worker.ending is Ending.DONE, worker.errors
        assert set(outcomes.values()) == {"passed"}, outcomes
        files = [Path(str(spec["calls"])).read_bytes() for spec in specs]
        data = {name: pickle.loads(one) for name, one in zip(names, files, strict=True)}
        return Recorded(outcomes, said, data)


def first_line(text: bytes, qualname: str) -> int:
    node: Any = ast.parse(text)
    for name in qualname.split("."):
        node = next(one for one in node.body if getattr(one, "name", "") == name)
    return min(node.lineno, *(one.lineno for one in node.decorator_list), node.lineno)


MODULE = '''
"""A module."""
from __future__ import annotations

import contextlib
import functools


def rare(n):
    """Has a branch for one number."""
    if n == 25_000:
        return -1
    return n


def early(n):
    if n < 0:
        return 0
    for _ in range(n):
        n += 1
    return n


def rebinds(n):
    n = str(n)
    if n == "701":
        return n
    return ""


def changes(items):
    items.append(1)
    if len(items) == 3:
        items.append(2)
    return items


def sizes(items):
    return len(items)


def numbers(n):
    while n:
        yield n
        n -= 1
        if n == 2:
            n = 1


async def waits(n):
    return n


async def stream(n):
    for i in range(n):
        yield i


def takes(value):
    return type(value)


def refuses(value):
    return type(value)


def huge(items):
    return len(items)


def lying(box):
    return box.value


def inner_call(value):
    return value


def deep(n):
    return 1 + deep(n + 1)


def down(n):
    return down(n - 1) if n else 0


def threaded(n):
    return n


def forked(n):
    return n


def partly(n):
    if n == 1:
        return 1
    if n == 2:
        n += 1
        return n
    try:
        return 1 // n
    except ZeroDivisionError:
        return 0


def never(n):
    if n:
        return 1
    return 2


def wrapper(function):
    @functools.wraps(function)
    def wrapped(*args):
        return function(*args)

    return wrapped


class Outer:
    class Inner:
        @property
        def size(self):
            return 3

        @staticmethod
        @functools.lru_cache
        def fixed(n):
            return n

        @classmethod
        def made(cls, n):
            return cls, n


@wrapper
def decorated(*args):
    return args


@contextlib.contextmanager
def managed(n):
    yield n
'''

SUITE = """
import asyncio, copy, gc, inspect, os, pickle, subprocess, sys, threading, traceback, types, warnings
import pytest
import mod
from mod import *


class Box:
    def __init__(self, value=None):
        self.value = value


class Liar(Box):
    def __reduce__(self):
        return Liar, ("another",)


class Silent(Box):
    def __reduce__(self):
        raise SystemExit("not to be copied")


class Failing(Box):
    def __reduce__(self):
        pytest.fail("not to be copied")


class Odd(Box):
    def __getattr__(self, name):
        raise ZeroDivisionError(name)


class Calling(Box):
    def __reduce__(self):
        inner_call("from within")
        return Calling, (self.value,)


def test_rare():
    for n in range(16_384, 32_768):
        rare(n)


def test_rare_again():
    for _ in range(30_000):
        rare(17_000)


def test_early():
    for n in (1, 2, 3, -5):
        early(n)


def test_rebinds():
    for n in range(512, 1024):
        rebinds(n)


def test_changes():
    for n in range(100):
        changes([5])
    assert changes([1, 2]) == [1, 2, 1, 2]


def test_sizes():
    for length in range(1, 50):
        for n in range(20):
            sizes((n,) * 2 ** (length % 8))
            sizes("a" * 2 ** (length % 12) + str(n))
            sizes([n] * length)
    sizes(list(range(100_000)))


def test_generators():
    assert list(numbers(4)) == [4, 3, 1]
    assert asyncio.run(waits(4)) == 4

    async def consume():
        return [i async for i in stream(3)]

    assert asyncio.run(consume()) == [0, 1, 2]
    with managed(3) as n:
        assert n == 3


def test_takes():
    own = []
    own.append(own)
    takes(own)
    takes(len)
    takes(lambda: 3)


def test_refuses():
    nested = []
    for _ in range(100_000):
        nested = [nested]
    for value in (Silent(), Failing(), Odd(), threading.Lock(), nested, (i for i in "abc")):
        refuses(value)
    while nested:
        nested = nested.pop()


def test_huge():
    for _ in range(50):
        huge(["a"] * 10_000_000)
    huge([["b" * 1_000_000] * 10] + [bytes(3_000_000) + bytes([n]) for n in range(5)])
    huge([1])


def test_lying():
    assert lying(Liar("one")) == "one"
    assert lying(Box("two")) == "two"


def test_inner_call():
    inner_call("from the suite")
    refuses(Calling())
    takes(Calling())


def test_deep():
    limit = sys.getrecursionlimit()
    with pytest.raises(RecursionError):
        deep(0)
    assert sys.getrecursionlimit() == limit
    assert down(300) == 0


def test_threads():
    threads = [threading.Thread(target=lambda k=k: [threaded(100 * k + i) for i in range(20)]) for k in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def test_forked():
    forked(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        forked(2)
        os._exit(7)
    assert os.waitpid(child, 0)[1] == 7 << 8
    forked(3)


def test_partly():
    partly(1)
    partly(3)


def test_kinds():
    decorated(1, 2)
    inner = Outer.Inner()
    assert inner.size == 3
    assert inner.fixed(4) == inner.fixed(4) == 4
    assert Outer.Inner.made(5) == (Outer.Inner, 5)


def test_the_module_looks_as_always():
    assert "Has a branch" in inspect.getsource(rare)
    assert rare.__doc__ == "Has a branch for one number."
    assert not [name for name in vars(mod) if "probe" in name or "perfopt" in name]
    assert not inspect.isgeneratorfunction(rare)
    assert inspect.isgeneratorfunction(numbers)
    assert inspect.iscoroutinefunction(waits)
    assert inspect.isasyncgenfunction(stream)
    plain = {}
    exec(compile(inspect.getsource(mod), "other.py", "exec", dont_inherit=True), plain)
    for name in ("rare", "numbers", "early", "partly", "down"):
        have, want = vars(mod)[name].__code__, plain[name].__code__
        for what in ("firstlineno", "flags", "varnames", "freevars", "cellvars", "argcount", "name"):
            assert getattr(have, "co_" + what) == getattr(want, "co_" + what), (name, what)
        copy.deepcopy(have)
        hash(have)
        assert have == have
    assert type(mod.__loader__).__name__ == "SourceFileLoader"
    assert pickle.loads(pickle.dumps(rare)) is rare
    with pytest.raises(TypeError) as caught:
        partly("")
    lines = [frame.lineno for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert lines[-1] == plain["partly"].__code__.co_firstlineno + 7


def test_profilers():
    assert sys.getprofile() is None
"""


def functions(tree: ast.AST, prefix: str = "") -> list[str]:
    """Return the functions of a module or class, methods included."""
    found: list[str] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            found += functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append(prefix + node.name)
    return found


NAMES = tuple(name for name in functions(ast.parse(MODULE)) if name != "wrapper")


@functools.lru_cache
def everything(python: str, folder: Path) -> Recorded:
    """Record the whole of MODULE, once for each interpreter."""
    place = folder / f"python-{version_of(python)[1]}-{abs(hash(python))}"
    place.mkdir()
    return Project(place, {"mod.py": MODULE, "test_mod.py": SUITE}, python).record(NAMES)


@pytest.fixture(scope="module", params=interpreters())
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("record")
    return everything(request.param, folder)


def test_a_call_that_enters_a_new_branch_is_kept_even_while_the_target_rests(recorded):
    calls = recorded.calls("rare")
    assert 25_000 in calls
    assert len(calls) < 60


def test_the_branches_of_calls_kept_at_their_entry_add_nothing(recorded):
    assert recorded.calls("early") == [1, 2, 3, -5]


def test_a_call_is_not_kept_with_what_the_function_put_in_place_of_its_arguments(recorded):
    calls = recorded.calls("rebinds")
    assert all(type(n) is int for n in calls)


def test_a_branch_reached_in_a_call_that_was_not_kept_keeps_what_its_arguments_are_then(recorded):
    assert recorded.calls("changes") == [[5], [1, 2]]


def test_a_new_larger_shape_finds_room_when_all_places_are_taken(recorded):
    calls = recorded.calls("sizes")
    assert len(calls) <= keeping.MAX_CALLS
    assert [len(one) for one in calls][-1] == 100_000


def test_generators_and_coroutines_are_calls_once(recorded):
    assert recorded.calls("numbers") == [4]
    assert recorded.calls("waits") == [4]
    assert recorded.calls("stream") == [3]
    assert recorded.calls("managed") == [3]
    assert recorded.said["numbers"]["seen"] == 1


def test_self_referential_values_and_functions_are_kept(recorded):
    assert recorded.said["takes"]["refused"] == 0
    assert recorded.said["takes"]["kept"] == 4


def test_what_cannot_be_pickled_is_refused_and_counted_and_the_suite_goes_on(recorded):
    assert recorded.said["refuses"]["refused"] == 6
    assert recorded.said["refuses"]["kept"] == 1  # the one that calls a target meanwhile


def test_arguments_of_hundred_megabytes_are_refused_at_once(recorded):
    assert recorded.calls("huge") == [[1]]
    assert recorded.said["huge"]["refused"] > 3


def test_arguments_that_do_not_survive_copying_are_refused(recorded):
    assert recorded.said["lying"]["altered"] == 1
    assert recorded.said["lying"]["refused"] == 1
    assert recorded.said["lying"]["kept"] == 1


def test_calls_made_by_pickling_are_not_recorded(recorded):
    assert recorded.calls("inner_call") == ["from the suite"]


def test_a_recursion_to_the_limit_ends_where_it_would_and_its_first_levels_are_kept(recorded):
    assert recorded.calls("deep")[:3] == [0, 1, 2]
    assert recorded.said["deep"]["refused"] == 0
    assert 300 in recorded.calls("down")


def test_calls_of_several_threads_are_kept(recorded):
    assert {n // 100 for n in recorded.calls("threaded")} == {0, 1, 2, 3}


def test_calls_of_a_forked_child_are_not_kept(recorded):
    assert recorded.calls("forked") == [1, 3]


def test_lines_that_no_call_entered_are_named(recorded):
    lines = [line.strip() for line in MODULE.splitlines()]
    missed = [lines[line - 1] for line in recorded.said["partly"]["missed"]]
    assert missed[:2] == ["n += 1", "return n"]
    assert missed[-1] == "return 0"
    assert recorded.said["early"]["missed"] == []


def test_a_function_never_called_misses_all_its_lines(recorded):
    lines = [line.strip() for line in MODULE.splitlines()]
    missed = [lines[line - 1] for line in recorded.said["never"]["missed"]]
    assert missed == ["if n:", "return 1", "return 2"]


def test_methods_properties_and_decorated_functions_are_recorded(recorded):
    counts = {name: said["kept"] for name, said in recorded.said.items()}
    assert recorded.calls("decorated") == [(1, 2)]
    assert counts["Outer.Inner.size"] == counts["Outer.Inner.made"] == 1
    assert recorded.calls("Outer.Inner.fixed") == [4]


SMALL = """
def f(n):
    if n == 3:
        return 0
    return n
"""


def project(
    folder: Path, python: str, tests: str, files: Mapping[str, str | bytes] = {}
) -> Project:
    return Project(folder, {"mod.py": SMALL, "test_mod.py": tests, **files}, python)


@PYTHONS
def test_two_runs_keep_the_same_calls_in_the_same_order(tmp_path, python):
    tests = """
        import mod

        def test():
            for n in range(3000):
                mod.f(n * n)
                mod.f(str(n))
    """
    one = project(tmp_path, python, tests)
    assert one.record(["f"]).data == one.record(["f"]).data


@PYTHONS
def test_modules_imported_anew_run_by_path_or_executed_are_seen(tmp_path, python):
    tests = """
        import importlib, os, runpy

        def test_path():
            runpy.run_path("mod.py")["f"](10)
            names = {}
            exec(compile(open("mod.py").read(), os.path.abspath("mod.py"), "exec"), names)
            names["f"](11)

        def test_import():
            import mod

            mod.f(12)
            importlib.reload(mod)
            mod.f(13)
            spec = importlib.util.spec_from_file_location("another", mod.__file__)
            another = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(another)
            another.f(14)
            runpy.run_module("mod")["f"](15)
    """
    found = project(tmp_path, python, tests).record(["f"])
    assert found.calls("f") == [10, 11, 12, 13, 14, 15]
    assert 4 in found.said["f"]["missed"]


@PYTHONS
def test_functions_of_a_conftest_that_pytest_rewrites_are_seen(tmp_path, python):
    conftest = """
        import pytest

        def double(n):
            assert n
            return 2 * n

        def steps(n):
            while n:
                yield n
                n -= 1

        @pytest.fixture
        def four():
            assert list(steps(3)) == [3, 2, 1]
            return double(2)
    """
    tests = "def test(four):\n    assert four == 4\n"
    files = {"conftest.py": textwrap.dedent(conftest)}
    found = project(tmp_path, python, tests, files).record(["double", "steps"], "conftest.py")
    assert found.calls("double") == [2]
    assert found.calls("steps") == [3]


@PYTHONS
def test_a_projects_own_import_hook_that_changes_the_code_is_respected(tmp_path, python):
    conftest = """
        import importlib.machinery, sys

        class Loader(importlib.machinery.SourceFileLoader):
            def source_to_code(self, data, path, *, _optimization=-1):
                return super().source_to_code(data.replace(b"return n", b"return 7"), path)

            def get_data(self, path):
                if not path.endswith(".py"):
                    raise OSError
                return super().get_data(path)

        class Finder:
            @staticmethod
            def find_spec(name, path, target=None):
                if name == "mod":
                    spec = importlib.machinery.PathFinder.find_spec(name, path)
                    spec.loader = Loader(name, spec.origin)
                    return spec

        sys.meta_path.insert(0, Finder)
    """
    tests = """
        import mod

        def test():
            assert mod.f(1) == 7
    """
    files = {"conftest.py": textwrap.dedent(conftest)}
    assert project(tmp_path, python, tests, files).record(["f"]).calls("f") == [1]


@PYTHONS
def test_files_with_a_byte_order_mark_or_another_encoding_are_recorded(tmp_path, python):
    files = {
        "pkg/__init__.py": b"",
        "pkg/latin.py": "# coding: latin-1\r\ndef f(n):\r\n    return '\xe9' * n\r\n".encode(
            "latin-1"
        ),
        "pkg/marked.py": b"\xef\xbb\xbf" + "def f(n):\n    return '\xe9' * n\n".encode(),
    }
    tests = """
        from pkg import latin, marked

        def test():
            assert latin.f(2) == marked.f(2) == "\\xe9\\xe9"
    """
    one = project(tmp_path, python, tests, files)
    assert one.record(["f"], "pkg/latin.py").calls("f") == [2]
    assert one.record(["f"], "pkg/marked.py").calls("f") == [2]


@PYTHONS
def test_tests_that_use_profile_and_trace_functions_see_their_own_and_calls_are_kept(
    tmp_path, python
):
    tests = """
        import sys
        import mod

        def test_profile():
            seen = []
            sys.setprofile(lambda frame, event, argument: seen.append(frame.f_code.co_name))
            mod.f(1)
            sys.setprofile(None)
            assert "f" in seen

        def test_trace():
            lines = []

            def trace(frame, event, argument):
                if frame.f_code.co_name == "f" and event == "line":
                    lines.append(frame.f_lineno)
                return trace

            sys.settrace(trace)
            mod.f(2)
            sys.settrace(None)
            assert sorted(set(lines)) == [3, 5]
    """
    assert project(tmp_path, python, tests).record(["f"]).calls("f") == [1, 2]


@PYTHONS
def test_tests_may_replace_clocks_and_threads(tmp_path, python):
    tests = """
        import threading, time
        import mod

        def test(monkeypatch):
            monkeypatch.setattr(time, "perf_counter", None)
            monkeypatch.setattr(threading, "get_ident", None)
            mod.f(2)
    """
    assert project(tmp_path, python, tests).record(["f"]).calls("f") == [2]


@PYTHONS
def test_compiled_files_on_disk_hold_the_plain_code(tmp_path, python):
    tests = "import mod\n\ndef test():\n    mod.f(2)\n"
    one = project(tmp_path, python, tests)
    one.record(["f"])
    (compiled,) = (one.copy / "__pycache__").glob("mod.*.pyc")
    assert b"hit" not in compiled.read_bytes()


@PYTHONS
def test_a_child_that_comes_out_of_pytest_leaves_the_recorded_calls_alone(tmp_path, python):
    tests = """
        import os, sys, warnings
        import mod

        def test_fork():
            warnings.simplefilter("ignore")
            child = os.fork()
            if child:
                os.waitpid(child, 0)
            else:
                mod.f(7)

        def test_after():
            mod.f(8)
    """
    assert project(tmp_path, python, tests).record(["f"]).calls("f") == [8]


def test_a_call_of_a_new_kind_takes_the_place_of_one_of_the_commonest_shape():
    kept = keeping.Kept()
    for n in range(keeping.MAX_CALLS + 10):
        kept.keep("common", [n], {}, False)
    kept.keep("rare", ["new"], {}, True)
    found = [pickle.loads(data)[0][0] for data in kept.calls]
    assert found == [*range(keeping.MAX_CALLS - 1), "new"]


def test_a_call_that_was_kept_for_its_branch_gives_way_to_no_other():
    kept = keeping.Kept()
    for number in range(keeping.MAX_CALLS):
        kept.keep("int", (number,), {}, number == 0)
        if number == keeping.MAX_CALLS - 1:
            assert kept.pin()
    last = list(kept.calls)[-1]
    for name in "abc":
        assert kept.keep(f"str {name}", (name,), {}, True)
    assert last in kept.calls
    assert len(kept.calls) == keeping.MAX_CALLS


def test_a_call_that_was_not_kept_cannot_be_spared():
    kept = keeping.Kept()
    for number in range(keeping.MAX_CALLS + 1):
        kept.keep("int", (number,), {}, number == 0)
    assert not kept.pin()


def test_the_bytes_of_all_kept_calls_are_bounded_with_room_for_new_shapes():
    kept = keeping.Kept()
    for n in range(40):
        kept.keep("common", [bytes([n]) * 2**20], {}, False)
    assert kept.size <= keeping.TOTAL_BYTES // 2
    assert kept.keep("rare", [bytes(3 * 2**20)], {}, True)
    assert kept.size > keeping.TOTAL_BYTES // 2
    assert kept.refused > 20


def test_too_little_stack_is_noticed_before_the_limit_is():
    def at(depth: int) -> bool:
        return at(depth - 1) if depth else target.stack_is_deep()

    assert not target.stack_is_deep()
    assert at(sys.getrecursionlimit() // 2)
