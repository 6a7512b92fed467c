from __future__ import annotations

import ast
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent.parent / "benchmarks"
NAMES = (
    "field_runner",
    "field_texts",
    "field_sets",
    "field_projects",
    "field_runs",
    "field_stats",
    "field_misses",
    "field_programs",
    "field_pie",
    "field_page",
)
Scripts = dict[str, ModuleType]
PYTHON = Path(sys.executable)
SLOW = "def largest(items):\n    return sorted(items)[-1]\n"
FAST = "def largest(items):\n    return max(items)\n"
WRONG = "def largest(items):\n    return items[-1]\n"


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripts]:
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    yield {name: importlib.import_module(name) for name in NAMES}
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(BENCHMARKS)):
            del sys.modules[name]


@pytest.fixture
def subject(scripts: Scripts) -> Any:
    return scripts["field_sets"].Subject(
        "leetcode",
        "Largest-of 2",
        SLOW,
        "largest",
        ("assert candidate([1, 3, 2]) == 3", "assert candidate([2]) == 2"),
        ("assert candidate([3, 1]) == 3", "assert candidate([5, 4]) == 5"),
        FAST,
        2.0,
    )


@pytest.fixture
def runs_at(scripts: Scripts, tmp_path: Path) -> Path:
    (tmp_path / "field_nodes.py").write_text(scripts["field_texts"].nodes_text())
    return tmp_path


def candidate(reason: str = "FASTER", ratio: float | None = 2.0, rule: str = "sorted-extreme"):
    status = "accepted" if reason == "FASTER" else "rejected"
    speedup = {"ratio": ratio, "low": ratio, "high": ratio} if ratio else None
    return {
        "path": "leetcode_largest_of_2.py",
        "qualname": "largest",
        "origin": f"rules:{rule}",
        "status": status,
        "reason": reason,
        "speedup": speedup,
    }


@pytest.fixture
def found(scripts: Scripts) -> Callable[..., Any]:
    def make(*candidates: dict[str, Any], name: str = "one", **more: Any) -> Any:
        targets = more.pop("targets", [{"status": "unchanged", "reason": "no candidate"}])
        return scripts["field_runs"].Found(
            "leetcode", name, candidates=list(candidates), targets=targets, **more
        )

    return make


def test_a_project_has_a_module_and_tests_of_each_subject(scripts, subject):
    files = scripts["field_projects"].files([subject])
    assert files["leetcode_largest_of_2.py"] == SLOW
    test = files["tests/test_leetcode_largest_of_2.py"]
    assert "from leetcode_largest_of_2 import largest" in test
    assert "assert candidate([1, 3, 2]) == 3" in test
    assert "[5, 4]" not in test
    ast.parse(test)


def test_many_assertions_are_spread_over_tests(scripts, subject):
    many = scripts["field_sets"].Subject("mbpp", "f", SLOW, "largest", subject.given * 10, ())
    assert scripts["field_projects"].test_text(many).count("def test_") == 2


def test_tests_import_what_builds_nodes(scripts):
    tree = "assert candidate(tree_node([1])) == inf"
    one = scripts["field_sets"].Subject("leetcode", "t", SLOW, "Solution().t", (tree,), ())
    text = scripts["field_projects"].test_text(one)
    assert "from field_nodes import tree_node" in text
    assert "from math import inf" in text
    assert "import Solution" in text


def test_a_module_imports_the_names_it_uses(scripts):
    text = scripts["field_texts"].module_text("def f(x: List[int], t: TreeNode):\n    return inf\n")
    assert "from typing import List" in text
    assert "from field_nodes import TreeNode" in text
    assert "import *" not in text


def test_of_a_reply_the_code_is_taken_without_calls(scripts):
    reply = "So:\n```python\nclass Solution:\n    x = 1\n\nprint(Solution().x)\n```\nDone."
    text = scripts["field_texts"].program_in(reply)
    assert "class Solution" in text
    assert "print" not in text


@pytest.mark.parametrize(
    ("call", "larger"),
    [
        ("assert candidate(a = [1, 2], b = 3) == 4", "candidate(a=[1, 2, 1, 2], b=3)"),
        ("assert candidate('ab') == 4", "candidate('abab')"),
        ("assert candidate(3) == 4", None),
    ],
)
def test_a_call_is_enlarged_by_repeating_lists_and_strings(scripts, call, larger):
    assert scripts["field_texts"].enlarged(call, 2) == larger


