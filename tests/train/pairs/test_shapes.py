"""Shapes of small algorithms, drawn."""

from __future__ import annotations

import ast
from collections import Counter

from perfopt_cli.model.mini.families import family_of, family_word
from perfopt_cli.train.pairs.corpus import Function
from perfopt_cli.train.pairs.make import skeleton
from perfopt_cli.train.pairs.shapes.draw import SHAPES, drawn, embedded

HOST = Function("package", "read", "def read(self, rows, n):\n    top = n\n    return rows[:top]")


def test_every_shape_is_drawn_and_parses() -> None:
    pairs = list(drawn(0, 3 * len(SHAPES), 0))
    assert {pair.family for pair in pairs} == set(SHAPES)
    for pair in pairs:
        ast.parse(pair.slow)
        ast.parse(pair.fast)
        assert pair.slow != pair.fast


def test_the_small_model_has_a_word_for_each_shape() -> None:
    assert not [name for name in SHAPES if family_of(family_word(name)) == "other"]


def test_drawings_of_a_shape_differ_in_more_than_names() -> None:
    shapes = Counter(pair.family for pair in drawn(0, len(SHAPES), 0))
    assert max(shapes.values()) == 1
    mine = list(drawn(0, 12, 0, ["group-dict"]))
    assert len({skeleton(pair.slow + pair.fast) for pair in mine}) > 6


def test_no_word_of_a_shape_is_left() -> None:
    for pair in drawn(1, len(SHAPES), 0):
        names = {node.id for node in ast.walk(ast.parse(pair.fast)) if isinstance(node, ast.Name)}
        assert not {name for name in names if name.isupper()}, pair.fast


def test_a_shape_stands_in_the_middle_of_a_function() -> None:
    made = [pair for seed in range(40) for pair in embedded(HOST, seed)]
    assert made
    for pair in made:
        assert "top = n" in pair.slow
        assert "top = n" in pair.fast
        assert ast.parse(pair.fast).body[0].name == "read"  # type: ignore[attr-defined]


def test_what_a_shape_needs_becomes_parameters() -> None:
    pair = next(pair for seed in range(40) for pair in embedded(HOST, seed))
    assert pair.fast.startswith("def read(self, ")


def test_drawings_are_repeated_by_the_seed() -> None:
    assert list(drawn(3, 40, 7)) == list(drawn(3, 40, 7))
    assert list(drawn(3, 40, 7)) != list(drawn(3, 40, 8))
