"""A target as a prompt for a language model.

A prompt has two forms: messages for models that follow instructions, and the
form of the PIE data set (slower version, optimized version) for all others.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from perfopt_cli.core import PerfoptError, Target
from perfopt_cli.model.normal import FunctionNode, module_level, syntax_tree

DEFAULT_BUDGET = 16_000
"""How many characters of code a prompt may hold."""

SLOWER = "# slower version:"
FASTER = "# optimized version of the same code:"
"""What stands before the code and after it in the plain form, as in the PIE data set."""

LONGEST_CONTEXT_STATEMENT = 240
"""Imports and constants longer than this (characters) stay out of the prompt."""

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


class TooLong(PerfoptError):
    """The function doesn't fit into the prompt, whatever else is left out."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The form for models that follow instructions."""

    system: str
    user: str


class Prompt(str):
    """The plain form as text, with the form for instructed models and the target beside it.

    ``shorter`` is the same prompt without the module's context, and None where
    there is none to leave out.
    """

    __slots__ = ("messages", "shorter", "target")
    messages: Messages
    shorter: Prompt | None
    target: Target

    def __new__(
        cls, plain: str, messages: Messages, target: Target, shorter: Prompt | None = None
    ) -> Prompt:
        """Make a prompt of its two forms."""
        prompt = super().__new__(cls, plain)
        prompt.messages = messages
        prompt.shorter = shorter
        prompt.target = target
        return prompt


def build_prompt(target: Target, module_source: str, *, budget: int = DEFAULT_BUDGET) -> Prompt:
    """Return the prompt that asks for a faster version of the target.

    The function is never cut. What remains of the budget (characters) goes to
    the module's imports that the function uses, then to its short constants,
    whole statements only. Raises TooLong where the function exceeds the budget.
    """
    source = target.source.rstrip() + "\n"
    if len(source) > budget:
        raise TooLong(
            f"{target.path}: {target.qualname} has {len(source)} characters, and a prompt holds "
            f"{budget}; split the function"
        )
    bare = _with_context(target, source, "", None)
    context = context_of(target, module_source, budget=budget)
    return _with_context(target, source, context, bare) if context else bare


def context_of(target: Target, module_source: str, *, budget: int = DEFAULT_BUDGET) -> str:
    """Return what the prompt shows of the module above the target; empty where nothing."""
    source = target.source.rstrip() + "\n"
    return _context(module_source, source, budget - len(source))


def _with_context(target: Target, source: str, context: str, shorter: Prompt | None) -> Prompt:
    messages = Messages(SYSTEM, _user_message(target, source, context))
    above = context + "\n\n" if context else ""
    return Prompt(plain_form(above + source), messages, target, shorter)


def plain_form(code: str) -> str:
    """Return the plain prompt for code that ends with a newline; the answer follows it."""
    return f"{SLOWER}\n{code}{FASTER}\n"


def _user_message(target: Target, source: str, context: str) -> str:
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
    parts.append(
        _RULES.format(kind=_kind(source), self=", `self`" if is_method else "", allowed=_listed())
    )
    if context:
        parts.append(f"The module has:\n```python\n{context}\n```")
    parts.append(f"The function:\n```python\n{source}```")
    parts.append(
        "Reply with one ```python block that holds the complete definition with its decorators, "
        "and nothing else."
    )
    return "\n\n".join(parts) + "\n"


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


def _context(module_source: str, source: str, budget: int) -> str:
    module, function = syntax_tree(module_source), syntax_tree(source)
    if module is None or function is None:
        return ""
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    imports: list[tuple[int, str]] = []
    constants: list[tuple[int, str]] = []
    for statement in module_level(module.body):
        text = ast.get_source_segment(module_source, statement)
        if not text or len(text) > LONGEST_CONTEXT_STATEMENT or not _binds(statement) & used:
            continue
        kind = imports if isinstance(statement, ast.Import | ast.ImportFrom) else constants
        kind.append((statement.lineno, text))
    kept: list[tuple[int, str]] = []
    for line, text in imports + constants:
        if len(text) + 1 <= budget:
            kept.append((line, text))
            budget -= len(text) + 1
    return "\n".join(text for _, text in sorted(kept))


def _binds(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return {statement.target.id}
    return set()
