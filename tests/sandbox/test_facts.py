"""What recorded calls show, through real workers on a tiny project."""

from __future__ import annotations

import time

import pytest
from bench import Bench, make_bench
from workers import extremes, version_of

from perfopt_cli.core import Argument, Facts, Seen, Target
from perfopt_cli.model.told import facts_parts
from perfopt_cli.sandbox.facts import facts_of, read_facts

MODULE = """
    import collections
    import time
    from other import borrowed

    Point = collections.namedtuple("Point", "x y")

    class Shop:
        def __init__(self, items):
            self.items = items

        def total(self, limit=None):
            result = 0
            for item in self.items:
                result += self.price(item) + borrowed(item) + len(str(item))
            return result

        def price(self, item):
            '''Price.'''
            return sum(range(3000 + item))

    def unique(words):
        seen = []
        for word in words:
            if word not in seen:
                seen.append(word)
        words.append("")
        return seen

    def squares(items):
        for item in items:
            yield str(sum(range(item * 500)))

    async def later(items, *more, key=None):
        return sorted(items)

    def checked(point):
        if point.x < 0:
            raise ValueError("negative")
        return point.x

    def outer(number):
        def inner(value):
            return sum(range(number * 300)) + value
        return [inner(value) for value in range(3)]

    def noisy(items):
        print("loud")
        return items[:1]

    def again(n):
        return n if n < 1 else again(n - 1)

    def lengthy(seconds):
        time.sleep(seconds)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass
        return seconds

    def endless(items):
        while True:
            try:
                items.append(len(items))
                if STOP:
                    return len(items)
            except BaseException:
                pass

    STOP = True
"""
TESTS = """
    import asyncio
    import mod

    def test_all(capsys):
        for n in (1, 5, 30):
            assert Shop(list(range(n))).total() > 0
            Shop(list(range(n))).total(5)
            unique([str(i % 150) for i in range(10 * n)])
            list(squares(list(range(n))))
            asyncio.run(later([3, 2, n], key=None if n > 1 else "k"))
            checked(Point(n, None))
            outer(n)
            noisy(["x"] * n)
            again(n)
            endless([n])
            lengthy(n / 100)
        for n in (-1, -2):
            try:
                checked(Point(n, None))
            except ValueError:
                pass
"""
OTHER = """
def borrowed(item):
    return item
"""


@pytest.fixture(scope="module", params=extremes(), ids=lambda python: str(version_of(python)))
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("facts")
    return make_bench(folder, MODULE, TESTS, request.param, {"other.py": OTHER}, made_up=0)


def facts(bench: Bench, name: str, *, warm: bool = True) -> Facts:
    found = facts_of(bench.session, {**bench.judge(name).request, "warm": warm})
    assert found is not None
    return found


def line(bench: Bench, name: str, number: int) -> str:
    return bench.target(name).source.splitlines()[number - 1].strip()


def test_arguments_have_the_types_and_sizes_of_recorded_calls(bench: Bench) -> None:
    found = facts(bench, "unique")
    assert (found.calls, found.rerun) == (3, 3)
    assert found.arguments == (Argument("words", (Seen("list[str]", 3, (10, 50, 300)),), 3),)
    assert found.results == (Seen("list[str]", 3, (10, 50, 150)),)


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("unique", {"words": "list[str]"}),
        ("later", {"items": "list[int]", "key": "None | str"}),
        ("Shop.total", {"self": "own.Shop", "self.items": "list[int]", "limit": "None | int"}),
        ("checked", {"point": "own.Point"}),
        ("lengthy", {"seconds": "float"}),
        ("endless", {"items": "list[int]"}),
        ("outer.<locals>.inner", {"value": "int", "number": "int"}),
    ],
)
def test_a_brief_look_has_exact_types_of_all_calls(
    bench: Bench, name: str, types: dict[str, str]
) -> None:
    found = facts_of(bench.session, bench.judge(name).request, brief=True)
    assert found is not None
    assert dict(found.types) == types
    assert (found.calls > 0, found.arguments, found.lines) == (True, (), ())


def test_a_whole_look_has_them_too(bench: Bench) -> None:
    assert facts(bench, "unique").types == (("words", "list[str]"),)


def test_a_method_is_told_by_its_class_and_the_fields_it_reads(bench: Bench) -> None:
    found = facts(bench, "Shop.total")
    assert found.owner == "mod.Shop"
    seen = {one.name: one.seen for one in found.arguments}
    assert seen["self.items"] == (Seen("list[int]", 6, (1, 5, 30)),)
    assert seen["limit"] == (Seen("None", 3), Seen("int", 3, (5, 5, 5)))
    assert all(one.changed == 0 for one in found.arguments)


def test_the_line_where_the_time_goes_comes_first(bench: Bench) -> None:
    hot = facts(bench, "unique").lines[0]
    assert line(bench, "unique", hot.number) == "if word not in seen:"
    assert hot.share > 0.3
    assert hot.times > 20


def test_what_a_line_calls_counts_to_it(bench: Bench) -> None:
    found = facts(bench, "Shop.total")
    assert line(bench, "Shop.total", found.lines[0].number).startswith("result += self.price")
    assert found.lines[0].share > 0.8


