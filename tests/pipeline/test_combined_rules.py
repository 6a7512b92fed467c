"""Rules that were right alone are combined in the second round, where all together are wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import bare
import libcst as cst
import pytest

from perfopt_cli.core import Reason, Status, Verdict
from perfopt_cli.model.rules import RULES, Rule, Rules
from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.pipeline.prepare import prepare_run

MODULE = """
    def both(words: list[str], known: list[str]) -> int:
        count = 0
        for word in words:
            if word in known:
                count += 1
        seen: list[str] = []
        for word in words:
            if word not in seen:
                seen.append(word)
        return count + len(seen)
"""
TESTS = """
    import pytest
    from mod import both

    @pytest.mark.parametrize("size", range(6, 180, 6))
    def test_both(size):
        known = [f"w{i}" for i in range(size)]
        words = [f"w{i}" for i in range(0, 2 * size, 2)] * 2
        assert both(words, known) == 2 * ((size + 1) // 2) + size
"""


class Quiet:
    def stage(self, text: str) -> None: ...
    def tests(self, done: int, total: int) -> None: ...
    def verdict(self, verdict: Verdict) -> None: ...
    def note(self, text: str) -> None: ...


def off_by_one(context: Context) -> Iterator[Change]:
    """Begin to count at one: wrong."""
    for node in context.tree.find(context.root, cst.Assign):
        if isinstance(node.value, cst.Integer) and node.value.value == "0":
            yield Change(replace={node.value: cst.Integer("1")})


@pytest.mark.slow
def test_single_rules_that_were_right_are_combined(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "mod.py": MODULE,
        "tests/test_mod.py": TESTS,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    wrong = Rule("off-by-one", "", off_by_one, RULES["seen-set"].example)
    chosen = {name: RULES[name] for name in ("set-membership", "seen-set")}
    settings = {"python": bare.python(), "sandbox": "none", "min_share": 0.0, "cache": False}
    made = prepare_run([], tmp_path, settings, Quiet(), write_files=False)
    outcomes = list(made.optimize([Rules(rules={**chosen, "off-by-one": wrong})]))
    verdicts = [one.verdict for one in outcomes if one.verdict is not None]
    first, best = verdicts[0], [one for one in verdicts if one.status is Status.ACCEPTED][-1]
    assert (first.rewrite.origin.count("+"), first.status) == (2, Status.REJECTED)
    assert first.reason in (Reason.TESTS_FAILED, Reason.DIVERGED)
    assert best.rewrite.round == 1
    assert best.rewrite.after is not None
    assert best.rewrite.source.count("set(") == 2
