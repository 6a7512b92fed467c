"""The example project is what perfopt's documentation says it is."""

from __future__ import annotations

import ast
import copy
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SHOP = Path(__file__).resolve().parent.parent / "examples" / "shop"
CANDIDATES = [json.loads(line) for line in (SHOP / "candidates.jsonl").read_text().splitlines()]
RIGHT, WRONG, SLOW, SHELL, WRITES, COUNTER, COPIES = range(len(CANDIDATES))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the example, so that nothing is left behind in the tree."""
    return Path(
        shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    )


def run(*argv: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, *argv], cwd=cwd, env=env, capture_output=True, text=True, timeout=120
    )


def load(path: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    name = f"example_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, SHOP / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their own module up by name.
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def both(number: int, monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, Any, Any]:
    candidate = CANDIDATES[number]
    module = load(candidate["path"], monkeypatch)
    namespace = dict(vars(module))
    exec("\n".join([*candidate["imports"], candidate["source"]]), namespace)
    name = candidate["qualname"]
    return module, getattr(module, name), namespace[name]


def order_samples(module: ModuleType) -> list[tuple[list[Any], list[str]]]:
    orders = [
        module.Order(number, number % 3, f"SKU-{number % 7}", number % 4 - 1, 100, number)
        for number in range(40)
    ]
    blocked = ["SKU-1", "SKU-3", "SKU-3", "SKU-99"]
    return [
        ([], []),
        ([], blocked),
        (orders, []),
        (orders, blocked),
        (orders[::-1], blocked[:1]),
        (orders + orders, blocked),
    ]


def differences(module: ModuleType, original: Any, rewrite: Any) -> int:
    count = 0
    for sample in order_samples(module):
        first, second = copy.deepcopy(sample), copy.deepcopy(sample)
        expected, got = original(*first), rewrite(*second)
        count += type(expected) is not type(got) or expected != got or first != second
    return count


def test_its_own_suite_passes(shop: Path) -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=shop)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_its_data_are_what_the_script_writes(shop: Path) -> None:
    shutil.rmtree(shop / "data")
    assert run("scripts/make_data.py", cwd=shop).returncode == 0
    for file in sorted((SHOP / "data").iterdir()):
        assert (shop / "data" / file.name).read_bytes() == file.read_bytes(), file.name


def test_its_command_prints_products(shop: Path) -> None:
    done = run("-m", "shop", "slow-movers", "60", cwd=shop)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("LAM-0001 white lamp\n")


def test_no_test_reaches_the_function_of_the_command() -> None:
    assert "def slow_movers(" in (SHOP / "shop" / "reports.py").read_text()
    for file in (SHOP / "tests").glob("*.py"):
        assert "slow_movers" not in file.read_text(), file.name
        assert "__main__" not in file.read_text(), file.name


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c["qualname"])
def test_each_candidate_keeps_the_signature_of_its_function(candidate: dict[str, Any]) -> None:
    module = ast.parse((SHOP / candidate["path"]).read_text())
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    original = functions[candidate["qualname"]]
    (rewrite,) = ast.parse(candidate["source"]).body
    assert isinstance(rewrite, ast.FunctionDef)
    assert rewrite.name == original.name
    assert ast.dump(rewrite.args) == ast.dump(original.args)
    assert set(candidate) == {"path", "qualname", "source", "imports"}


@pytest.mark.parametrize("number", [RIGHT, SLOW], ids=["right", "slow"])
def test_the_right_and_the_slow_candidate_are_equal_to_the_original(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert differences(*both(number, monkeypatch)) == 0


def test_the_wrong_candidate_differs_from_the_original(monkeypatch: pytest.MonkeyPatch) -> None:
    assert differences(*both(WRONG, monkeypatch)) > 0


@pytest.mark.parametrize(
    ("number", "act"), [(SHELL, "os.system("), (WRITES, "open(")], ids=["shell", "writes"]
)
def test_the_hostile_candidates_reach_for_the_system(number: int, act: str) -> None:
    assert act in CANDIDATES[number]["source"]


def test_the_counter_is_equal_to_the_dict_but_of_another_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, original, rewrite = both(COUNTER, monkeypatch)
    expected, got = original(["b", "a", "b"]), rewrite(["b", "a", "b"])
    assert expected == got
    assert type(expected) is not type(got)


def test_the_smallest_offers_are_right_but_the_argument_stays_unsorted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module, original, rewrite = both(COPIES, monkeypatch)
    prices = [700, 500, 900, 500, 100]
    first = [module.Offer(f"supplier {price}", price, 1) for price in prices]
    second = copy.deepcopy(first)
    assert original(first, 2) == rewrite(second, 2)
    assert [offer.cents for offer in first] == sorted(prices)
    assert [offer.cents for offer in second] == prices


def replaced(project: Path, number: int) -> None:
    """Write the candidate over the original, as perfopt would."""
    candidate = CANDIDATES[number]
    file = project / candidate["path"]
    text = file.read_text()
    node = next(
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == candidate["qualname"]
    )
    lines = text.splitlines(keepends=True)
    lines[node.lineno - 1 : node.end_lineno] = [candidate["source"]]
    future = "from __future__ import annotations\n"
    added = "".join(line + "\n" for line in candidate["imports"])
    file.write_text("".join(lines).replace(future, future + added))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "passes"),
    [(RIGHT, True), (WRONG, False), (SLOW, True), (COUNTER, True), (COPIES, False)],
    ids=["right", "wrong", "slow", "counter", "copies"],
)
def test_which_candidates_the_suite_of_the_example_catches(
    shop: Path, number: int, passes: bool
) -> None:
    replaced(shop, number)
    done = run("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", cwd=shop)
    assert done.returncode == (0 if passes else 1), done.stdout + done.stderr
