"""Containers of containers that nothing but one variable reaches: DP tables, adjacency lists.

No row of such a table ever gets a name of its own, so all that is ever put
into its rows stands in the function's text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.symbols import Binding, Symbol
from perfopt_cli.model.rules.analysis.tree import Tree, method, plain
from perfopt_cli.model.rules.analysis.uses import is_target, tests

_ROW_CALLS = {"list", "set", "dict", "sorted", "collections.deque"}
_READERS = {"len", "sum", "any", "all", "sorted", "min", "max", "list", "set", "tuple"}
_READERS |= {"enumerate", "reversed"}
_ADDS = {"append", "add", "appendleft", "insert"}
_EXTENDS = {"extend", "update"}
_READS = {"pop", "popleft", "remove", "discard", "clear", "sort", "reverse", "count", "index"}

Origin = Callable[[cst.CSTNode], str]


@dataclass(slots=True)
class Table:
    """What fills a table's rows.

    ``rows`` are the expressions that make them; ``items`` what is put into
    one by itself, and ``many`` what is put into one item by item. ``augmented``
    change an item. ``unknown``: something else is put into a row too.
    """

    rows: list[cst.BaseExpression] = field(default_factory=list)
    items: list[cst.BaseExpression] = field(default_factory=list)
    many: list[cst.BaseExpression] = field(default_factory=list)
    augmented: list[cst.AugAssign] = field(default_factory=list)
    makers: list[str] = field(default_factory=list)
    unknown: bool = False


class Reader:
    """Finds out how a variable's containers are filled."""

    def __init__(self, tree: Tree, origin: Origin) -> None:
        self.tree = tree
        self.origin = origin
        self.table = Table()

    def read(self, symbol: Symbol) -> Table | None:
        """Return what fills the rows, or None where a row may get another name."""
        if symbol.captured or symbol.outer or symbol.scope is not self.tree.root:
            return None
        made = bool(symbol.bindings) and all(self._makes(b) for b in symbol.bindings)
        if not made or not all(self._keeps(load) for load in symbol.loads):
            return None
        return self.table if self.table.rows or self.table.makers else None

    def _makes(self, binding: Binding) -> bool:
        alone = isinstance(binding.node, cst.Assign) and len(binding.node.targets) == 1
        if binding.form != "assign" or not alone or binding.path:
            return False
        return self._outer(binding.value)

    def _outer(self, node: cst.BaseExpression | None) -> bool:
        if isinstance(node, cst.List):
            rows = [item.value for item in node.elements]
            return all(self._row(row) for row in rows)
        if isinstance(node, cst.ListComp):
            return self._row(node.elt)
        if isinstance(node, cst.DictComp):
            return self._row(node.value)
        if isinstance(node, cst.Dict):
            return not node.elements
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Multiply):
            return isinstance(node.left, cst.List) and self._outer(node.left)
        if isinstance(node, cst.Call) and self.origin(node.func) == "collections.defaultdict":
            maker = self.origin(node.args[0].value) if len(node.args) == 1 else ""
            if maker in ("list", "set"):
                self.table.makers.append(maker)
                return True
        return False

    def _row(self, node: cst.BaseExpression) -> bool:
        """Tell whether the expression makes a container that nothing else holds, and note it."""
        fresh = isinstance(node, (cst.List, cst.ListComp, cst.Set, cst.SetComp))
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Multiply):
            fresh = isinstance(node.left, cst.List)
        if isinstance(node, cst.Call):
            fresh = self.origin(node.func) in _ROW_CALLS
        if fresh:
            self.table.rows.append(node)
        return fresh

    def _keeps(self, load: cst.Name) -> bool:
        """Tell whether the use of the table gives no row another name; note what it stores."""
        parent = self.tree.parent[load]
        above = self.tree.parent[parent]
        if isinstance(parent, cst.Subscript):
            return index_of(parent) is not None and self._row_use(parent)
        if isinstance(parent, cst.Attribute) and isinstance(above, cst.Call):
            _, name, args = method(above, "append")
            return bool(name) and len(args) == 1 and plain(args) and self._row(args[0].value)
        if isinstance(parent, cst.Arg) and isinstance(above, cst.Call):
            return self.origin(above.func) == "len"
        if isinstance(parent, cst.Return):
            return not self.tree.guarded(load)
        return tests(self.tree, load) or _is_searched(parent)

    def _row_use(self, row: cst.Subscript) -> bool:
        parent = self.tree.parent[row]
        above = self.tree.parent[parent]
        if is_target(self.tree, row):
            alone = isinstance(above, cst.Assign) and len(above.targets) == 1
            return isinstance(parent, cst.AssignTarget) and alone and self._row(_value(above))
        if isinstance(parent, cst.Subscript):
            return parent.value is row and (
                not is_target(self.tree, parent) or self._stored(parent)
            )
        if isinstance(parent, cst.Attribute) and isinstance(above, cst.Call):
            return self._called(above)
        if isinstance(parent, cst.Arg) and isinstance(above, cst.Call):
            return len(above.args) == 1 and plain(above.args) and self._is_read_by(above)
        if isinstance(parent, (cst.For, cst.CompFor)):
            return parent.iter is row and not self._is_lazy(parent)
        return tests(self.tree, row) or _is_searched(parent) or isinstance(parent, cst.Expr)

    def _is_lazy(self, parent: cst.For | cst.CompFor) -> bool:
        return isinstance(parent, cst.CompFor) and self.tree.is_lazy(self.tree.parent[parent])

    def _is_read_by(self, call: cst.Call) -> bool:
        return self.origin(call.func) in _READERS

    def _stored(self, item: cst.Subscript) -> bool:
        """Note what ``table[i][j] = …`` puts into a row."""
        parent = self.tree.parent[item]
        if index_of(item) is None:
            return False
        if isinstance(parent, cst.AugAssign):
            self.table.augmented.append(parent)
        elif isinstance(parent, cst.AssignTarget):
            self.table.items.append(_value(self.tree.parent[parent]))
        elif not isinstance(parent, cst.Del):
            self.table.unknown = True
        return True

    def _called(self, call: cst.Call) -> bool:
        """Note what a method puts into a row."""
        _, name, args = method(call)
        if not plain(args):
            return name == "sort"
        if name in _ADDS and args:
            self.table.items.append(args[-1].value)
        elif name in _EXTENDS:
            self.table.many += [arg.value for arg in args]
        return name in _ADDS | _EXTENDS | _READS


def _value(assign: cst.CSTNode) -> cst.BaseExpression:
    assert isinstance(assign, cst.Assign)
    return assign.value


def _is_searched(parent: cst.CSTNode) -> bool:
    """Tell whether the expression is what ``in`` searches."""
    return isinstance(parent, cst.ComparisonTarget) and isinstance(
        parent.operator, (cst.In, cst.NotIn)
    )
