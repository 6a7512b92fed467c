"""queue-deque: a list used as a queue becomes a deque."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "queue-deque"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            queue = list(xs)
            n = 0
            while True:
                n += queue.pop(0)
                if n > 9:
                    return n
        """,
        id="popping an empty list raises an error with another text",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            queue = list(xs)
            n = 0
            while queue:
                n += queue.pop(0) * queue.pop(0)
            return n
        """,
        id="the second pop of a round may find it empty",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            queue = list(xs)
            while queue:
                if queue.pop(0) == 3:
                    break
            return queue
        """,
        id="the list is returned",
    ),
    pytest.param(
        """
        def f(queue: list[int]) -> int:
            n = 0
            while queue:
                n += queue.pop(0)
            return n
        """,
        id="the list is a parameter",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            queue = list(xs)
            n = 0
            while queue:
                n += queue.pop(0) + len(queue[:2])
            return n
        """,
        id="a slice of it is taken",
    ),
    pytest.param(
        """
        def f(xs: list[int], note) -> None:
            queue = list(xs)
            while queue:
                queue.pop(0)
                note(queue)
        """,
        id="it is handed out",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            queue = list(xs)
            if queue:
                return queue.pop(0)
            return 0
        """,
        id="no loop",
    ),
    pytest.param(
        """
        deque = collections = None
        def f(xs: list[int]) -> int:
            queue = list(xs)
            n = 0
            while queue:
                n += queue.pop(0)
            return n
        """,
        id="the names deque and collections are taken",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(tree, root):
            order = []
            queue = [root]
            while queue:
                node = queue.pop(0)
                order.append(node)
                for child in tree.get(node, ()):
                    queue.append(child)
            return order
        """,
        """
        from collections import deque
        def f(tree, root):
            order = []
            queue = deque([root])
            while queue:
                node = queue.popleft()
                order.append(node)
                for child in tree.get(node, ()):
                    queue.append(child)
            return order
        """,
        [
            "f({1: [2, 3], 2: [4]}, 1)",
            "f({}, 0)",
        ],
        id="a breadth-first walk",
    ),
    pytest.param(
        """
        from collections import deque

        def f(xs: list[int]) -> int:
            todo: list[int] = []
            n = 0
            for x in xs:
                todo.insert(0, x)
                if todo and x == 0:
                    n = n * 10 + todo.pop(0) + len(todo)
                    todo.clear()
            return n
        """,
        """
        def f(xs: list[int]) -> int:
            todo = deque()
            n = 0
            for x in xs:
                todo.appendleft(x)
                if todo and x == 0:
                    n = n * 10 + todo.popleft() + len(todo)
                    todo.clear()
            return n
        """,
        [
            "f([1, 0, 2, 3, 0])",
            "f([])",
        ],
        id="pushed to the front, with deque imported already",
    ),
]


@pytest.mark.parametrize("text", NOOP)
def test_is_left_alone(noop: Callable[..., None], text: str) -> None:
    noop(NAME, text)


@pytest.mark.parametrize(("before", "after", "calls"), REWRITES)
def test_is_rewritten(
    rewrites: Callable[..., None], before: str, after: str, calls: Sequence[str]
) -> None:
    rewrites(NAME, before, after, calls)
