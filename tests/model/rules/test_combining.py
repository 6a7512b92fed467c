"""Which combinations of rules are proposed, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import libcst as cst

from perfopt_cli.core import Known, Reason, Rewrite, Status, Target, Verdict
from perfopt_cli.model.rules import RULES, Rule, Rules
from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.model.worth import OWN, Tally, table_text

NAMES = ("a", "b", "c", "d")
SOURCE = "def f(x):\n    return x.a, x.b, x.c, x.d\n"
TARGET = Target("m.py", "f", 1, SOURCE)


def upper(name: str) -> Rule:
    """Return a rule that writes this attribute in capitals."""

    def rewrite(context: Context) -> Iterator[Change]:
        for node in context.tree.find(context.root, cst.Attribute):
            if node.attr.value == name:
                attribute = node.with_changes(attr=cst.Name(name.upper()))
                yield Change(replace={node: attribute})

    return Rule(name, "", rewrite, RULES["flag-break"].example)


def rules(*names: str, root: Path | None = None) -> Rules:
    return Rules(root, {name: upper(name) for name in names})


def origins(source: Rules, *tried: Verdict, n: int = 8, target: Target = TARGET) -> list[str]:
    found = source.propose(target, target.source, n=n, known=Known(tried=tried))
    return [one.origin.removeprefix("rules:") for one in found]


def verdict(origin: str, reason: Reason, after: int | None = None) -> Verdict:
    status = Status.ACCEPTED if reason is Reason.FASTER else Status.REJECTED
    return Verdict(Rewrite(TARGET, SOURCE, (), f"rules:{origin}", after=after), status, reason)


def learned(folder: Path, **seconds: float) -> Path:
    table = {name: Tally(4, 2, 1.0, spent) for name, spent in seconds.items()}
    (folder / OWN).parent.mkdir()
    (folder / OWN).write_text(table_text(table))
    return folder


def test_all_rules_go_together_first_and_each_alone_after_that() -> None:
    assert origins(rules("a", "b", "c")) == ["a+b+c", "a", "b", "c"]


def test_what_is_worth_more_goes_first_and_the_order_together_stays(tmp_path: Path) -> None:
    root = learned(tmp_path, a=400, b=40, c=4)
    assert origins(rules("a", "b", "c", root=root)) == ["a+b+c", "c", "b", "a"]
    assert origins(rules("a", "b", "c", root=root), n=2) == ["a+b+c", "c"]


def test_of_many_the_better_half_is_tried_together(tmp_path: Path) -> None:
    root = learned(tmp_path, a=400, b=4, c=40, d=2)
    assert origins(rules(*NAMES, root=root)) == ["a+b+c+d", "b+d", "d", "b", "c", "a"]


def test_rules_that_seldom_pay_are_left_out_at_first(tmp_path: Path) -> None:
    table = {"b": Tally(8, 0, 0.0, 24), "c": Tally(8, 4, 2.0, 24)}
    (tmp_path / OWN).parent.mkdir()
    (tmp_path / OWN).write_text(table_text(table))
    source = rules("a", "b", "c", root=tmp_path)
    assert origins(source) == ["a+c", "a+b+c", "c", "a", "b"]


def test_a_rule_whose_own_candidate_was_wrong_is_left_out() -> None:
    source = rules("a", "b", "c")
    assert origins(source, verdict("b", Reason.DIVERGED)) == ["a+c", "a", "c"]
    assert origins(source, verdict("b", Reason.DIVERGED, after=3)) == ["a+b+c", "a", "b", "c"]
    assert origins(source, verdict("a+b", Reason.DIVERGED)) == ["a+b+c", "a", "b", "c"]


def test_a_rule_that_alone_was_not_faster_is_tried_alone_only() -> None:
    source = rules("a", "b", "c")
    assert origins(source, verdict("b", Reason.NOT_FASTER)) == ["a+c", "a", "b", "c"]


def test_what_a_rule_was_right_with_is_combined_with_the_others() -> None:
    start = Target("m.py", "f", 1, SOURCE.replace("x.a", "x.A"))
    tried = verdict("a", Reason.FASTER), verdict("b", Reason.DIVERGED)
    assert origins(rules(*NAMES), *tried, target=start) == ["c+d", "c", "d"]
