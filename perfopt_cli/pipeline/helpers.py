"""A function together with the functions it calls that only its own version of the file has.

The static gate looks at one function. What a change moves into a new helper
is to be looked at just the same, and what it took out of one was there before.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from perfopt_cli.model.normal import docstring_node
from perfopt_cli.source import Definition, FunctionNode, parse


def with_helpers(definition: Definition, helpers: Mapping[str, Definition]) -> str:
    """Return the function's source with those of the helpers inside that it can reach by name.

    For reading only: the result need not run.
    """
    reached = list(_reached(definition, helpers))
    if not reached:
        return definition.source
    tree = parse(definition.source)
    function = tree.body[0]
    assert isinstance(function, FunctionNode)
    start = 1 if docstring_node(function) is not None else 0
    function.body[start:start] = [parse(helper.source).body[0] for helper in reached]
    return ast.unparse(tree)


def only_in(
    here: Mapping[str, Definition], there: Mapping[str, Definition]
) -> dict[str, Definition]:
    """Return the functions, but for those inside others, that one version has and the other not."""
    return {
        name: found
        for name, found in here.items()
        if name not in there and found.source and "<locals>" not in name
    }


def _reached(definition: Definition, helpers: Mapping[str, Definition]) -> Iterator[Definition]:
    left = dict(helpers)
    queue = [definition]
    while queue:
        names = _names(queue.pop().node)
        for qualname in [name for name in left if name.rpartition(".")[2] in names]:
            queue.append(left[qualname])
            yield left.pop(qualname)


def _names(node: ast.AST) -> set[str]:
    """Return every name and attribute that is read in it."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return names | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
