"""Mutations of a function: small changes such as a careless rewrite could make.

The operators are those of the literature on mutation testing (relational,
logical, arithmetic and constant replacement, statement deletion: Offutt et
al., "An experimental determination of sufficient mutant operators", 1996),
and some that rewrites for speed are prone to: a copy that is not made, a
keyword that is lost, the other exception. Changes that a program can't
survive (a value None, a name that is gone) are left out: noticing them shows
nothing.
"""

import ast
import copy

from .tree import words

BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
NEGATED = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
CONTAINERS = frozenset(("dict", "frozenset", "list", "set", "tuple"))
COPYING = frozenset(("abs", "float", "int", "reversed", "round", "sorted", "str", *CONTAINERS))
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
METHODS = {
    "strip": "lstrip",
    "lstrip": "strip",
    "rstrip": "strip",
    "lower": "upper",
    "upper": "lower",
    "startswith": "endswith",
    "endswith": "startswith",
    "appendleft": "append",
    "find": "rfind",
    "split": "rsplit",
}


class Mutation:
    """One change: ``value`` in the place of ``old`` in a field of ``holder``.

    ``boundary`` marks ``<`` against ``<=`` and the like.
    """

    def __init__(self, holder, field, old, value, boundary=False):
        self.holder = holder
        self.field = field
        self.old = old
        self.value = value
        self.boundary = boundary
        self.line = old.lineno
        self.before = words(old)
        self.after = words(value) if not isinstance(value, ast.Pass) else "(left out)"

    def put(self, value):
        """Set the field, or the item of it that is the old or the new node."""
        content = getattr(self.holder, self.field)
        if not isinstance(content, list):
            setattr(self.holder, self.field, value)
            return
        for index, item in enumerate(content):
            if item is self.old or item is self.value:
                content[index] = value
                return

    def __enter__(self):
        ast.copy_location(self.value, self.old)
        ast.fix_missing_locations(self.value)
        self.put(self.value)

    def __exit__(self, *_details):
        self.put(self.old)


def mutations(function, rewrite=False):
    """Return all mutations of the function's body, in the order of its text.

    In a rewrite a container is often made for speed alone: that it is made is
    nothing that a call could show, and no mutation leaves it out.
    """
    found = []
    body = function.body
    start = 1 if is_docstring(body[0]) else 0
    for statement in body[start:]:
        walk(function, "body", statement, found)
    return [one for one in found if not (rewrite and drops_container(one.old))]


def drops_container(node):
    """Tell whether a node only puts its one argument into another container."""
    name = getattr(getattr(node, "func", None), "id", None)
    return name in CONTAINERS and len(node.args) == 1 and not node.keywords


def is_docstring(statement):
    """Tell whether a statement is nothing but a constant."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def walk(holder, field, node, found):
    """Add the mutations of a node and of all below it."""
    found.extend(
        Mutation(holder, field, node, value, boundary) for value, boundary in replacements(node)
    )
    if isinstance(node, ast.JoinedStr) or is_docstring(node):
        return
    for name, content in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "args_annotation", "pattern"):
            continue
        for child in content if isinstance(content, list) else [content]:
            if isinstance(child, ast.AST):
                walk(node, name, child, found)


def changed(node, **fields):
    """Return a shallow copy of a node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def replacements(node):
    """Yield (what could stand in the node's place, whether only a boundary moves)."""
    if isinstance(node, ast.Compare):
        first, rest = type(node.ops[0]), node.ops[1:]
        if first in BOUNDARY:
            yield changed(node, ops=[BOUNDARY[first](), *rest]), True
        yield changed(node, ops=[NEGATED[first](), *rest]), False
    elif isinstance(node, ast.BoolOp):
        other = ast.And if isinstance(node.op, ast.Or) else ast.Or
        yield changed(node, op=other()), False
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand, False
    elif isinstance(node, ast.BinOp):
        yield arithmetic(node), False
    elif isinstance(node, ast.AugAssign):
        store = changed(node.target)
        yield ast.Assign([store], node.value), False
    elif isinstance(node, ast.Constant):
        yield from constants(node)
    elif isinstance(node, ast.JoinedStr):
        yield changed(node, values=[*node.values, ast.Constant("X")]), False
    elif isinstance(node, ast.Call):
        yield from called(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        if isinstance(node.slice, ast.Slice) and words(node.slice) == ":":
            yield node.value, False
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        if not isinstance(node.test, (ast.Compare, ast.Constant, ast.UnaryOp, ast.BoolOp)):
            yield changed(node, test=ast.UnaryOp(ast.Not(), node.test)), False
    elif isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.Await)):
        yield ast.Pass(), False
    elif isinstance(node, ast.Continue):
        yield ast.Break(), False
    elif isinstance(node, ast.Raise):
        yield from raised(node)


def arithmetic(node):
    """Return the operation with another operator, or without its right side for texts."""
    sides = (node.left, node.right)
    if any(isinstance(side, ast.JoinedStr) or is_text(side) for side in sides):
        return node.left
    return changed(node, op=ARITHMETIC.get(type(node.op), type(node.op))())


def is_text(node):
    """Tell whether a node is a text."""
    return isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))


def constants(node):
    """Yield other values of a constant."""
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value), False
    elif isinstance(value, (int, float)):
        yield ast.Constant(value + 1), False
    elif isinstance(value, str):
        yield ast.Constant(value + "X"), False
    elif isinstance(value, bytes):
        yield ast.Constant(value + b"X"), False


def called(node):
    """Yield other calls, and the argument in the place of its copy."""
    plain = len(node.args) == 1 and not isinstance(node.args[0], ast.Starred)
    if isinstance(node.func, ast.Name):
        name = node.func.id
        if name in COPYING and plain and not node.keywords:
            yield node.args[0], False
        if name in SWAPPED:
            yield changed(node, func=ast.Name(SWAPPED[name], ast.Load())), False
    elif isinstance(node.func, ast.Attribute):
        name = node.func.attr
        if name == "copy" and not node.args:
            yield node.func.value, False
        alone = name == "split" and len(node.args) + len(node.keywords) < 2
        if name in METHODS and not alone:
            yield changed(node, func=changed(node.func, attr=METHODS[name])), False
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg != "stacklevel":
            rest = [other for other in node.keywords if other is not keyword]
            yield changed(node, keywords=rest), False


def raised(node):
    """Yield the statement with an exception of another type."""
    if isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
        other = "RuntimeError" if node.exc.func.id != "RuntimeError" else "ValueError"
        yield changed(node, exc=changed(node.exc, func=ast.Name(other, ast.Load()))), False


def spread(found, most):
    """Return at most so many of the mutations, taken in turn from each line."""
    lines = {}
    for mutation in found:
        lines.setdefault(mutation.line, []).append(mutation)
    chosen = []
    rank = 0
    while len(chosen) < min(most, len(found)):
        chosen += [line[rank] for line in lines.values() if rank < len(line)]
        rank += 1
    return chosen[:most]
