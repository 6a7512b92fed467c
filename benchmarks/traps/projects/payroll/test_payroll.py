import pytest

from payroll import day_of, known_files, labels, owed


def people(n):
    return [f"person{i}" for i in range(n)]


@pytest.mark.parametrize("n", [0, 1, 7, 60, 150, 200])
def test_known_files(n):
    staff = people(n)
    paths = [f"/slips/2024/{name}.txt" for name in people(2 * n)]
    found = known_files(paths, staff)
    assert len(found) == n
    assert found == paths[:n]


def test_files_of_nobody():
    assert known_files(["/slips/x.txt", "y", "a/person1.pdf"], ["person1", "person2"]) == [
        "a/person1.pdf"
    ]


@pytest.mark.parametrize("n", [0, 1, 5, 40, 90, 120])
def test_owed(n):
    rows = [(f"person{i * 7 % (n or 1)}", i * 100) for i in range(3 * n)]
    result = owed(rows)
    assert sum(result.values()) == sum(cents for _, cents in rows)
    assert set(result) == {name for name, _ in rows}


def test_owed_twice():
    assert owed([("a", 1), ("b", 2), ("a", 3), ("b", -2)]) == {"a": 4, "b": 0}


@pytest.mark.parametrize("n", [0, 40, 80, 160, 240])
def test_labels(n):
    words = [f"w{i % 50}" for i in range(2 * n)]
    stop = [f"w{i}" for i in range(0, 50, 2)] * 3
    assert all(word not in stop for word in labels(words, stop))
    assert labels(iter(words), []) == words


def test_day():
    assert day_of(0) == "1970-01-01"
