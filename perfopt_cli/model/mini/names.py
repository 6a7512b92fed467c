"""Which names a text binds and reads, by its tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from perfopt_cli.model.normal import FunctionNode, docstring_node

_STRINGS = {
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}
_FORMATTED = (ast.JoinedStr, getattr(ast, "TemplateStr", ast.JoinedStr))
_TYPE_PARAMETERS = tuple(
    getattr(ast, name) for name in ("TypeVar", "ParamSpec", "TypeVarTuple") if hasattr(ast, name)
)


@dataclass(slots=True)
class Names:
    """What a text does with names, whatever the scope.

    ``local`` are the names that it binds, other than by import, in a class's body or
    as a global; ``members`` those bound in a class's body; ``imported`` those bound by
    import; ``hidden`` those bound within f-strings. ``loads`` are all that it reads.
    ``keywords`` are the places (line from 1, column in bytes) of arguments given by
    name, ``keyword_names`` their names; ``arguments`` all names of parameters.
    ``docstrings`` are the lines where docstrings begin. ``own`` is the name of the one
    function that the text consists of, else None.
    """

    local: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)
    keywords: set[tuple[int, int]] = field(default_factory=set)
    keyword_names: set[str] = field(default_factory=set)
    docstrings: set[int] = field(default_factory=set)
    arguments: set[str] = field(default_factory=set)
    own: str | None = None

    def free(self) -> set[str]:
        """Return the names that it reads and doesn't bind."""
        bound = self.local | self.members | self.imported | self.hidden
        return self.loads - bound - {self.own or ""}


def names_of(tree: ast.Module) -> Names:
    """Collect the names of a text."""
    names = Names()
    outside: set[str] = set()
    if len(tree.body) == 1 and isinstance(tree.body[0], FunctionNode):
        names.own = tree.body[0].name
    waiting: list[tuple[ast.AST, set[str]]] = [(tree, names.local)]
    while waiting:
        node, bound = waiting.pop()
        kind = type(node)
        if kind is ast.Name:
            _name(node, bound, names)  # type: ignore[arg-type]
            continue
        if kind is ast.Attribute:
            waiting.append((node.value, bound))  # type: ignore[attr-defined]
            continue
        if kind is ast.Constant:
            continue
        inside = _enter(node, bound, names, outside)
        waiting.extend((child, inside) for child in _children(node))
    names.local -= outside | names.imported
    if names.own is not None:
        names.local.discard(names.own)
    names.members -= names.local
    return names


def _name(node: ast.Name, bound: set[str], names: Names) -> None:
    if isinstance(node.ctx, ast.Load):
        names.loads.add(node.id)
    else:
        bound.add(node.id)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for one in value:
                if isinstance(one, ast.AST):
                    yield one
        elif isinstance(value, ast.AST):
            yield value


def _enter(node: ast.AST, bound: set[str], names: Names, outside: set[str]) -> set[str]:
    """Note what the node itself binds; return the set that its children's names go to."""
    kind = type(node)
    if bound is names.hidden:
        if kind is ast.arg:
            bound.add(node.arg)  # type: ignore[attr-defined]
        return bound
    if kind is ast.arg:
        names.local.add(node.arg)  # type: ignore[attr-defined]
        names.arguments.add(node.arg)  # type: ignore[attr-defined]
    elif kind is ast.keyword:
        if node.arg is not None:  # type: ignore[attr-defined]
            names.keywords.add((node.lineno, node.col_offset))  # type: ignore[attr-defined]
            names.keyword_names.add(node.arg)  # type: ignore[attr-defined]
    elif isinstance(node, FunctionNode | ast.ClassDef):
        bound.add(node.name)
        _docstring(node, names)
        return names.members if kind is ast.ClassDef else names.local
    elif kind is ast.Lambda:
        return names.local
    elif kind in _FORMATTED:
        return names.hidden
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for one in node.names:
            names.imported.add(one.asname or one.name.partition(".")[0])
    elif isinstance(node, ast.Global | ast.Nonlocal):
        outside.update(node.names)
        names.loads.update(node.names)
    elif kind in _STRINGS:
        text = getattr(node, _STRINGS[kind])
        if text is not None:
            bound.add(text)
    elif kind in _TYPE_PARAMETERS:
        names.local.add(node.name)  # type: ignore[attr-defined]
    elif kind is ast.Module:
        _docstring(node, names)
    return bound


def _docstring(node: ast.AST, names: Names) -> None:
    found = docstring_node(node)
    if found is not None:
        names.docstrings.add(found.lineno)
