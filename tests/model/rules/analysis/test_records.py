"""Fields of a module's classes are taken for granted only where the text proves them."""

from __future__ import annotations

import textwrap

import pytest

from perfopt_cli.model.rules.analysis.module import Module

HEAD = """
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, NamedTuple, TypedDict
"""


def fields(text: str) -> tuple[set[str], set[str]] | None:
    record = Module(HEAD + textwrap.dedent(text)).record("C")
    return (set(record.fields), set(record.sure)) if record else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@dataclass\nclass C:\n    a: int\n    b: str = 'x'", ({"a", "b"}, {"a", "b"})),
        ("@dataclass(frozen=True)\nclass C:\n    a: ClassVar[int] = 1", (set(), set())),
        ("@dataclass\nclass C:\n    a: int = field(init=False)", ({"a"}, set())),
        ("@dataclass\nclass C:\n    a: int\n    @property\n    def a(self): ...", (set(), set())),
        ("@dataclass\nclass C:\n    a: int = Descriptor()", (set(), set())),
        ("@dataclass\nclass C:\n    a: int\n    def __getattribute__(self, n): ...", None),
        ("@decorated\n@dataclass\nclass C:\n    a: int", None),
        ("@dataclass\nclass C(Unknown):\n    a: int", None),
        (
            "@dataclass\nclass B:\n    a: int\n@dataclass\nclass C(B):\n    b: int",
            ({"a", "b"},) * 2,
        ),
        ("class C(NamedTuple):\n    a: int", ({"a"}, {"a"})),
        ("class C(TypedDict):\n    a: int", ({"a"}, {"a"})),
        ("class C(TypedDict, total=False):\n    a: int", ({"a"}, set())),
        ("class C(Enum):\n    A = 1", None),
        ("class C(metaclass=M):\n    a: int", None),
    ],
)
def test_declared_fields(text: str, expected: object) -> None:
    assert fields(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("self.a = a", ({"a"}, {"a"})),
        ("self.a: list[int] = list(a)", ({"a"}, {"a"})),
        ("self.go()\n        self.a = a", ({"a"}, set())),
        ("register(self)\n        self.a = a", ({"a"}, set())),
        ("if a:\n            return\n        self.a = a", ({"a"}, set())),
        ("a = 3\n        self.a = a", (set(), set())),
        ("if a:\n            self.a = a", (set(), set())),
        ("self.a = a\n        self.a = None", (set(), set())),
    ],
)
def test_fields_that_init_sets(body: str, expected: object) -> None:
    text = f"class C:\n    def __init__(self, a: list[int]):\n        {body}\n    def go(self): ..."
    assert fields(text) == expected


def test_a_class_that_is_bound_twice_has_no_known_fields() -> None:
    assert fields("@dataclass\nclass C:\n    a: int\nC = wrap(C)") is None
