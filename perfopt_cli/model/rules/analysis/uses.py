"""What a use of a variable does with the object it names."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, Tree

_READERS = {"len", "sum", "any", "all", "list", "tuple", "set", "frozenset", "sorted", "min", "max"}
_READERS |= {"dict", "enumerate", "zip", "reversed", "str", "repr", "bool", "isinstance", "print"}
_READERS |= {"range", "abs", "collections.deque", "collections.Counter"}
_TAKERS = {"extend", "join", "update", "union", "intersection", "difference", "issubset"}
_TAKERS |= {"issuperset", "isdisjoint"}
_ITERATORS = {"enumerate", "zip", "reversed"}
_GIVERS = {"min", "max", "sum"}  # which may give back one of several arguments

Origin = Callable[[cst.CSTNode], str]


class Use(Enum):
    """The ways to use a variable. All but ``ESCAPE`` give the object no lasting new name."""

    METHOD = auto()  # x.name(...)
    ITEM = auto()  # x[...]
    STORE = auto()  # x[...] = v, del x[...]
    ATTRIBUTE = auto()  # x.name, not called
    ITERATE = auto()  # for _ in x
    READ = auto()  # len(x), x + y, f"{x}"
    COMPARE = auto()  # x == y, y in x
    MEMBER = auto()  # x in y
    TEST = auto()  # if x
    RETURN = auto()  # anywhere in a return statement
    ESCAPE = auto()


def use_of(tree: Tree, load: cst.BaseExpression, origin: Origin) -> Use:
    """Return how the object that the expression gives is used there."""
    found = _near(tree, load, origin)
    if found is Use.ESCAPE and _returned(tree, load):
        return Use.RETURN
    return found


def _near(tree: Tree, load: cst.BaseExpression, origin: Origin) -> Use:
    parent = tree.parent[load]
    if isinstance(parent, cst.Attribute):
        above = tree.parent[parent]
        called = isinstance(above, cst.Call) and above.func is parent
        plain = called and not parent.attr.value.startswith("__")
        return Use.METHOD if plain else Use.ATTRIBUTE
    if isinstance(parent, cst.Subscript):
        return Use.STORE if is_target(tree, parent) else Use.ITEM
    if isinstance(parent, cst.CompFor) and tree.is_lazy(tree.parent[parent]):
        return Use.ESCAPE
    if isinstance(parent, (cst.For, cst.CompFor, cst.StarredElement)):
        return Use.ITERATE
    if isinstance(parent, cst.ComparisonTarget):
        return Use.COMPARE
    if isinstance(parent, cst.Comparison):
        first = parent.comparisons[0].operator
        return Use.MEMBER if isinstance(first, (cst.In, cst.NotIn)) else Use.COMPARE
    if isinstance(parent, cst.Arg):
        return _argument(tree, parent, origin)
    if tests(tree, load):
        return Use.TEST
    reads = (cst.FormattedStringExpression, cst.BinaryOperation, cst.AugAssign, cst.Expr)
    return Use.READ if isinstance(parent, reads) else Use.ESCAPE


def _argument(tree: Tree, arg: cst.Arg, origin: Origin) -> Use:
    call = tree.parent[arg]
    if not isinstance(call, cst.Call):
        return Use.ESCAPE
    name = origin(call.func)
    if name in _ITERATORS:
        # The iterator goes on reading the object wherever it is kept.
        return Use.READ if _near(tree, call, origin) in (Use.ITERATE, Use.READ) else Use.ESCAPE
    if name in _GIVERS and len([other for other in call.args if not other.keyword]) > 1:
        return Use.ESCAPE
    if arg.star or name in _READERS:
        return Use.READ
    takes = isinstance(call.func, cst.Attribute) and call.func.attr.value in _TAKERS
    return Use.READ if takes and not origin(call.func) else Use.ESCAPE


def is_target(tree: Tree, node: cst.BaseExpression) -> bool:
    """Tell whether the expression is assigned to, deleted or bound by a loop or ``with``."""
    below: cst.CSTNode = node
    for up in tree.ancestors(node):
        if isinstance(up, (cst.AssignTarget, cst.Del, cst.AsName)):
            return True
        if isinstance(up, (cst.AugAssign, cst.AnnAssign, cst.For, cst.CompFor)):
            return up.target is below
        if not isinstance(up, (cst.Element, cst.StarredElement, cst.Tuple, cst.List)):
            return False
        below = up
    return False


def tests(tree: Tree, node: cst.CSTNode) -> bool:
    """Tell whether only the truth of the expression matters."""
    parent = tree.parent[node]
    if isinstance(parent, (cst.If, cst.While, cst.IfExp, cst.Assert)):
        return parent.test is node
    if isinstance(parent, cst.UnaryOperation):
        return isinstance(parent.operator, cst.Not)
    if isinstance(parent, cst.CompFor):
        return False
    if isinstance(parent, cst.CompIf):
        return True
    return isinstance(parent, cst.BooleanOperation) and tests(tree, parent)


def _returned(tree: Tree, load: cst.CSTNode) -> bool:
    """Tell whether nothing of the function runs after the use, apart from the statement's rest."""
    if tree.guarded(load):
        return False
    for up in tree.ancestors(load):
        if isinstance(up, (*COMPREHENSIONS, cst.Lambda)):
            return False
        if isinstance(up, cst.Return):
            return True
    return False
