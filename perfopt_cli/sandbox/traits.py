"""What a function does that a rewrite may not begin to do, in words, read off its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from perfopt_cli.sandbox.names import bound_names
from perfopt_cli.source import FunctionNode

FORBIDDEN_NAMES = frozenset(
    """
    __builtins__ __import__ asyncio atexit breakpoint builtins cache cached_property compile
    concurrent copyright credits ctypes delattr dir eval exec exit gc globals help importlib input
    inspect license locals lru_cache marshal memoryview multiprocessing open os pathlib pickle quit
    setattr shutil signal singledispatch socket subprocess sys tempfile threading time tracemalloc
    vars weakref
    """.split()  # noqa: SIM905
)
MUTATORS = frozenset(
    """
    __setitem__ add append appendleft clear discard extend extendleft insert move_to_end pop
    popitem popleft remove reverse rotate setdefault sort subtract update
    """.split()  # noqa: SIM905
)
BIG_TEXT = 64
BIG_TABLE = 16


def traits(function: FunctionNode) -> Iterator[str]:
    """Yield, in words, what the function does that a rewrite may not begin to do."""
    local = bound_names(function) - {function.name} - _declared_elsewhere(function)
    # A name that is imported in the function means what it means elsewhere.
    local -= {name for node in ast.walk(function) for name in _import_names(node)}
    for node in ast.walk(function):
        if isinstance(node, ast.Global | ast.Nonlocal):
            for name in node.names:
                yield f"declares {name} global or nonlocal"
        elif isinstance(node, ast.Name):
            yield from _name_traits(node, local)
        elif isinstance(node, ast.Attribute):
            yield from _attribute_traits(node, local)
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from _state_traits(node.value, local)
        elif isinstance(node, ast.Call):
            yield from _call_traits(node, local)
        elif isinstance(node, ast.ExceptHandler):
            yield from _handler_traits(node)
        elif isinstance(node, ast.Constant):
            if _is_big(node) and not _is_docstring(function, node):
                yield f"holds a long constant: {node.value[:20]!r}..."  # type: ignore[index]
        elif isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
            yield from _table_traits(node)
        elif isinstance(node, ast.ClassDef):
            yield "defines a class"
        elif isinstance(node, ast.arg) and node.arg.startswith("__"):
            yield f"uses {node.arg}"


def _import_names(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {(alias.asname or alias.name).split(".")[0] for alias in node.names}


def _declared_elsewhere(function: FunctionNode) -> set[str]:
    nodes = [n for n in ast.walk(function) if isinstance(n, ast.Global | ast.Nonlocal)]
    return {name for node in nodes for name in node.names}


def _is_big(node: ast.Constant) -> bool:
    return isinstance(node.value, str | bytes) and len(node.value) >= BIG_TEXT


def _is_docstring(function: FunctionNode, node: ast.Constant) -> bool:
    first = function.body[0]
    return isinstance(first, ast.Expr) and first.value is node


def _name_traits(node: ast.Name, local: set[str]) -> Iterator[str]:
    dunder = node.id.startswith("__") and node.id.endswith("__")
    if dunder or (node.id in FORBIDDEN_NAMES and node.id not in local):
        yield f"uses {node.id}"


def _attribute_traits(node: ast.Attribute, local: set[str]) -> Iterator[str]:
    if node.attr.startswith("__") and node.attr.endswith("__"):
        yield f"reaches for {node.attr}"
    if node.attr in ("lru_cache", "cache", "cached_property", "f_globals", "gi_frame", "modules"):
        yield f"uses {node.attr}"
    if not isinstance(node.ctx, ast.Load):
        yield f"stores the attribute {node.attr}"
        yield from _state_traits(node.value, local)


def _state_traits(base: ast.expr, local: set[str]) -> Iterator[str]:
    root = base
    while (inner := _inner(root)) is not None:
        root = inner
    if isinstance(root, ast.Name):
        if root.id not in local:
            yield f"changes {ast.unparse(base)}, which outlives the call"
    elif not isinstance(root, ast.List | ast.Dict | ast.Set):
        yield f"changes {ast.unparse(base)}, which may outlive the call"
    if isinstance(base, ast.Attribute):
        yield f"changes the attribute {base.attr}"


def _inner(node: ast.expr) -> ast.expr | None:
    """Return what an attribute, an item, or ``d.setdefault(...)`` is taken from."""
    if isinstance(node, ast.Attribute | ast.Subscript):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value if node.func.attr in ("get", "setdefault") else None
    return None


def _call_traits(node: ast.Call, local: set[str]) -> Iterator[str]:
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in MUTATORS:
        yield from _mutation_traits(function.value, local)
    if isinstance(function, ast.Name) and function.id in ("getattr", "hasattr", "type"):
        computed = len(node.args) > 1 and not isinstance(node.args[1], ast.Constant)
        if computed and function.id != "type":
            yield f"calls {function.id} with a computed name"
        if function.id == "getattr" and not computed:
            yield "calls getattr"
        if function.id == "type" and len(node.args) != 1:
            yield "makes a class"


def _mutation_traits(base: ast.expr, local: set[str]) -> Iterator[str]:
    if isinstance(base, ast.Name) and base.id not in local:
        yield f"changes {base.id}, which outlives the call"
    elif isinstance(base, ast.Attribute):
        yield from _state_traits(base, local)


def _handler_traits(node: ast.ExceptHandler) -> Iterator[str]:
    names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {""}
    for name in names & {"", "BaseException", "Exception", "SystemExit", "KeyboardInterrupt"}:
        yield f"catches {name or 'everything'}"


def _table_traits(node: ast.List | ast.Tuple | ast.Set | ast.Dict) -> Iterator[str]:
    items = [*node.keys, *node.values] if isinstance(node, ast.Dict) else node.elts
    if sum(isinstance(item, ast.Constant) for item in items) >= BIG_TABLE:
        yield f"holds a table of {len(items)} constants"
