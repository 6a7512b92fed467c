"""The target's definitions in code that parses, cut out and completed."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from perfopt_cli.core import Target
from perfopt_cli.model.elisions import leaves_out
from perfopt_cli.model.normal import (
    FunctionNode,
    docstring_node,
    forms_of,
    module_level,
    normal_form,
    syntax_tree,
)

Candidate = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Original:
    """What the target's own source tells about a good reply.

    ``beside`` has the normal form of what its module defines, by name.
    """

    target: Target
    name: str
    node: FunctionNode | None
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_method(self) -> bool:
        """Whether it is defined in a class, and not in a function."""
        owner = self.target.qualname.rpartition(".")[0]
        return bool(owner) and not owner.endswith("<locals>")


def original_of(target: Target, module_source: str = "") -> Original:
    """Parse the target's source, and its module's where it is given."""
    tree = syntax_tree(target.source)
    node = tree.body[0] if tree and tree.body else None
    name = target.qualname.rpartition(".")[2]
    module = syntax_tree(module_source) if module_source else None
    beside = forms_of(module) if module else {}
    return Original(target, name, node if isinstance(node, FunctionNode) else None, beside)


def lines_of(text: str, original: Original) -> range | None:
    """Return which lines (from 0) of a module's text are the target, or None."""
    tree = syntax_tree(text)
    nodes = _definitions(tree, original) if tree else []
    alike = [one for one in nodes if _decorators(one) == _decorators(original.node)] or nodes
    if len(alike) != 1:
        return None
    return range(_first_line(alike[0]) - 1, alike[0].end_lineno or alike[0].lineno)


def surroundings(text: str, original: Original) -> str | None:
    """Return a form of the module that is equal where only the target and imports differ."""
    tree, lines = syntax_tree(text), lines_of(text, original)
    if tree is None or lines is None:
        return None
    kept = text.split("\n")
    kept[lines.start : lines.stop] = [" " * _indent(kept[lines.start]) + "pass"]
    rest = syntax_tree("\n".join(kept))
    if rest is None:
        return None
    rest.body = [node for node in rest.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return ast.dump(rest)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def imports_of(text: str) -> list[str]:
    """Return the imports at the top level of the text, one statement for each name."""
    tree = syntax_tree(text)
    return [statement for statement, _ in _imports(tree)] if tree else []


def candidates_in(text: str, original: Original, beside: set[str]) -> list[Candidate]:
    """Return the target's definitions in the text, in order.

    ``beside`` names what the reply defines elsewhere: a definition that relies
    on it is left out, unless it stands so in the module. So is one that leaves
    code out and says so in a comment.
    """
    tree = syntax_tree(text)
    if tree is None:
        return []
    lines = text.split("\n")
    imports = _imports(tree)
    there = {name for name, form in forms_of(tree).items() if original.beside.get(name) == form}
    found = []
    for node in _definitions(tree, original):
        source = _cut(lines, node)
        others = (beside | _defined_beside(tree, node, original.name)) - there
        if source is None or _relies_on(source, others, original.target.source):
            continue
        if leaves_out(source, original.target.source):
            continue
        source = _keep_docstring(_keep_decorators(source, original), original)
        free = _free_names(source)
        needed = tuple(statement for statement, bound in imports if bound in free or bound == "*")
        found.append((source, needed))
    return found


def _definitions(tree: ast.Module, original: Original) -> list[FunctionNode]:
    """Return the target's definitions: by qualname, else by name at the top or in a class."""
    named = list(_walk(tree, ""))
    qualname, name = original.target.qualname, original.name
    fits = [node for path, node in named if path == qualname]
    fits = fits or [node for path, node in named if path == name]
    if not fits and original.is_method:
        fits = [node for path, node in named if path.endswith(f".{name}") and "<" not in path]
    return fits


def _walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, FunctionNode]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            yield prefix + child.name, child
            yield from _walk(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _walk(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _walk(child, prefix)


def decorated_alike(candidates: list[Candidate], original: Original) -> list[Candidate]:
    """Return the candidates with the original's decorators, or all where none has them.

    A property and its setter have one name: the decorators tell them apart.
    """
    wanted = _decorators(original.node)
    return [one for one in candidates if _decorators(_function(one[0])) == wanted] or candidates


def _decorators(node: FunctionNode | None) -> list[str]:
    return [ast.dump(decorator) for decorator in node.decorator_list] if node else []


def _first_line(node: FunctionNode) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _cut(lines: list[str], node: FunctionNode) -> str | None:
    source = textwrap.dedent("\n".join(lines[_first_line(node) - 1 : node.end_lineno])) + "\n"
    tree = syntax_tree(source)
    return (
        source if tree and len(tree.body) == 1 and isinstance(tree.body[0], FunctionNode) else None
    )


def _imports(tree: ast.Module) -> list[tuple[str, str]]:
    """Return (statement, bound name) for each name that the top level imports."""
    found = []
    for node in module_level(tree.body):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                found.append((ast.unparse(_with_names(node, alias)), bound))
    return found


def _with_names(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    if isinstance(node, ast.Import):
        return ast.Import(names=[alias])
    return ast.ImportFrom(module=node.module, names=[alias], level=node.level)


def _defined_beside(tree: ast.Module, chosen: FunctionNode, name: str) -> set[str]:
    """Return names that the reply defines outside the chosen definition."""
    found: set[str] = set()
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FunctionNode | ast.ClassDef) and node is not chosen:
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            waiting += node.body
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found |= {
                one.id for one in ast.walk(node) if _is_store(one) and isinstance(one, ast.Name)
            }
    return found - {name}


def _is_store(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)


def _relies_on(source: str, others: set[str], original: str) -> bool:
    new = (_free_names(source) | _attributes(source)) & others
    return bool(new - _free_names(original) - _attributes(original))


def _free_names(source: str) -> set[str]:
    tree = syntax_tree(source)
    if tree is None:
        return set()
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if _is_store(node)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    inner = [node for node in ast.walk(tree) if node not in tree.body]
    bound |= {node.name for node in inner if isinstance(node, FunctionNode | ast.ClassDef)}
    return {node.id for node in names} - bound


def _attributes(source: str) -> set[str]:
    tree = syntax_tree(source)
    return (
        {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} if tree else set()
    )


def _keep_decorators(source: str, original: Original) -> str:
    node = _function(source)
    if original.node is None or node is None or node.decorator_list:
        return source
    lines = original.target.source.split("\n")
    missing = lines[_first_line(original.node) - 1 : original.node.lineno - 1]
    return "\n".join([*missing, source])


def _keep_docstring(source: str, original: Original) -> str:
    """Put the original's docstring where the reply left it out or reworded it."""
    node = _function(source)
    wanted = docstring_node(original.node) if original.node else None
    if node is None or wanted is None or original.node is None:
        return source
    lines = source.split("\n")
    first, present = node.body[0], docstring_node(node)
    text = original.target.source.split("\n")[wanted.lineno - 1 : wanted.end_lineno]
    own_lines = not lines[first.lineno - 1][: first.col_offset].strip()
    same_margin = first.col_offset == wanted.col_offset
    if not own_lines or not same_margin or text[0][: wanted.col_offset].strip():
        return source
    end = (present.end_lineno or present.lineno) if present else first.lineno - 1
    changed = "\n".join([*lines[: first.lineno - 1], *text, *lines[end:]])
    return changed if normal_form(changed) == normal_form(source) else source


def _function(source: str) -> FunctionNode | None:
    tree = syntax_tree(source)
    node = tree.body[0] if tree and tree.body else None
    return node if isinstance(node, FunctionNode) else None
