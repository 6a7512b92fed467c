"""Calls made up from the recorded ones: what they catch, and what they leave alone."""

from __future__ import annotations

import pickle
import sys
from dataclasses import dataclass

import pytest
from bench import HOPELESS, Bench, judged, make_bench

from perfopt_cli.core import Reason
from perfopt_cli.sandbox import worker
from perfopt_cli.sandbox.worker import calls, spies, subclasses
from perfopt_cli.sandbox.worker.fuzz import MOST_LARGE_BYTES, Fuzzer

MODULE = """
    import os

    SEEN = []

    def ranked(rows):
        return sorted(rows, key=lambda row: row[1])

    def best(rows):
        found = None
        for row in rows:
            if found is None or row[1] > found[1]:
                found = row
        return found

    def unique(items):
        kept = []
        for item in items:
            if item not in kept:
                kept.append(item)
        return kept

    def histogram(items):
        counts = {}
        for item in items:
            counts[item] = counts.get(item, 0) + 1
        return counts

    def mean(items):
        return sum(items) / len(items) if items else 0.0

    def digits(number):
        number, total = abs(number), 0
        while number:
            number, digit = divmod(number, 10)
            total += digit
        return total

    def parsed(lines, fields):
        rows = []
        for line in lines:
            row = {}
            for part in line.split():
                name, _, value = part.partition("=")
                if name not in fields:
                    raise KeyError(f"{part!r} is no field")
                row[name] = int(value)
            rows.append(row)
        return rows

    def running(items):
        sums, total = [], 0
        for item in items:
            total += item
            sums.append(total)
        return sums

    def arrange(items):
        items.sort()
        return items

    def shout(text):
        return text.upper()

    def names(table):
        return list(table)

    class Basket:
        def __init__(self, prices):
            self.prices = prices

        def cheapest(self):
            return sorted(self.prices)[0]

    def dot(left, right):
        total = 0
        for index in range(len(left)):
            total += left[index] * right[index]
        return total

    def summed(items, count):
        total = 0
        for index in range(count):
            total += items[index]
        return total

    def columns(rows):
        return [[row[i] for row in rows] for i in range(len(rows[0]))] if rows else []

    def described(user):
        return user["name"] + " " + str(user["age"])

    def depth(number):
        return 0 if number < 1 else 1 + depth(number - 1)

    def chosen(words):
        return sorted(words)[0]

    def save(path, text):
        with open(path, "w") as file:
            file.write(text)
        return len(text)

    def countdown(number):
        while number != 0:
            number -= 1
        return number

    def shuffled(words):
        return list(set(words)) if len(words) > 4 else words

    def remember(words):
        if len(words) > 4:
            SEEN.append(list(set(words)))
        return len(words)

    def fragile(number):
        if number > 50:
            os._exit(3)
        return number

    def held(lock, items):
        return len(items)

    def size(items):
        return len(items)
"""
TESTS = """
    import threading

    import pytest

    def test_everything(tmp_path):
        for n in range(2, 40):
            items = list(range(1, n))
            rows = [(chr(96 + i % 26) * i, i) for i in items]
            assert ranked(rows) == rows
            assert best(rows) == rows[-1]
            assert unique(items) == items
            assert len(histogram(items)) == len(items)
            assert mean(items) > 0
            assert digits(n) > 0
            assert running(items)[-1] == sum(items)
            assert arrange(items) == items
            assert shout("a" * n) == "A" * n
            assert names(dict.fromkeys(items, n)) == items
            assert Basket(items).cheapest() == 1
            assert dot(items, items) > 0
            assert summed(items, len(items)) == sum(items)
            known = [f"f{i}" for i in range(50)]
            assert len(parsed([" ".join(f"f{i}={i}" for i in range(n))] * n, known)) == n
            with pytest.raises(ValueError):
                parsed([f"f1={n} f2=x"], known)
            with pytest.raises(KeyError):
                parsed([f"f1={n} q{n}=1"], known)
            assert columns([items, items, [n] * len(items)])
            assert described({"name": "n" * n, "age": n})
            assert depth(n * 10) == n * 10
            assert chosen({str(n), str(2 * n)})
            assert save(str(tmp_path / str(n)), "x") == 1
            assert countdown(n) == 0
            assert shuffled([str(n), str(2 * n)])
            assert remember([str(n), str(2 * n)])
            assert fragile(n) == n
            assert held(threading.Lock() if n % 2 else None, items) == n - 1
        for n in (2, 5, 300_000, 2_000_000):
            assert size(list(range(n))) == n
"""


