"""set-membership: membership tests on a list in a loop use a set built once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "set-membership"

NOOP = [
    pytest.param(
        """
        def f(xs: list, ys: list[str]) -> list[str]:
            return [y for y in ys if y in xs]
        """,
        id="the items may be unhashable",
    ),
    pytest.param(
        """
        def f(xs: list[str], ys) -> int:
            return len([y for y in ys if y in xs])
        """,
        id="the looked-up value may be unhashable",
    ),
    pytest.param(
        """
        def f(xs: list[float], ys: list[float]) -> int:
            return len([y for y in ys if y in xs])
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        from collections.abc import Sequence
        def f(xs: Sequence[str], ys: list[str]) -> int:
            return len([y for y in ys if y in xs])
        """,
        id="a sequence of str may be a str, which has substrings",
    ),
    pytest.param(
        """
        def f(xs: list[str], y: str) -> bool:
            return y in xs
        """,
        id="there is no loop",
    ),
    pytest.param(
        """
        def f(xs: list[str], ys: list[str]) -> list[str]:
            for y in ys:
                if y not in xs:
                    xs.append(y)
            return xs
        """,
        id="the list grows in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[str], ys: list[str], note) -> None:
            for y in ys:
                if y in xs:
                    note(y)
        """,
        id="unknown code in the loop may change the list",
    ),
    pytest.param(
        """
        def f(xs: list[str], ys: list[str], out: list[str]) -> None:
            for y in ys:
                if y in xs:
                    out.append(y)
        """,
        id="another list that may be the same one changes",
    ),
    pytest.param(
        """
        def f(xs: list[str], ys: list[str]) -> int:
            n = 0
            for y in ys:
                if y in xs:
                    n += 1
                xs = xs[1:]
            return n
        """,
        id="the name is bound again in the loop",
    ),
    pytest.param(
        """
        set = frozenset
        def f(xs: list[str], ys: list[str]) -> list[str]:
            return [y for y in ys if y in xs]
        """,
        id="set means something else in the module",
    ),
    pytest.param(
        """
        def f(xs: list[str], ys: list[str]):
            for y in ys:
                if y in xs:
                    yield y
        """,
        id="a generator is left and entered again",
    ),
    pytest.param(
        """
        def f(ys: list[str], xs: list[str] = None) -> list[str]:
            return [y for y in ys if xs and y in xs]
        """,
        id="the parameter may be None",
    ),
    pytest.param(
        """
        class C:
            def __init__(self, xs: list[str]) -> None:
                self._xs = xs
            @property
            def xs(self) -> list[str]:
                return list(self._xs)
            def f(self, ys: list[str]) -> list[str]:
                return [y for y in ys if y in self.xs]
        """,
        id="an attribute may be a property",
    ),
    pytest.param(
        """
        class C:
            def __init__(self, xs: list[str]) -> None:
                self.xs = xs
            def drop(self) -> None:
                self.xs.clear()
            def f(self, ys: list[str]) -> int:
                n = 0
                for y in ys:
                    if y in self.xs:
                        n += 1
                        self.drop()
                return n
        """,
        id="a method may change the attribute",
    ),
    pytest.param(
        """
        def f(ys: list[str]) -> int:
            xs = ["a"]
            def grow() -> None:
                xs.append("b")
            n = 0
            for y in ys:
                if y in xs:
                    n += 1
                    grow()
            return n
        """,
        id="a closure may change the list",
    ),
    pytest.param(
        """
        def f(ys: list[str]) -> int:
            xs = ["a"]
            zs = xs
            n = 0
            for y in ys:
                if y in xs:
                    n += 1
                zs.append(y)
            return n
        """,
        id="an alias of the list changes",
    ),
    pytest.param(
        """
        from collections.abc import Iterator

        KNOWN: list[int] = [1]

        def f(xs: list[int]) -> Iterator[int]:
            return (x for x in xs if x in KNOWN)
        """,
        id="a generator that is used up later",
    ),
    pytest.param(
        """
        def f(xs: list[int], box) -> None:
            banned = [2]
            box.extend(x for x in xs if x in banned)
            banned.append(1)
        """,
        id="a generator that an unknown method may keep",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(words: list[str], stop: list[str]) -> list[str]:
            kept = []

            # the long way
            for word in words:
                if word not in stop:
                    kept.append(word)
            return kept
        """,
        """
        def f(words: list[str], stop: list[str]) -> list[str]:
            kept = []

            stop_set = set(stop)
            # the long way
            for word in words:
                if word not in stop_set:
                    kept.append(word)
            return kept
        """,
        [
            'f(["a", "b", "a"], ["b"])',
            'f([], ["b"])',
            'f(["a"], [])',
        ],
        id="a parameter in a loop",
    ),
    pytest.param(
        """
        def f(rows: list[list[int]], good: list[int]) -> int:
            n = 0
            for row in rows:
                for cell in row:
                    if cell in good or cell + 1 in good:
                        n += 1
            return n
        """,
        """
        def f(rows: list[list[int]], good: list[int]) -> int:
            n = 0
            good_set = set(good)
            for row in rows:
                for cell in row:
                    if cell in good_set or cell + 1 in good_set:
                        n += 1
            return n
        """,
        [
            "f([[1, 2], [3]], [2, 2, 4])",
            "f([[True, 0]], [1])",
        ],
        id="two tests in nested loops, built once outside",
    ),
    pytest.param(
        """
        def f(ys: list[str], note) -> None:
            xs = ["a", "b"]
            for y in ys:
                if y in xs:
                    note(y)
        """,
        """
        def f(ys: list[str], note) -> None:
            xs = ["a", "b"]
            xs_set = set(xs)
            for y in ys:
                if y in xs_set:
                    note(y)
        """,
        [
            '(lambda out: (f(["b", "c", "a"], out.append), out))([])',
        ],
        id="a local list that nobody else holds, beside unknown code",
    ),
    pytest.param(
        """
        def f(words: list[str], stop: tuple[str, ...]) -> list[str]:
            return [w for w in words if w.lower() not in stop]
        """,
        """
        def f(words: list[str], stop: tuple[str, ...]) -> list[str]:
            stop_set = set(stop)
            return [w for w in words if w.lower() not in stop_set]
        """,
        [
            'f(["A", "b", "C"], ("a", "x"))',
        ],
        id="a comprehension, with a statement before it",
    ),
    pytest.param(
        """
        class C:
            def __init__(self, banned: list[str]) -> None:
                self.banned = banned

            def f(self, names: list[str]) -> list[str]:
                return [name for name in names if name not in self.banned]
        """,
        """
        def f(self, names: list[str]) -> list[str]:
            banned_set = set(self.banned)
            return [name for name in names if name not in banned_set]
        """,
        [
            'C(["x"]).f(["x", "y"])',
            "C([]).f([])",
        ],
        id="an attribute that __init__ sets, in a method",
    ),
    pytest.param(
        """
        def f(text: str) -> bool:
            return text.strip() in ("yes", "on", "true")
        """,
        """
        def f(text: str) -> bool:
            return text.strip() in {"yes", "on", "true"}
        """,
        [
            'f(" on ")',
            'f("off")',
            'f("")',
        ],
        id="a display of constants",
    ),
    pytest.param(
        """
        def clean(text: str) -> str:
            return text.strip().lower()

        def f(words: list[str], stop: list[str]) -> list[str]:
            kept = []
            for word in words:
                if clean(word) not in stop:
                    kept.append(word)
            return kept
        """,
        """
        def f(words: list[str], stop: list[str]) -> list[str]:
            kept = []
            stop_set = set(stop)
            for word in words:
                if clean(word) not in stop_set:
                    kept.append(word)
            return kept
        """,
        [
            'f(["A ", "b"], ["a"])',
        ],
        id="a helper of the module that changes nothing",
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
