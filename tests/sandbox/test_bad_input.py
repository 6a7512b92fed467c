"""Targets whose arguments or suites are hostile: a verdict or a stated abstention, no more."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from bench import HOPELESS, Bench, judged, make_bench

from perfopt_cli.core import Reason, Rewrite
from perfopt_cli.sandbox.gate import Refusal
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.source import splice

# Name: what makes its arguments (``n`` is in scope), and the function's body.
UNKEEPABLE = {
    "lying_copy": ("LiesWhenCopied(n)", "return x.n + 1"),
    "unpicklable": ("[threading.Lock(), n]", "return x[1]"),
    "raising_reduce": ("RaisingReduce(n)", "return x.n"),
    "raising_getstate": ("RaisingGet(n)", "return x.n"),
    "raising_setstate": ("RaisingSet(n)", "return x.n"),
    "large": ("bytes(100_000_000 + n)", "return len(x)"),
    "deep": ("nested(n, 100_000)", "return len(x)"),
}
JUDGED = {
    "self_referential": ("holding_itself(n)", "return x[0]"),
    "raising_getattr": ("RaisingGetattr(n)", "return x.n"),
    "living_threads": ("with_thread(n)", "return x + 1"),
    "lying_object": ("Lies(n)", "return x.n"),
    "odd_metaclass": ("n", "return [Odd(), x]"),
}
# The third is a body that does something else.
DIFFERENT = {
    "always_equal": ("Agrees(n)", "return Agrees(x.n + 1)", "return Agrees(x.n)"),
    "counts_looks": ("Counted(n)", "return len(x) + len(x)", "return 2 * len(x)"),
    "elsewhere": ("n", "other.SEEN.append(x)\n    return x", "return x"),
    "descriptor": ("n", "os.write(1, b'called')\n    return x", "return x"),
    "argument_function": (
        "counter(n)",
        "return [x(), x()]",
        "one = x()\n    return [one, one + 1]",
    ),
}
CASES = {**UNKEEPABLE, **JUDGED, **DIFFERENT}
MODULE = """
    import os
    import threading
    import other

    class Base:
        def __init__(self, n):
            self.n = n

    class RaisingReduce(Base):
        def __reduce__(self):
            raise RuntimeError("no")

    class RaisingGet(Base):
        def __getstate__(self):
            raise RuntimeError("no")

    class RaisingSet(Base):
        def __setstate__(self, state):
            raise RuntimeError("no")

    class RaisingGetattr(Base):
        def __getattr__(self, name):
            raise RuntimeError(name)
        def __reduce__(self):
            return RaisingGetattr, (self.n,)

    class Lies(Base):
        def __hash__(self):
            return id(self) % 97
        def __bool__(self):
            raise RuntimeError
        def __reduce__(self):
            return Lies, (self.n,)
        __class__ = property(lambda self: int)

    class LiesWhenCopied(Base):
        def __reduce__(self):
            return LiesWhenCopied, (self.n % 4,)
        __deepcopy__ = __copy__ = lambda self, *memo: LiesWhenCopied(0)

    class Agrees(Base):
        def __eq__(self, other):
            return True
        __hash__ = None

    class Counted(Base):
        looks = 0
        def __len__(self):
            self.looks += 1
            return self.n

    class Meta(type):
        def __getattribute__(cls, name):
            if name.startswith("__reduce") or name == "__new__":
                return type.__getattribute__(cls, name)
            raise AttributeError(name)
        def __eq__(cls, other):
            return True
        def __hash__(cls):
            return 0
        def __instancecheck__(cls, one):
            return True

    class Odd(metaclass=Meta):
        pass

    STOP = threading.Event()
    MAKE = {}

    def nested(n, depth):
        x = [n]
        for _ in range(depth):
            x = [x]
        return x

    def holding_itself(n):
        x = [n]
        x.append(x)
        return x

    def with_thread(n):
        threading.Thread(target=STOP.wait, daemon=True).start()
        return n

    def counter(n):
        def count():
            nonlocal n
            n += 1
            return n
        return count
