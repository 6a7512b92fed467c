from __future__ import annotations

from dataclasses import replace

import pytest
from asking import DIVERGED, FAST, FASTER, SLOWER, TARGET, verdict

from perfopt_cli.core import Reason, Status, Verdict
from perfopt_cli.model.feedback import FAILURES, LONGEST_DETAIL, feedback_parts, sentence, shortened


def told(*tried: Verdict, source: str = TARGET.source) -> list[str]:
    return [part.text for part in feedback_parts(tried, replace(TARGET, source=source))]


@pytest.mark.parametrize("reason", FAILURES)
def test_each_class_of_failure_is_told_with_its_particulars(reason: Reason) -> None:
    [text] = told(verdict(reason, "at line 3"))
    assert text.startswith(f"This rewrite {FAILURES[reason]}: at line 3.\n```python\n{FAST}")


@pytest.mark.parametrize("reason", [one for one in Reason if one not in FAILURES])
def test_what_a_candidate_could_not_help_is_not_told(reason: Reason) -> None:
    assert told(replace(verdict(reason, "x"), status=Status.SKIPPED)) == []


def test_of_each_class_the_first_is_told_and_only_the_first_of_all_with_code() -> None:
    texts = told(DIVERGED, replace(SLOWER, detail="1"), replace(SLOWER, detail="2"))
    assert ["```" in text for text in texts] == [True, False]
    assert texts[1] == "Another rewrite does the same, but is not faster: 1."


def test_of_verified_rewrites_the_fastest_is_shown() -> None:
    other = verdict(Reason.FASTER, "", 3.5, FAST.replace("seen", "found"))
    [text] = told(FASTER, other)
    assert "3.50x as fast" in text
    assert "found" in text


def test_the_function_asked_about_is_not_shown_twice() -> None:
    [text] = told(FASTER, source=FAST.replace("    return", "    # done\n    return"))
    assert text.startswith("The function above is a verified rewrite already, 2.10x as fast")
    assert "```" not in text


def test_how_a_slower_candidate_does_on_each_size_is_told() -> None:
    slower = verdict(Reason.SLOWER_SOMEWHERE, "0.80x on the small inputs", 1.5)
    assert "(1.10x on small inputs, 3.00x on large inputs): 0.80x on the small" in sentence(slower)


def test_code_that_would_end_its_block_is_not_shown() -> None:
    odd = FAST + "    '```'\n"
    assert told(verdict(Reason.DIVERGED, "x", source=odd)) == ["A rewrite does not do the same: x."]
    assert "```" not in told(verdict(Reason.FASTER, "", 2.0, source=odd))[0]


def test_a_long_detail_is_cut_between_words_and_stays_in_a_line() -> None:
    text = shortened("some\nwords " * 200)
    assert len(text) <= LONGEST_DETAIL + 4
    assert text.endswith(("some ...", "words ..."))
    assert "\n" not in text
    assert len(shortened("x" * 1000)) <= LONGEST_DETAIL + 4
