import random

import pytest

import helpers
from exports import common_folder, disguised, json_lines, manifest, pick, stems, targets
from listing import duplicates

NAMES = ["Sales", "stock", "Open items", "orders", "returns", "Price list", "staff"]


@pytest.fixture
def dice():
    return random.Random(5)


def some_names(dice, n, most):
    return [f"{dice.choice(NAMES)} {dice.randint(1, most)}" for _ in range(n)]


@pytest.mark.parametrize("n", [0, 1, 3, 15, 60, 100])
def test_stems(dice, n):
    paths = [f"out/{name}.csv" for name in some_names(dice, n, 30)]
    known = some_names(dice, n, 30)
    found = stems(paths, known)
    assert len(found) == len(set(found))
    assert not set(found) & set(known)


def test_stems_in_order():
    assert stems(["b/x.csv", "a.json", "c/x.tar.gz", "x.csv"], ["q"]) == ["x", "a", "x.tar"]


KEYS = [f"field{i}" for i in range(40)]


@pytest.mark.parametrize("n", [0, 1, 4, 12, 25])
def test_json_lines(dice, n):
    rows = [{key: dice.randint(0, 99) for key in dice.sample(KEYS, 30)} for _ in range(n)]
    before = helpers.COUNTS["lines"]
    text = json_lines(rows, dice.sample(KEYS, 20))
    assert text.count("\n") == n
    assert helpers.COUNTS["lines"] == before + n


def test_one_line():
    assert json_lines([{"b": 1, "a": "é", "c": None}], ["a", "b"]) == '{"b": 1, "a": "\\u00e9"}\n'


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("n", [0, 1, 5, 40, 90])
def test_pick(dice, n):
    rows = [(dice.randint(1, n), name) for name in some_names(dice, n, 9)]
    numbers = [dice.randint(1, n) for _ in range(n)]
    found = pick(rows, numbers)
    assert len(found) == sum(number in dict(rows) for number in numbers)


def test_pick_warns():
    with pytest.warns(UserWarning, match="1 numbers"):
        assert pick([(1, " A b"), (1, "c")], [1, 2]) == ["a-b"]


def test_more_than_the_limit(monkeypatch):
    monkeypatch.setattr(helpers.Limits, "rows", 2)
    monkeypatch.setattr(helpers.Limits, "reached", 4)
    pick([(1, "a")], [1, 1])
    assert helpers.Limits.reached == 4
    pick([(1, "a")], [1, 1, 1])
    assert helpers.Limits.reached == 5


@pytest.mark.parametrize(("folders", "names"), [(0, 3), (1, 1), (3, 5), (6, 9), (8, 14)])
def test_targets(dice, monkeypatch, folders, names):
    monkeypatch.setenv("EXPORTS_LEFT_OUT", "out1:nowhere")
    found = targets([f"out{i % 5}" for i in range(folders)], some_names(dice, names, 4))
    assert len(found) == len(set(found))
    assert not [path for path in found if path.startswith("out1")]
    assert (folders < 2) == (len(found) < 4)


def test_all_targets(monkeypatch):
    monkeypatch.delenv("EXPORTS_LEFT_OUT", raising=False)
    assert targets(["a", "b"], ["x", "y", "x"]) == ["a/x", "a/y", "b/x", "b/y"]
    assert targets(["a", "/b"], ["/x"]) == ["/x"]


@pytest.mark.parametrize("n", [0, 1, 6, 40, 90])
def test_disguised(dice, n):
    names = some_names(dice, n, 90)
    sent = disguised(names, names[::2] + some_names(dice, n, 90))
    assert set(sent) == set(names)


def test_disguised_names():
    assert disguised(["abc", "xyz"], ["xyz"]) == {"abc": "nop", "xyz": "xyz"}


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        ([], ""),
        (["/a/b/c.csv"], "/a/b"),
        (["/a/b/c.csv", "/a/d.csv"], "/a"),
        (["a/b", "c/d"], "."),
        (["/a/b", "c/d"], ""),
        ([f"/x/y/{i}/{j}/f.csv" for i in range(4) for j in range(6)], "/x/y"),
        ([f"/x/y/z/{i}.csv" for i in range(40)], "/x/y/z"),
    ],
)
def test_common_folder(paths, folder):
    assert common_folder(paths) == folder


SUFFIXES = [".csv", ".json", ".xml", ".txt", ""]


def some_files(dice, n):
    paths = [
        f"out/{dice.randint(1, 9)}/{name}{dice.choice(SUFFIXES)}"
        for name in some_names(dice, n, 99)
    ]
    return paths + paths[: n // 4], {path: dice.randint(0, 9000) for path in paths[n // 9 :]}


@pytest.mark.parametrize("n", [150, 160, 200, 240, 300, 340])
def test_manifest(dice, n):
    paths, sizes = some_files(dice, n)
    lines = manifest(paths, sizes, 3000)
    files, folders = lines[:-9], lines[-9:]
    assert len(files) == len(set(paths))
    assert folders[0].startswith("out/1/ ")
    assert sum(int(line.split()[-1]) for line in folders) == sum(sizes.values())
    assert sum(line.startswith("*") for line in files) == sum(s > 3000 for s in sizes.values())
    for path, line in zip(dict.fromkeys(paths), files):
        kind = {"csv": "table", "json": "tree", "xml": "tree"}.get(path.rpartition(".")[2], "other")
        assert line[1:7].strip() == kind
        assert line[7:15] == f"{sizes.get(path, 0):8}"
        assert line[15:] == f" {path}"


def test_a_size_below_zero(dice):
    paths, sizes = some_files(dice, 200)
    for size in (-1, -7):
        sizes[paths[9]] = size
        with pytest.raises(ValueError, match=f"{paths[9]}: {size} bytes"):
            manifest(paths, sizes, 10)


@pytest.mark.parametrize("n", [0, 1, 4, 30, 80, 120])
def test_duplicates(dice, n):
    names = some_names(dice, n, 8)
    again = duplicates(names)
    assert len(again) == len(set(again))


def test_duplicates_in_order():
    assert duplicates(["A b", "c", "C", "a-b ", "c"]) == ["c", "a-b"]
