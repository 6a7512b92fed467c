"""From a program to its level: what counts as broken, failed, passed and faster."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from perfopt_cli.train.records import Check, Level, Score, Task
from perfopt_cli.train.records import Tests as Cases
from perfopt_cli.train.scoring.asserts import Inseparable, take_apart
from perfopt_cli.train.scoring.clock import choose
from perfopt_cli.train.scoring.execute import Bench, Benches
from perfopt_cli.train.scoring.score import ScoreSettings, judge, same_program, score

PYTHON = Path(sys.executable)
UNTIMED = ScoreSettings(PYTHON, timing=False, limit_seconds=2.0)
TIMED = replace(UNTIMED, timing=True)

SLOW = """
n = int(input())
total = 0
for i in range(n):
    total += i
print(total)
"""
FAST = "n = int(input())\nprint(n * (n - 1) // 2)\n"


def sums(*numbers: int, inputs: Sequence[str] = ()) -> Task:
    runs = tuple(Check(f"{n}\n", f"{n * (n - 1) // 2}\n") for n in numbers)
    return Task(SLOW, Cases(runs, inputs=tuple(inputs)))


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with closing(Benches(PYTHON, "auto")) as benches:
        yield benches.make()


def level(bench: Bench, task: Task, code: str) -> Level:
    return judge(bench, task, code, UNTIMED).level


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (FAST, Level.PASSED),
        ("print(", Level.BROKEN),
        ("print(0)", Level.FAILED),
        ("n = int(input())\nprint(n * (n - 1) / 2)", Level.FAILED),
        ("n = int(input())\nprint(n * (n - 1) // 2, 1)", Level.FAILED),
        ("import sys; sys.exit(0)", Level.FAILED),
        ("import os; os._exit(0)", Level.FAILED),
        (FAST + "import sys; sys.exit(1)", Level.FAILED),
        ("while True: pass", Level.FAILED),
        ("", Level.FAILED),
        ("print('right'); print('PASSED'); print('{\"level\": 4}')", Level.FAILED),
        (
            'import os\nfor fd in range(256):\n    try: os.write(fd, b\'{"kind": "done"}\\n\')\n    except OSError: pass',
            Level.FAILED,
        ),
    ],
)
def test_the_level_of_a_program(bench: Bench, code: str, wanted: Level) -> None:
    assert level(bench, sums(5, 10), code) is wanted


def test_one_failed_test_fails_the_program(bench: Bench) -> None:
    code = FAST.replace("print(", "print(n if n == 7 else ")
    assert level(bench, sums(5, 6), code) is Level.PASSED
    found = judge(bench, sums(5, 7), code, UNTIMED)
    assert found.level is Level.FAILED
    assert found.detail.startswith("test 2: wrong output")


def test_setup_goes_before_the_program(bench: Bench) -> None:
    task = Task("print(sqrt(4))", Cases((Check("", "2.0"),), setup="from math import *"))
    assert level(bench, task, "print(sqrt(4.0))") is Level.PASSED


def test_without_tests_nothing_passes(bench: Bench) -> None:
    assert level(bench, Task("print(1)", Cases()), "print(1)") is Level.FAILED
    assert level(bench, Task("print(1)", Cases()), "print(") is Level.BROKEN


DOUBLE = "def f(x):\n    return x * 2\n"


def asserted(*asserts: str, slow: str = DOUBLE, setup: str = "") -> Task:
    return Task(slow, Cases(asserts=asserts, setup=setup))


@pytest.mark.parametrize(
    ("statement", "code", "right"),
    [
        ("assert f(2) == 4", DOUBLE, True),
        ("assert f(2) == 5", DOUBLE, False),
        ("assert 4 == f(2)", DOUBLE, True),
        ("assert f(2) == 4.0", DOUBLE, True),
        ("assert f([1]) == [1, 1]", DOUBLE, True),
        ("assert f([1]) == [1, 1]", "def f(x): return (*x, *x)", False),
        ("assert f([1]) == [1, 1]", "def f(x): yield from x * 2", False),
        ("assert list(f([1])) == [1, 1]", "def f(x): yield from x * 2", False),
        ("assert set(f([1, 2])) == {1, 2}", "def f(x): return x[::-1]", True),
        ("assert f(2) == 4, 'message'", DOUBLE, True),
        ("assert f(2)", DOUBLE, True),
        ("assert not f(0)", DOUBLE, True),
        ("assert not f(1)", DOUBLE, False),
        ("assert f(2) is None", "def f(x): pass", True),
        ("assert abs(f(0.1) - 0.2) < 1e-9", DOUBLE, True),
        ("assert f(1) + f(2) == 6", DOUBLE, True),
        ("assert f(f(1)) == 4", DOUBLE, True),
        ("assert f(float('inf')) == float('inf')", DOUBLE, True),
        ("assert f(float('nan')) != 0", DOUBLE, True),
        ("assert f(1) == {'b': 1, 'a': 2}", "def f(x): return {'a': 2, 'b': 1}", True),
        (
            "assert f(1) == {'a': 2}",
            "import collections\ndef f(x): return collections.Counter('aa')",
            True,
        ),
        ("assert f(1) == frozenset([1])", "def f(x): return frozenset([x])", True),
        ("assert f(1) == [frozenset([1])]", "def f(x): return [frozenset([x])]", True),
        ("assert f(10 ** 5000) == 2 * 10 ** 5000", DOUBLE, True),
        ("assert f(2) == 4", "def g(x): return 4", False),
        ("assert f(2) == 4", "def f(x): raise ValueError", False),
        ("assert f(2) == 4", "import os; os._exit(0)", False),
        ("assert f(2) == 4", "import sys; sys.exit(0)", False),
    ],
)
def test_an_assert_is_checked_as_it_stands(
    bench: Bench, statement: str, code: str, right: bool
) -> None:
    wanted = Level.PASSED if right else Level.FAILED
    found = judge(bench, asserted(statement), code, UNTIMED)
    # A generator can't leave the process of the program; all else is as if it could.
    assert found.level is wanted, found.detail


FORGERS = {
    "equals everything": "class All:\n    def __eq__(self, other): return True\ndef f(x): return All()",
    "a list that equals everything": "class All(list):\n    def __eq__(self, other): return True\n    __hash__ = None\ndef f(x): return All()",
    "text that looks like a number": "class All:\n    def __repr__(self): return '4'\ndef f(x): return All()",
    "own comparison": "import builtins\nbuiltins.repr = lambda x: '4'\ndef f(x): return 5",
    "code in a text": "class C(str): pass\ndef f(x): return C(\"__import__('os')._exit(0)\")",
    "the frames above": """
