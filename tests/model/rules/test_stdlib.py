"""On code that nobody wrote for them, the rules never fail and always give Python."""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest

from perfopt_cli.model.rules import RULES, Result
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.apply import Workbench
from perfopt_cli.source import definitions

MODULES = ["textwrap", "heapq", "csv", "shlex"]
LARGE = ["difflib", "statistics", "argparse"]


def check(name: str) -> None:
    text = inspect.getsource(importlib.import_module(name))
    module = Module(text)
    for qualname, definition in definitions(text).items():
        bench = Workbench(module, qualname)
        start = Result(definition.source)
        results = [bench.apply(rule, start) for rule in RULES.values()]
        for result in (bench.compose(RULES.values(), start), *results):
            [new] = ast.parse(result.source).body
            [old] = ast.parse(definition.source).body
            assert isinstance(new, ast.FunctionDef | ast.AsyncFunctionDef)
            assert isinstance(old, ast.FunctionDef | ast.AsyncFunctionDef)
            assert new.name == old.name
            assert ast.dump(new.args) == ast.dump(old.args)
            assert (result.source == definition.source) == (not result.rules)


@pytest.mark.parametrize("name", MODULES)
def test_every_function_of_a_module_stays_a_function(name: str) -> None:
    check(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_every_function_of_a_large_module_stays_a_function(name: str) -> None:
    check(name)
