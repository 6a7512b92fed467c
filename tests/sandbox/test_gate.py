"""The static gate: what is refused before anything runs, and why."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from perfopt_cli.core import Reason, Rewrite, Target
from perfopt_cli.sandbox.gate import static_gate
from perfopt_cli.sandbox.special import constants_of_tests

MODULE = textwrap.dedent("""\
    import json
    from collections import Counter

    CACHE = {}
    WORDS = ["a", "b"]

    def find(items: list[str], limit: int = 3) -> list[str]:
        '''Find words.'''
        found = []
        for item in items:
            if item in WORDS:
                found.append(item)
        return found
    """)
ORIGINAL = MODULE[MODULE.index("def find") :]
HEAD = "def find(items: list[str], limit: int = 3) -> list[str]:\n"


def gate(body: str, *, imports: tuple[str, ...] = (), original: str = ORIGINAL) -> str | None:
    """Return "REASON detail", or None where the gate lets the candidate through."""
    source = body if "def " in body else HEAD + textwrap.indent(textwrap.dedent(body), "    ")
    target = Target("m.py", "find", 7, original)
    refusal = static_gate(Rewrite(target, source, imports), MODULE)
    return None if refusal is None else f"{refusal.reason.value} {refusal.detail}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return [item for item in items if item in WORDS]", id="comprehension"),
        pytest.param("import itertools\nreturn list(itertools.chain(items))", id="allowed import"),
        pytest.param("words = set(WORDS)\nreturn [i for i in items if i in words]", id="local set"),
        pytest.param("seen = {}\nseen['a'] = 1\nreturn list(seen)", id="local state"),
        pytest.param("return list(Counter(items))", id="name of the module"),
        pytest.param("time = 3\nreturn items[:time]", id="local variable with a module's name"),
        pytest.param("return json.loads(items[0])", id="module that is imported already"),
    ],
)
def test_ordinary_code_passes(body: str) -> None:
    assert gate(body) is None


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def find(items: list[str]", id="syntax error"),
        pytest.param("def other(items: list[str], limit: int = 3) -> list[str]: ...", id="name"),
        pytest.param("def find(items: list[str], limit: int = 4) -> list[str]: ...", id="default"),
        pytest.param("def find(items, limit=3): ...", id="annotations"),
        pytest.param(
            "async def find(items: list[str], limit: int = 3) -> list[str]: ...", id="async"
        ),
        pytest.param("@staticmethod\n" + ORIGINAL, id="decorator"),
        pytest.param(HEAD + "    yield 1\n", id="generator"),
        pytest.param(ORIGINAL + "\nx = 1\n", id="more than the function"),
        pytest.param(HEAD + "    return nowhere(items)\n", id="unknown name"),
    ],
)
def test_what_is_not_the_same_function_is_invalid(source: str) -> None:
    verdict = gate(source)
    assert verdict is not None
    assert verdict.startswith(Reason.INVALID.value)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("import os\nreturn os.listdir()", "imports os"),
        ("import subprocess\nreturn []", "imports subprocess"),
        ("from functools import lru_cache\nreturn []", "imports lru_cache"),
        ("from itertools import *\nreturn []", "imports"),
        ("return eval(items[0])", "uses eval"),
        ("return open(items[0]).readlines()", "uses open"),
        ("return __import__('os').listdir()", "uses __import__"),
        ("global CACHE\nCACHE = {}\nreturn []", "declares CACHE global"),
        ("CACHE[0] = 1\nreturn []", "changes CACHE"),
        ("CACHE.setdefault(0, 1)\nreturn []", "changes CACHE"),
        ("WORDS.append('c')\nreturn []", "changes WORDS"),
        ("find.memo = 1\nreturn []", "stores the attribute memo"),
        ("return items.__class__(items)", "reaches for __class__"),
        ("return getattr(items, limit)", "calls getattr with a computed name"),
        ("try:\n    return items\nexcept:\n    return []", "catches everything"),
        ("try:\n    return items\nexcept Exception:\n    return []", "catches Exception"),
        ("return [" + ", ".join(f"'w{n}'" for n in range(30)) + "]", "table of 30 constants"),
        ("return '" + "x" * 80 + "'.split()", "long constant"),
        ("class A: pass\nreturn []", "defines a class"),
        ("return type('A', (), {})", "makes a class"),
    ],
)
def test_what_a_rewrite_may_not_begin_to_do_is_unsafe(body: str, why: str) -> None:
    verdict = gate(body)
    assert verdict is not None
    assert verdict.startswith(Reason.UNSAFE.value)
    assert why in verdict


def test_what_the_original_does_already_is_its_own_affair() -> None:
    original = HEAD + "    CACHE[0] = 1\n    return []\n"
    assert gate(original.replace("[]", "list()"), original=original) is None


@pytest.mark.parametrize(
    "body", ["import os\nos.remove(items[0])", "from os import remove\nremove(items[0])"]
)
def test_an_import_that_the_module_has_is_no_leave_to_use_it(body: str) -> None:
    source = HEAD + textwrap.indent(body, "    ") + "\n    return []\n"
    target = Target("m.py", "find", 8, ORIGINAL)
    refusal = static_gate(Rewrite(target, source), "import os\n" + MODULE)
    assert refusal is not None
    assert refusal.reason is Reason.UNSAFE


def test_an_added_import_must_be_an_import() -> None:
    assert gate("return []", imports=("CACHE.clear()",)) == (
        "UNSAFE not an import statement: 'CACHE.clear()'"
    )


def test_an_added_import_may_be_used() -> None:
    assert gate("return deque(items)", imports=("from collections import deque",)) is None


def test_a_dropped_docstring_is_not_taken_for_a_long_constant() -> None:
    original = HEAD + "    '''" + "x" * 100 + "'''\n    return []\n"
    assert gate(original, original=original) is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("if len(items) == 4711:\n    return []\nreturn items", id="comparison"),
        pytest.param("return {'spam eggs': []}.get(items[0], items)", id="key"),
        pytest.param("match items[0]:\n    case 'spam eggs':\n        return []", id="case"),
    ],
)
def test_a_case_made_for_the_tests_is_refused(tmp_path: Path, body: str) -> None:
    (tmp_path / "test_find.py").write_text("def test(): assert find(['spam eggs'] * 4711)")
    tested = constants_of_tests(tmp_path, ["test_find.py::test"])
    source = HEAD + textwrap.indent(body, "    ")
    refusal = static_gate(Rewrite(Target("m.py", "find", 7, ORIGINAL), source), MODULE, tested)
    assert refusal is not None
    assert "which the tests use" in refusal.detail


def test_a_constant_that_nothing_is_compared_with_is_no_special_case(tmp_path: Path) -> None:
    (tmp_path / "test_find.py").write_text("def test(): assert find(['spam eggs'] * 4711)")
    tested = constants_of_tests(tmp_path, ["test_find.py::test"])
    source = HEAD + "    return ['spam eggs' for _ in range(4711)]\n"
    target = Target("m.py", "find", 7, ORIGINAL)
    assert static_gate(Rewrite(target, source), MODULE, tested) is None


REACHING = textwrap.dedent("""\
    import os
    import typing
    import collections
    import datetime
    from operator import attrgetter
    from subprocess import run as start

    def find(items: list[str], limit: int = 3) -> list[str]:
        return [os.path.basename(item) for item in items]
    """)


def reach(body: str, *, module: str = REACHING) -> str | None:
    """Return what the gate says of this body in a module that imports os for its paths."""
    original = module[module.index("def find") :]
    source = HEAD + textwrap.indent(textwrap.dedent(body), "    ")
    refusal = static_gate(Rewrite(Target("m.py", "find", 6, original), source), module)
    return None if refusal is None else f"{refusal.reason.value} {refusal.detail}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("os.remove(items[0])\nreturn []", id="another use of the module"),
        pytest.param("system = os\nreturn [system.getpid()]", id="the module under a new name"),
        pytest.param("start(items)\nreturn []", id="a name from a module"),
        pytest.param("return typing.sys.modules", id="a module in a harmless module"),
        pytest.param("return collections._sys.path", id="a private name of a harmless module"),
        pytest.param("return ['{0.__class__}'.format(items)]", id="an attribute in a format"),
        pytest.param("return [items[0].format(items)]", id="a format that is computed"),
        pytest.param("from operator import attrgetter as get\nreturn get", id="attrgetter"),
        pytest.param("return [attrgetter(i)(items) for i in items]", id="attrgetter of anything"),
        pytest.param("return (x for x in items).gi_frame", id="a frame"),
        pytest.param("return type(items).mro()", id="the classes of a type"),
        pytest.param("help(items)\nreturn []", id="a built-in of site"),
    ],
)
def test_reaching_for_more_is_refused(body: str) -> None:
    assert (reach(body) or "").startswith("UNSAFE")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("base = os.path.basename\nreturn list(map(base, items))", id="the same use"),
        pytest.param("return list(collections.deque(items, limit))", id="a harmless module"),
        pytest.param("return ['{}!'.format(item) for item in items]", id="an ordinary format"),
        pytest.param("return sorted(items, key=attrgetter('n'))", id="attrgetter of a name"),
        pytest.param("return [datetime.time.min]", id="a class like a module"),
    ],
)
def test_what_the_original_uses_may_be_used(body: str) -> None:
    assert reach(body) is None


def test_a_lock_is_to_be_taken_still() -> None:
    original = "def f(x):\n    with LOCK:\n        return sum(x)\n"
    target = Target("m.py", "f", 1, original)
    candidate = Rewrite(target, "def f(x):\n    return sum(x)\n")
    refusal = static_gate(candidate, "LOCK = None\n" + original)
    assert refusal is not None
    assert refusal.detail == "no longer runs within LOCK"