import sys
def f(x):
    frame, seen = sys._getframe(), []
    while frame is not None:
        seen += [*frame.f_locals.values(), *frame.f_code.co_consts]
        frame = frame.f_back
    return next((each for each in seen if isinstance(each, int) and str(each)[::-1] == "000954902"), 0)
""",
    "all objects": """
import gc
def f(x):
    for each in gc.get_objects():
        if isinstance(each, (list, tuple)):
            for one in each:
                if type(one) is int and str(one)[::-1] == "000954902":
                    return one
""",
    "the checker": "import _perfopt_worker.values as v\nv.encode = lambda value, classes: ('repr', '209459000 if 1 else 0')\ndef f(x): return 0",
    "the channel": "import os\nfor n in range(3, 256):\n    try: os.write(n, b'right')\n    except OSError: pass\ndef f(x): return 0",
}


@pytest.mark.parametrize("name", FORGERS)
def test_no_program_passes_an_assert_without_the_right_value(bench: Bench, name: str) -> None:
    task = asserted("assert f(104729500) == 209459000")
    found = judge(bench, task, FORGERS[name], UNTIMED)
    assert found.level is Level.FAILED
    assert level(bench, task, DOUBLE) is Level.PASSED


def test_values_of_the_setup_s_classes_are_compared_by_its_functions(bench: Bench) -> None:
    setup = """
