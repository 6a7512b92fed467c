"""What a rule sees of a function, and how it says what to change."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from unicodedata import normalize

import libcst as cst

from perfopt_cli.model.rules.analysis.flow import Flow
from perfopt_cli.model.rules.analysis.free import Free, free
from perfopt_cli.model.rules.analysis.infer import Inference
from perfopt_cli.model.rules.analysis.library import Effect
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.analysis.names import Names
from perfopt_cli.model.rules.analysis.recorded import Seen
from perfopt_cli.model.rules.analysis.statements import Effects
from perfopt_cli.model.rules.analysis.tree import EAGER, Statement, Tree, named

_FORBIDDEN = {"locals", "globals", "vars", "dir", "eval", "exec", "inspect"}
_FRAMES = {"_getframe", "currentframe", "f_locals", "_current_frames"}
_DEPTH = 60
_CALLS = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One edit. ``before`` and ``after`` put statements around one of the function's own."""

    replace: Mapping[cst.CSTNode, cst.CSTNode] = field(default_factory=dict)
    before: Mapping[Statement, Sequence[Statement]] = field(default_factory=dict)
    after: Mapping[Statement, Sequence[Statement]] = field(default_factory=dict)
    remove: tuple[cst.CSTNode, ...] = ()
    imports: tuple[str, ...] = ()


class Context:
    """A function with the facts that rules are built on.

    ``qualname`` is the function's; a name without dots is a function of the
    module. ``seen`` are the types that its parameters had in recorded calls.
    Raises SyntaxError or libcst.ParserSyntaxError.
    """

    def __init__(
        self, source: str, module: Module, qualname: str, seen: Seen | None = None
    ) -> None:
        self.text = cst.parse_module(source)
        root = self.text.body[0] if len(self.text.body) == 1 else None
        if not isinstance(root, cst.FunctionDef):
            raise SyntaxError("the source is not one function")
        self.root = root
        self.module = module
        self.qualname = qualname
        self.seen = seen or {}
        self.tree = Tree(root)

    @cached_property
    def outer(self) -> set[str]:
        """The names that the functions around a nested function bind."""
        return self.module.enclosing(self.qualname)

    @cached_property
    def free(self) -> Free:
        """What is known of those of them that a nested function reads."""
        known = self.module.free
        if self.qualname not in known:
            known[self.qualname] = free(self.module.tree, self.qualname, self._around)
        return known[self.qualname]

    def _around(self, source: str, qualname: str) -> Context | None:
        found = Context(source, self.module, qualname) if shallow(source) else None
        return found if found is not None and found.workable() else None

    @cached_property
    def names(self) -> Names:
        """The function's variables."""
        return Names(self.tree)

    @cached_property
    def kinds(self) -> Inference:
        """The types of variables and expressions."""
        parts = self.tree, self.names, self.module
        return Inference(*parts, self._owner(), self.outer, self.free, self.seen)

    @cached_property
    def effects(self) -> Effects:
        """What running a piece may do."""
        return Effects(self.tree, self.kinds, self._is_calm)

    def _is_calm(self, name: str) -> bool:
        """Tell whether a function of the module changes nothing but its own objects, by its text.

        It may raise, and it may print.
        """
        known, opened = self.module.calm, self.module.opened
        function = self.module.functions.get(name)
        if name in known or function is None or not self.module.fixed(name):
            return known.get(name, False)
        if name in opened or len(opened) >= _CALLS:
            return False
        opened.add(name)
        source = ast.get_source_segment(self.module.source, function) or ""
        known[name] = shallow(source) and Context(source, self.module, name).changes_nothing()
        opened.remove(name)
        return known[name]

    def changes_nothing(self) -> bool:
        """Tell whether a call changes no object that exists before it."""
        body = self.root.body
        if not self.workable() or self.root.asynchronous:
            return False
        return self.flow.quiet(body) and not self.flow.assigned_attributes(body)

    @cached_property
    def flow(self) -> Flow:
        """What stays the same where."""
        return Flow(self.effects)

    def _owner(self) -> str:
        owner, _, _ = self.qualname.rpartition(".")
        known = self.module.record(owner) if owner else None
        bare = not self.root.decorators or all(
            isinstance(d.decorator, cst.Name) and d.decorator.value == "property"
            for d in self.root.decorators
        )
        return owner if known is not None and known.form != "typed" and bare else ""

    def workable(self) -> bool:
        """Tell whether the function uses nothing that the analysis can't follow."""
        used = set(self._identifiers)
        if used & _FORBIDDEN or used & _FRAMES or not isinstance(self.root.body, cst.IndentedBlock):
            return False
        if any(normalize("NFKC", name) != name for name in used):
            return False  # Python reads it as another name
        shadowed = {symbol.name for symbol in self.names.symbols} | self.outer
        if "open" in used and not self.builtin("open"):
            return False  # its `with` might swallow errors
        called = {named(call.func) for call in self.tree.find(self.root, cst.Call)}
        return all(self.module.is_builtin(name) and name not in shadowed for name in EAGER & called)

    @cached_property
    def _identifiers(self) -> list[str]:
        return [name.value for name in self.tree.find(self.root, cst.Name)]

    def builtin(self, name: str) -> bool:
        """Tell whether new code in the function may use the builtin by its name."""
        return (
            self.module.is_builtin(name)
            and name not in self.outer
            and self.names.local(name) is None
            and all(symbol.name != name for symbol in self.names.symbols)
        )

    def fresh(self, *hints: str) -> str:
        """Return a name for a new variable that nothing in the function uses."""
        taken = {*self._identifiers, *self.outer, *self.module.bound}
        numbered = (f"{hints[0]}_{number}" for number in range(2, 1000))
        for name in (*hints, *numbered):
            usable = name.isidentifier() and not keyword.iskeyword(name)
            if usable and name not in taken and not hasattr(builtins, name):
                return name
        raise AssertionError("a thousand names are taken")

    def imported(
        self, module: str, name: str, *, value: bool = False
    ) -> tuple[str, tuple[str, ...]] | None:
        """Return how to write ``module.name`` here, and the import statements it needs.

        A ``value`` is taken out of its module: by itself it would be a new variable of
        the project's, which the gates compare.
        """
        local = {symbol.name for symbol in self.names.symbols} | self.outer
        for known, origin in self.module.imports.items():
            if known not in local and origin in (f"{module}.{name}", module):
                return (known if origin != module else f"{known}.{name}"), ()
        if "*" in self.module.bound:
            return None
        taken = self.module.names | set(self._identifiers)
        if name not in taken and not hasattr(builtins, name) and not value:
            return name, (f"from {module} import {name}",)
        return (f"{module}.{name}", (f"import {module}",)) if module not in taken else None

    def pure(self, node: cst.CSTNode) -> bool:
        """Tell whether evaluating the node has no effect; it may raise."""
        return self.effects(node) <= Effect.PURE

    def total(self, node: cst.CSTNode) -> bool:
        """Tell whether evaluating the node has no effect and gives a value, always."""
        return self.effects(node) == Effect.TOTAL


