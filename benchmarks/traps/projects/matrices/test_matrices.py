import random

import pytest

from matrices import grow, multiply, normalise, prefix_sums, saddle_points, transpose


def floats(seed, height, width):
    dice = random.Random(seed)
    return [[round(dice.uniform(-9, 9), 3) for _ in range(width)] for _ in range(height)]


def whole(seed, height, width, most=9):
    dice = random.Random(seed)
    return [[dice.randint(0, most) for _ in range(width)] for _ in range(height)]


def test_product():
    assert multiply([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]) == [[19.0, 22.0], [43.0, 50.0]]
    assert multiply([], []) == multiply([], [[1.0]]) == []
    assert multiply([[], []], []) == [[], []]
    assert multiply([[2.0]], [[0.5]]) == [[1.0]]


@pytest.mark.parametrize(("m", "n", "k"), [(2, 3, 4), (6, 6, 6), (12, 8, 12), (1, 20, 9), (15, 15, 15)])
def test_product_with_one(m, n, k):
    a = floats(m, m, n)
    one = [[float(i == j) for j in range(n)] for i in range(n)]
    assert multiply(a, one) == a
    product = multiply(a, floats(k, n, k))
    assert [len(row) for row in product] == [k] * m


@pytest.mark.parametrize(("a", "b"), [([[1.0]], []), ([[1.0, 2.0]], [[1.0]])])
def test_wrong_sizes(a, b):
    with pytest.raises(ValueError):
        multiply(a, b)


def test_transpose():
    assert transpose([]) == []
    assert transpose([[1.0], [2.0]]) == [[1.0, 2.0]]
    assert transpose([[1.0, 2.0]]) == [[1.0], [2.0]]


@pytest.mark.parametrize(("height", "width"), [(3, 3), (10, 30), (40, 12), (50, 50)])
def test_twice_is_the_same(height, width):
    rows = floats(height, height, width)
    assert transpose(transpose(rows)) == rows


@pytest.mark.parametrize("rows", [[[1.0], []], [[1.0, 2.0], [1.0, 2.0, 3.0]]])
def test_ragged(rows):
    with pytest.raises(ValueError):
        transpose(rows)


def test_normalise():
    rows = [[1.0, -2.0], [0.0, 0.0], [4.0, 3.0]]
    normalise(rows)
    assert rows == [[0.5, -1.0], [0.0, 0.0], [1.0, 0.75]]
    empty = []
    normalise(empty)
    assert empty == []


@pytest.mark.parametrize(("height", "width"), [(1, 1), (4, 20), (30, 10), (25, 40)])
def test_peaks_are_one(height, width):
    rows = floats(height + width, height, width)
    rows[0] = [-abs(value) for value in rows[0]]
    normalise(rows)
    assert all(max(abs(value) for value in row) == pytest.approx(1.0) for row in rows)


def test_saddle():
    assert saddle_points([[1, 2], [3, 4]]) == [(1, 0)]
    assert saddle_points([[1, 4], [3, 2]]) == []
    assert saddle_points([]) == saddle_points([[], []]) == []
    assert saddle_points([[4]]) == [(0, 0)]
    assert saddle_points([[2, 2], [2, 2]]) == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(("height", "width", "most"), [(3, 3, 2), (10, 10, 3), (20, 15, 99), (25, 30, 5)])
def test_saddle_points_are_least_of_the_row(height, width, most):
    rows = whole(height, height, width, most)
    rows[1] = [most + 1] * width
    assert all(rows[i][j] == min(rows[i]) for i, j in saddle_points(rows))
    assert len(saddle_points(rows)) >= width


def cells(seed, height, width, share):
    dice = random.Random(seed)
    return [[dice.random() < share for _ in range(width)] for _ in range(height)]


def test_blinker():
    line = [[False, True, False]] * 3
    assert grow(line) == [[False] * 3, [True] * 3, [False] * 3]
    assert grow([]) == []
    assert grow([[True]]) == [[False]]


@pytest.mark.parametrize(("height", "width", "share"), [(1, 9, 0.5), (5, 5, 0.4), (12, 20, 0.3), (20, 15, 0.6)])
def test_life(height, width, share):
    before = cells(height, height, width, share)
    after = grow(before)
    assert [len(row) for row in after] == [width] * height


def test_sums():
    assert prefix_sums([[1, 2], [3, 4]]) == [[1, 3], [4, 10]]
    assert prefix_sums([]) == []
    assert prefix_sums([[], []]) == [[], []]


@pytest.mark.parametrize(("height", "width"), [(1, 6), (6, 1), (7, 7), (12, 9), (16, 16)])
def test_the_last_sum_is_of_all(height, width):
    rows = whole(height, height, width)
    rows[0][0] = -5
    assert prefix_sums(rows)[-1][-1] == sum(map(sum, rows))
