"""The built-in rules on a whole program: its functions, and its top level made into one.

Only code in a function can be rewritten: at top level every name may be seen
from elsewhere. What follows the last definition or import can be moved into a
function without a change of meaning, see ``wrapped``. That move alone makes
Python faster (local variables are faster than global ones), so it is a rewrite
too: the last one, as what a rule finds to do in it goes first.
"""

from __future__ import annotations

import ast
import builtins
import warnings

from perfopt_cli.core import PerfoptError, Rewrite, Target
from perfopt_cli.model.normal import FunctionNode, normal_form, syntax_tree
from perfopt_cli.model.rules import Rules
from perfopt_cli.source import definitions, splice
from perfopt_cli.source.text import layout

_NAME = "_program"
_FILE = "program.py"
# What looks at variables by name, or at when they go away.
_FORBIDDEN = {
    "eval", "exec", "compile", "globals", "locals", "vars", "dir", "breakpoint", "weakref", "gc",
    "inspect", "modules", "_getframe", "currentframe",
}  # fmt: skip
_PREFIX = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_REPEATS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_UNFIT = (ast.AnnAssign, ast.Global, ast.Nonlocal, ast.Await, ast.AsyncFor, ast.AsyncWith)


def rewrite_program(text: str, n: int) -> list[str]:
    """Return up to n programs that the rules make of one, all rewrites together first.

    Each of the others has one of the rewrites; the last is the move of the top
    level into a function, alone. None for a text that is no Python.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        text += "\n"
    moved = wrapped(text)
    base = text
    if moved is not None and _proposals(moved, _NAME, 1):
        base = moved
    try:
        names = list(definitions(base))
    except (SyntaxError, ValueError, RecursionError):
        return []
    whole = base
    for name in names:
        for rewrite in _proposals(whole, name, 1):
            whole = _spliced(whole, rewrite) or whole
    singles = (_spliced(base, rewrite) for name in names for rewrite in _proposals(base, name, n))
    found: dict[str, str] = {}
    for program in (whole, *singles, moved):
        if program is not None and program != text:
            found.setdefault(normal_form(program), program)
        if len(found) == n:
            break
    return list(found.values())


def _proposals(text: str, name: str, n: int) -> list[Rewrite]:
    try:
        function = definitions(text).get(name)
    except (SyntaxError, ValueError, RecursionError):
        return []
    if function is None or function.fault or function.copies > 1:
        return []
    target = Target(_FILE, name, function.node.lineno, function.source)
    return Rules().propose(target, text, n=n)


def _spliced(text: str, rewrite: Rewrite) -> str | None:
    try:
        return splice(text, rewrite.target.qualname, rewrite.source, rewrite.imports)
    except PerfoptError:
        return None


def wrapped(text: str) -> str | None:
    """Return the program with the end of its top level in a function that is called at once.

    The end is what follows the last statement that holds a definition or an
    import, so nothing changes its order. Names that the end binds become local,
    but those that the rest of the program mentions, or that are builtins: they
    are declared global and stay as they were. None where there is no such end,
    where nothing in it repeats, or where the program looks at its variables in
    a way that would show (``eval``, ``globals``, any dunder but ``__name__``).
    """
    tree = syntax_tree(text)
    if tree is None or _looks_at_itself(tree):
        return None
    start = _start(tree.body)
    end = tree.body[start:]
    parts = [node for statement in end for node in ast.walk(statement)]
    if not any(isinstance(node, _REPEATS) for node in parts):
        return None
    if any(isinstance(node, _UNFIT) for node in parts):
        return None
    mentioned = {name for statement in tree.body[:start] for name in _names(statement)}
    shared = sorted(_bound(parts) & (mentioned | set(dir(builtins))))
    name = _NAME
    if name in mentioned | {one for statement in end for one in _names(statement)}:
        return None
    return _moved(text, end, name, shared)


def _start(body: list[ast.stmt]) -> int:
    """Return the index of the first statement of the end that begins a line of its own."""
    start = 0
    for index, statement in enumerate(body):
        if any(isinstance(node, _PREFIX) for node in ast.walk(statement)):
            start = index + 1
    while 0 < start < len(body) and body[start].lineno == body[start - 1].end_lineno:
        start += 1
    return start


def _looks_at_itself(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return True
        for name in _own_names(node):
            dunder = name.startswith("__") and name.endswith("__") and name != "__name__"
            # A class's own methods are looked up by Python itself.
            method = isinstance(node, FunctionNode) and name != "__del__"
            if name in _FORBIDDEN or (dunder and not method):
                return True
    return False


def _names(statement: ast.AST) -> set[str]:
    return {name for node in ast.walk(statement) for name in _own_names(node)}


def _own_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Global | ast.Nonlocal):
        return node.names
    if isinstance(node, ast.Import | ast.ImportFrom):
        module = getattr(node, "module", None) or ""
        aliases = [part for alias in node.names for part in (alias.name, alias.asname or "")]
        return [part for name in (module, *aliases) for part in name.split(".") if part]
    return []


def _bound(parts: list[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in parts:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found


def _moved(text: str, end: list[ast.stmt], name: str, shared: list[str]) -> str | None:
    shape = layout(text)
    first = end[0].lineno
    before = [line.text for line in shape.lines[: first - 1]]
    body = [
        line.text if row in shape.in_string or not line.text.strip() else "    " + line.text
        for row, line in enumerate(shape.lines[first - 1 :], first)
    ]
    declared = [f"    global {', '.join(shared)}"] if shared else []
    lines = [*before, f"def {name}():", *declared, *body, f"{name}()"]
    result = "\n".join(lines) + "\n"
    tree = syntax_tree(result)
    function = tree.body[-2] if tree and len(tree.body) > 1 else None
    if not isinstance(function, ast.FunctionDef):
        return None
    same = [ast.dump(node) for node in function.body[bool(shared) :]] == [
        ast.dump(node) for node in end
    ]
    return result if same and _compiles(result) else None


def _compiles(text: str) -> bool:
    """Tell whether Python takes it; a global that is also a comprehension's name it may not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, _FILE, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
