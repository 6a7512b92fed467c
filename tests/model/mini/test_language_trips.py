"""On code that nobody wrote for it, what a lesson says is what its reply makes."""

from __future__ import annotations

import ast
import importlib
import inspect
import random
from collections.abc import Iterator

import pytest
from same_program import shape

from perfopt_cli.model.mini.language import (
    NOTHING,
    VOCABULARY,
    Unreadable,
    apply_reply,
    read,
    write_lesson,
)
from perfopt_cli.model.rules import RULES
from perfopt_cli.model.rules.examples import shown
from perfopt_cli.source import find

MODULES = ["textwrap", "shlex", "heapq", "fnmatch", "bisect"]
LARGE = ["difflib", "argparse", "statistics", "inspect", "tarfile"]
EXAMPLES = [
    "pair-index",
    "index-join",
    "seen-set",
    "hoist-assignment",
    "string-join",
    "queue-deque",
]


def functions(name: str) -> Iterator[str]:
    tree = ast.parse(inspect.getsource(importlib.import_module(name)))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield ast.unparse(node) + "\n"


def changed(source: str, rng: random.Random) -> str:
    """Take out, repeat, move or wrap a statement."""
    tree = ast.parse(source)
    blocks = [
        block
        for node in ast.walk(tree)
        for field in ("body", "orelse", "finalbody")
        if isinstance(block := getattr(node, field, None), list)
        if block and isinstance(block[0], ast.stmt)
    ][1:]
    block, other = rng.choice(blocks), rng.choice(blocks)
    at, to = rng.randrange(len(block)), rng.randrange(len(other) + 1)
    if rng.random() < 0.3:
        block[at] = ast.If(ast.Name("any", ast.Load()), [block[at]], [])
    elif rng.random() < 0.3:
        other.insert(to, block[at])
    elif len(block) > 1:
        other.insert(to, block.pop(at))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def lessons(name: str) -> Iterator[tuple[str, str, str]]:
    rng = random.Random(name)
    for slow in functions(name):
        for _ in range(3):
            try:
                fast = changed(slow, rng)
                lesson = write_lesson(read(slow), fast)
                ast.parse(fast)
            except (Unreadable, RecursionError, SyntaxError):
                continue
            if lesson != NOTHING:
                yield slow, fast, lesson


def check(name: str) -> None:
    tried = 0
    for slow, fast, lesson in lessons(name):
        written = apply_reply(read(slow), lesson)
        assert written is not None, (slow, lesson)
        assert shape(written.source, slow) == shape(fast, slow)
        tried += 1
    assert tried > 3


@pytest.mark.parametrize("name", MODULES)
def test_a_reply_makes_the_code_of_its_lesson(name):
    check(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_reply_makes_the_code_of_its_lesson_in_large_modules(name):
    check(name)


def damaged(words: list[str], rng: random.Random) -> list[str]:
    kind = rng.randrange(3)
    if kind == 0:
        return words[: rng.randrange(len(words))]
    if kind == 1:
        return words + words[rng.randrange(len(words)) :]
    lines = [f"L{number}" for number in range(20)] + [f"I{number}" for number in range(6)]
    return [
        rng.choice(rng.choice([VOCABULARY, lines])) if rng.random() < 0.2 else word
        for word in words
    ]


@pytest.mark.parametrize("name", MODULES)
def test_a_damaged_reply_makes_python_or_nothing(name):
    rng = random.Random(name)
    for slow, _, lesson in lessons(name):
        written = apply_reply(read(slow), " ".join(damaged(lesson.split(), rng)))
        if written is not None:
            ast.parse(written.source)


def trip(name: str) -> None:
    rule = RULES[name]
    slow, result = find(rule.example.before, "f").source, shown(rule)
    reading = read(slow)
    lesson = write_lesson(reading, result.function, name)
    written = apply_reply(reading, lesson)
    assert written is not None
    assert shape(written.source, slow) == shape(result.function, slow)
    assert written.family == name
    assert set(written.imports) == set(result.imports)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_rule_can_be_said(name):
    trip(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RULES.keys() - {"format-string"}))
def test_every_rule_can_be_said(name):
    trip(name)
