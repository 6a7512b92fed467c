"""Replies and looks are found again for the same question only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from perfopt_cli.core import Argument, Facts, Rewrite, Seen, Target
from perfopt_cli.pipeline.cache.asked import (
    Look,
    keep_look,
    keep_replies,
    kept_look,
    kept_replies,
)
from perfopt_cli.pipeline.cache.kept import Kept, not_kept
from perfopt_cli.pipeline.cache.store import Store
from perfopt_cli.pipeline.cache.tree import read_tree

TARGET = Target("m.py", "f", 1, "def f(x):\n    return x + 0\n", "m", tests=("t::a",))
REWRITE = Rewrite(TARGET, "def f(x):\n    return x\n", ("import math",), "model")
FACTS = Facts(3, (Argument("x", (Seen("int", 3, (1, 2, 3)),)),), raised=(("ValueError", 1),))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    root = tmp_path / "project"
    root.mkdir()
    (root / "m.py").write_text(TARGET.source)
    return Kept(Store(tmp_path / "cache"), read_tree(root), {}, reading=True)


def test_replies_come_back_for_the_same_question(kept: Kept) -> None:
    keep_replies(kept, ["model", 8, "prompt"], [REWRITE])
    assert kept_replies(kept, ["model", 8, "prompt"], TARGET) == [REWRITE]
    assert kept_replies(kept, ["model", 4, "prompt"], TARGET) is None


def test_that_nothing_came_is_kept_too(kept: Kept) -> None:
    keep_replies(kept, ["prompt"], [])
    assert kept_replies(kept, ["prompt"], TARGET) == []


@pytest.mark.parametrize("look", [Look(FACTS), Look(), Look(weak="too few calls")])
def test_a_look_comes_back_whole(kept: Kept, look: Look) -> None:
    keep_look(kept, TARGET, None, look)
    assert kept_look(kept, TARGET, None) == look


def test_a_look_is_of_one_target_and_one_rewrite(kept: Kept) -> None:
    keep_look(kept, TARGET, REWRITE, Look(FACTS))
    assert kept_look(kept, TARGET, replace(REWRITE, number=7)) == Look(FACTS)
    assert kept_look(kept, TARGET, None) is None
    assert kept_look(kept, TARGET, replace(REWRITE, imports=())) is None
    assert kept_look(kept, replace(TARGET, line=2), REWRITE) is None


def test_where_nothing_is_kept_there_is_nothing(kept: Kept) -> None:
    keep_look(not_kept(), TARGET, None, Look(FACTS))
    assert kept_look(not_kept(), TARGET, None) is None
    assert kept_replies(not_kept(), [], TARGET) is None


def test_data_of_another_form_are_as_good_as_none(kept: Kept) -> None:
    keep_replies(kept, ["q"], [REWRITE])
    name = next(kept.store.folder.glob("*/replies-*")).stem if kept.store else ""
    kept.write(name, [["def f(x): pass", "import math", 3]])
    assert kept_replies(kept, ["q"], TARGET) is None
