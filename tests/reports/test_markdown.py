"""Markdown that a pull request shows as it is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from report_runs import HOT, accepted, diverged, optimized, reviewed, summary

from perfopt_cli.core import Outcome
from perfopt_cli.reports.markdown import CUT, MOST, cell, code, fence, markdown


def test_a_rewrite_has_its_row_its_diff_and_its_evidence() -> None:
    page = markdown(optimized())
    assert page.startswith("## perfopt: 1 function can be made faster\n")
    assert "| `pkg/mod.py:3 hot` | **2.00x (1.90-2.10)** |" in page
    assert "```diff\n--- a/pkg/mod.py" in page
    assert "- Recorded calls: 26 agree" in page
    assert "| large | 4.2 ms | 3.50x |" in page


def test_a_refused_candidate_has_its_counterexample() -> None:
    page = markdown(optimized())
    assert "<summary>1 x DIVERGED: answers a call otherwise than the original</summary>" in page
    assert "  ```python\n  from pkg.mod import hot\n  hot([])\n  ```" in page


def test_a_change_has_the_worst_function_first() -> None:
    rows = [line for line in markdown(reviewed()).splitlines() if line.startswith("| `pkg")]
    assert [row.split("|")[2].strip() for row in rows] == [
        "not equivalent (DIVERGED)",
        "not judged (UNTESTED)",
        "equivalent",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@team <b>", "`@team <b>`"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a\n# b", "`a # b`"),
        ("\u202egnp", "`\\u202egnp`"),
        ("", ""),
    ],
)
def test_text_of_the_project_stays_in_its_span(text: str, shown: str) -> None:
    assert code(text) == shown


def test_a_bar_does_not_end_a_cell() -> None:
    assert cell("a | b") == "`a \\| b`"
    assert code("a | b") == "`a | b`"


def test_a_fence_is_longer_than_those_inside() -> None:
    assert fence("```\nx\n````", "python").startswith("`````python\n")


def test_what_does_not_fit_is_left_out_whole() -> None:
    long = "def hot(words):\n" + "".join(f"    x{n} = {n}\n" for n in range(5000))
    outcome = Outcome(HOT, accepted(source=long), True, long)
    page = markdown(optimized(summary=summary(outcome, outcome)))
    assert len(page) < MOST + len(CUT)
    assert page.endswith(CUT)
    assert page.count("<details>") == page.count("</details>")


def test_hostile_names_make_no_html() -> None:
    target = replace(HOT, qualname="<img src=x onerror=alert(1)>", path="a|b`c/</details>.py")
    outcome = Outcome(target, accepted(target), True, "```\n</details>\n")
    page = markdown(optimized(summary=summary(outcome, targets=(target,))))
    shown = MarkdownIt("commonmark").enable("table").render(page)
    assert "&lt;img src=x" in shown
    assert "<img" not in shown
    assert shown.count("</details>") == shown.count("<details>") == page.count("<details>")


def test_a_long_detail_is_one_line() -> None:
    verdict = replace(diverged(), detail="first\nsecond\n\n## third")
    page = markdown(optimized(summary=summary(Outcome(HOT, verdict))))
    assert "\n## third" not in page
