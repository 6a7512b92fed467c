import random

import pytest

from graphs import build_order, cheapest, groups, hops, triangles


def nodes(n):
    return [f"n{i}" for i in range(n)]


def graph(seed, n, degree):
    dice = random.Random(seed)
    return {node: [dice.choice(nodes(n)) for _ in range(degree)] for node in nodes(n)}


def test_hops():
    assert hops({"a": ["b", "c"], "b": ["d"], "c": ["d"]}, "a") == {"a": 0, "b": 1, "c": 1, "d": 2}
    assert hops({"a": []}, "a") == {"a": 0}


@pytest.mark.parametrize("start", ["z", ""])
def test_no_such_start(start):
    with pytest.raises(KeyError):
        hops({"a": ["z"]}, start)


@pytest.mark.parametrize(("n", "degree"), [(5, 1), (20, 2), (60, 3), (120, 2), (200, 4)])
def test_nearest_first(n, degree):
    found = hops(graph(n, n, degree), "n0")
    assert list(found.values()) == sorted(found.values())
    assert found["n0"] == 0


def test_a_chain():
    chain = {f"n{i}": [f"n{i + 1}"] for i in range(100)}
    assert hops(chain, "n0")["n100"] == 100


def needs(seed, n):
    dice = random.Random(seed)
    parts = nodes(n)
    found = {part: dice.sample(parts[:i], min(i, dice.randint(0, 3))) for i, part in enumerate(parts)}
    order = dice.sample(parts, n)
    return {part: found[part] for part in order}


def test_order():
    assert build_order({"car": ["wheel", "engine"], "wheel": [], "engine": ["bolt"], "bolt": []}) == [
        "wheel",
        "bolt",
        "engine",
        "car",
    ]
    assert build_order({}) == []


@pytest.mark.parametrize("n", [3, 10, 20, 30, 45])
def test_needs_come_first(n):
    wanted = needs(n, n)
    order = build_order(wanted)
    assert sorted(order) == sorted(wanted)
    assert all(order.index(need) < order.index(part) for part in order for need in wanted[part])


@pytest.mark.parametrize("wanted", [{"a": ["a"]}, {"a": ["b"], "b": ["a"], "c": []}, {"a": ["x"]}])
def test_stuck(wanted):
    with pytest.raises(ValueError, match="built"):
        build_order(wanted)


def test_groups():
    assert groups([(1, 2), (5, 6), (2, 3)]) == [[1, 2, 3], [5, 6]]
    assert groups([]) == []
    assert groups([(4, 4)]) == [[4]]


@pytest.mark.parametrize(("n", "most"), [(8, 12), (30, 60), (60, 90), (90, 200), (120, 160)])
def test_groups_are_apart(n, most):
    dice = random.Random(n)
    pairs = [(dice.randint(-9, most), dice.randint(-9, most)) for _ in range(n)]
    found = groups(pairs)
    assert sum(map(len, found)) == len({number for pair in pairs for number in pair})
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)


def fares(seed, n, degree):
    dice = random.Random(seed)
    return {
        node: {dice.choice(nodes(n)): dice.randint(1, 40) / 4 for _ in range(degree)}
        for node in nodes(n)
    }


def test_cheapest():
    prices = {"a": {"b": 5.0, "c": 1.0}, "c": {"b": 1.5}, "b": {"d": 1.0}}
    assert cheapest(prices, "a", "d") == ["a", "c", "b", "d"]
    assert cheapest(prices, "d", "a") == []
    assert cheapest(prices, "a", "a") == ["a"]
    assert cheapest({}, "a", "b") == []


@pytest.mark.parametrize(("n", "degree"), [(6, 2), (20, 3), (50, 3), (80, 4)])
def test_routes_are_in_the_graph(n, degree):
    prices = fares(n, n, degree)
    for goal in ("n1", f"n{n // 2}", f"n{n - 1}"):
        route = cheapest(prices, "n0", goal)
        assert all(b in prices[a] for a, b in zip(route, route[1:]))


def test_triangles():
    assert triangles({"a": ["b", "c"], "b": ["a", "c"], "c": ["a", "b"]}) == 1
    assert triangles({"a": ["b", "c"], "b": ["a", "c"], "c": ["b"]}) == 0
    assert triangles({}) == 0
    assert triangles({"a": ["a"]}) == 0


@pytest.mark.parametrize(("n", "degree"), [(6, 5), (15, 10), (25, 15), (40, 25)])
def test_some_triangles(n, degree):
    friends = graph(n, n, degree)
    friends["n1"] = [*nodes(n), "n0"]
    friends["n0"] = nodes(n)[::-1]
    friends["n2"] = nodes(n) * 2
    assert 1 <= triangles(friends) <= n**3
