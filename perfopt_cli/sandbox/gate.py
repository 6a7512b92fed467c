"""The static gate: what a candidate may not do, read off its syntax tree in milliseconds.

A candidate is refused for what it does and the original does not: something
the original does already is the project's own affair.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from perfopt_cli.core import Reason, Rewrite
from perfopt_cli.sandbox.names import bound_names, read_names
from perfopt_cli.sandbox.reach import reaches
from perfopt_cli.sandbox.special import compared, constants
from perfopt_cli.sandbox.traits import FORBIDDEN_NAMES, traits
from perfopt_cli.source import FunctionNode

ALLOWED_MODULES = frozenset(
    """
    __future__ abc array bisect collections copy dataclasses decimal enum fractions functools
    heapq itertools math operator re statistics string textwrap typing
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a gate refuses a candidate. ``paste`` is a call that shows it, as Python, or empty."""

    reason: Reason
    detail: str
    paste: str = ""


def static_gate(rewrite: Rewrite, module_text: str, tested: Collection[str] = ()) -> Refusal | None:
    """Return why the candidate is refused, or None where it may go on to be run.

    ``tested`` are the constants of the tests that reach the function (see
    ``special.constants``).
    """
    original = parse_function(rewrite.target.source)
    if isinstance(original, Refusal):
        return original
    candidate = parse_function(rewrite.source)
    if isinstance(candidate, Refusal):
        return candidate
    return (
        _same_interface(original, candidate)
        or _imports_allowed(rewrite, original, candidate, module_text)
        or _names_known(rewrite, original, candidate, module_text)
        or _nothing_new(original, candidate)
        or _nothing_left_open(original, candidate)
        or _reaches(rewrite, module_text, original, candidate)
        or _not_made_for(tested, original, candidate)
    )


def parse_function(source: str) -> FunctionNode | Refusal:
    """Parse a source that is to be one function definition."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Refusal(Reason.INVALID, f"does not parse: {error}")
    if len(body) != 1 or not isinstance(body[0], FunctionNode):
        return Refusal(Reason.INVALID, "is not one function definition")
    return body[0]


def _same_interface(original: FunctionNode, candidate: FunctionNode) -> Refusal | None:
    checks = (
        ("name", original.name, candidate.name),
        ("kind (async or not)", type(original).__name__, type(candidate).__name__),
        ("signature", _dump(original.args), _dump(candidate.args)),
        ("return annotation", _dump(original.returns), _dump(candidate.returns)),
        (
            "decorators",
            [_dump(item) for item in original.decorator_list],
            [_dump(item) for item in candidate.decorator_list],
        ),
        ("kind (generator or not)", _yields(original), _yields(candidate)),
    )
    for what, before, after in checks:
        if before != after:
            return Refusal(Reason.INVALID, f"changes the function's {what}")
    return None


def _dump(node: ast.AST | None) -> str:
    return "" if node is None else ast.dump(node)


def _yields(function: FunctionNode) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own_nodes(function))


def _own_nodes(function: FunctionNode) -> Iterator[ast.AST]:
    """Walk the body without what belongs to functions nested in it."""
    queue: list[ast.AST] = list(function.body)
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            queue.extend(ast.iter_child_nodes(node))


def _imports_allowed(
    rewrite: Rewrite, original: FunctionNode, candidate: FunctionNode, module_text: str
) -> Refusal | None:
    statements: list[ast.stmt] = []
    for text in rewrite.imports:
        try:
            added = ast.parse(text).body
        except (SyntaxError, ValueError):
            return Refusal(Reason.INVALID, f"import does not parse: {text!r}")
        if not all(isinstance(node, ast.Import | ast.ImportFrom) for node in added):
            return Refusal(Reason.UNSAFE, f"not an import statement: {text!r}")
        statements += added
    known = {name for name, _ in _imported(ast.walk(ast.parse(module_text)))}
    own = {part for name, parts in _imported(ast.walk(original)) for part in (name, *parts)}
    for module, names in _imported([*statements, *ast.walk(candidate)]):
        if module not in ALLOWED_MODULES and module not in known:
            return Refusal(Reason.UNSAFE, f"imports {module}, which is not on the allowed list")
        forbidden = sorted(FORBIDDEN_NAMES.intersection([*names, module]) - own)
        if forbidden or "*" in names:
            return Refusal(Reason.UNSAFE, f"imports {', '.join(forbidden) or '*'}")
    return None


def _imported(
    nodes: Iterator[ast.AST] | list[ast.AST] | list[ast.stmt],
) -> Iterator[tuple[str, list[str]]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], []
        elif isinstance(node, ast.ImportFrom):
            module = "." if node.level else (node.module or "").split(".")[0]
            yield module, [alias.name for alias in node.names]


def _names_known(
    rewrite: Rewrite, original: FunctionNode, candidate: FunctionNode, module_text: str
) -> Refusal | None:
    module = ast.parse(module_text)
    if any(isinstance(n, ast.ImportFrom) and n.names[0].name == "*" for n in ast.walk(module)):
        return None
    known = set(dir(builtins)) | bound_names(module) | read_names(original)
    known |= {"__class__", "__name__", "__file__"} & read_names(original)
    for text in rewrite.imports:
        known |= bound_names(ast.parse(text))
    unknown = read_names(candidate) - known - bound_names(candidate)
    if unknown:
        return Refusal(Reason.INVALID, f"uses unknown names: {', '.join(sorted(unknown))}")
    return None


def _nothing_new(original: FunctionNode, candidate: FunctionNode) -> Refusal | None:
    before = set(traits(original))
    for trait in traits(candidate):
        if trait not in before:
            return Refusal(Reason.UNSAFE, trait)
    return None


def _nothing_left_open(original: FunctionNode, candidate: FunctionNode) -> Refusal | None:
    """Refuse a candidate that no longer enters a context that others see, such as a lock."""
    local = bound_names(original)
    local -= {node.arg for node in ast.walk(original) if isinstance(node, ast.arg)}
    kept = set(_contexts(candidate))
    for expression in _contexts(original):
        names = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
        if expression not in kept and not names & local:
            return Refusal(Reason.UNSAFE, f"no longer runs within {expression}")
    return None


def _contexts(function: FunctionNode) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                yield ast.unparse(item.context_expr)


def _reaches(
    rewrite: Rewrite, module_text: str, original: FunctionNode, candidate: FunctionNode
) -> Refusal | None:
    """Refuse what reaches into modules, types and frames, as far as the original doesn't."""
    texts = "\n".join((module_text, *rewrite.imports))
    for node in ast.walk(ast.parse("\n".join(rewrite.imports))):
        if isinstance(node, ast.alias) and node.name.startswith("_"):
            return Refusal(Reason.UNSAFE, f"imports {node.name}")
    before = set(reaches(original, texts))
    for reach in reaches(candidate, texts):
        if reach not in before:
            return Refusal(Reason.UNSAFE, reach)
    return None


def _not_made_for(
    tested: Collection[str], original: FunctionNode, candidate: FunctionNode
) -> Refusal | None:
    """Refuse a candidate that begins to compare with a value that the tests use."""
    new = compared(candidate) - compared(original) - constants(original)
    for text in sorted(new & set(tested)):
        detail = f"asks for {text}, which the tests use: a case made for them"
        return Refusal(Reason.UNSAFE, detail)
    return None
