"""The calls of functions defined in functions: written, read, and made again."""

from __future__ import annotations

import functools
import importlib
import sys
import textwrap
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from perfopt_cli.sandbox.worker import calls, closures, load
from perfopt_cli.sandbox.worker.canon import Canonizer
from perfopt_cli.sandbox.worker.entry import arguments

MODULE = """
    import functools

    def tally(count):
        def bump(amount):
            nonlocal count
            count += amount
        def total(rows):
            nonlocal count
            for row in rows:
                bump(row)
            count += 1
            return count
        return total

    def factorial(n):
        def product(k, *, step=1):
            return 1 if k < 2 else k * product(k - step)
        return product(n)

    def fib(n):
        @functools.lru_cache(maxsize=None)
        def step(k):
            return k if k < 2 else step(k - 1) + step(k - 2)
        return step(n)

    def table(n):
        handlers = {}
        def visit(k):
            return handlers["next"](k - 1) + 1 if k else 0
        handlers["next"] = visit
        return visit(n)

    def late(known):
        def look():
            return value
        if known:
            value = known
        return look

    class Box:
        def name(self):
            def inner(suffix):
                return __class__.__name__ + suffix
            return inner("!")

    def repeated(times):
        def decorate(function):
            def wrapper(x):
                for _ in range(times):
                    x = function(x)
                return x
            return wrapper
        return decorate

    def stacked(x):
        @repeated(2)
        @repeated(2)
        def add(x):
            return x + 1
        return add(x)
"""


@pytest.fixture
def mod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    (tmp_path / "celled.py").write_text(textwrap.dedent(MODULE))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("celled")
    del sys.modules["celled"]


def recorded(name: str, call: Callable[[], object]) -> list[bytes]:
    """Return the calls, as bytes, that are made of functions of that name."""
    found: list[bytes] = []

    def hook(frame: types.FrameType, event: str, _value: object) -> None:
        if event == "call" and frame.f_code.co_name == name:
            sys.setprofile(None)
            live = arguments(frame)
            found.append(calls.dump(*live))
            assert canonical(live) == canonical(calls.load(found[-1]))
            sys.setprofile(hook)

    before = sys.getprofile()
    sys.setprofile(hook)
    try:
        call()
    finally:
        sys.setprofile(before)
    return found


def canonical(value: object) -> str:
    writer = Canonizer()
    writer.write(value)
    return writer.text()


def stand_in(mod: types.ModuleType, qualname: str, line: str) -> Any:
    text = Path(str(mod.__file__)).read_text()
    first = next(i for i, one in enumerate(text.split("\n"), 1) if line in one)
    spec = {"module": mod.__name__, "file": mod.__file__, "qualname": qualname, "first": first}
    return load.load_target({"target": spec})


def with_candidate(function: Any, mod: types.ModuleType, old: str, new: str) -> Any:
    """Give the stand-in the code of a candidate."""
    file = str(mod.__file__)
    text = Path(file).read_text()
    assert old in text
    target = {"qualname": function.__qualname__, "file": file}
    function.__code__ = load.compile_definition(text.replace(old, new), target)
    return function


def test_a_loaded_call_gives_the_same_result(mod: types.ModuleType) -> None:
    (data,) = recorded("total", lambda: mod.tally(5)([1, 2]))
    args, kwargs = calls.load(data)
    assert stand_in(mod, "tally.<locals>.total", "def total")(*args, **kwargs) == 9


def test_variables_shared_with_another_function_stay_shared(mod: types.ModuleType) -> None:
    (data,) = recorded("total", lambda: mod.tally(5)([1, 2]))
    args, _ = calls.load(data)
    cells = closures.variables(args[0])
    bump = cells["bump"].cell_contents
    bump(100)
    assert cells["count"].cell_contents == 105
    again, _ = calls.load(calls.dump(args, {}))
    again_cells = closures.variables(again[0])
    again_cells["bump"].cell_contents(1)
    assert again_cells["count"].cell_contents == 106


