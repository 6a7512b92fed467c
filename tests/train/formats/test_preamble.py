"""What a judge gives to programs without saying so is added where it is used and not defined."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pair_rows import own, write_rows

from perfopt_cli.train.dataset import read_pairs, write_pairs
from perfopt_cli.train.formats.preamble import with_preamble
from perfopt_cli.train.records import Check, Level, Task
from perfopt_cli.train.records import Tests as Cases
from perfopt_cli.train.scoring.score import ScoreSettings, score

LIST = """\
class Solution:
    def turned(self, head: Optional[ListNode]) -> Optional[ListNode]:
        back = None
        while head:
            head.next, back, head = back, head, head.next
        return back
"""
TREE = """\
class Solution:
    def levels(self, root: Optional[TreeNode]) -> List[List[int]]:
        found, row = [], deque([root] if root else [])
        while row:
            found.append([node.val for node in row])
            row = [each for node in row for each in (node.left, node.right) if each]
        return found
    def mirrored(self, root):
        if root:
            root.left, root.right = self.mirrored(root.right), self.mirrored(root.left)
        return root
"""


def added(program: str, *asserts: str, setup: str = "", other: str = "") -> str:
    tests = with_preamble(Cases(asserts=asserts or ("assert f",), setup=setup), [program, other])
    return tests.setup


def level(program: str, *asserts: str) -> Level:
    tests = with_preamble(Cases(asserts=asserts), [program])
    settings = ScoreSettings(Path(sys.executable), timing=False)
    return score(Task(program, tests), program, settings).level


def test_lists_of_nodes_are_made_and_compared() -> None:
    right = "assert is_same_list(Solution().turned(list_node([1, 2, 3])), list_node([3, 2, 1]))"
    assert level(LIST, right) is Level.PASSED
    assert level(LIST, right.replace("[3, 2, 1]", "[3, 2]")) is Level.FAILED
    assert level(LIST, right.replace("[3, 2, 1]", "[3, 2, 2]")) is Level.FAILED


def test_trees_of_nodes_are_made_and_compared() -> None:
    levels = "assert Solution().levels(tree_node([1, None, 2, 3, 4])) == [[1], [2], [3, 4]]"
    mirrored = (
        "assert is_same_tree(Solution().mirrored(tree_node([1, None, 2, 3])), "
        "tree_node([1, 2, None, None, 3]))"
    )
    assert level(TREE, levels, mirrored) is Level.PASSED
    assert level(TREE, mirrored.replace("None, None, 3]", "3]")) is Level.FAILED


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        ("def f(x: List[int]): return x", "from typing import List\n"),
        ("def f(x): return collections.Counter(x)", "import collections\n"),
        ("def f(x): return deque(x, inf)", "from collections import deque\nfrom math import inf\n"),
        ("def f(x): return pow(x, -1, 7)", ""),
        ("from typing import *\ndef f(x: List[int]): return x", ""),
        ("def inf(): pass\ndef f(x): return inf", ""),
        ("class ListNode: pass\ndef f(x): return ListNode()", ""),
        ("def f(deque): return deque", ""),
        ("import heapq as h\ndef f(x): return h", ""),
        ("def f(x): return mystery(x)", ""),
        ("not python", ""),
    ],
)
def test_names_are_added_that_are_used_and_not_defined(program: str, wanted: str) -> None:
    assert added(program) == wanted


def test_what_the_setup_defines_is_not_added() -> None:
    setup = "from typing import *\nclass TreeNode: pass"
    assert added("def f(x: Optional[TreeNode]): return x", setup=setup) == setup


def test_the_setup_comes_after_what_is_added() -> None:
    assert (
        added("def f(x: List[int]): return k", setup="k = 1") == "from typing import List\n\nk = 1"
    )


def test_the_fast_program_gets_its_names_too() -> None:
    assert added("def f(x): pass", other="def f(x): return gcd(x)") == "from math import gcd\n"


def test_programs_on_stdin_are_left_as_they_are() -> None:
    tests = Cases((Check("", ""),))
    assert with_preamble(tests, ["print(deque())"]) is tests


def test_rows_are_read_with_it_and_written_rows_read_as_they_were(tmp_path: Path) -> None:
    row = own(slow=LIST, fast=LIST.replace("back", "new"), tests=["assert Solution()"])
    pairs = read_pairs(write_rows(tmp_path / "train.jsonl", [row])).pairs["train"]
    assert pairs[0].tests.setup.startswith("from typing import Optional\nclass ListNode:")
    write_pairs(tmp_path / "again" / "train.jsonl", pairs)
    assert read_pairs(tmp_path / "again").pairs["train"] == pairs