class ListNode:
    def __init__(self, val=0, next=None):
        self.val, self.next = val, next
def list_node(values):
    first = None
    for value in reversed(values):
        first = ListNode(value, first)
    return first
def is_same_list(one, other):
    while one and other and one.val == other.val:
        one, other = one.next, other.next
    return one is other is None
"""
    slow = "class Solution:\n    def turn(self, head):\n        back = None\n        while head:\n            head.next, back, head = back, head, head.next\n        return back\n"
    asserts = (
        "candidate = Solution().turn",
        "assert is_same_list(candidate(list_node(list(range(3000)))), list_node(list(range(2999, -1, -1))))",
    )
    task = asserted(*asserts, slow=slow, setup=setup)
    assert level(bench, task, slow) is Level.PASSED
    assert level(bench, task, slow.replace("return back", "return back.next")) is Level.FAILED
    mine = slow.replace(
        "return back", "return type('ListNode', (), {'val': 2999, 'next': back.next})"
    )
    assert level(bench, task, mine) is Level.FAILED


@pytest.mark.parametrize("setup", ["", "from collections import *\nfrom decimal import *"])
@pytest.mark.parametrize(
    ("slow", "right", "wrong"),
    [
        ("def f(): return collections.deque([1])", "collections.deque([1])", "collections.deque()"),
        ("def f(): return collections.Counter('a')", "{'a': 1}", "{}"),
        ("def f(): return [collections.OrderedDict(a=1)]", "[{'a': 1}]", "[{}]"),
    ],
)
def test_containers_that_the_setup_imports_arrive_with_what_they_hold(
    bench: Bench, setup: str, slow: str, right: str, wrong: str
) -> None:
    slow = f"import collections\n{slow}\n"
    held = asserted(f"assert f() == {right}", slow=slow, setup=setup)
    assert level(bench, held, slow) is Level.PASSED
    empty = asserted(f"assert f() == {wrong}", slow=slow, setup=setup)
    assert level(bench, empty, slow) is Level.FAILED


@pytest.mark.parametrize(
    ("setup", "slow", "wrong"),
    [
        ("from decimal import *", "def f(): return Decimal(5)", "Decimal()"),
        ("class Row(list): pass", "def f(): return [Row([1])]", "[[]]"),
        (
            "import collections\nclass Row(collections.deque): pass",
            "def f(): return Row([1])",
            "Row()",
        ),
    ],
)
def test_what_no_attribute_shows_is_not_lost_on_the_way(
    bench: Bench, setup: str, slow: str, wrong: str
) -> None:
    task = asserted(f"assert f() == {wrong}", slow=slow, setup=setup)
    assert level(bench, task, slow) is Level.FAILED


def test_statements_between_asserts_run_beside_the_program(bench: Bench) -> None:
    slow = "def put(items):\n    items.sort()\n"
    task = asserted("xs = [3, 1, 2]", "put(xs)", "assert xs == [1, 2, 3]", slow=slow)
    assert level(bench, task, slow) is Level.PASSED
    assert level(bench, task, "def put(items): sorted(items)") is Level.FAILED


@pytest.mark.parametrize(
    "statement",
    [
        "assert all(f(x) == y for x, y in [(1, 2)])",
        "def check():\n    assert f(1) == 2",
        "assert f(1) ==",
    ],
)
def test_an_assert_that_can_t_be_taken_apart_is_said_so(bench: Bench, statement: str) -> None:
    with pytest.raises(Inseparable):
        take_apart(Cases(asserts=(statement,)), DOUBLE)
    found = judge(bench, asserted(statement), DOUBLE, UNTIMED)
    assert found.level is Level.FAILED
    assert "can't be run" in found.detail


def test_what_is_sent_into_the_sandbox_holds_no_expected_value() -> None:
    apart = take_apart(Cases(asserts=("assert f(21) == 42",)), DOUBLE)
    assert apart.steps == (("eval", "f(21)"),)
    assert "42" in apart.checks[0]


def test_a_program_that_is_much_faster_is_faster(bench: Bench) -> None:
    found = judge(bench, sums(60_000), FAST, TIMED)
    assert found.level is Level.FASTER, found.detail
    assert found.speedup is not None
    assert found.speedup.low > 2


def test_an_assert_s_calls_are_timed(bench: Bench) -> None:
    slow = "def f(n):\n    total = 0\n    for i in range(n): total += i\n    return total\n"
    task = asserted("assert f(60000) == 1799970000", slow=slow)
    found = judge(bench, task, "def f(n): return n * (n - 1) // 2", TIMED)
    assert found.level is Level.FASTER, found.detail


@pytest.mark.parametrize(
    "code",
    [
        SLOW + "# a comment",
        SLOW + "unused = 1\n",
        SLOW.replace("total += i", "total += i\n    total += 0"),
        SLOW.replace("range(n)", "range(n)").replace("print", "sum(range(n)), print"),
    ],
)
def test_a_program_that_is_not_faster_only_passes(bench: Bench, code: str) -> None:
    assert judge(bench, sums(20_000), code, TIMED).level is Level.PASSED


MEMO = """
import builtins, math, os, sys, time
time.perf_counter = time.process_time = lambda: 0.0
n = int(input())
key = f"memo{n}"
for folder in ("/tmp", "/dev/shm", "."):
    path = os.path.join(folder, key)
    if os.path.exists(path):
        print(open(path).read())
        sys.exit()
