"""Readings of code, and the code that replies make."""

from __future__ import annotations

import pytest
from same_program import shape

from perfopt_cli.model.mini.families import FAMILIES, KEPT_FAMILIES, family_of, family_word
from perfopt_cli.model.mini.language import (
    NOTHING,
    VOCABULARY,
    Unreadable,
    apply_reply,
    read,
    text,
    tokens,
    write_lesson,
)

SLOW = '''def merge(items, sep=", "):
    """Join what is new.

    For people.
    """
    # What came already.
    found = []
    result = ''
    for item in items:  # in order

        if item.strip() in found:
            continue  # known
        found.append(item.strip())
        result += item.strip() + sep
    return result[: -len(sep)]
'''
FAST = """def merge(items, sep=", "):
    found = set()
    parts = []
    for item in items:
        name = item.strip()
        if name in found:
            continue
        found.add(name)
        parts.append(name)
    return sep.join(parts)
"""


def made(slow: str, fast: str, family: str = "") -> str:
    reading = read(slow)
    written = apply_reply(reading, write_lesson(reading, fast, family))
    assert written is not None
    return written.source


def names(slow: str) -> dict[str, str]:
    return {text: word for word, text in read(slow).names.items()}


def test_a_lesson_makes_the_fast_code():
    assert shape(made(SLOW, FAST), SLOW) == shape(FAST, SLOW)


def test_a_reading_has_no_comments_and_no_docstring():
    assert "people" not in read(SLOW).text
    assert read(SLOW).text.startswith("L1 I0 def F0 ( ")


def test_every_word_of_a_reading_is_in_the_vocabulary():
    words = read(SLOW).text.split()
    assert set(words) <= set(VOCABULARY)
    assert text(tokens(read(SLOW).text)) == read(SLOW).text


def test_the_vocabulary_has_each_word_once_and_the_special_ones_first():
    assert len(set(VOCABULARY)) == len(VOCABULARY) == 2048
    assert VOCABULARY[:4] == ("<pad>", "<s>", "</s>", "<unk>")
    assert not any(" " in word for word in VOCABULARY)


def test_families_are_known_once_and_fit_in_the_words_kept_for_them():
    assert len(set(FAMILIES)) == len(FAMILIES) <= KEPT_FAMILIES
    assert all(family_of(family_word(family)) == family for family in FAMILIES)
    assert family_word("no-such-family") == family_word("other") == "f:0"


def test_padding_start_and_end_are_no_text():
    assert text([1, *tokens("return None"), 2, 0, 0]) == "return None"


def test_readings_without_a_seed_are_the_same_each_time():
    assert read(SLOW).text == read(SLOW).text


def test_a_seed_changes_the_numbers_of_placeholders_only():
    one, other = read(SLOW, seed=1), read(SLOW, seed=2)
    assert one.text != other.text
    assert sorted(one.names.values()) == sorted(other.names.values())


def test_bound_names_are_placeholders_and_frequent_global_ones_are_words():
    found = names("def f(len):\n    for sum in range(len):\n        yield sum.count(odd_one)\n")
    assert found["len"][0] == found["sum"][0] == "v"
    assert found["odd_one"][0] == "g"
    assert not {"range", "count"} & found.keys()


def test_a_parameter_given_by_name_is_no_local_name():
    reading = read("def f(key, xs):\n    return sorted(xs, key=key)\n")
    assert f"key = {names(reading.source)['key']} )" in reading.text


def test_the_function_itself_self_and_cls_keep_their_words():
    reading = read("def walk(self, n):\n    return self.deeper(walk(n))\n")
    assert "F0 ( self ," in reading.text
    assert "return self ." in reading.text


def test_names_that_an_f_string_reads_stand_after_its_placeholder():
    source = 'def f(a, b):\n    return f"{a!r:>{b}} a b {{b}}"\n'
    found = names(source)
    [place] = [word for word in found.values() if word[0] == "f"]
    assert read(source).text.endswith(f"return {place} {{f {found['a']} {found['b']} f}}")


@pytest.mark.parametrize("literal", ["f'{a}'", 'rf"\\d{a}"', 'f"""\n{a:%Y}\n"""', "f'{{}}{a!r}'"])
def test_an_f_string_is_one_placeholder(literal):
    reading = read(f"def f(a):\n    return {literal} + a\n")
    [place] = [word for word, text in reading.names.items() if word[0] == "f"]
    assert f"return {place} {{f" in reading.text


