"""The static gate sees what a change moves into new helpers."""

from __future__ import annotations

import textwrap

import pytest

from perfopt_cli.core import Reason, Target
from perfopt_cli.pipeline.changed import compare
from perfopt_cli.pipeline.pair import Pair, make_pair
from perfopt_cli.source import decode_source


def pair(old: str, new: str) -> Pair:
    """Return the first changed function of two versions, past the static gate."""
    old, new = textwrap.dedent(old), textwrap.dedent(new)
    changed = compare("mod.py", old, new).functions[0]
    target = Target("mod.py", changed.qualname, 1, changed.old.source, "mod", tests=("t",))
    texts = decode_source(old.encode()), decode_source(new.encode())
    return make_pair(changed, target, 0, *texts)


PLAIN = "def f(x):\n    return x + 1\n"


def test_a_plain_helper_passes() -> None:
    new = "def g(x):\n    return x + 1\n\ndef f(x):\n    return g(x)\n"
    assert pair(PLAIN, new).refusal is None


@pytest.mark.parametrize(
    ("helper", "said"),
    [
        ("@lru_cache\ndef g(x):\n    return x + 1\n", "lru_cache"),
        ("def g(x):\n    return h(x)\n@lru_cache\ndef h(x):\n    return x + 1\n", "lru_cache"),
        ("def g(x):\n    return SEEN.setdefault(x, x + 1)\n", "SEEN"),
        ("def g(x):\n    global COUNT\n    COUNT = x\n    return x + 1\n", "COUNT"),
    ],
)
def test_a_helper_that_keeps_something_is_refused(helper: str, said: str) -> None:
    head = "from functools import lru_cache\nSEEN = {}\nCOUNT = 0\n"
    found = pair(head + PLAIN, f"{head}{helper}\ndef f(x):\n    return g(x)\n").refusal
    assert found is not None
    assert found.reason is Reason.UNSAFE
    assert said in found.detail


def test_a_method_as_a_helper_is_seen_too() -> None:
    old = "class A:\n    def f(self):\n        return 1\n"
    new = "class A:\n    def f(self):\n        return self.g()\n    def g(self):\n        self.n = 1\n        return 1\n"
    found = pair(old, new).refusal
    assert found is not None
    assert "stores the attribute n" in found.detail


def test_a_helper_under_another_name_is_nothing_new() -> None:
    old = "def g(a):\n    a.n = 1\n\ndef f(a):\n    return g(a)\n"
    new = "def h(a):\n    a.n = 1\n\ndef f(a):\n    return h(a)\n"
    assert pair(old, new).refusal is None