@dataclass(frozen=True)
class Pair:
    """A rewrite that is wrong only on inputs that no test has, and a right one."""

    name: str
    wrong: str
    right: str


PAIRS = {
    "the order of ties": Pair(
        "ranked",
        "def ranked(rows):\n    return sorted(rows, key=lambda row: row[::-1])\n",
        "def ranked(rows):\n    rows = list(rows)\n    rows.sort(key=lambda row: row[1])\n"
        "    return rows\n",
    ),
    "the first of the best": Pair(
        "best",
        "def best(rows):\n    found = None\n    for row in rows:\n"
        "        if found is None or row[1] >= found[1]:\n            found = row\n    return found\n",
        "def best(rows):\n    return max(rows, key=lambda row: row[1], default=None)\n",
    ),
    "input that is not sorted": Pair(
        "unique",
        "def unique(items):\n    return sorted(set(items))\n",
        "def unique(items):\n    return list(dict.fromkeys(items))\n",
    ),
    "duplicates": Pair(
        "histogram",
        "def histogram(items):\n    return dict.fromkeys(items, 1)\n",
        "def histogram(items):\n    counts = dict.fromkeys(items, 0)\n    for item in items:\n"
        "        counts[item] += 1\n    return counts\n",
    ),
    "nothing": Pair(
        "mean",
        "def mean(items):\n    return sum(items) / len(items)\n",
        "def mean(items):\n    return 0.0 if not items else sum(items) / len(items)\n",
    ),
    "negative numbers": Pair(
        "digits",
        "def digits(number):\n    return sum(int(c) for c in str(number) if c != '-') * (number > 0)\n",
        "def digits(number):\n    return sum(map(int, str(abs(number))))\n",
    ),
    "more than 100 items": Pair(
        "running",
        "def running(items):\n    sums, total = [], 0\n    for item in items[:100]:\n"
        "        total += item\n        sums.append(total)\n    return sums\n",
        "def running(items):\n    total = 0\n    return [total := total + item for item in items]\n",
    ),
    "sorting in place": Pair(
        "arrange",
        "def arrange(items):\n    return items\n",
        "def arrange(items):\n    items[:] = sorted(items)\n    return items\n",
    ),
    "letters past ASCII": Pair(
        "shout",
        "def shout(text):\n    return ''.join(chr(ord(c) - 32) if 'a' <= c <= 'z' else c for c in text)\n",
        "def shout(text):\n    return str.upper(text)\n",
    ),
    "the order of a dict": Pair(
        "names",
        "def names(table):\n    return sorted(table)\n",
        "def names(table):\n    return [*table]\n",
    ),
    "which of two faults in a text comes first": Pair(
        "parsed",
        "def parsed(lines, fields):\n    rows = []\n    for line in lines:\n"
        "        parts = [part.partition('=') for part in line.split()]\n"
        "        for name, sign, value in parts:\n            if name not in fields:\n"
        "                raise KeyError(f'{name + sign + value!r} is no field')\n"
        "        rows.append({name: int(value) for name, _, value in parts})\n    return rows\n",
        "def parsed(lines, fields):\n    known, rows = {*fields}, []\n    for line in lines:\n"
        "        row = {}\n        for part in line.split():\n"
        "            name, _, value = part.partition('=')\n            if name not in known:\n"
        "                raise KeyError(f'{part!r} is no field')\n"
        "            row[name] = int(value)\n        rows.append(row)\n    return rows\n",
    ),
    "other ways to write a number": Pair(
        "parsed",
        "def parsed(lines, fields):\n    rows = []\n    for line in lines:\n        row = {}\n"
        "        for part in line.split():\n            name, _, value = part.partition('=')\n"
        "            if name not in fields:\n"
        "                raise KeyError(f'{part!r} is no field')\n"
        "            if not value.lstrip('-').isdecimal():\n"
        "                raise ValueError(\n"
        "                    f'invalid literal for int() with base 10: {value!r}')\n"
        "            row[name] = int(value)\n        rows.append(row)\n    return rows\n",
        "def parsed(lines, fields):\n    known = set(fields)\n    rows = []\n"
        "    for line in lines:\n        row = {}\n        for part in line.split():\n"
        "            name, _, value = part.partition('=')\n            if name not in known:\n"
        "                raise KeyError(f'{part!r} is no field')\n"
        "            row[name] = int(value)\n        rows.append(row)\n    return rows\n",
    ),
    "an attribute": Pair(
        "Basket.cheapest",
        "def cheapest(self):\n    return self.prices[0]\n",
        "def cheapest(self):\n    prices = sorted(self.prices)\n    return prices[0]\n",
    ),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    return make_bench(folder, MODULE, TESTS, made_up=150, least=HOPELESS)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_a_rewrite_wrong_where_no_test_looks_is_refused(bench: Bench, pair: Pair) -> None:
    verdict = judged(bench.judge(pair.name), pair.wrong)
    assert verdict.reason is Reason.DIVERGED
    assert verdict.detail.startswith("from mod import ")
    assert " on an input no test has: " in verdict.detail


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_a_right_rewrite_gets_as_far_as_the_timing(bench: Bench, pair: Pair) -> None:
    verdict = judged(bench.judge(pair.name), pair.right)
    assert verdict.reason in (Reason.NOT_FASTER, Reason.NOISY), verdict.detail


@pytest.mark.parametrize(
    ("name", "source"),
    [
        pytest.param(
            "dot",
            "def dot(left, right):\n    return sum(a * b for a, b in zip(left, right))\n",
            id="lists side by side",
        ),
        pytest.param(
            "columns",
            "def columns(rows):\n    return list(map(list, zip(*rows)))\n",
            id="rows of a matrix",
        ),
        pytest.param(
            "described",
            "def described(user):\n    age = user['age']\n    return user['name'] + ' ' + str(age)\n",
            id="fields of a record",
        ),
        pytest.param(
            "depth",
            "def depth(number):\n    return max(0, number)\n",
            id="recursion that is too deep",
        ),
    ],
)
def test_what_belongs_together_stays_together(bench: Bench, name: str, source: str) -> None:
    verdict = judged(bench.judge(name), source)
    assert verdict.reason in (Reason.NOT_FASTER, Reason.NOISY), verdict.detail


def test_an_int_that_was_always_the_length_is_also_tried_alone(bench: Bench) -> None:
    verdict = judged(bench.judge("summed"), "def summed(items, count):\n    return sum(items)\n")
    assert verdict.reason is Reason.DIVERGED


@pytest.fixture(autouse=True)
def worker_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls be loaded here that name what is in the worker's package."""
    monkeypatch.setitem(sys.modules, "_perfopt_worker", worker)
    for module in (spies, subclasses):
        name = module.__name__.rpartition(".")[2]
        monkeypatch.setitem(sys.modules, f"_perfopt_worker.{name}", module)


def made_calls(bench: Bench, name: str, number: int, hash_seed: int) -> list[object]:
    evidence = bench.judge(name).evidence()
    assert evidence is not None
    output = bench.session.place.shared / f"again-{name}-{number}"
    request = {
        **evidence.request,
        "job": "fuzz",
        "usable": dict.fromkeys(evidence.originals(), 1000),
        "output": str(output),
    }
    request["calls"] = str(request["target"]["calls"])
    with bench.session.open(request, hash_seed=hash_seed) as worker:
        assert [message["kind"] for message in worker] == ["fuzzed"]
    return [pickle.loads(data) for data in pickle.loads(output.read_bytes())]


@pytest.mark.parametrize("name", ["ranked", "chosen"])
def test_the_same_calls_are_made_under_every_hash_seed(bench: Bench, name: str) -> None:
    made = [made_calls(bench, name, number, seed) for number, seed in enumerate((0, 0, 1))]
    assert len(made[0]) > 100
    assert made[0] == made[1] == made[2]


def test_only_recorded_types_turn_up(bench: Bench) -> None:
    made = made_calls(bench, "ranked", 9, 0)
    rows = [row for (args, _) in made for row in args[0]]  # type: ignore[attr-defined]
    # Where an int was recorded, a bool is one too.
    kinds = {tuple(map(type, row)) for row in rows}
    assert (str, int) in kinds
    assert kinds <= {(str, int), (str, bool)}


def test_only_recorded_calls_are_timed(bench: Bench) -> None:
    evidence = bench.judge("ranked").evidence()
    assert evidence is not None
    assert evidence.fuzzed > 50
    assert max(evidence.nanos()) < evidence.recorded <= max(evidence.usable)


def test_a_call_that_would_write_a_file_is_not_made(bench: Bench) -> None:
    evidence = bench.judge("save").evidence()
    assert evidence is not None
    assert (evidence.weak, evidence.fuzzed) == (None, 0)
    assert not list(bench.session.place.scratch.rglob("*\xe9"))


def test_a_call_that_never_ends_is_stopped(bench: Bench) -> None:
    evidence = bench.judge("countdown").evidence()
    assert evidence is not None
    assert evidence.weak is None
    assert evidence.fuzzed > 0


def test_made_up_calls_that_change_with_the_hash_seed_do_not_count(bench: Bench) -> None:
    evidence = bench.judge("shuffled").evidence()
    assert evidence is not None
    assert evidence.weak is None
    first, second = evidence.replays
    for key in first.calls:
        if key[1] in evidence.usable:
            assert first.calls[key]["digest"] == second.calls[key]["digest"]


@pytest.mark.parametrize("name", ["remember", "fragile"])
def test_recorded_calls_judge_alone_where_made_up_ones_do_harm(bench: Bench, name: str) -> None:
    evidence = bench.judge(name).evidence()
    assert evidence is not None
    assert (evidence.weak, evidence.fuzzed) == (None, 0)
    assert len(evidence.usable) == evidence.recorded


@pytest.mark.parametrize("name", ["held", "size"])
def test_arguments_that_cannot_be_recorded_or_are_huge_do_no_harm(bench: Bench, name: str) -> None:
    evidence = bench.judge(name).evidence()
    assert evidence is not None
    assert evidence.weak is None
    assert evidence.fuzzed > 0


def test_few_calls_are_made_of_large_ones_where_there_are_small_ones() -> None:
    rows = [list(range(5000 + n)) for n in range(9)] + [[n] for n in range(3)]
    recorded = [calls.dump([row], {}) for row in rows]
    fuzzer = Fuzzer(len_of, recorded, [1] * len(recorded), "len_of", None)
    chosen = [fuzzer.chosen(fuzzer.seeds, recorded) for _ in range(400)]
    assert 0 < sum(index < 9 for index in chosen) < 120
    fuzzer.bytes = MOST_LARGE_BYTES
    assert all(fuzzer.chosen(fuzzer.seeds, recorded) >= 9 for _ in range(50))


def test_some_calls_are_larger_than_all_recorded_ones_where_most_are_made_of_small_ones() -> None:
    recorded = [calls.dump([list(range(n))], {}) for n in (1, 2, 3, 4000, 5000)]
    fuzzer = Fuzzer(len_of, recorded, [1] * len(recorded), "len_of", None)
    made = fuzzer.collect()
    largest = max(map(len, recorded))
    assert any(len(data) > 1.5 * largest for data in made)
    assert sum(len(data) < 2000 for data in made) > len(made) // 2


def len_of(items: list[int]) -> int:
    """Count the items."""
    return len(items)
