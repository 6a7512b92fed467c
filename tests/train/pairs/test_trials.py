"""Both sides of pairs, cut out and run in the sandbox."""

from __future__ import annotations

import pytest

from perfopt_cli.train.pairs.make import NOTHING, Made
from perfopt_cli.train.pairs.regions import Unrunnable, regions
from perfopt_cli.train.pairs.trials import Bench, Trial

FAST = "def f(self, xs, ys):\n    log(xs)\n    known = set(ys)\n    return [x for x in xs if x in known]"
SLOW = "def f(self, xs, ys):\n    log(xs)\n    return [x for x in xs if x in list(ys)]"
WRONG = "def f(self, xs, ys):\n    log(xs)\n    return [x for x in xs if x not in list(ys)]"
FILLED = """def f(rows, k):
    out = []
    for row in rows:
        out.append(row.size + k)
    return out"""
MADE = "def f(rows, k):\n    return [row.size + k for row in rows]"
ENDLESS = "def f(k):\n    n = 0\n    for x in iter(int, 1):\n        n += 1\n    return n"
ENDING = "def f(k):\n    return sum(1 for x in iter(int, 1))"
HARMFUL = "def f(xs):\n    import os\n    return os.getpid()"


def made(slow: str, fast: str, family: str = "list-comprehension") -> Made:
    return Made(family, slow, fast, "package", "group")


@pytest.fixture(scope="module")
def trials() -> dict[str, Trial]:
    pairs = {
        "members": made(SLOW, FAST),
        "wrong": made(WRONG, FAST),
        "attributes": made(FILLED, MADE),
        "backwards": made(FAST, SLOW),
        "nothing": made(FAST, FAST, NOTHING),
        "endless": made(ENDLESS, ENDING),
        "harmful": made(HARMFUL, HARMFUL.replace("os", "sys")),
    }
    with Bench("auto") as bench:
        return dict(zip(pairs, bench.run(list(pairs.values())), strict=True))


def test_a_pair_that_agrees_and_is_slower_has_a_ratio(trials: dict[str, Trial]) -> None:
    ratio = trials["members"].ratio
    assert ratio is not None
    assert ratio > 1.5


def test_objects_with_attributes_are_made_up(trials: dict[str, Trial]) -> None:
    assert not trials["attributes"].why.startswith("raises")


def test_a_pair_whose_results_differ_is_dropped(trials: dict[str, Trial]) -> None:
    assert trials["wrong"].why == "the results differ"


def test_a_pair_without_a_gain_is_dropped(trials: dict[str, Trial]) -> None:
    assert trials["backwards"].why == "the slow side is not slower"


def test_a_pair_with_nothing_to_do_is_not_run(trials: dict[str, Trial]) -> None:
    assert trials["nothing"] == Trial(1.0)


def test_a_pair_that_does_not_end_is_stopped(trials: dict[str, Trial]) -> None:
    assert trials["endless"].why == "takes too long"


def test_code_that_imports_is_not_run(trials: dict[str, Trial]) -> None:
    assert trials["harmful"].why == "global names or imports"


def test_only_what_differs_is_cut_out() -> None:
    region = next(regions(SLOW, FAST, ()))
    assert "log" not in "".join(region.texts)
    assert set(region.free) == {"xs", "ys"}


def test_what_a_loop_fills_is_cut_out_with_it() -> None:
    slow = "def f(xs):\n    out = []\n    for x in xs:\n        out += [x]\n    return out"
    fast = "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    return out"
    region = next(regions(slow, fast, ()))
    assert region.free == ("xs",)


def test_a_change_in_a_loop_is_run_with_the_loop() -> None:
    slow = "def f(d, xs):\n    for x in xs:\n        if x in d.keys():\n            g(x)"
    first, second = regions(slow, slow.replace(".keys()", ""), ())
    assert "for x in xs" in first.texts[0]
    assert "for x in xs" not in second.texts[0]


def test_names_of_the_standard_library_stand_for_it() -> None:
    slow = "def f(xs):\n    return [mul(x, x) for x in xs]"
    fast = "def f(xs):\n    return list(map(mul, xs, xs))"
    assert next(regions(slow, fast, ("from operator import mul",))).modules["mul"] == "operator:mul"


def test_what_is_asynchronous_can_not_be_run() -> None:
    with pytest.raises(Unrunnable, match="asynchronous"):
        list(regions("async def f():\n    return 1", "async def f():\n    return 2", ()))