def test_callees_of_the_project_are_shown_hottest_first(bench: Bench) -> None:
    first, second = facts(bench, "Shop.total").callees
    source = "def price(self, item):\n    '''Price.'''\n    return sum(range(3000 + item))\n"
    assert (first.name, first.source) == ("self.price", source)
    assert first.share is not None
    assert first.share > 0.5
    assert (second.name, second.source) == ("borrowed", "def borrowed(item):\n    return item\n")


def test_sizes_come_with_the_time_of_a_call_smallest_first(bench: Bench) -> None:
    sizes = facts(bench, "unique").sizes
    assert [words for words, _ in sizes] == [f"len(words) = {n}" for n in (10, 50, 300)]
    assert sizes[0][1] < sizes[-1][1]


def test_a_generator_is_told_by_its_items(bench: Bench) -> None:
    found = facts(bench, "squares")
    assert found.results == (Seen("Iterator[str]", 3, (1, 5, 30)),)
    assert line(bench, "squares", found.lines[0].number).startswith("yield")


def test_exceptions_are_counted(bench: Bench) -> None:
    found = facts(bench, "checked")
    assert found.raised == (("ValueError", 2),)
    assert found.arguments[0].seen == (Seen("mod.Point", 5),)


def test_an_async_function_is_run_to_its_end(bench: Bench) -> None:
    found = facts(bench, "later")
    assert found.results == (Seen("list[int]", 3, (3, 3, 3)),)
    assert {one.type for one in found.arguments[1].seen} == {"str", "None"}
    assert [one.name for one in found.arguments] == ["items", "key"]


def test_a_nested_function_is_told_with_its_free_variables(bench: Bench) -> None:
    found = facts(bench, "outer.<locals>.inner")
    assert [one.name for one in found.arguments] == ["value", "number"]
    assert line(bench, "outer.<locals>.inner", found.lines[0].number).startswith("return sum")


@pytest.mark.parametrize("name", ["noisy", "again"])
def test_what_is_printed_or_calls_itself_does_no_harm(bench: Bench, name: str) -> None:
    assert facts(bench, name).rerun >= 3


def test_a_fresh_process_says_the_same_as_a_fork(bench: Bench) -> None:
    forked, fresh = facts(bench, "unique"), facts(bench, "unique", warm=False)
    assert (forked.arguments, forked.results) == (fresh.arguments, fresh.results)


def test_a_verified_rewrite_has_lines_of_its_own(bench: Bench) -> None:
    text = (bench.copy / "mod.py").read_text()
    old = bench.target("unique").source
    new = "def unique(words):\n    seen = list(dict.fromkeys(words))\n    words.append('')\n    return seen\n"
    assert old in text
    request = bench.judge("unique").request
    found = facts_of(bench.session, request, text=text.replace(old, new))
    assert found is not None
    assert found.results == facts(bench, "unique").results
    assert {one.number for one in found.lines} <= {2, 3, 4}


def test_a_function_that_never_ends_is_stopped_and_the_rest_told(bench: Bench) -> None:
    text = (bench.copy / "mod.py").read_text().replace("STOP = True", "STOP = False")
    body = bench.target("endless").source
    endless = body.replace("if STOP:", "if not STOP:").replace(
        "except BaseException", "except ValueError"
    )
    request = bench.judge("endless").request
    found = facts_of(bench.session, request, text=text.replace(body, endless))
    assert found is not None
    assert (found.calls, found.rerun, found.lines) == (3, 0, ())
    assert found.arguments[0].seen == (Seen("list[int]", 3, (1, 1, 1)),)


def test_of_calls_that_take_long_what_there_is_time_for_is_told(bench: Bench) -> None:
    start = time.monotonic()
    found = facts(bench, "lengthy")
    assert time.monotonic() - start < 5
    assert found.arguments[0].seen == (Seen("float", 3),)
    assert 1 <= found.rerun <= 3
    assert found.lines


def test_a_worker_that_does_not_answer_in_time_gives_no_facts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfopt_cli.sandbox.facts.FACTS_SECONDS", 0.01)
    assert facts_of(bench.session, bench.judge("unique").request) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"calls": "/nowhere"},
        {"target": {"module": "missing", "qualname": "f", "file": "", "first": 1}},
    ],
)
def test_where_nothing_can_be_read_there_are_no_facts(
    bench: Bench, wrong: dict[str, object]
) -> None:
    request = {**bench.judge("unique").request, "warm": False, **wrong}
    assert facts_of(bench.session, request) is None


def test_the_standing_worker_outlives_a_request_that_fails(bench: Bench) -> None:
    request = bench.judge("unique").request
    assert facts_of(bench.session, {**request, "calls": "/nowhere"}) is None
    assert facts_of(bench.session, request, text="def unique(:\n") is None
    assert facts_of(bench.session, request) is not None
    assert bench.session.unfit == {}


def test_facts_come_in_words_for_a_prompt(bench: Bench) -> None:
    target: Target = bench.target("unique")
    texts = [part.text for part in facts_parts(facts(bench, "unique"), target)]
    assert "- `words`: `list[str]` of length 10 to 300 (median 50)" in texts
    assert "- it changes `words` in place" in texts
    assert any("`if word not in seen:`" in text for text in texts)


def test_a_message_that_is_not_as_it_should_be_gives_no_facts() -> None:
    assert read_facts({"kind": "facts", "calls": 3}) is None