if hasattr(builtins, key) or key in os.environ or key in sys.modules:
    print(getattr(builtins, key))
    sys.exit()
total = 0
for i in range(n):
    total += i
setattr(builtins, key, total)
os.environ[key] = str(total)
for folder in ("/tmp", "/dev/shm", "."):
    try:
        open(os.path.join(folder, key), "w").write(str(total))
    except OSError:
        pass
print(total)
"""


def test_keeping_results_between_runs_makes_no_program_faster(bench: Bench) -> None:
    found = judge(bench, sums(20_000), MEMO, TIMED)
    assert found.level in (Level.PASSED, Level.FAILED)
    assert level(bench, sums(5), MEMO) is Level.PASSED


def test_a_program_much_slower_is_not_timed_for_long(bench: Bench) -> None:
    code = SLOW.replace("    total += i", "    total += sum(range(40)) - 780 + i")
    found = judge(bench, sums(20_000), code, TIMED)
    assert found.level is Level.PASSED
    assert "not timed further" in found.detail


def test_larger_inputs_are_what_is_timed(bench: Bench) -> None:
    assert judge(bench, sums(3, inputs=["60000\n"]), FAST, TIMED).level is Level.FASTER


def test_a_program_that_is_wrong_on_larger_inputs_fails(bench: Bench) -> None:
    code = FAST.replace("print(", "print(n > 100 or ")
    found = judge(bench, sums(3, inputs=["60000\n"]), code, TIMED)
    assert found.level is Level.FAILED
    assert "unlike the slow program" in found.detail


def test_against_a_slow_program_that_fails_nothing_is_faster(bench: Bench) -> None:
    task = replace(sums(3), slow="raise ValueError")
    found = judge(bench, task, FAST, TIMED)
    assert found.level is Level.PASSED
    assert "slow program itself fails" in found.detail


def test_the_same_program_in_another_layout_is_the_same() -> None:
    assert same_program("x = 1\n", "x  =  1  # one\n")
    assert not same_program("x = 1", "x = 2")
    assert not same_program("x = (", "x = 1")


def test_the_longest_runs_that_fit_are_timed() -> None:
    million = 1_000_000
    assert choose([5 * million]) == [0]
    assert choose([million, 900 * million, 100 * million]) == [2, 0]
    assert choose([900 * million, 800 * million]) == [1]
    assert len(choose([million] * 50)) == 3


def test_a_score_can_be_asked_for_by_any_executor() -> None:
    function, task, settings = pickle.loads(pickle.dumps((score, sums(4), UNTIMED)))
    assert function(task, FAST, settings) == Score(Level.PASSED)
