"""What comes of the small model's replies, and of functions and files that will not do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")

from perfopt_cli.core import Facts, HotLine, Known, PerfoptError, Target  # noqa: E402
from perfopt_cli.model.mini.beam import Found  # noqa: E402
from perfopt_cli.model.mini.language import read, write_lesson  # noqa: E402
from perfopt_cli.model.mini.proposer import MiniProposer, Reply, hopeful  # noqa: E402
from perfopt_cli.model.mini.vocabulary import IDS, VOCABULARY, tokens  # noqa: E402
from perfopt_cli.model.worth import OWN, Tally, table_text  # noqa: E402

SLOW = """def f(xs, ys):
    out = []
    for x in xs:
        if x in ys:
            out.append(x)
    return out
"""
COMPREHENSION = "def f(xs, ys):\n    return [x for x in xs if x in ys]\n"
COUNTER = "def f(xs, ys):\n    return list(Counter(xs) & Counter(ys))\n"
MODULE = f"import os\n\n\n{SLOW}"


def target(source: str = SLOW) -> Target:
    return Target("m.py", "f", 4, source)


class Memory:
    """A model that knows some replies by heart; the first most likely."""

    def __init__(self, *replies: str) -> None:
        self.replies = [[*map(IDS.__getitem__, reply.split()), 2] for reply in replies]
        self.read_texts: list[str] = []
        self.rows: list[list[int]] | None = None

    def read(self, source: Sequence[int]) -> Memory:
        self.read_texts.append(" ".join(VOCABULARY[one] for one in source))
        self.rows = None
        return self

    def step(self, words: Sequence[int], rows: Sequence[int]) -> Any:
        if self.rows is None:
            self.rows = [[]]
        else:
            self.rows = [[*self.rows[row], word] for word, row in zip(words, rows, strict=True)]
        found = np.full((len(self.rows), len(VOCABULARY)), -30.0)
        for log_probs, row in zip(found, self.rows, strict=True):
            for place, reply in enumerate(self.replies):
                if reply[: len(row)] == row and len(reply) > len(row):
                    log_probs[reply[len(row)]] = max(log_probs[reply[len(row)]], -0.1 * place)
        return found


class Remembering(MiniProposer):
    """The small model with another one in its place."""

    def __init__(self, memory: Memory, root: Path | None = None) -> None:
        super().__init__(Path("none"), root)
        self.memory = memory

    def _load(self) -> Any:
        return self.memory


def reply_for(fast: str, family: str, slow: str = SLOW) -> str:
    return write_lesson(read(slow), fast, family)


def asked(*replies: str, module: str = MODULE, source: str = SLOW, n: int = 3) -> Any:
    proposer = Remembering(Memory(*replies))
    return proposer.propose(target(source), module, n=n)


def test_a_reply_becomes_a_rewrite_of_its_family() -> None:
    [first, *_] = asked(reply_for(COMPREHENSION, "list-comprehension"))
    assert (first.source, first.imports) == (COMPREHENSION, ())
    assert (first.origin, first.number, first.target) == ("mini:list-comprehension", 0, target())


def test_a_rewrite_says_how_probable_it_is() -> None:
    [first, *_] = asked(reply_for(COMPREHENSION, "list-comprehension"))
    assert first.chance == 1.0
    [_, second, *_] = asked(reply_for(COUNTER, "x"), reply_for(COMPREHENSION, "x"))
    assert 0 < second.chance < 1


def test_imports_are_added_that_the_module_lacks() -> None:
    reply = reply_for(COUNTER, "unique-items")
    wanted = "from collections import Counter"
    assert asked(reply)[0].imports == (wanted,)
    assert asked(reply, module=f"{wanted}\n{MODULE}")[0].imports == ()


def test_nothing_to_do_is_no_candidate() -> None:
    found = asked("nothing", reply_for(COMPREHENSION, "list-comprehension"), n=1)
    assert [one.source for one in found] == [COMPREHENSION]


def test_that_there_is_nothing_to_do_is_no_candidate() -> None:
    kept, idle = (
        Found((5,) * length, Reply("x", (), "x", family), score)
        for length, family, score in ((9, "zip", -0.3), (1, "nothing", -0.4))
    )
    assert hopeful([idle, kept]) == [kept]


def test_what_is_hardly_likely_at_all_is_no_candidate() -> None:
    assert hopeful([Found((5,) * 9, Reply("x", (), "x", "zip"), -0.8)]) == []


def test_the_same_code_in_two_replies_is_one_candidate() -> None:
    first = reply_for(COMPREHENSION, "list-comprehension")
    found = asked(first, reply_for(COMPREHENSION, "other"), n=8)
    assert [one.source for one in found].count(COMPREHENSION) == 1
    assert found[0].origin == "mini:list-comprehension"


def test_a_reply_that_changes_nothing_is_no_candidate() -> None:
    [same] = [word for word, said in read(SLOW).names.items() if said == "out"]
    found = asked(f"f:0 <set> L2 I1 {same} = [ ]", n=8)
    assert SLOW not in [one.source for one in found]


def test_a_function_that_is_too_long_is_read_around_its_hot_lines_or_left_out() -> None:
    body = "".join(f"    x = x + {number} * y - {number}\n" for number in range(60))
    long = f"def f(x, y):\n{body}    return x\n"
    memory = Memory("nothing")
    proposer = Remembering(memory)
    assert proposer.wants_lines(target(long))
    assert not proposer.wants_lines(target())
    assert proposer.propose(target(long), long, n=8) == []
    assert (memory.read_texts, proposer.answered) == ([], 0)
    [remark] = proposer.remarks
    assert remark.startswith("mini did not read 1 of the functions: the code ")
    proposer.propose(target(long), long, n=8, known=Known(Facts(1, lines=(HotLine(30, 0.9, 1.0),))))
    assert proposer.answered == 1
    assert "L30" in memory.read_texts[0].split()
    assert len(tokens(memory.read_texts[0])) <= 320


def test_a_function_that_this_python_cannot_parse_is_left_out_with_the_reason() -> None:
    proposer = Remembering(Memory("nothing"))
    assert proposer.propose(target("def f(:\n    pass\n"), "", n=8) == []
    assert "this Python can't parse the code" in proposer.remarks[0]


def test_without_weights_it_fails_once_and_is_not_asked_again(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    proposer = MiniProposer(tmp_path)
    with pytest.raises(PerfoptError, match="is no small model: it has no"):
        proposer.propose(target(), MODULE, n=8)
    assert proposer.failure is not None
    assert proposer.propose(target(), MODULE, n=8) == []
    assert proposer.answered == 0
    with pytest.raises(PerfoptError, match="is no small model"):
        proposer.check()


def test_what_a_family_was_worth_before_counts(tmp_path: Path) -> None:
    (tmp_path / OWN).parent.mkdir()
    tried = {"mini:other": Tally(20, 0, 0.0, 60.0), "mini:square": Tally(20, 10, 9.0, 60.0)}
    (tmp_path / OWN).write_text(table_text(tried))
    proposer = Remembering(Memory(reply_for(COMPREHENSION, "other")), tmp_path)
    [bad, *_] = proposer.propose(target(), MODULE, n=1)
    [good, *_] = Remembering(Memory(reply_for(COMPREHENSION, "square")), tmp_path).propose(
        target(), MODULE, n=1
    )
    assert proposer.worth(good) > proposer.worth(bad) > 0
    assert proposer.worth(good) > proposer.worth(replace(good, chance=0.01))