"""
TESTS = """
    import pytest

    @pytest.mark.parametrize("n", range(3, 9))
    @pytest.mark.parametrize("name", sorted(MAKE))
    def test_each(name, n):
        globals()["f_" + name](MAKE[name](n))
"""


def body(name: str, text: str) -> str:
    return f"def f_{name}(x):\n    {text}\n"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bad")
    module = textwrap.dedent(MODULE)
    for name, case in CASES.items():
        module += f"{body(name, case[1])}\nMAKE[{name!r}] = lambda n: {case[0]}\n"
    return make_bench(folder, module, TESTS, others={"other.py": "SEEN = []\n"}, made_up=30)


def compared(judge: Judge, source: str) -> Refusal | None:
    """Replay a candidate, and say what is found different."""
    evidence = judge.evidence()
    assert evidence is not None
    assert evidence.weak is None
    rewrite = Rewrite(judge.target, source)
    text = splice(judge.module.text, judge.target.qualname, source, ())
    return judge.verifier.replay_calls(evidence, rewrite, text)


@pytest.mark.parametrize("name", UNKEEPABLE)
def test_calls_that_cannot_be_kept_are_said_to_be_too_few(bench: Bench, name: str) -> None:
    evidence = bench.judge("f_" + name).evidence()
    assert evidence is not None
    assert evidence.weak is not None
    reason, detail = evidence.weak
    assert reason is Reason.UNTESTED
    assert "can't be" in detail


@pytest.mark.parametrize("name", JUDGED)
def test_the_same_again_is_no_difference(bench: Bench, name: str) -> None:
    text = JUDGED[name][1].replace("return ", "y = x\n    return ").replace("(x", "(y")
    assert compared(bench.judge("f_" + name), body(name, text)) is None


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_difference_that_objects_hide_is_seen(bench: Bench, name: str) -> None:
    found = compared(bench.judge("f_" + name), body(name, DIFFERENT[name][2]))
    assert found is not None
    assert found.reason is Reason.DIVERGED


def test_recursion_without_end_has_a_verdict(tmp_path: Path) -> None:
    module = "def endless(x):\n    return endless(x + 1)\ndef f(x):\n    return endless(x)\n"
    tests = """
        import pytest

        def test_f():
            for n in range(5):
                with pytest.raises(RecursionError):
                    f(n)
    """
    judge = make_bench(tmp_path, module, tests, made_up=30).judge("f")
    verdict = judged(judge, "def f(x):\n    return endless(x + 1)\n")
    assert verdict.reason in (Reason.UNTESTED, Reason.DIVERGED)


PATCHES = "time.time = time.perf_counter = lambda: 0.0\ntime.perf_counter_ns = lambda: 0\n"
TIMED = "def f(x):\n    return [one + one for one in range(x)]\n"
CALLS = "def test_f():\n    for n in range(100, 110):\n        assert f(n)\n"


@pytest.mark.parametrize("where", ["module", "tests"])
def test_patched_clocks_stop_no_clock_of_ours(tmp_path: Path, where: str) -> None:
    patch = "import time\n" + PATCHES
    module = patch + TIMED if where == "module" else TIMED
    tests = CALLS if where == "module" else patch + CALLS
    bench = make_bench(tmp_path, module, tests, made_up=30)
    verdict = judged(bench.judge("f", least=HOPELESS), TIMED.replace("one + one", "2 * one"))
    assert verdict.reason in (Reason.NOT_FASTER, Reason.NOISY), verdict.detail


def test_floats_within_the_allowed_ulps_are_no_difference(tmp_path: Path) -> None:
    module = "def f(x):\n    return [x / 10]\n"
    tests = "def test_f():\n    for n in range(3, 30):\n        f(n / 7)\n"
    judges = []
    for ulps in (0, 2):
        folder = tmp_path / str(ulps)
        folder.mkdir()
        judge = make_bench(folder, module, tests, made_up=30).judge("f")
        judge.request["ulps"] = ulps
        judges.append(judge)
    near, far = "def f(x):\n    return [x * 0.1]\n", "def f(x):\n    return [x * 0.11]\n"
    assert compared(judges[0], near) is not None
    assert compared(judges[1], near) is None
    assert compared(judges[1], far) is not None