def test_what_a_call_rebinds_shows_in_its_cells(mod: types.ModuleType) -> None:
    (data,) = recorded("total", lambda: mod.tally(5)([1, 2]))
    args, _ = calls.load(data)
    before = canonical(args)
    stand_in(mod, "tally.<locals>.total", "def total")(*args)
    assert closures.variables(args[0])["count"].cell_contents == 9
    assert canonical(args) != before


@pytest.mark.parametrize(
    ("name", "caller", "line", "old", "new", "result"),
    [
        ("product", "factorial", "def product", "1 if k < 2 else k *", "7 if k < 2 else k *", 42),
        ("step", "fib", "@functools", "k if k < 2 else step", "3 if k < 2 else step", 9),
        ("visit", "table", "def visit", "+ 1 if k else 0", "+ 2 if k else 1", 7),
    ],
)
def test_a_function_that_calls_itself_runs_the_candidate(
    mod: types.ModuleType, name: str, caller: str, line: str, old: str, new: str, result: int
) -> None:
    outer = getattr(mod, caller)
    data = recorded(name, lambda: outer(3))[0]
    function = stand_in(mod, f"{caller}.<locals>.{name}", line)
    args, kwargs = calls.load(data)
    assert function(*args, **kwargs) == outer(3)
    candidate = with_candidate(function, mod, old, new)
    args, kwargs = calls.load(data)
    assert candidate(*args, **kwargs) == result


def test_a_variable_without_a_value_stays_without(mod: types.ModuleType) -> None:
    function = stand_in(mod, "late.<locals>.look", "def look")

    def look_in_vain() -> None:
        with pytest.raises(NameError):
            mod.late(0)()

    (data,) = recorded("look", look_in_vain)
    args, _ = calls.load(data)
    with pytest.raises(NameError):
        function(*args)
    (data,) = recorded("look", mod.late(3))
    assert function(*calls.load(data)[0]) == 3


def test_a_function_knows_the_class_around_it(mod: types.ModuleType) -> None:
    (data,) = recorded("inner", lambda: mod.Box().name())
    assert stand_in(mod, "Box.name.<locals>.inner", "def inner")(*calls.load(data)[0]) == "Box!"


def test_other_functions_of_the_same_definition_keep_their_own_variables(
    mod: types.ModuleType,
) -> None:
    outer, inner = recorded("wrapper", lambda: mod.stacked(1))[:2]
    args, _ = calls.load(outer)
    cells = closures.variables(args[0])
    below = cells["function"].cell_contents
    # Both repeat twice, and hold the very same 2.
    assert cells["times"] is not below.__closure__[1]
    function = stand_in(mod, "repeated.<locals>.decorate.<locals>.wrapper", "def wrapper")
    assert function(*args) == 5
    assert function(*calls.load(inner)[0]) == 3


def test_a_function_behind_wraps_keeps_the_globals_of_its_own_module(
    mod: types.ModuleType,
) -> None:
    vars(mod)["__name__"] = "celled"
    mixed = functools.wraps(Path.exists)(mod.tally(0))
    assert mixed.__module__ != "celled"
    (copied,), _ = calls.load(calls.dump((mixed,), {}))
    assert copied.__globals__ is vars(mod)
    assert (copied.__module__, copied.__wrapped__) == (mixed.__module__, Path.exists)


def test_a_function_with_globals_of_no_module_is_not_recorded() -> None:
    namespace: dict[str, Any] = {"__name__": "nowhere"}
    exec("def f(): return f", namespace)
    with pytest.raises(Exception, match="globals"):
        calls.dump((namespace["f"],), {})


def test_the_getter_is_compiled_and_not_its_setter(tmp_path: Path) -> None:
    text = (
        "class A:\n    @property\n    def x(self): return 1\n"
        "    @x.setter\n    def x(self, value): pass\n"
    )
    file = tmp_path / "getter.py"
    file.write_text(text)
    target = {"qualname": "A.x", "file": str(file), "first": 2}
    code = load.compile_definition("import re\n" + text.replace("1", "2"), target)
    assert (code.co_firstlineno, 2 in code.co_consts) == (3, True)