@dataclass(frozen=True, slots=True)
class Example:
    """What the catalogue shows of a rule.

    ``before`` is the text of a module with the function ``f``, which the rule
    rewrites; ``call`` is an expression for the tuple of its arguments on which
    the gain is measured. ``safe`` and ``pays`` say when, in a sentence each.
    """

    before: str
    call: str
    safe: str
    pays: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rewrite. ``rewrite`` yields changes, each right on its own; the first is applied."""

    name: str
    summary: str
    rewrite: Callable[[Context], Iterator[Change]]
    example: Example


class _Editor(cst.CSTTransformer):
    def __init__(self, change: Change) -> None:
        self.change = change

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        if original_node in self.change.remove:
            return cst.RemoveFromParent()
        node = self.change.replace.get(original_node, updated_node)
        bracketed = isinstance(node, (cst.BaseList, cst.BaseSet, cst.BaseDict))
        if isinstance(original_node, cst.BaseExpression) and original_node.lpar and not bracketed:
            # `return(x)` needs its parentheses, which belong to x.
            node = node.with_changes(lpar=original_node.lpar, rpar=original_node.rpar)
        if not isinstance(original_node, (cst.BaseCompoundStatement, cst.SimpleStatementLine)):
            return node
        before = list(self.change.before.get(original_node, ()))
        after = self.change.after.get(original_node, ())
        if before and isinstance(node, (cst.BaseCompoundStatement, cst.SimpleStatementLine)):
            blank, rest = _split(node.leading_lines)
            before[0] = before[0].with_changes(
                leading_lines=[*blank, *_split(before[0].leading_lines)[1]]
            )
            node = node.with_changes(leading_lines=rest)
        return cst.FlattenSentinel([*before, node, *after]) if before or after else node


def _split(
    lines: Sequence[cst.EmptyLine],
) -> tuple[Sequence[cst.EmptyLine], Sequence[cst.EmptyLine]]:
    """Split the lines above a statement into blank ones and the comment that belongs to it."""
    first = next((i for i, line in enumerate(lines) if line.comment), len(lines))
    return lines[:first], lines[first:]


def edited(context: Context, change: Change) -> str:
    """Return the function's text after a change. Raises SyntaxError if that is no Python."""
    text = context.text.visit(_Editor(change)).code
    ast.parse(text)
    return text


def shallow(source: str) -> bool:
    """Tell whether the code nests little enough for recursive analysis. Raises SyntaxError."""
    level: list[ast.AST] = [ast.parse(source)]
    for _ in range(_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False
