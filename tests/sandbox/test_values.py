"""Values go through text and come back as they were."""

from __future__ import annotations

import collections
import math

import pytest

from perfopt_cli.sandbox.worker.values import Opaque, decode, encode


class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next


class Slotted:
    __slots__ = ("one", "two")


CLASSES = {"Node": Node, "Slotted": Slotted}


def through(value):
    return decode(*encode(value, CLASSES), CLASSES)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -1,
        10**30,
        0.1,
        -0.0,
        1e400,
        2 + 3j,
        "\ud800\0'",
        b"\xff",
        [1, (2, {3}), {"a": [frozenset([4]), set()]}],
        (),
        {(1, frozenset([(2, 3)])): "x"},
        frozenset(),
        collections.deque([1, [2]]),
        [[[]] * 3] * 3,
    ],
)
def test_a_value_comes_back_equal_and_of_its_type(value: object) -> None:
    found = through(value)
    assert found == value
    assert type(found) is type(value)


def test_no_number_comes_back_as_none() -> None:
    assert math.isnan(through([math.nan])[0])


def test_instances_come_back_with_their_fields() -> None:
    made = Slotted()
    made.one = Node(5, "end")
    found = through([made, Node(1)])
    assert (found[0].one.value, found[0].one.next, found[1].value) == (5, "end", 1)
    assert not hasattr(found[0], "two")


def test_a_ring_comes_back_as_a_ring() -> None:
    ring = Node(1)
    ring.next = Node(2, ring)
    found = through(ring)
    assert found.next.next is found
    items: list[object] = []
    items.append(items)
    found = through([items, Node(0)])[0]
    assert found[0] is found


def test_a_long_chain_comes_back() -> None:
    chain = None
    for number in range(5000):
        chain = Node(number, chain)
    found, count = through(chain), 0
    while found is not None:
        found, count = found.next, count + 1
    assert count == 5000


def test_instances_of_other_classes_equal_nothing() -> None:
    class Anything:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None

    found = through([Anything()])[0]
    assert isinstance(found, Opaque)
    assert found != Anything
    assert found != found


def test_subclasses_of_containers_come_back_as_what_they_hold() -> None:
    class Mine(list):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None

    assert through(Mine([1])) == [1]
    assert through(Mine([1])) != [2]
    assert through(collections.Counter("aab")) == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    "text", ["__import__('os')", "f()", "[].append", "1 if 1 else 2", "lambda: 0", ""]
)
def test_text_that_is_no_value_is_refused(text: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        decode("repr", text, {})
