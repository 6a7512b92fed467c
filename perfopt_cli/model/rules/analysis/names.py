"""Which name of a function means which variable, and where each is bound and read."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Binding, Scope, Symbol
from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, Tree, children, named

_KEYED = {"sorted", "min", "max"}


class Names:
    """The variables of one function. ``symbol_of`` maps each own name that is read or bound."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.symbol_of: dict[cst.Name, Symbol] = {}
        self.globals: list[cst.Name] = []
        self._reads: list[tuple[cst.Name, Scope]] = []
        self._root = Scope(tree.root, None, "function")
        self._parameters(tree.root.params, self._root)
        self._visit(tree.root.body, self._root)
        for name, scope in self._reads:
            self._resolve(name, scope)
        self.symbols = list(dict.fromkeys(self.symbol_of.values()))

    def local(self, name: str) -> Symbol | None:
        """Return the function's own variable of that name."""
        return self._root.symbols.get(name)

    def of(self, node: cst.CSTNode | None) -> Symbol | None:
        """Return the variable that a bare name means."""
        return self.symbol_of.get(node) if isinstance(node, cst.Name) else None

    def _resolve(self, name: cst.Name, scope: Scope) -> None:
        foreign = False
        at: Scope | None = scope
        first = True
        while at is not None:
            visible = at.form != "class" or first
            if visible and name.value in at.symbols:
                symbol = at.symbols[name.value]
                symbol.loads.append(name)
                self.symbol_of[name] = symbol
                symbol.captured = symbol.captured or foreign
                return
            foreign = foreign or at.form in ("deferred", "class")
            at, first = at.parent, False
        self.globals.append(name)

    def _bind(
        self,
        target: cst.CSTNode,
        scope: Scope,
        form: str,
        node: cst.CSTNode,
        value: cst.BaseExpression | None = None,
        path: tuple[int, ...] = (),
        annotation: cst.Annotation | None = None,
    ) -> None:
        if isinstance(target, cst.Name):
            symbol = scope.declare(target.value)
            symbol.bindings.append(Binding(form, node, target, value, path, annotation))
            symbol.captured = symbol.captured or scope.form in ("deferred", "class")
            self.symbol_of[target] = symbol
        elif isinstance(target, (cst.Tuple, cst.List)):
            starred = any(isinstance(item, cst.StarredElement) for item in target.elements)
            for index, item in enumerate(target.elements):
                inner = None if starred else value
                self._bind(item.value, scope, form, node, inner, (*path, index))
        else:
            self._visit(target, scope)

    def _parameters(self, params: cst.Parameters, scope: Scope) -> None:
        stars = [p for p in (params.star_arg, params.star_kwarg) if isinstance(p, cst.Param)]
        for param in (*params.posonly_params, *params.params, *params.kwonly_params, *stars):
            form = "star" if param in stars else "param"
            self._bind(param.name, scope, form, param, param.default, (), param.annotation)

    def _visit_all(self, nodes: Sequence[cst.CSTNode | None], scope: Scope) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, scope)

    def _visit(self, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(node, cst.Name):
            self._reads.append((node, scope))
        elif isinstance(node, (cst.Attribute, cst.Arg)):
            self._visit(node.value, scope)
        elif isinstance(node, cst.Annotation):
            return
        elif isinstance(node, COMPREHENSIONS):
            self._comprehension(node, scope)
        elif isinstance(node, (cst.Lambda, cst.FunctionDef, cst.ClassDef)):
            self._nested(node, scope)
        elif isinstance(node, cst.BaseCompoundStatement):
            self._compound(node, scope)
        elif isinstance(node, cst.BaseSmallStatement):
            self._small(node, scope)
        elif isinstance(node, cst.NamedExpr):
            self._visit(node.value, scope)
            home = scope
            while home.form == "comprehension" and home.parent is not None:
                home = home.parent
            self._bind(node.target, home, "walrus", node, node.value)
        else:
            self._visit_all(list(children(node)), scope)

    def _small(self, node: cst.BaseSmallStatement, scope: Scope) -> None:
        if isinstance(node, cst.Assign):
            self._visit(node.value, scope)
            for target in node.targets:
                self._bind(target.target, scope, "assign", node, node.value)
        elif isinstance(node, cst.AugAssign):
            self._visit(node.value, scope)
            self._bind(node.target, scope, "augment", node, node.value)
        elif isinstance(node, cst.AnnAssign):
            if node.value is not None:
                self._visit(node.value, scope)
            form = "assign" if node.value is not None else "declare"
            self._bind(node.target, scope, form, node, node.value, (), node.annotation)
        elif isinstance(node, cst.Del):
            self._bind(node.target, scope, "delete", node)
        elif isinstance(node, (cst.Global, cst.Nonlocal)):
            for item in node.names:
                scope.declare(item.name.value).outer = True
                self._root.declare(item.name.value).outer = True
        elif isinstance(node, (cst.Import, cst.ImportFrom)):
            for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
                first: cst.CSTNode = alias.asname.name if alias.asname else alias.name
                while isinstance(first, cst.Attribute):
                    first = first.value
                self._bind(first, scope, "import", node)
        elif isinstance(node, cst.TypeAlias):
            self._bind(node.name, scope, "other", node)
        else:
            self._visit_all(list(children(node)), scope)

    def _compound(self, node: cst.BaseCompoundStatement, scope: Scope) -> None:
        if isinstance(node, cst.For):
            self._visit(node.iter, scope)
            self._bind(node.target, scope, "for", node, node.iter)
            self._visit_all([node.body, node.orelse], scope)
        elif isinstance(node, cst.With):
            for item in node.items:
                self._visit(item.item, scope)
                if item.asname is not None:
                    self._bind(item.asname.name, scope, "with", node, item.item)
            self._visit(node.body, scope)
        elif isinstance(node, (cst.Try, cst.TryStar)):
            self._visit(node.body, scope)
            for handler in node.handlers:
                if handler.type is not None:
                    self._visit(handler.type, scope)
                if handler.name is not None:
                    self._bind(handler.name.name, scope, "except", handler)
                self._visit(handler.body, scope)
            self._visit_all([node.orelse, node.finalbody], scope)
        elif isinstance(node, cst.Match):
            for found in self.tree.walk(node):
                name = getattr(found, "rest" if isinstance(found, cst.MatchMapping) else "name", 0)
                if isinstance(found, cst.MatchPattern) and isinstance(name, cst.Name):
                    self._bind(name, scope, "match", found)
            self._visit_all(list(children(node)), scope)
        else:
            self._visit_all(list(children(node)), scope)

    def _nested(self, node: cst.Lambda | cst.FunctionDef | cst.ClassDef, scope: Scope) -> None:
        if isinstance(node, cst.ClassDef):
            self._bind(node.name, scope, "other", node)
            self._visit_all([*node.decorators, *node.bases, *node.keywords], scope)
            self._visit(node.body, Scope(node, scope, "class"))
            return
        if isinstance(node, cst.FunctionDef):
            self._bind(node.name, scope, "other", node)
            self._visit_all(list(node.decorators), scope)
        params = node.params
        for param in (*params.posonly_params, *params.params, *params.kwonly_params):
            if param.default is not None:
                self._visit(param.default, scope)
        form = "key" if isinstance(node, cst.Lambda) and self._is_key(node) else "deferred"
        inner = Scope(node, scope, form)
        self._parameters(params, inner)
        self._visit(node.body, inner)

    def _comprehension(self, node: cst.BaseExpression, scope: Scope) -> None:
        assert isinstance(node, COMPREHENSIONS)
        lazy = self.tree.is_lazy(node)
        inner = Scope(node, scope, "deferred" if lazy else "comprehension")
        clause: cst.CompFor | None = node.for_in
        outside = scope
        while clause is not None:
            self._visit(clause.iter, outside)
            outside = inner
            self._bind(clause.target, inner, "for", clause, clause.iter)
            self._visit_all(list(clause.ifs), inner)
            clause = clause.inner_for_in
        if isinstance(node, cst.DictComp):
            self._visit_all([node.key, node.value], inner)
        else:
            self._visit(node.elt, inner)

    def _is_key(self, node: cst.Lambda) -> bool:
        """Tell whether the lambda is the key of a sort or a search, and gone after it."""
        arg = self.tree.parent.get(node)
        call = self.tree.parent.get(arg) if isinstance(arg, cst.Arg) else None
        if not isinstance(call, cst.Call) or not isinstance(arg, cst.Arg):
            return False
        if isinstance(call.func, cst.Attribute):
            return named(arg.keyword) == "key" and call.func.attr.value == "sort"
        return named(arg.keyword) == "key" and named(call.func) in _KEYED
