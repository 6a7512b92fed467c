"""The facts of one function, from a module's text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import libcst as cst
import pytest

from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.base import Context
from perfopt_cli.source import definitions


@pytest.fixture
def read() -> Callable[[str], Context]:
    """Return the context of the function ``f``, or of the method ``C.f``."""

    def make(text: str) -> Context:
        module = textwrap.dedent(text)
        found = definitions(module)
        definition = found["f"] if "f" in found else found["C.f"]
        return Context(definition.source, Module(module), definition.qualname)

    return make


@pytest.fixture
def returned(read: Callable[[str], Context]) -> Callable[[str], tuple[Context, cst.BaseExpression]]:
    """Return the context and the expression that the last ``return`` gives."""

    def make(text: str) -> tuple[Context, cst.BaseExpression]:
        context = read(text)
        value = context.tree.owned(cst.Return)[-1].value
        assert value is not None
        return context, value

    return make
