"""What LeetCode gives to every program without saying so: imports, nodes of lists and of trees.

Data sets made of its problems leave that out, so that their programs fail at
the first name. Beside it are the helpers that LeetCodeDataset's assertions
call (Xia et al., 2025).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import import_module

from perfopt_cli.model.normal import syntax_tree
from perfopt_cli.train.records import Tests

_NAMES_OF = ("typing", "collections", "functools", "itertools", "heapq", "bisect", "math")
"""Modules whose names need no prefix there; where two have one, the first does."""

_MODULES = frozenset({*_NAMES_OF, "copy", "datetime", "operator", "random", "re", "string", "sys"})

_LIST = """\
class ListNode:
    def __init__(self, val=0, next=None):
        self.val = val
        self.next = next
"""
_TREE = """\
class TreeNode:
    def __init__(self, val=0, left=None, right=None):
        self.val = val
        self.left = left
        self.right = right
"""
_MAKE_LIST = """\
def list_node(values):
    first = None
    for value in reversed(values):
        first = ListNode(value, first)
    return first
"""
_MAKE_TREE = """\
def tree_node(values):
    if not values or values[0] is None:
        return None
    nodes = [TreeNode(values[0])]
    rest = iter(values[1:])
    for node in nodes:
        for side in ("left", "right"):
            value = next(rest, None)
            if value is not None:
                setattr(node, side, TreeNode(value))
                nodes.append(getattr(node, side))
    return nodes[0]
"""
_SAME_LIST = """\
def is_same_list(one, other):
    while one is not None and other is not None:
        if one.val != other.val:
            return False
        one, other = one.next, other.next
    return one is other
"""
_SAME_TREE = """\
def is_same_tree(one, other):
    pairs = [(one, other)]
    while pairs:
        one, other = pairs.pop()
        if one is None or other is None:
            if one is not other:
                return False
        elif one.val != other.val:
            return False
        else:
            pairs += [(one.left, other.left), (one.right, other.right)]
    return True
"""
_PARTS = {
    "ListNode": (_LIST,),
    "TreeNode": (_TREE,),
    "list_node": (_LIST, _MAKE_LIST),
    "tree_node": (_TREE, _MAKE_TREE),
    "is_same_list": (_SAME_LIST,),
    "is_same_tree": (_SAME_TREE,),
}


def with_preamble(tests: Tests, programs: Iterable[str]) -> Tests:
    """Return the tests with what the programs, or the asserts, use of LeetCode's and don't define.

    It goes before the setup, which may define it otherwise. Tests without
    asserts are returned as they are.
    """
    if not tests.asserts:
        return tests
    texts = list(programs)
    given = _bound(tests.setup)
    asserts = "\n".join(tests.asserts)
    defined = given.union(*map(_bound, texts))
    missing = (_used(asserts) | _used(tests.setup)) - defined - _bound(asserts)
    for text in texts:
        missing |= _used(text) - _bound(text) - given
    before = _preamble(missing)
    return replace(tests, setup="\n".join(filter(None, [before, tests.setup]))) if before else tests


def _preamble(missing: set[str]) -> str:
    imports, parts = [], dict[str, None]()
    for name in sorted(missing):
        if name in _PARTS:
            parts |= dict.fromkeys(_PARTS[name])
        elif name in _MODULES:
            imports.append(f"import {name}\n")
        elif name not in vars(builtins) and (module := _home(name)):
            imports.append(f"from {module} import {name}\n")
    return "".join([*imports, *parts])


def _home(name: str) -> str | None:
    return next((module for module in _NAMES_OF if name in _public(module)), None)


@lru_cache
def _public(module: str) -> frozenset[str]:
    found = import_module(module)
    return frozenset(getattr(found, "__all__", [name for name in dir(found) if name[0] != "_"]))


def _used(text: str) -> set[str]:
    return {
        node.id
        for node in _nodes(text)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _bound(text: str) -> set[str]:
    return {name for node in _nodes(text) for name in _names_bound(node)}


def _names_bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            module = getattr(node, "module", None)
            if alias.name == "*" and module in _NAMES_OF:
                yield from _public(module)
            else:
                yield alias.asname or alias.name.partition(".")[0]


def _nodes(text: str) -> Iterator[ast.AST]:
    tree = syntax_tree(text)
    return ast.walk(tree) if tree is not None else iter(())
