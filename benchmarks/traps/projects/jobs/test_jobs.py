import asyncio
import logging
import random

import pytest

from jobs import (
    BadRow,
    Service,
    Store,
    audit,
    book,
    by_key,
    collect,
    failures,
    first_good,
    flat,
    parse,
    visit,
)

NAMES = [f"job{i}" for i in range(160)]
KNOWN = {name: i for i, name in enumerate(NAMES)}


@pytest.fixture
def dice():
    return random.Random(21)


def picks(dice, n):
    return [dice.choice(NAMES) for _ in range(n)]


@pytest.mark.parametrize("n", [0, 1, 4, 200, 500])
def test_collect(dice, n):
    names = picks(dice, n)
    service = Service(KNOWN)
    found = asyncio.run(collect(names, service))
    assert found == {name: KNOWN[name] for name in names}
    assert len(service.asked) == len(found)


def test_collect_unknown():
    service = Service({"a": 1})
    with pytest.raises(KeyError):
        asyncio.run(collect(["a", "b", "c"], service))
    assert "a" in service.asked


async def ask_known(name):
    await asyncio.sleep(0)
    return KNOWN[name] - 150


@pytest.mark.parametrize("n", [0, 1, 4, 80, 155])
def test_first_good(dice, n):
    bad = NAMES[:n] + picks(dice, 4 * n)
    expected = next((i - 150 for i, name in enumerate(NAMES) if i > 150 and name not in bad), -1)
    assert asyncio.run(first_good(NAMES, bad, ask_known)) == expected


def test_none_is_good():
    assert asyncio.run(first_good(NAMES[:50] + ["x"], NAMES[3:], ask_known)) == -1


FIELDS = [f"f{i}" for i in range(60)]


@pytest.mark.parametrize("n", [0, 1, 3, 10, 30])
def test_parse(dice, n):
    lines = [
        " ".join(f"{field}={dice.randint(-9, 99)}" for field in dice.sample(FIELDS, 20))
        for _ in range(n)
    ]
    rows = parse(lines, FIELDS)
    assert [len(row) for row in rows] == [20] * n


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("f1=x", "line 2: no number"),
        ("q=1", "line 2: 'q=1' is no field"),
        ("f1", "line 2: 'f1' is no field"),
    ],
)
def test_bad_row(line, text):
    with pytest.raises(BadRow, match=text) as caught:
        parse(["f1=1 f2=2", f"f3=1 {line}", "f1=2"], FIELDS)
    assert caught.value.number == 2


def test_parse_twice():
    assert parse(["", "f1=2 f1=3"], ["f1"]) == [{}, {"f1": 3}]


@pytest.mark.parametrize("n", [0, 1, 5, 90, 300])
def test_book(dice, n):
    store = Store(dict.fromkeys(NAMES[:80], 50))
    moves = [(dice.choice(NAMES[:80]), dice.randint(0, 9)) for _ in range(n)]
    assert book(store, moves, NAMES[80 : 80 + n]) == n
    assert store.steps == ["begin", "commit"]
    assert sum(store.numbers.values()) == 4000 + sum(change for _, change in moves)


@pytest.mark.parametrize(
    ("move", "error"), [(("job1", -9), ValueError), (("job9", 1), PermissionError)]
)
def test_book_nothing_wrong(move, error):
    store = Store({"job1": 3})
    with pytest.raises(error):
        book(store, [("job1", 1), ("job2", 2), move, ("job3", 1)], ["job9"])
    assert store.steps[-1] == "rollback"
    assert store.numbers == {"job1": 4, "job2": 2}


@pytest.mark.parametrize("n", [0, 1, 5, 40, 150])
def test_by_key(dice, n):
    rows = [(dice.randint(1, 40), i) for i in range(n)]
    assert by_key(rows, lambda row: row[0]) == sorted(rows)
    assert by_key(rows, lambda row: -row[1]) == rows[::-1]


@pytest.mark.parametrize("n", [0, 1, 5, 60, 150])
def test_failures(dice, n):
    rows = [dice.randint(1, 300) for _ in range(n)]
    known = [dice.randint(1, 300) for _ in range(n)]
    checks = [lambda row: row % 2 == 0, lambda row: row < 200, lambda row: row != 7]
    failed = failures(rows, checks, known)
    expected = [i for i, r in enumerate(rows) if r not in known and (r % 2 or r >= 200)]
    assert failed == expected


def a_tree(dice, depth, wide):
    children = [a_tree(dice, depth - 1, wide) for _ in range(wide)] if depth else []
    return {"name": f"n{dice.randint(1, 400)}", "children": children}


@pytest.mark.parametrize(("depth", "wide"), [(0, 1), (1, 2), (2, 3), (4, 3), (3, 6)])
def test_visit(dice, depth, wide):
    tree = a_tree(dice, depth, wide)
    calls = []
    seen = visit(tree, calls.append)
    assert calls == seen
    assert len(set(seen)) == len(seen)
    assert calls[0] == tree["name"]


def test_parents_first():
    calls = []
    leaf = {"name": "leaf"}
    tree = {"name": "a", "children": [{"name": "b", "children": [leaf]}, leaf, {"name": "c"}]}
    assert visit(tree, calls.append) == calls == ["a", "b", "leaf", "c"]


@pytest.mark.parametrize(("depth", "wide"), [(0, 0), (1, 3), (2, 8), (3, 8), (2, 25)])
def test_flat(dice, depth, wide):
    def nested(depth):
        return [nested(depth - 1) if depth and dice.random() < 0.9 else 7 for _ in range(wide)]

    found = flat(nested(depth))
    assert set(found) <= {7}
    assert len(found) >= min(1, wide)


def test_flat_in_order():
    assert flat([1, [2, [], [3, (4, [5])]], "six", [None]]) == [1, 2, 3, (4, [5]), "six", None]


@pytest.mark.parametrize("n", [0, 1, 5, 80, 250])
def test_audit(dice, n, capsys, caplog):
    rows = [(name, dice.randint(1, 30)) for name in picks(dice, n)]
    with caplog.at_level(logging.DEBUG, "jobs"):
        found = audit(rows, 20)
    assert capsys.readouterr().out.count(";\n") == found
    assert len(caplog.records) == found + 1 + n - len({name for name, _ in rows})


def test_audit_quietly(dice, capsys):
    rows = [("a", 3), ("b", 1), ("a", 9)]
    assert audit(rows, 2) == 1
    assert capsys.readouterr().out == "a: 3;\n"
