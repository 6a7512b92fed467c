"""Why a function can't be a target, as far as its text tells."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from perfopt_cli.source import Definition, FunctionNode

COMPILERS = frozenset({"jit", "njit", "vectorize", "guvectorize", "cfunc", "stencil", "pmap"})
COMPILER_PACKAGES = frozenset({"numba", "cython", "triton", "taichi"})
COMPILER_NAMES = frozenset({"tf.function", "tensorflow.function", "torch.jit.script"})
BY_THE_INTERPRETER = frozenset({"__del__", "__init_subclass__", "__set_name__"})


def skip_by_text(definition: Definition) -> str | None:
    """Return why the definition can't be a target, or None."""
    node, name = definition.node, definition.qualname
    decorators = [dotted(decorator) for decorator in node.decorator_list]
    if "." in name.rpartition("<locals>.")[2] and "<locals>" in name:
        return "a method of a class that is defined inside a function"
    if definition.copies > 1:
        return _why_not_one(definition.copies, node.name, decorators)
    if definition.fault:
        return f"can't be cut out of the file: {definition.fault}"
    if is_stub(node) or any(name.endswith("overload") for name in decorators):
        return "has no code of its own"
    if any(_compiles(name) for name in decorators):
        return "is compiled by its decorator"
    if node.name in BY_THE_INTERPRETER:
        return "called by the interpreter at times of its own"
    return None


def _why_not_one(copies: int, name: str, decorators: Sequence[str]) -> str:
    if any(decorator.endswith(".register") for decorator in decorators):
        return f"one of {copies} functions that are registered under the name {name}"
    return f"defined {copies} times in the file: its text does not tell which one counts"


def is_fixture(node: FunctionNode) -> bool:
    """Tell whether pytest's ``fixture`` decorates the function."""
    return any(
        dotted(decorator).split(".")[-1] in ("fixture", "yield_fixture")
        for decorator in node.decorator_list
    )


def is_stub(node: FunctionNode) -> bool:
    """Tell whether the body is nothing but a docstring, pass, ... or NotImplementedError."""
    return all(_says_nothing(statement) for statement in node.body)


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        name = dotted(statement.exc) if statement.exc is not None else ""
        return name == "NotImplementedError"
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return constant or isinstance(statement, ast.Pass)


def _compiles(name: str) -> bool:
    parts = name.split(".")
    return parts[0] in COMPILER_PACKAGES or parts[-1] in COMPILERS or name in COMPILER_NAMES


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for that expression, called or not, and an empty text for any other."""
    if isinstance(node, ast.Call):
        node = node.func
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(names)])
