"""Small sets of problems with tests, as files of the forms that perfopt reads."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

LAST = (
    "kept = ''\n        for one in word:\n            kept = one\n        return kept",
    "return word[-1]",
    "return word[0]",
)


def a_set(folder: Path, *programs: str) -> Path:
    """Return a data folder with one problem."""
    row = {
        "problem_id": "sums",
        "tests": [{"input": f"{n}\n", "output": f"{n * (n - 1) // 2}\n"} for n in (1, 5, 300_000)],
        "input_generators": [],
        "solutions": programs,
    }
    file = folder / "contests" / "problems.jsonl.xz"
    file.parent.mkdir(parents=True)
    file.write_bytes(lzma.compress(json.dumps(row).encode()))
    return folder


def a_function(folder: Path, *bodies: str) -> Path:
    """Return a data folder with one problem that functions solve."""
    text = "class Solution:\n    def last(self, word: str) -> str:\n        {}\n"
    row = {
        "id": "last",
        "entry_point": "Solution().last",
        "preamble": "",
        "test_cases": [
            f'assert candidate(word = "{"ab" * size}") == "b"' for size in (1, 200, 300)
        ],
        "solutions": [text.format(body) for body in bodies],
    }
    file = folder / "leetcode" / "problems.jsonl.xz"
    file.parent.mkdir(parents=True)
    file.write_bytes(lzma.compress(json.dumps(row).encode()))
    return folder
