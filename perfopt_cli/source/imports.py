"""Which imports a module lacks, and where they go."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Iterator, Sequence

from perfopt_cli.core import PerfoptError
from perfopt_cli.source.cut import find
from perfopt_cli.source.text import join, layout, lines_of, parse

ImportNode = ast.Import | ast.ImportFrom

_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")


def missing_imports(text: str, qualname: str, statements: Sequence[str]) -> list[str]:
    """Return the statements, one name each, that text lacks for its function qualname.

    Raises PerfoptError for what is no import, and for a name that the module
    binds to something else or that other code in it already uses.
    """
    wanted = [part for statement in statements for part in _single(statement)]
    if not wanted:
        return []
    tree = parse(text)
    bound = _table(text)
    rest = _table(_without(text, qualname))
    missing: list[str] = []
    for node in wanted:
        statement = ast.unparse(node)
        if statement not in missing and not _is_there(node, tree, bound, rest):
            missing.append(statement)
    names: dict[str, str] = {}
    for statement in missing:
        node = _single(statement)[0]
        if names.setdefault(_name(node), _target(node)) != _target(node):
            raise PerfoptError(f"the imports bind {_name(node)} twice")
    return missing


def _single(statement: str) -> list[ImportNode]:
    """Split an import statement into statements of one name each."""
    try:
        nodes = parse(statement).body
    except SyntaxError:
        nodes = []
    parts: list[ImportNode] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            parts.extend(ast.Import(names=[alias]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            parts.extend(ast.ImportFrom(node.module, [a], node.level) for a in node.names)
        else:
            parts = []
            break
    if not parts or any(part.names[0].name == "*" for part in parts):
        raise PerfoptError(f"not an import that can be added: {statement.strip()!r}")
    return parts


def _name(node: ImportNode) -> str:
    """Return the name that an import of one name binds."""
    alias = node.names[0]
    if isinstance(node, ast.Import):
        return alias.asname or alias.name.partition(".")[0]
    return alias.asname or alias.name


def _target(node: ImportNode) -> str:
    """Return what that name is bound to, in words that equal imports share."""
    alias = node.names[0]
    if isinstance(node, ast.Import):
        return alias.name if alias.asname else _name(node)
    return f"{alias.name} of {'.' * node.level}{node.module or ''}"


def _is_there(
    node: ImportNode, tree: ast.Module, bound: symtable.SymbolTable, rest: symtable.SymbolTable
) -> bool:
    """Say whether the module has this import. Raises PerfoptError where it can't be had."""
    name = _name(node)
    if not _binds(bound, name):
        if hasattr(builtins, name):
            raise PerfoptError(f"{ast.unparse(node)!r} would hide the builtin {name}")
        if _uses(rest, name):
            raise PerfoptError(f"other code in the module already uses the name {name}")
        return False
    top = [part for child in tree.body for part in _parts(child) if _name(part) == name]
    everywhere = [part for part in _module_imports(tree) if _name(part) == name]
    plain = len(top) == len(everywhere) and not _binds(bound, name, imports=False)
    if not plain or any(_target(part) != _target(node) for part in everywhere):
        raise PerfoptError(f"the module binds {name} to something else than {ast.unparse(node)!r}")
    if not isinstance(node, ast.Import) or node.names[0].asname:
        return True
    # "import a.b" binds a as "import a" does, and loads more.
    loaded = [part.names[0].name + "." for part in top]
    return any(dotted.startswith(node.names[0].name + ".") for dotted in loaded)


def _parts(node: ast.AST) -> list[ImportNode]:
    if isinstance(node, ast.Import):
        return [ast.Import(names=[alias]) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [ast.ImportFrom(node.module, [alias], node.level) for alias in node.names]
    return []


def _module_imports(tree: ast.Module) -> Iterator[ImportNode]:
    """Yield every import that runs in the module's own scope, in blocks too."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        yield from _parts(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            stack.extend(ast.iter_child_nodes(node))


def _table(text: str) -> symtable.SymbolTable:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return symtable.symtable(text, "<module>", "exec")
        except (SyntaxError, ValueError, RecursionError) as error:
            raise PerfoptError(f"the new text does not compile: {error}") from None


def _binds(table: symtable.SymbolTable, name: str, *, imports: bool = True) -> bool:
    """Say whether the module, or a ``global`` in a function, binds name."""
    if name in table.get_identifiers():
        symbol = table.lookup(name)
        own = table.get_type() == "module" or symbol.is_declared_global()
        inner = table.get_type() != "module"
        if own and (symbol.is_assigned() or (symbol.is_imported() and (imports or inner))):
            return True
    return any(_binds(child, name, imports=imports) for child in table.get_children())


def _uses(table: symtable.SymbolTable, name: str) -> bool:
    """Say whether code uses name as a global or a builtin."""
    if name in table.get_identifiers():
        symbol = table.lookup(name)
        module = table.get_type() == "module"
        if symbol.is_referenced() and (module or symbol.is_global()):
            return True
    return any(_uses(child, name) for child in table.get_children())


def _without(text: str, qualname: str) -> str:
    """Return text with ``pass`` for the function."""
    old = find(text, qualname)
    lines = lines_of(text)
    newline = lines[old.last - 1].newline
    return join(lines[: old.first - 1]) + old.indent + "pass" + newline + join(lines[old.last :])


def place(text: str) -> int:
    """Return the row after which an import goes: 0 is the top of the file.

    That is after the module's docstring, its ``__future__`` imports and the
    imports that follow. Where it begins with none of them, it is below the
    comments that lead the file.
    """
    tree, shape = parse(text), layout(text)
    row = 0
    for index, node in enumerate(tree.body):
        if isinstance(node, ImportNode) or (index == 0 and ast.get_docstring(tree) is not None):
            row = shape.logical[shape.at(node.end_lineno or node.lineno)].last
        else:
            break
    if row:
        blank = [not line.text.strip() for line in shape.lines[row : row + 2]]
        lone_docstring = not any(isinstance(node, ImportNode) for node in tree.body[:2])
        return row + 1 if lone_docstring and blank == [True, True] else row
    header = shape.logical[0].first - 1 if shape.logical else 0
    blanks = [n for n in range(1, header + 1) if not shape.lines[n - 1].text.strip()]
    cookie = [n for n in (1, 2) if n <= header and _COOKIE.match(shape.lines[n - 1].text)]
    return max([blanks[-1] if blanks else header, *cookie])
