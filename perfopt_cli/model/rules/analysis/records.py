"""Which fields the instances of a module's own classes hold, as the class's text proves."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from perfopt_cli.model.rules.analysis.scan import bound

_MAGIC = {"__getattr__", "__getattribute__", "__setattr__", "__new__"}
_CALLED = {"__init__", "__post_init__", "__bool__", "__len__"}
_FACTORIES = {"list", "dict", "set", "tuple"}

Origin = Callable[[ast.expr], str]


@dataclass(frozen=True, slots=True)
class Record:
    """A class of the module whose instances hold annotated fields.

    ``form`` is ``dataclass``, ``named`` (NamedTuple), ``typed`` (TypedDict) or
    ``class``. ``sure`` are the fields that every instance has from its start.
    ``bare`` tells that making and testing an instance runs no code of the project.
    """

    name: str
    form: str
    fields: dict[str, ast.expr] = field(default_factory=dict)
    sure: frozenset[str] = frozenset()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class _Field:
    annotation: ast.expr
    sure: bool
    bare: bool = True
    given: bool = False


def read(
    node: ast.ClassDef, origin: Origin, known: Callable[[str], Record | None]
) -> Record | None:
    """Return what a class's text proves of its instances, or None if nothing."""
    form, parents = _form(node, origin, known)
    members = Counter(bound(node.body))
    if not form or _MAGIC & set(members):
        return None
    declared = _initialised(node) if form == "class" else _annotated(node, origin)
    fields: dict[str, ast.expr] = {}
    sure: set[str] = set()
    for parent in parents:
        fields |= parent.fields
        sure |= parent.sure
    for name in members:
        fields.pop(name, None)
    for name, item in declared.items():
        fields.pop(name, None)
        # A property of the same name is a second binding, and wins.
        if members[name] == item.given:
            fields[name] = item.annotation
            sure = sure | {name} if item.sure and _total(node) else sure - {name}
    if form == "dataclass" and ("__init__" in members or _sets_nothing(node)):
        sure = set()
    bare = not _CALLED & set(members) and all(parent.bare for parent in parents)
    bare = bare and all(item.bare for item in declared.values())
    return Record(node.name, form, fields, frozenset(sure & set(fields)), bare)


def _total(node: ast.ClassDef) -> bool:
    return not any(word.arg == "total" for word in node.keywords)


def _sets_nothing(node: ast.ClassDef) -> bool:
    """Tell whether a dataclass may be told to make no ``__init__``."""
    calls = [item for item in node.decorator_list if isinstance(item, ast.Call)]
    return any(word.arg in ("init", None) for call in calls for word in call.keywords)


def _form(
    node: ast.ClassDef, origin: Origin, known: Callable[[str], Record | None]
) -> tuple[str, list[Record]]:
    if any(word.arg != "total" for word in node.keywords):
        return "", []
    form = ""
    if node.decorator_list:
        first = node.decorator_list[0]
        called = origin(first.func if isinstance(first, ast.Call) else first)
        if len(node.decorator_list) > 1 or called != "dataclasses.dataclass":
            return "", []
        form = "dataclass"
    parents: list[Record] = []
    for base in node.bases:
        name = origin(base.value if isinstance(base, ast.Subscript) else base)
        parent = known(base.id) if isinstance(base, ast.Name) else None
        if parent is not None:
            parents.append(parent)
            form = form or parent.form
        elif name in ("typing.TypedDict", "typing.NamedTuple"):
            form = "typed" if name.endswith("Dict") else "named"
        elif name not in ("object", "typing.Generic"):
            return "", []
    form = form or "class"
    inherits = form in ("dataclass", "typed") and (form == "typed" or bool(node.decorator_list))
    if parents and (not inherits or any(parent.form != form for parent in parents)):
        return "", []
    return form, parents


def _annotated(node: ast.ClassDef, origin: Origin) -> dict[str, _Field]:
    found: dict[str, _Field] = {}
    for item in node.body:
        if not isinstance(item, ast.AnnAssign) or not isinstance(item.target, ast.Name):
            continue
        text = ast.unparse(item.annotation)
        if "ClassVar" in text or "InitVar" in text:
            continue
        words: dict[str | None, ast.expr] = {}
        if isinstance(item.value, ast.Call) and origin(item.value.func) == "dataclasses.field":
            words = {word.arg: word.value for word in item.value.keywords}
        elif item.value is not None and not isinstance(item.value, ast.Constant):
            continue
        factory = words.get("default_factory")
        bare = factory is None or origin(factory) in _FACTORIES
        sure = "init" not in words and "NotRequired" not in text
        found[item.target.id] = _Field(item.annotation, sure, bare, item.value is not None)
    return found


def _initialised(node: ast.ClassDef) -> dict[str, _Field]:
    """Find ``self.x: T = …`` and ``self.x = parameter`` at the top of ``__init__``."""
    found: dict[str, _Field] = {}
    promised: set[str] = set()
    stores: Counter[str] = Counter()
    for function in node.body:
        if not isinstance(function, ast.FunctionDef) or not function.args.args:
            continue
        me = function.args.args[0].arg
        stores.update(_stores(function, me))
        if function.name != "__init__":
            continue
        given = {arg.arg: arg.annotation for arg in function.args.args + function.args.kwonlyargs}
        rebound = set(bound(function.body))
        unseen = True
        for line in function.body:
            if isinstance(line, ast.AnnAssign):
                name = _own(line.target, me)
                promised.add(name)
                found[name] = _Field(line.annotation, unseen and line.value is not None)
            elif isinstance(line, ast.Assign) and isinstance(line.value, ast.Name):
                annotation = given.get(line.value.id)
                if annotation is not None and line.value.id not in rebound:
                    found[_own(line.targets[0], me)] = _Field(annotation, unseen)
            # Before this line nobody else can have met the half-made instance.
            unseen = unseen and not _shows(line, me)
    return {n: fact for n, fact in found.items() if n and (n in promised or stores[n] == 1)}


def _shows(line: ast.stmt, me: str) -> bool:
    """Tell whether a line of ``__init__`` may hand out the instance, or leave early."""
    held = {id(n.value) for n in ast.walk(line) if isinstance(n, ast.Attribute) and _own(n, me)}
    called = {id(n.func) for n in ast.walk(line) if isinstance(n, ast.Call)}
    for node in ast.walk(line):
        if isinstance(node, ast.Return) or (isinstance(node, ast.Attribute) and id(node) in called):
            return True
        if isinstance(node, ast.Name) and node.id == me and id(node) not in held:
            return True
    return False


def _stores(function: ast.FunctionDef, me: str) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield _own(node, me)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Del):
            yield from (_own(node, me), _own(node, me))


def _own(node: ast.expr, me: str) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == me:
        return node.attr
    return ""
