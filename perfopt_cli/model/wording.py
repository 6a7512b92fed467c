"""The words of a prompt that are the same for every function: the task and what is frozen."""

from __future__ import annotations

import ast

from perfopt_cli.core import Target
from perfopt_cli.model.normal import FunctionNode, syntax_tree

ALLOWED_IMPORTS = (
    "bisect", "collections", "functools", "heapq", "itertools", "math", "operator", "re", "string",
)  # fmt: skip

SYSTEM = (
    "You are an expert in Python performance. You rewrite one function so that it runs faster "
    "and behaves exactly as before."
)

_RULES = """\
Keep exactly:
- the name, the parameters with their defaults and annotations, the decorators, and {kind};
- the result: its value, its type and the order of its items;
- the side effects: changes to arguments{self} and globals, output, the order of visible calls;
- the exceptions: the same type with the same message in the same cases.

You may import from {allowed}, and use what the module imports already.
Do not add caches or memoisation, global or module state, attributes, threads, processes, \
or functions and constants outside the definition."""

REPLY = (
    "Reply with one ```python block that holds the complete definition with its decorators, "
    "and nothing else."
)


def opening(target: Target) -> list[str]:
    """Return the paragraphs above everything else: the task, what kind of function, the rules."""
    owner, _, name = target.qualname.rpartition(".")
    is_method = bool(owner) and not owner.endswith("<locals>")
    parts = [_task(target)]
    if is_method:
        parts.append(
            f"`{name}` is a method of the class `{owner}`: give the method alone, not the class."
        )
    elif owner:
        outer = owner.removesuffix(".<locals>")
        parts.append(f"`{name}` is defined inside `{outer}`: give the inner function alone.")
    where = ", `self`" if is_method else ""
    parts.append(_RULES.format(kind=_kind(target.source), self=where, allowed=_listed()))
    return parts


def _task(target: Target) -> str:
    task = f"Rewrite `{target.qualname}` of `{target.path}` so that it runs faster."
    if target.share <= 0:
        return task
    share = f"{target.share:.0%}" if target.share >= 0.01 else "less than 1%"
    return f"{task} It takes {share} of the time of the project's tests."


def _kind(source: str) -> str:
    tree = syntax_tree(source)
    if tree and tree.body and isinstance(tree.body[0], FunctionNode):
        function = tree.body[0]
        is_async = isinstance(function, ast.AsyncFunctionDef)
        if _yields(function):
            kind = "an async generator" if is_async else "a generator, as lazy as before"
            return f"that it is {kind}"
        if is_async:
            return "that it is an async function"
    return "that it is an ordinary function"


def _yields(function: FunctionNode) -> bool:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def _listed() -> str:
    names = [f"`{name}`" for name in ALLOWED_IMPORTS]
    return ", ".join(names[:-1]) + " and " + names[-1]