@pytest.mark.parametrize(
    ("text", "larger"),
    [
        ("3\n1 2 3\n", "6\n1 2 3 1 2 3\n"),
        ("2 9\n1 2\n3 4\n", "4 9\n1 2\n3 4\n1 2\n3 4\n"),
        ("3\nabc\n", "6\nabcabc\n"),
        ("2 3\nabc\ndef\n", "4 6\nabcabc\ndefdef\nabcabc\ndefdef\n"),
        ("7\n", "14\n"),
        ("xy\n", "xyxy\n"),
        ("1817181712114\n", "18171817121141817181712114\n"),
        ("5 6\n", "10 6\n"),
    ],
)
def test_an_input_grows_with_what_it_counts(scripts, text, larger):
    assert next(scripts["field_programs"].enlarged(text, 2)) == larger


def test_a_program_is_taken_as_it_was_before_2to3(scripts, tmp_path):
    runs = [{"input": "3\n", "output": "6\n"}]
    program = "print(int(eval(input())) * 2)\n"
    taken = scripts["field_programs"]._passing(program, runs, tmp_path / "p.py", PYTHON)
    assert taken == "print(int(input()) * 2)\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), ([1], (1,)), ({1: 2, 3: 4}, {3: 4, 1: 2}), ([[1]], [[2]]), ("1", 1)],
)
def test_values_of_other_types_or_orders_have_other_forms(scripts, one, other):
    form = scripts["field_runner"].form
    assert form(one) != form(other)


def test_nan_and_cycles_have_forms(scripts):
    form = scripts["field_runner"].form
    loop: list[Any] = [1]
    loop.append(loop)
    assert form(float("nan")) == form(float("nan"))
    assert form(loop) == form(loop)


def test_a_rewrite_that_differs_on_a_call_kept_back_is_named(scripts, subject, found, runs_at):
    result = found()
    origins = ["rules:right", "rules:wrong"]
    scripts["field_runs"].check(result, subject, [FAST, WRONG], origins, PYTHON, runs_at)
    assert result.checked == 2
    assert len(result.wrong) == 2
    assert all(one.startswith("rules:wrong: ") for one in result.wrong)


def test_a_changed_argument_is_a_difference(scripts, subject, found, runs_at):
    result = found()
    sorting = "def largest(items):\n    items.sort()\n    return items[-1]\n"
    scripts["field_runs"].check(result, subject, [sorting], ["rules:sorts"], PYTHON, runs_at)
    assert result.wrong


def test_accepted_rewrites_are_put_in_place_and_measured(scripts, subject, runs_at):
    verdict = {
        **candidate(),
        "candidate": FAST,
        "imports": [],
    }
    document = {"targets": [], "candidates": [candidate()]}
    result = scripts["field_runs"].judged(subject, document, [verdict], 3.0, PYTHON, runs_at)
    assert result.error == ""
    assert result.checked == 2
    assert result.wrong == []
    assert result.again > 0


def test_the_fastest_rewrite_of_each_function_is_taken(scripts):
    verdicts = [
        {**candidate(ratio=1.5), "candidate": "def largest(items):\n    return 1\n", "imports": []},
        {**candidate(ratio=3.0), "candidate": FAST, "imports": []},
    ]
    assert scripts["field_runs"].combined(SLOW, verdicts) == FAST


def test_a_text_that_does_not_load_is_told(scripts, subject, runs_at):
    sets = scripts["field_sets"]
    with pytest.raises(sets.Cannot, match="SyntaxError"):
        sets.run(PYTHON, runs_at, texts=["def"], entry="f", calls=[])


@pytest.mark.parametrize(
    ("candidates", "targets", "end"),
    [
        ([candidate()], [], "improved"),
        ([candidate(ratio=1.07)], [], "accepted below 1.10x"),
        ([candidate("NOT_FASTER")], [], "not faster"),
        ([candidate("NOT_FASTER"), candidate("DIVERGED", None)], [], "refuted"),
        ([candidate("UNTESTED", None)], [], "evidence too weak"),
        ([candidate("UNTESTED", 1.8), candidate("NOT_FASTER")], [], "evidence too weak"),
        ([candidate("UNTESTED", 1.0), candidate("NOT_FASTER")], [], "not faster"),
        ([], [{"status": "unchanged"}], "no candidate"),
        ([], [{"status": "skipped"}], "no target"),
    ],
)
def test_an_outcome_is_a_word(scripts, found, candidates, targets, end):
    assert scripts["field_stats"].outcome(found(*candidates, targets=targets)) == end


def test_functions_that_were_not_improved_count_as_one(scripts, found):
    rows = [found(candidate(ratio=4.0), gain=4.0, again=4.0), found(gain=4.0)]
    told = scripts["field_stats"].summary(rows)
    assert (told.improved, told.mean, told.geometric) == (1, 2.5, 2.0)
    assert told.of_gain == pytest.approx(0.5)
    assert told.low < 0.5 < told.high
    assert told.as_fast == 1


