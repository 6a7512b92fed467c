"""What recorded calls showed of a function's parameters, beside what annotations promise.

A type that was seen holds for all recorded calls. The rewrite may be wrong for
others; that is for the gates to find.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from perfopt_cli.model.rules.analysis.kinds import (
    ANY,
    BOOL,
    BYTES,
    FLOAT,
    INT,
    MAPPINGS,
    NEVER,
    NONE,
    RANGE,
    SIZED,
    STR,
    Kind,
    hidden,
    join,
)
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.analysis.scan import bound

Seen = Mapping[str, Kind]

_BASIC = {"int": INT, "bool": BOOL, "float": FLOAT, "str": STR, "bytes": BYTES, "range": RANGE}
_PARTS = {"list": 1, "set": 1, "frozenset": 1, "deque": 1, "dict": 2, "defaultdict": 2}
ABSTRACT = {"sequence", "iterable", "mapping"}
_CHANGERS = frozenset({"append", "appendleft", "insert", "extend", "extendleft"})
_CHANGERS |= {"add", "update", "setdefault"}


def seen(types: Iterable[tuple[str, str]], module: Module) -> Seen:
    """Return the types of parameters (``x``) and fields (``self.x``) that are understood.

    ``types`` are those of ``core.Facts``.
    """
    found: dict[str, Kind] = {}
    for name, text in types:
        try:
            kind = _filled(_kind(ast.parse(text, mode="eval").body, module))
        except (SyntaxError, ValueError, RecursionError):
            continue
        if kind != ANY:
            found[name] = kind
    return found


def fields(types: Iterable[tuple[str, str]], module: Module, qualname: str) -> dict[str, ast.expr]:
    """Return what instances of a method's class hold, as annotations.

    Only where all calls had that very class, and for what the method itself
    never binds, and reads from nothing but its first parameter. Of containers
    that it changes no more than the kind is told.
    """
    given, (owner, _, name) = dict(types), qualname.partition(".")
    node = _method(module.classes.get(owner), name)
    first = [*node.args.posonlyargs, *node.args.args][:1] if node is not None else []
    if node is None or not first or given.get(first[0].arg) != f"own.{owner}":
        return {}
    me = first[0].arg
    if any(isinstance(n, ast.Name) and n.id == me and _binds(n) for n in ast.walk(node)):
        return {}
    taken = {*bound(module.classes[owner].body), *_not_own(node, me)}
    changed = set(_changed(node, me))
    found: dict[str, ast.expr] = {}
    for full, text in given.items():
        field = full.removeprefix(f"{me}.")
        if field != full and field not in taken:
            told = text.partition("[")[0] if field in changed else text.replace("own.", "")
            found[field] = ast.parse(told, mode="eval").body
    return found


def _method(owner: ast.ClassDef | None, name: str) -> ast.FunctionDef | None:
    members = [] if owner is None else [n for n in owner.body if isinstance(n, ast.FunctionDef)]
    named = [one for one in members if one.name == name]
    return named[0] if len(named) == 1 else None


def _binds(node: ast.Name | ast.Attribute | ast.Subscript) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _not_own(node: ast.AST, me: str) -> Iterator[str]:
    """Yield the attributes that are bound, or read from something else."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and (_binds(part) or not _own(part, me)):
            yield part.attr


def _changed(node: ast.AST, me: str) -> Iterator[str]:
    """Yield the fields whose values are changed in place."""
    for part in ast.walk(node):
        stored = isinstance(part, ast.Subscript) and _binds(part)
        called = isinstance(part, ast.Attribute) and part.attr in _CHANGERS
        if isinstance(part, (ast.Subscript, ast.Attribute)) and (stored or called):
            yield _own(part.value, me)


def _own(node: ast.expr, me: str) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id == me else ""
    return ""


def refined(promise: Kind, given: Kind) -> Kind:
    """Return what is known of a value by its annotation and by what was seen, ``given``.

    An annotation may allow more than was seen, and stays; where it says nothing,
    or what is not so, that counts which was seen.
    """
    if given == ANY or promise == given:
        return promise
    if promise == ANY:
        return given
    if promise.name in ABSTRACT:
        return _concrete(promise, given)
    if promise.name == given.name and len(promise.args) == len(given.args):
        pairs = zip(promise.args, given.args, strict=True)
        return Kind(promise.name, tuple(refined(a, b) for a, b in pairs), given.of)
    if promise.name == "tuple" and given.name == "row":
        return Kind("tuple", (refined(promise.item, given.item),))
    return promise if join(promise, given) == promise else given


def agreed(kind: Kind, promise: Kind) -> Kind:
    """Return the type of a value of this kind under an annotation."""
    if promise.name in ABSTRACT:
        alike = kind.name in ("list", "tuple", "set", "frozenset", "dict", "deque")
        if alike and len(kind.args) == len(promise.args):
            return Kind(kind.name, promise.args)
        return promise if kind in (ANY, NEVER) else kind
    if promise == ANY:
        return hidden(kind)
    return promise if kind in (ANY, NEVER) or join(kind, promise) != ANY else ANY


def _concrete(promise: Kind, given: Kind) -> Kind:
    """Return an abstract promise with the types of the items that were seen."""
    if promise.name == "mapping":
        fits = given.name in MAPPINGS
        pairs = zip(promise.args, given.args, strict=True) if fits else ()
        return Kind("mapping", tuple(refined(a, b) for a, b in pairs)) if fits else given
    if given.name in SIZED | MAPPINGS or given.name == "iterable":
        return Kind(promise.name, (refined(promise.item, given.item),))
    return given


def _filled(kind: Kind) -> Kind:
    """Return the type; of what is in containers that were always empty nothing is known."""
    if kind == NEVER:
        return ANY
    return Kind(kind.name, tuple(map(_filled, kind.args)), kind.of)


def _kind(node: ast.expr, module: Module) -> Kind:
    if isinstance(node, ast.BinOp):
        return join(_kind(node.left, module), _kind(node.right, module))
    if isinstance(node, ast.Constant):
        return NONE if node.value is None else ANY
    if isinstance(node, ast.Name):
        return NEVER if node.id == "Never" else _BASIC.get(node.id, ANY)
    if isinstance(node, ast.Attribute):
        record = module.record(node.attr)
        if record is None or record.form == "typed":
            return ANY
        return Kind("record", (), record.name)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return _holder(node.value.id, node.slice, module)
    return ANY


def _holder(name: str, inner: ast.expr, module: Module) -> Kind:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    last = parts[-1]
    if name == "tuple" and isinstance(last, ast.Constant) and last.value is ...:
        return Kind("tuple", (_kind(parts[0], module),))
    kinds = tuple(_kind(part, module) for part in parts)
    if name == "tuple":
        return Kind("row", kinds)
    return Kind(name, kinds) if _PARTS.get(name) == len(kinds) else ANY
