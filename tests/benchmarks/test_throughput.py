from __future__ import annotations

import ast
import importlib
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent.parent / "benchmarks"
NAMES = ("throughput", "throughput_cloud", "throughput_tools", "throughput_page", "cases")
CONTEXT = '```python:shop/stock.py\n"""Stock."""\n\n\ndef total(items):\n    return 0\n```'


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), str(BENCHMARKS / "traps"), *sys.path])
    yield {name: importlib.import_module(name) for name in NAMES}
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(BENCHMARKS)):
            del sys.modules[name]


def case(scripts: dict[str, ModuleType], qualname: str = "total", **changes: Any) -> Any:
    values: dict[str, Any] = {
        "project": "textkit",
        "path": "stock.py",
        "qualname": qualname,
        "right": True,
        "category": "",
        "why": "one pass",
        "source": f"def {qualname}(items):\n    return sum(items)\n",
        "imports": (),
        "line": 1,
    }
    return scripts["cases"].Case(**{**values, **changes})


def ask(cloud: Any, path: str, payload: object) -> Any:
    request = urllib.request.Request(cloud.address + path, json.dumps(payload).encode())
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_the_service_offers_a_candidate_within_the_code_it_was_sent(
    scripts: dict[str, ModuleType],
) -> None:
    with scripts["throughput_cloud"].Cloud() as cloud:
        cloud.offer([case(scripts, imports=("import math",))])
        (one,) = ask(cloud, "/ai/optimize", {"source_code": CONTEXT})["optimizations"]
    assert "import math\n" in one["source_code"]
    assert "return sum(items)\n```" in one["source_code"]
    assert "return 0" not in one["source_code"]


def test_a_candidate_of_a_function_that_was_not_sent_is_unfit(
    scripts: dict[str, ModuleType],
) -> None:
    with scripts["throughput_cloud"].Cloud() as cloud:
        cloud.offer([case(scripts), case(scripts, "other")])
        offered = ask(cloud, "/ai/optimize", {"source_code": CONTEXT})["optimizations"]
        assert [one["optimization_id"] for one in offered] == ["0"]
        assert cloud.unfit == {1}


def test_a_candidate_is_accepted_when_its_refinement_is_asked_for(
    scripts: dict[str, ModuleType],
) -> None:
    with scripts["throughput_cloud"].Cloud() as cloud:
        cloud.offer([case(scripts), case(scripts)])
        assert ask(cloud, "/ai/refinement", [{"optimization_id": "1"}]) == {"refinements": []}
        assert cloud.accepted == {1}


def test_the_service_refuses_and_notes_what_it_does_not_play(
    scripts: dict[str, ModuleType],
) -> None:
    with scripts["throughput_cloud"].Cloud() as cloud:
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            ask(cloud, "/ai/code_repair", {})
        refused.value.close()
        assert cloud.refused == ["POST /ai/code_repair"]


def test_a_hopeless_candidate_raises_and_keeps_what_the_function_is(
    scripts: dict[str, ModuleType],
) -> None:
    textkit = [
        one
        for one in scripts["cases"].read_cases(scripts["cases"].PROJECTS / "textkit")
        if one.qualname == "slugify"
    ]
    (made,) = scripts["throughput_tools"].hopeless(textkit)
    (node,) = ast.parse(made.source).body
    assert isinstance(node, ast.FunctionDef)
    assert ast.unparse(node.args) == "title: str"
    assert isinstance(node.body[0], ast.Raise)
    assert len(node.body) > 1


def test_a_limit_takes_right_and_bad_candidates_of_each_function(
    scripts: dict[str, ModuleType],
) -> None:
    taken = scripts["throughput"].chosen("textkit", ["slugify", "wrap"], 2)
    assert sorted((one.qualname, one.right) for one in taken) == [
        ("slugify", False),
        ("slugify", True),
        ("wrap", False),
        ("wrap", True),
    ]


def test_no_candidate_is_chosen_that_needs_a_sandbox(scripts: dict[str, ModuleType]) -> None:
    names = scripts["cases"].project_names()
    chosen = [one for name in names for one in scripts["throughput"].chosen(name, None, None)]
    assert chosen
    assert not {one.category for one in chosen} & {"unsafe"}


def test_a_result_is_kept_until_a_candidate_changes(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    kept, runs = scripts["throughput"].kept, []

    def make() -> dict[str, Any]:
        runs.append(1)
        return {"wall": 1.0, "start_wall": 0.0}

    for source in ("a", "a", "b"):
        kept(tmp_path, "pytest-suite-textkit", [case(scripts, source=source)], make)
    assert len(runs) == 2


def result(tool: str, wall: float, *accepted: bool) -> dict[str, Any]:
    kinds = (("", True), ("boundary", False), ("slower", False))
    verdicts = [
        {
            "line": line,
            "function": "total",
            "right": right,
            "category": category,
            "accepted": said,
            "judged": True,
            "note": "",
            "seconds": None,
        }
        for line, ((category, right), said) in enumerate(zip(kinds, accepted, strict=True))
    ]
    return {
        "tool": tool,
        "project": "textkit",
        "wall": wall,
        "cpu": wall,
        "start_wall": 1.0,
        "start_cpu": 1.0,
        "verdicts": verdicts,
    }


def test_the_table_tells_wrong_ones_from_those_without_gain(
    scripts: dict[str, ModuleType],
) -> None:
    about = {
        "perfopt": "1",
        "pinned": ["codeflash 2"],
        "python": "3",
        "machine": "this",
        "projects": ["textkit"],
        "limit": None,
        "plot": "",
    }
    results = [result("perfopt", 4.0, True, False, False), result("codeflash", 31.0, True, True, 0)]
    text = scripts["throughput_page"].section(results, about)
    assert "| perfopt | 3 of 3 | 1.00 | 1.00 s | 1.00 s | 1.0 s | 1.0 s | 0.75 | " in text
    assert "| 0 of 1 | 0 of 1 | 1 of 1 |" in text
    assert "| 1 of 1 | 0 of 1 | 1 of 1 |" in text
    assert "Against codeflash: 10.0 times as many candidates a second" in text
