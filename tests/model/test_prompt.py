"""The prompts as a whole are held against tests/golden/prompt_*.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfopt_cli.core import Target
from perfopt_cli.model.prompt import Prompt, TooLong, build_prompt

GOLDEN = Path(__file__).parents[1] / "golden"

MODULE = (
    '''\
"""Orders."""
import json
import re as regex
from itertools import (
    chain,
    islice,
)

try:
    import numpy as np
except ImportError:
    np = None

LIMIT = 10
NAMES: tuple[str, ...] = ("a", "b")
UNUSED = 3
BIG = [
'''
    + "".join(f"    {number},\n" for number in range(100))
    + """\
]
"""
)
FUNCTION = Target(
    "shop/order.py",
    "total",
    40,
    "def total(values):\n    if np is None:\n        return LIMIT\n"
    "    return regex.sub(NAMES[0], BIG[0], next(chain(values)))",
    share=0.412,
)
METHOD = Target(
    "shop/order.py",
    "Order.lines",
    50,
    "@cached\ndef lines(self):\n    for line in self.raw:\n        yield line.strip()\n",
    share=0.004,
)
INNER = Target("a.py", "outer.<locals>.f", 2, "async def f(x):\n    await x\n")


def shown(prompt: Prompt) -> str:
    return (
        f"=== system\n{prompt.messages.system}\n=== user\n{prompt.messages.user}=== plain\n{prompt}"
    )


@pytest.mark.parametrize(
    ("name", "target", "module"),
    [("function", FUNCTION, MODULE), ("method", METHOD, MODULE), ("inner", INNER, "")],
)
def test_the_prompt_is_the_golden_one(name: str, target: Target, module: str) -> None:
    golden = (GOLDEN / f"prompt_{name}.txt").read_text(encoding="utf-8")
    assert shown(build_prompt(target, module)) == golden


def test_the_plain_form_ends_where_the_model_is_to_go_on() -> None:
    assert build_prompt(FUNCTION, "").endswith("\n# optimized version of the same code:\n")


def test_context_is_dropped_by_whole_statements_when_the_budget_is_short() -> None:
    room = len(FUNCTION.source) + 1 + len("import re as regex\n") + len("LIMIT = 10\n")
    assert "import re as regex\nLIMIT = 10\n" in build_prompt(FUNCTION, MODULE, budget=room)
    assert "LIMIT = 10" not in build_prompt(FUNCTION, MODULE, budget=room - 1)


def test_a_function_that_just_fits_stands_alone() -> None:
    prompt = build_prompt(FUNCTION, MODULE, budget=len(FUNCTION.source) + 1)
    assert prompt == build_prompt(FUNCTION, "")
    assert prompt.shorter is None


def test_a_function_is_never_cut() -> None:
    with pytest.raises(TooLong, match=r"shop/order\.py: total has \d+ characters"):
        build_prompt(FUNCTION, MODULE, budget=len(FUNCTION.source))


def test_the_shorter_form_lacks_the_context() -> None:
    assert build_prompt(FUNCTION, MODULE).shorter == build_prompt(FUNCTION, "")


def test_a_module_that_does_not_parse_gives_no_context() -> None:
    assert build_prompt(FUNCTION, "import (") == build_prompt(FUNCTION, "")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def f():\n    return [(yield)]\n", "a generator, as lazy as before"),
        ("async def f():\n    yield 1\n", "an async generator"),
        ("def f():\n    def g():\n        yield\n    return g\n", "an ordinary function"),
        ("async def f():\n    pass\n", "an async function"),
    ],
)
def test_the_kind_of_function_is_stated(source: str, kind: str) -> None:
    assert f"that it is {kind};" in build_prompt(Target("a.py", "f", 1, source), "").messages.user