def test_a_rule_has_what_it_did_alone_and_with_others(scripts, found):
    rows = [
        found(candidate(rule="a+b"), candidate(rule="a", ratio=1.5), candidate("UNSAFE", rule="b"))
    ]
    a, b = scripts["field_stats"].by_rule(rows)
    assert (a.name, a.alone, a.accepted, a.took_part) == ("a", 1, 1, 2)
    assert (b.name, b.alone, b.accepted, b.took_part) == ("b", 1, 0, 1)


def test_nothing_at_all_has_figures(scripts):
    assert scripts["field_stats"].summary([]).improved == 0


def test_misses_tell_what_perfopt_and_the_reader_say(scripts, found):
    misses = scripts["field_misses"]
    notes = {("leetcode", "two"): misses.Note("leetcode", "two", "rule", "a loop")}
    rows = misses.misses(
        [found(candidate()), found(candidate("NOT_FASTER", 1.01), name="two"), found(name="three")],
        notes,
    )
    assert [(one.name, one.outcome, one.kind) for one in rows] == [
        ("two", "not faster", "rule"),
        ("three", "no candidate", ""),
    ]
    assert rows[0].detail == "sorted-extreme NOT_FASTER 1.01x; a loop"


def test_what_nobody_has_read_is_written_out(scripts, subject, found):
    text = scripts["field_misses"].unread([found(name=subject.name)], [subject], {})
    assert SLOW in text
    assert FAST in text


def test_notes_are_of_known_classes_and_hold_no_code(scripts):
    notes = scripts["field_misses"].read_notes()
    assert len(notes) >= 60
    assert all("\n" not in one.words and len(one.words) < 160 for one in notes.values())


def test_a_note_of_another_class_is_refused(scripts, tmp_path):
    file = tmp_path / "notes.jsonl"
    file.write_text(json.dumps({"set": "a", "name": "b", "kind": "magic", "words": "c"}))
    with pytest.raises(ValueError, match="magic"):
        scripts["field_misses"].read_notes(file)


def figure(value: float | None) -> dict[str, Any]:
    return {"value": value, "low": value, "high": value, "count": 1}


def evaluation() -> dict[str, Any]:
    names = ("optimised", "faster", "sp", "rtr", "correct")
    best = {"k": 1, **dict.fromkeys(names, figure(0.04))}
    score = {"level": "FASTER", "speedup": [1.2, 1.1, 1.3], "detail": "not proved within 60 s"}
    return {
        "best": [best],
        "targets": {"best": [{**best, "sp": figure(None)}]},
        "published": [
            {"name": "PerfRL", "optimised": 2.8, "speedup": 4.93, "rtr": 79.72,
             "note": "PIE v1, Python", "mark": "published, not measured here"},
            {"name": "PIE", "optimised": None, "speedup": 5.0, "rtr": None,
             "note": "C++", "mark": "published, not measured here"},
        ],
        "rows": [{"row": 0, "skipped": "", "scores": [score]},
                 {"row": 1, "skipped": "fails", "scores": []}],
        "drawn": 2, "enlarged": 1, "moved": 1, "notes": ["rules: a note"],
    }  # fmt: skip


def test_the_page_has_every_part(scripts, found):
    diverged = {**candidate("DIVERGED", None, rule="bad"), "detail": "leaves\nx different"}
    wrong = found(
        candidate(), diverged, gain=2.0, again=2.0, checked=3, wrong=["rules:a: f(1): 1 became 2"]
    )
    missed = scripts["field_misses"].misses([found(name="slow | one")], {})
    about = {"perfopt": "1", "rules": 60, "machine": "Python", "seed": 0}
    text = scripts["field_page"].page(
        {"leetcode": [wrong, found(name="slow | one")]},
        {"leetcode": 5},
        missed,
        evaluation(),
        about,
    )
    assert "| **improved ≥ 1.10x** | 1, 50.0% [" in text
    assert "| **wrong accepts** | 1 |" in text
    assert "- leetcode `one`: rules:a: f(1): 1 became 2" in text
    assert "| perfopt, rules, Best@1 | 4.0 %" in text
    assert "| PerfRL | – | 2.8 % | 4.93 | 79.72 |" in text
    assert "| PIE |" not in text
    assert "| leetcode: one | bad | DIVERGED | leaves x different |" in text
    assert "Of 1 candidates, 1 were given up" in text
    assert "slow \\| one" in text


def test_an_evaluation_that_failed_is_told(scripts):
    about = {"perfopt": "1", "rules": 60, "machine": "Python", "seed": 0}
    text = scripts["field_page"].page({}, {}, [], {"error": "no sandbox"}, about)
    assert "No result: no sandbox" in text


def test_programs_that_the_move_alone_improved_are_counted(scripts):
    looping = "n = int(input())\nfor i in range(n):\n    print(i ^ n)\n"
    assert scripts["field_pie"].moved_alone(evaluation(), [looping, ""]) == 1
