from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfopt_cli.core import Target
from perfopt_cli.model.examples.builtin import BUILTIN
from perfopt_cli.model.examples.example import Example
from perfopt_cli.model.examples.features import shape_of, words_of
from perfopt_cli.model.examples.library import LONGEST, Library

SLOW = "def f(rows):\n    out = []\n    for row in rows:\n        if row not in out:\n            out.append(row)\n    return out\n"
FAST = "def f(rows):\n    return list(dict.fromkeys(rows))\n"
PAIR = Example("shop.py::f", SLOW, FAST)
OTHER = Example("add", "def add(a, b):\n    return a + b\n", "def add(a, b):\n    return b + a\n")


def target(source: str, qualname: str = "g") -> Target:
    return Target("shop.py", qualname, 1, source)


def names(library: Library, asked: Target, most: int = 2) -> list[str]:
    return [example.name for example in library.nearest(asked, most)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "def g(a, b):\n    r = []\n    for x in a:\n        if x in b and x not in r:\n            r.append(x)\n    return tuple(r)\n",
            "common_names",
        ),
        (
            "def g(self, rows):\n    while rows and self.left:\n        self.done.append(rows.pop(0))\n        self.left -= 1\n",
            "merge_sorted",
        ),
        ("def g(n):\n    return n if n < 2 else g(n - 1) + g(n - 2)\n", "fibonacci"),
        (
            "def g(v):\n    c = 0\n    for i in range(len(v)):\n        for j in range(i + 1, len(v)):\n            if v[i] == v[j]:\n                c += 2\n    return c\n",
            "count_pairs",
        ),
    ],
)
def test_the_nearest_pair_does_the_like(source: str, expected: str) -> None:
    assert names(Library(BUILTIN), target(source))[0] == expected


def test_a_search_gives_the_same_each_time() -> None:
    asked = target(SLOW.replace("append", "insert"))
    assert names(Library(BUILTIN), asked) == names(Library(BUILTIN), asked)


@pytest.mark.parametrize(
    "asked",
    [
        target(SLOW),
        target(FAST),
        target(SLOW.replace("rows", "lines").replace("def f", 'def other')),
        target(SLOW.replace("return out", "return out or []"), "f"),
    ],
    ids=["slow side", "fast side", "other names", "same function"],
)
def test_a_function_is_never_its_own_example(asked: Target) -> None:
    assert names(Library([PAIR]), asked) == []
    near = target(SLOW.replace("return out", "return out or []"))
    assert names(Library([PAIR]), near) == [PAIR.name]


def test_what_has_little_in_common_is_no_example() -> None:
    asked = target("async def g(x):\n    async with x as y:\n        yield y\n")
    assert names(Library([PAIR, OTHER]), asked) == []


@pytest.mark.parametrize("source", ["def f(:\n", ""])
def test_what_is_not_python_has_no_examples(source: str) -> None:
    assert names(Library([PAIR]), target(source)) == []


def test_an_empty_library_has_no_examples() -> None:
    assert names(Library([]), target(SLOW)) == []


def test_long_pairs_equal_sides_and_repeated_pairs_are_left_out() -> None:
    long = Example("long", SLOW + "#" * LONGEST, FAST)
    equal = Example("equal", SLOW, SLOW.replace("out", "found"))
    assert Library([PAIR, long, equal, Example("again", SLOW, FAST)]).examples == [PAIR]


def test_pairs_are_read_when_the_first_search_is_made() -> None:
    read = []

    def pairs() -> Iterator[Example]:
        read.append(1)
        yield PAIR

    library = Library(pairs())
    assert not read
    library.nearest(target(SLOW))
    library.nearest(target(SLOW))
    assert read == [1]


def test_names_layout_and_docstrings_are_no_part_of_the_shape() -> None:
    other = 'def g(x, *, y=1):\n    """Doc."""\n    for i in x:\n        print(i, y)\n'
    again = "def h(a, *, b=1):\n    for c in a:  # c\n        print(c, b)\n"
    assert shape_of(other) == shape_of(again)
    assert shape_of(other) != shape_of(again.replace("print", "len"))
    assert shape_of(other) != shape_of(again.replace("(c, b)", "(b, c)"))


def test_annotations_and_docstrings_are_no_words() -> None:
    bare = "def f(x):\n    return x.go()\n"
    noted = 'def f(x: list[int]) -> dict[str, int]:\n    """Go."""\n    return x.go()\n'
    assert words_of(bare) == words_of(noted)


def test_a_call_inside_more_loops_is_another_word() -> None:
    once = words_of("def f(x):\n    for i in x:\n        i.go()\n")
    twice = words_of("def f(x):\n    for i in x:\n        for j in i:\n            j.go()\n")
    assert ".go@1" in once
    assert ".go@2" in twice
    assert ".go@1" not in twice
