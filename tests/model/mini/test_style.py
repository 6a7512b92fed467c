"""What the small model is told and taught, and the code that its replies make."""

from __future__ import annotations

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.language import NOTHING
from perfopt_cli.model.mini.style import lessons, program, prompt, reply_to, with_imports
from perfopt_cli.model.styles import prompt_for

SLOW = "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x + 1)\n    return out\n"
FAST = "def f(xs):\n    return [x + 1 for x in xs]\n"


def test_a_taught_reply_makes_the_fast_code() -> None:
    assert program(SLOW, reply_to(SLOW, FAST, "list-comprehension")).strip() == FAST.strip()


def test_nothing_to_do_is_the_slow_code_itself() -> None:
    assert reply_to(SLOW, SLOW) == NOTHING
    assert program(SLOW, NOTHING) == SLOW


def test_a_reply_that_is_none_makes_no_code() -> None:
    assert program(SLOW, "<set> L99 I1 return") == ""
    assert program("def f(:\n", NOTHING + " L1") == ""


def test_the_prompt_of_the_style_is_the_reading() -> None:
    assert prompt_for(SLOW, style="mini") == prompt(SLOW)
    with pytest.raises(PerfoptError, match="no tags"):
        prompt_for(SLOW, style="mini", tag=10)


def test_code_that_is_too_long_is_taught_around_the_change() -> None:
    padding = "".join(f"    a{number} = b{number}(c, d) + e\n" for number in range(60))
    slow, fast = (text.replace("(xs):\n", "(xs):\n" + padding) for text in (SLOW, FAST))
    [(told, taught)], reasons = lessons([(slow, fast, "list-comprehension")])
    assert not reasons
    assert len(told.split()) <= 320
    assert "<set> L62 L65 I1 return [" in taught


def test_lessons_leave_out_what_the_language_lacks_and_say_why() -> None:
    kept, reasons = lessons([(SLOW, FAST, "x"), ("def f(:\n", FAST, "x"), (SLOW, SLOW, "nothing")])
    assert kept == [(prompt(SLOW), reply_to(SLOW, FAST, "x")), (prompt(SLOW), NOTHING)]
    assert sum(reasons.values()) == 1


def test_many_pairs_are_read_by_several_processes_in_their_order() -> None:
    pairs = [
        (SLOW.replace("1", str(n % 7)), FAST.replace("1", str(n % 7)), "x") for n in range(2100)
    ]
    alone = [lessons([pair])[0][0] for pair in pairs[:7]]
    kept, _ = lessons(pairs, workers=2)
    assert len(kept) == 2100
    assert kept[:7] == alone == kept[7:14]


def test_imports_come_after_what_must_be_first() -> None:
    source = '"""Text."""\nfrom __future__ import annotations\nx = 1\n'
    assert with_imports(source, ["import math"]).splitlines()[2] == "import math"
    assert with_imports("x = 1\n", ["import math"]) == "import math\nx = 1\n"
    assert with_imports("x = 1\n", []) == "x = 1\n"