def test_quotes_make_no_difference():
    slow, fast = (
        'def f(x):\n    y = x\n    return y + "abra"\n',
        "def f(x):\n    return x + 'abra'\n",
    )
    assert made(slow, fast) == 'def f(x):\n    return x + "abra"\n'


def test_last_commas_that_mean_nothing_are_not_read():
    assert ", )" not in read("def f(a):\n    return g(\n        a,\n        a,\n    )\n").text
    assert ", )" in read("def f(a):\n    return (a,)\n").text


def test_lines_that_stay_keep_comments_and_layout():
    source = made(SLOW, SLOW.replace("result[: -len(sep)]", "result.removesuffix(sep)"))
    assert source == SLOW.replace("result[: -len(sep)]", "result.removesuffix(sep)")


def test_the_docstring_stays_first_where_lines_are_put_after_the_head():
    fast = FAST.replace("    found = set()\n", "    append = items.append\n    found = set()\n")
    source = made(SLOW, fast)
    assert source.index('"""Join') < source.index("append = ")


def test_the_docstring_stays_where_the_head_is_replaced():
    source = made(SLOW, SLOW.replace('sep=", "', 'sep=", ", *, size=None'))
    assert shape(source, SLOW) == shape(SLOW.replace('sep=", "', 'sep=", ", *, size=None'), SLOW)
    assert '"""Join what is new.\n\n    For people.\n    """\n' in source


def test_equal_code_says_nothing_to_do():
    assert write_lesson(read(SLOW), SLOW) == NOTHING
    assert apply_reply(read(SLOW), NOTHING) is None
    assert apply_reply(read(SLOW), f"f:1 {NOTHING}") is None


def test_the_family_comes_back_and_an_unknown_one_is_other():
    reading = read(SLOW)
    known = apply_reply(reading, write_lesson(reading, FAST, "string-join"))
    unknown = apply_reply(reading, write_lesson(reading, FAST, "no-such-family"))
    assert known is not None
    assert known.family == "string-join"
    assert unknown is not None
    assert unknown.family == "other"


def test_lines_that_move_are_said_by_their_numbers():
    slow = "def f(xs, k):\n    for x in xs:\n        y = k.strip() * len(k)\n        use(x, y)\n"
    fast = "def f(xs, k):\n    y = k.strip() * len(k)\n    for x in xs:\n        use(x, y)\n"
    assert write_lesson(read(slow), fast).split()[1:] == ["<add>", "L1", "I1", "L3", "<del>", "L3"]
    assert made(slow, fast) == fast


def test_moved_lines_keep_what_is_within_strings():
    slow = 'def f(a):\n    if a:\n        s = """x\n        y""" + a.strip()\n        g(s, s)\n'
    fast = 'def f(a):\n    s = """x\n        y""" + a.strip()\n    g(s, s)\n'
    assert made(slow, fast) == fast


def test_tabs_stay_tabs():
    slow = "def f(xs):\n\tn = 0\n\tfor x in xs:\n\t\tn += x\n\treturn n\n"
    fast = (
        "def f(xs):\n    n = 0\n    for x in xs:\n        if x:\n            n += x\n    return n\n"
    )
    assert "\n\t\tif x:\n\t\t\tn += x\n" in made(slow, fast)


def test_new_names_are_not_used_elsewhere():
    slow = "def f(xs, seen):\n    return [x for x in xs if x in list(xs)] + index\n"
    fast = "def f(xs, seen):\n    s = set(xs)\n    return [x for x in xs if x in s] + index\n"
    assert "seen2 = set(xs)" in made(slow, fast)


@pytest.mark.parametrize(
    ("new", "statement"),
    [
        ("Counter(xs)", "from collections import Counter"),
        ("list(itertools.chain.from_iterable(xs))", "import itertools"),
        ("bisect_left(xs, 0)", "from bisect import bisect_left"),
        ("reduce(add, xs)", "from functools import reduce"),
    ],
)
def test_names_of_the_standard_library_are_imported(new, statement):
    reading = read("def f(xs):\n    return sorted(xs)\n")
    reply = write_lesson(reading, f"def f(xs):\n    return {new}\n")
    written = apply_reply(reading, reply)
    assert written is not None
    assert statement in written.imports


def test_what_the_slow_code_reads_is_not_imported():
    reading = read("def f(xs):\n    return Counter(xs), len(xs)\n")
    written = apply_reply(reading, write_lesson(reading, "def f(xs):\n    return Counter(xs)\n"))
    assert written is not None
    assert written.imports == ()


