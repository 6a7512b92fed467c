"""Sets of problems: what their readers make of rows, and which may be used."""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.pairs.problems import (
    SOURCES,
    is_test_problem,
    problems_in,
    sources,
    split_of_problem,
)
from perfopt_cli.train.pairs.problems_records import Problem

LEETCODE: dict[str, Any] = {
    "id": "two-sum",
    "entry_point": "Solution().twoSum",
    "preamble": "from typing import *",
    "test_cases": ["assert candidate(nums = [1, 2],target = 3) == [0, 1]"],
    "solutions": [
        "class Solution:\n    def twoSum(self, nums, target):\n        return [0, 1]\n",
        "Of course:\n```python\nimport math\n\nclass Solution:\n"
        "    def twoSum(self, nums, target):\n        # here\n        return list(range(2))\n```\n",
    ],
}
MBPP = {
    "entry_point": "double",
    "solution": "def solution(x):\n    return [y * 2 for y in x]",
    "tests": [{"input": [[1, 2]], "output": [[2, 4]]}],
    "stress": [{"input": "[[1] * 1000]", "output": None}],
}
CONTEST = {
    "problem_id": "c1",
    "tests": [{"input": "1\n" * size, "output": "1\n"} for size in range(1, 31)],
    "input_generators": ["def generate_input():\n    return '1'\n"],
    "solutions": ["print(input())", "print 1", "print(input())\n"],
}


def read(name: str, rows: Sequence[dict[str, Any]], folder: Path) -> list[Problem | None]:
    source = next(one for one in SOURCES if one.name == name)
    path = folder / source.file
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(lzma.compress(text.encode()) if path.suffix == ".xz" else text.encode())
    return [one.read() for one in problems_in(source, folder, 0)]


def test_a_lone_method_becomes_a_function(tmp_path: Path) -> None:
    [problem] = read("leetcode", [LEETCODE], tmp_path)
    assert problem is not None
    assert problem.origin == "leetcode/two-sum"
    assert problem.programs[0] == "def twoSum(self, nums, target):\n    return [0, 1]\n"
    assert problem.tests.asserts == ("assert twoSum(None, nums = [1, 2],target = 3) == [0, 1]",)
    assert "import math" in problem.tests.setup


def test_a_method_that_uses_self_stays_in_its_class(tmp_path: Path) -> None:
    row = {**LEETCODE, "solutions": [LEETCODE["solutions"][0].replace("[0, 1]", "self.a()")]}
    [problem] = read("leetcode", [row], tmp_path)
    assert problem is not None
    assert problem.entry == "Solution().twoSum"
    assert problem.programs[0].startswith("class Solution")
    assert "Solution().twoSum(nums" in problem.tests.asserts[0]


def test_larger_calls_repeat_lists(tmp_path: Path) -> None:
    [problem] = read("leetcode", [LEETCODE], tmp_path)
    assert problem is not None
    assert problem.larger[0] == "twoSum(None, nums=[1, 2] * 8, target=3)"


def test_a_function_of_mbpp_has_the_types_of_its_tests(tmp_path: Path) -> None:
    [problem] = read("mbpp", [MBPP], tmp_path)
    assert problem is not None
    assert problem.types == (("x", "list[int]"),)
    assert problem.tests.asserts == ("assert solution(*[[1, 2]]) == [2, 4]",)
    assert problem.larger == ("solution(*[[1] * 1000])",)


def test_of_many_tests_some_of_all_sizes_are_kept(tmp_path: Path) -> None:
    [problem] = read("contests", [CONTEST], tmp_path)
    assert problem is not None
    sizes = [len(run.input) for run in problem.tests.runs]
    assert len(sizes) == 10
    assert (sizes[0], sizes[-1]) == (2, 60)


def test_programs_that_are_no_python_or_the_same_again_are_left_out(tmp_path: Path) -> None:
    [problem] = read("contests", [CONTEST], tmp_path)
    assert problem is not None
    assert problem.programs == ("print(input())\n",)


def test_a_damaged_row_is_no_problem(tmp_path: Path) -> None:
    assert read("contests", [{"problem_id": "c1", "tests": 3}], tmp_path) == [None]


def test_another_file_under_that_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="problem_id"):
        read("contests", [{"a": 1}], tmp_path)


def test_what_may_not_be_passed_on_is_read_only_when_asked_for() -> None:
    assert "pie" not in [one.name for one in sources()]
    assert "pie" in [one.name for one in sources(all_licences=True)]


def test_a_quarter_of_the_problems_is_kept_for_evaluation() -> None:
    kept = sum(is_test_problem(f"leetcode/{number}") for number in range(2_000))
    assert 400 < kept < 600


def test_the_split_depends_on_name_and_seed_alone() -> None:
    names = [f"contests/{number}" for number in range(200)]
    assert [split_of_problem(one, 0) for one in names] != [
        split_of_problem(one, 1) for one in names
    ]
    assert {split_of_problem(one, 0) for one in names} == {"train", "val", "test"}
