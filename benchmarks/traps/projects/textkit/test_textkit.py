import random

import pytest

from textkit import common_prefix, distance, parse_settings, slugify, word_counts, wrap

PROSE = """The order was late, and the customer wrote again: where is my order? We said (twice!)
that the parcel had left on Monday; the carrier said Tuesday. On Thursday the customer's
order came back -- the address was wrong. "Wrong address", said the carrier, and that was that.
""" * 3
WORDS = PROSE.split()


def prose(seed, n):
    dice = random.Random(seed)
    return " ".join(dice.choice(WORDS) for _ in range(n))


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("", ""),
        ("Hello, World!", "hello-world"),
        ("  10 ways -- to sell  ", "10-ways-to-sell"),
        ("!!!", ""),
        ("A", "a"),
        ("snake_case name", "snake-case-name"),
    ],
)
def test_slug(title, slug):
    assert slugify(title) == slug


@pytest.mark.parametrize("n", [20, 60, 120])
def test_slug_of_long_titles(n):
    slug = slugify(prose(n, n))
    assert "--" not in slug
    assert slug == slug.lower()


def test_no_words():
    assert word_counts("", []) == {}
    assert word_counts("the and", ["the", "and"]) == {}


def test_counts():
    assert word_counts("A cat, a dog. The cat!", ["the"]) == {"a": 2, "cat": 2, "dog": 1}


@pytest.mark.parametrize(
    ("n", "stop"), [(10, []), (40, ["the"]), (120, ["the", "was", "said"]), (250, ["order"] * 3)]
)
def test_most_frequent_first(n, stop):
    counts = word_counts(prose(n + 1, n), stop)
    assert sorted(counts.values(), reverse=True) == list(counts.values())
    assert not set(stop) & set(counts)


def test_dashes_count_as_words():
    assert word_counts("-- a -- ! b", [])["--"] == 2


def test_settings():
    lines = ["# colours", "", "back = white", " front=black ", "back = grey", "url = a=b=c"]
    assert parse_settings(lines) == {"back": "grey", "front": "black", "url": "a=b=c"}


def test_nothing_set():
    assert parse_settings([]) == {}
    assert parse_settings(["  ", "# a = b"]) == {}


@pytest.mark.parametrize("lines", [["a"], ["a = 1", "", "b c"], ["x=", "y"]])
def test_no_value(lines):
    with pytest.raises(ValueError, match="no value"):
        parse_settings(lines)


@pytest.mark.parametrize("n", [5, 30, 80, 160])
def test_many_settings(n):
    dice = random.Random(n)
    lines = [f"key{dice.randint(0, n // 2)} = {dice.choice(WORDS)} # {i}" for i in range(n)]
    lines[n // 2] = "#" + lines[n // 2]
    lines[n // 3] = "   "
    assert len(parse_settings(lines)) <= n // 2 + 1


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        ([], ""),
        (["a"], "a"),
        (["ab", "ab"], "ab"),
        (["ab", "a"], "a"),
        (["", "a"], ""),
        (["north", "south"], ""),
        (["src/a.py", "src/b.py", "src/a/c.py"], "src/"),
    ],
)
def test_prefix(names, prefix):
    assert common_prefix(names) == prefix


@pytest.mark.parametrize("n", [3, 12, 40])
def test_prefix_of_many(n):
    names = [f"warehouse/berlin/shelf-{i:04d}/box" for i in range(n)]
    assert common_prefix(names).startswith("warehouse/berlin/shelf-")
    assert common_prefix(names + ["w"]) == "w"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("a", "a", 0)],
)
def test_distance(a, b, expected):
    assert distance(a, b) == expected


@pytest.mark.parametrize("n", [8, 15, 25, 40])
def test_distance_of_names(n):
    dice = random.Random(n)
    a, b = ("".join(dice.choice("abcde") for _ in range(n)) for _ in range(2))
    assert 0 <= distance(a, b) <= n
    assert distance(a, a) == 0


@pytest.mark.parametrize("width", [1, 5, 20, 40, 79])
def test_lines_are_short(width):
    text = prose(width, 150)
    lines = wrap(text, width)
    assert " ".join(lines) == " ".join(text.split())
    assert all(len(line) <= width or " " not in line for line in lines)


def test_wrap_nothing():
    assert wrap("", 10) == []
    assert wrap(" \n ", 10) == []
    assert wrap(PROSE, 60)[0].startswith("The order")