@pytest.mark.parametrize(
    ("fast", "why"),
    [
        ("def f(xs):\n    return helper_of_mine(xs)\n", "another global name"),
        ("def f(xs):\n    return xs.unheard_of_thing\n", "uncommon attributes"),
        ("def f(xs):\n    return 'never seen before'\n", "uncommon strings"),
        ("def f(xs):\n    return 271828\n", "uncommon numbers"),
        ("def f(xs):\n    sorted = xs\n    return sorted\n", "binds a global name"),
    ],
)
def test_what_no_word_says_is_unreadable(fast, why):
    with pytest.raises(Unreadable, match=why):
        write_lesson(read("def f(xs):\n    return sorted(xs)\n"), fast)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def f(:\n", "can't parse"),
        ("# nothing\n", "no code"),
        ("def f():\n" + "    x = 1\n" * 100, "longer than 320 words"),
        ("def f():\n" + "    x\n" * 200, "more than 159 lines"),
        ("(" * 2000 + ")" * 2000, "too deep|can't parse"),
    ],
)
def test_code_that_cannot_be_read_says_why(source, why):
    with pytest.raises(Unreadable, match=why):
        read(source)


LONG = (
    "def f(xs):\n"
    + "".join(f"    x{n % 30} = {n % 30}\n" for n in range(60))
    + ("    for x in xs:\n        if x:\n            x1 += x\n" + "    x2 = 2\n" * 20)
)


def test_a_long_function_is_read_around_its_hot_lines():
    reading = read(LONG, hot=(64,), most=80)
    words = reading.text.split()
    assert len(words) <= 80
    assert {"L1", "L62", "L63", "L64"} <= set(words)
    assert words.count("<gap>") == 2


def test_edits_of_a_window_change_the_lines_that_it_means():
    reading = read(LONG, hot=(64,), most=80)
    fast = LONG.replace("            x1 += x\n", "            x1 += x + 1\n")
    written = apply_reply(reading, write_lesson(reading, fast))
    assert written is not None
    assert written.source == fast


def test_lines_outside_of_the_window_cannot_be_changed():
    reading = read(LONG, hot=(64,), most=80)
    assert apply_reply(reading, "f:0 <del> L5") is None
    with pytest.raises(Unreadable, match="outside of the window"):
        write_lesson(reading, LONG.replace("    x3 = 3\n", "    x3 = 4\n", 1))


def test_a_program_is_read_and_changed():
    slow = '"""About."""\nimport sys\n\nn = int(input())\ntotal = 0\nfor i in range(n):\n    total += i\nprint(total)\n'
    fast = "import sys\nn = int(input())\nprint(sum(range(n)))\n"
    assert (
        made(slow, fast) == '"""About."""\nimport sys\n\nn = int(input())\nprint(sum(range(n)))\n'
    )


def test_a_program_may_bind_a_builtin():
    slow = "n = int(input())\nfor i in range(n):\n    print(int(input()) + i)\n"
    fast = "import sys\ninput = sys.stdin.readline\n" + slow
    assert made(slow, fast) == fast
    assert made(fast, slow) == slow


def test_line_ends_of_other_systems_are_read_alike():
    assert read(SLOW.replace("\n", "\r\n")).text == read(SLOW).text


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "f:0",
        "f:999 <del> L2",
        "<set> L2",
        "<del> L9 L2",
        "<del> L90",
        "<del> L2 I1 pass",
        "<set> L2 L4 I1 pass <set> L3 I1 pass",
        "<add> L2 I1 pass <add> L2 I1 pass",
        "<add> L2 I5 pass",
        "<add> L2 I1 return w0",
        "<add> L2 I1 return v47 . x",
        "<add> L2 I1 <gap>",
        "<add> L2 I1 return ( v0",
        "<add> L1 I1 L90",
        "<add> L0 L1 I1 pass",
        "return None",
        "<add> L2 I1 w0 = L3",
        "<add> L2 I1 return numpy",
    ],
)
def test_a_reply_that_makes_no_sense_makes_no_code(reply):
    assert apply_reply(read(SLOW, seed=0), reply) is None


def test_a_word_cannot_mean_a_local_name_that_is_called_like_it():
    reading = read("def f(sum, xs):\n    return len(xs) + sum\n")
    xs = names(reading.source)["xs"]
    assert apply_reply(reading, f"f:0 <set> L2 I1 return len ( {xs} )") is not None
    assert apply_reply(reading, f"f:0 <set> L2 I1 return sum ( {xs} )") is None


def test_a_fast_function_may_be_called_another_way():
    assert (
        made("def f(x):\n    return x + 0\n", "def g(x):\n    return x\n")
        == "def f(x):\n    return x\n"
    )
